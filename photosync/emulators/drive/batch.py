"""The batch endpoint: up to 100 calls in one."""

import re
from collections.abc import Callable

from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from photosync.emulators.drive.errors import ApiError
from photosync.emulators.drive.multipart import Part, headers_of, parts_of

MAX_CALLS = 100
MAX_URL = 8000
_BOUNDARY = "batch_photosync_emulator"
_REQUEST_LINE = re.compile(r"([A-Z]+) (/\S*)(?: HTTP/1\.[01])?")


def answered(request: Request, do: Callable[[Request], Response]) -> Response:
    """Do every call of a batch; the answers come in reverse, since any order is
    allowed.
    """
    content_type = request.headers.get("Content-Type", "")
    parts = parts_of(request.get_data(), content_type, "multipart/mixed")
    if len(parts) > MAX_CALLS:
        raise ApiError(
            400, "badRequest", f"The batch holds more than {MAX_CALLS} calls."
        )
    outer = request.headers.get("Authorization", "")
    calls = [_inner(part, outer, request.host) for part in parts]
    answers = [_answer(part, do(call)) for part, call in zip(parts, calls, strict=True)]
    lines = [f"--{_BOUNDARY}\r\n".encode() + answer for answer in reversed(answers)]
    body = b"".join([*lines, f"--{_BOUNDARY}--\r\n".encode()])
    return Response(body, content_type=f"multipart/mixed; boundary={_BOUNDARY}")


def _inner(part: Part, authorization: str, host: str) -> Request:
    if part.media_type != "application/http":
        raise ApiError(
            400, "badRequest", "Every part of a batch is of type application/http."
        )
    head, _, body = part.body.replace(b"\r\n", b"\n").partition(b"\n\n")
    line, _, lines = head.decode("latin-1").strip().partition("\n")
    match = _REQUEST_LINE.fullmatch(line.strip())
    if not match or len(match[2]) > MAX_URL:
        raise ApiError(400, "badRequest", "Malformed call in a batch.")
    path = match[2]
    if path.startswith(("/upload/", "/batch/")) or "alt=media" in path:
        raise ApiError(400, "badRequest", "Uploads and downloads cannot be batched.")
    headers = {"authorization": authorization} | headers_of(lines)
    headers = {
        name: value for name, value in headers.items() if name != "content-length"
    }
    builder = EnvironBuilder(
        path,
        f"http://{host}/",
        method=match[1],
        headers=list(headers.items()),
        data=body.rstrip(b"\n"),
    )
    return Request(builder.get_environ())


def _answer(part: Part, response: Response) -> bytes:
    content_id = part.headers.get("content-id", "").strip("<>")
    head = [
        "Content-Type: application/http",
        f"Content-ID: <response-{content_id}>",
        "",
        f"HTTP/1.1 {response.status}",
        *(f"{name}: {value}" for name, value in response.headers),
        "",
        "",
    ]
    return "\r\n".join(head).encode("latin-1") + response.get_data() + b"\r\n"
