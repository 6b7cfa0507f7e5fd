"""One API call: its name, its caller, its checked parameters, its answer."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from werkzeug.wrappers import Request, Response

from photosync.emulators.drive import fields
from photosync.emulators.drive.errors import ApiError, invalid_parameter
from photosync.emulators.drive.identity import Identity
from photosync.emulators.drive.schema import (
    ANSWERS,
    DEFAULTS,
    PARAMETERS,
    STANDARD_PARAMETERS,
)

_FILE = r"(?P<file>[^/]+)"
_SESSION = "upload"

# Path, verb, method name; the first match counts.
_ROUTES = [
    (r"/drive/v3/files", "GET", "files.list"),
    (r"/drive/v3/files", "POST", "files.create"),
    (r"/drive/v3/files/generateIds", "GET", "files.generateIds"),
    (rf"/drive/v3/files/{_FILE}", "GET", "files.get"),
    (rf"/drive/v3/files/{_FILE}", "PATCH", "files.update"),
    (rf"/drive/v3/files/{_FILE}", "DELETE", "files.delete"),
    (rf"/drive/v3/files/{_FILE}/revisions/(?P<revision>[^/]+)", "GET", "revisions.get"),
    (r"/drive/v3/changes/startPageToken", "GET", "changes.getStartPageToken"),
    (r"/drive/v3/changes", "GET", "changes.list"),
    (r"/drive/v3/about", "GET", "about.get"),
    (r"/drive/v3/drives", "GET", "drives.list"),
    (r"/upload/drive/v3/files", "POST", "files.create"),
    (rf"/upload/drive/v3/files/{_FILE}", "PATCH", "files.update"),
    (rf"/upload/drive/v3/files(/{_FILE})?", "PUT", _SESSION),
    (r"/o/oauth2/(v2/)?auth", "GET", "oauth.authorize"),
    (r"/o/oauth2/(v2/)?auth", "POST", "oauth.authorize"),
    (r"/token", "POST", "oauth.token"),
    (r"/revoke", "POST", "oauth.revoke"),
    (r"/device/code", "POST", "oauth.device"),
]
_COMPILED = [(re.compile(path), verb, method) for path, verb, method in _ROUTES]
_DOWNLOADS = {"files.get": "files.download", "revisions.get": "revisions.download"}
_EFFECTIVE = "photosync.effective"


@dataclass(frozen=True)
class Route:
    """The method behind a path, and the file it names."""

    method: str
    file_id: str = ""
    is_upload: bool = False
    revision: str = ""


@dataclass(frozen=True)
class ApiCall:
    """An authorized call with known parameters; `mask` is empty for all fields."""

    method: str
    request: Request
    caller: Identity
    params: Mapping[str, Any]
    mask: fields.Mask
    file_id: str
    revision: str = ""

    def body(self) -> Any:
        """Give the JSON body, an empty object without one; raise ApiError 400."""
        return json_body(self.request.get_data(), self.request.mimetype)


def effective(request: Request) -> Request:
    """Give the request that is meant: a long GET may come as a POST with a form
    body.
    """
    override = request.headers.get("X-HTTP-Method-Override", "")
    if request.method != "POST" or override != "GET":
        return request
    if _EFFECTIVE not in request.environ:
        environ = request.environ | {
            "REQUEST_METHOD": "GET",
            "QUERY_STRING": request.get_data().decode("latin-1"),
            "wsgi.input": BytesIO(),
            "CONTENT_LENGTH": "0",
        }
        request.environ[_EFFECTIVE] = Request(environ)
    meant: Request = request.environ[_EFFECTIVE]
    return meant


def route_of(request: Request) -> Route:
    """Find the method of a request; an unknown path is a call of ``unknown``."""
    for path, verb, method in _COMPILED:
        match = path.fullmatch(request.path) if verb == request.method else None
        if match:
            named = match.groupdict()
            is_upload = request.path.startswith("/upload/")
            precise = _precise(method, request, is_upload=is_upload)
            return Route(
                precise, named.get("file") or "", is_upload, named.get("revision") or ""
            )
    return Route("unknown")


def _precise(method: str, request: Request, *, is_upload: bool) -> str:
    # Chunks may be posted as well: rclone does.
    is_posted = is_upload and request.method == "POST" and "upload_id" in request.args
    if method == _SESSION or is_posted:
        asking = request.headers.get("Content-Range", "").startswith("bytes */")
        return "upload.status" if asking else "upload.chunk"
    if is_upload and request.args.get("uploadType") == "resumable":
        return "upload.start"
    if method in _DOWNLOADS and request.args.get("alt") == "media":
        return _DOWNLOADS[method]
    return method


def json_body(data: bytes, mimetype: str) -> Any:
    if not data:
        return {}
    if mimetype != "application/json":
        raise ApiError(400, "badRequest", f"Unsupported content type: {mimetype}.")
    try:
        return json.loads(data)
    except ValueError:
        raise ApiError(400, "parseError", "Parse Error") from None


def check_params(request: Request, method: str) -> dict[str, Any]:
    """Give the parameters of a call; raise ApiError 400 for unknown ones or wrong
    types.
    """
    known = STANDARD_PARAMETERS | PARAMETERS[method]
    values: dict[str, Any] = {}
    for name, text in request.args.items():
        if name not in known:
            raise invalid_parameter(
                name, f'Unknown name "{name}": Cannot bind query parameter.'
            )
        values[name] = _convert(name, text, known[name])
    return values


def _convert(name: str, text: str, kind: str) -> Any:
    if kind == "boolean" and text in {"true", "false"}:
        return text == "true"
    if kind == "integer" and re.fullmatch(r"-?\d{1,9}", text):
        return int(text)
    if kind == "string":
        return text
    raise invalid_parameter(name, f"Invalid value for {kind} parameter: {text}")


def mask_of(params: Mapping[str, Any], method: str) -> fields.Mask:
    """Give the field mask of a call; raise ApiError 400 for unknown fields."""
    text = params.get("fields")
    # An empty mask counts as none: rclone trashes and deletes with `fields=`.
    if not text:
        if method == "about.get":
            message = "The 'fields' parameter is required for this method."
            raise ApiError(400, "required", message, "fields")
        return DEFAULTS.get(method, {})
    return fields.resolve(fields.parse(text), ANSWERS[method])


def json_response(body: Any, status: int = 200) -> Response:
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status, content_type="application/json; charset=UTF-8")
