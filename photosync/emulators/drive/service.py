"""The Drive API and its sign-in as one service: who may call what, and how it is
answered.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from werkzeug.wrappers import Request, Response

from photosync.emulators.answers import html_failure
from photosync.emulators.drive.account_api import AccountApi
from photosync.emulators.drive.calls import (
    ApiCall,
    Route,
    check_params,
    effective,
    json_response,
    mask_of,
    route_of,
)
from photosync.emulators.drive.consent import Consent
from photosync.emulators.drive.errors import ApiError, unauthorized
from photosync.emulators.drive.files_api import FilesApi
from photosync.emulators.drive.grants import Grants
from photosync.emulators.drive.identity import (
    DRIVE_APPDATA,
    DRIVE_FILE,
    READING,
    WRITING,
    Identity,
)
from photosync.emulators.drive.oauth import OAuth, oauth_error
from photosync.emulators.drive.quota import UnitQuota
from photosync.emulators.drive.store import FileStore
from photosync.emulators.drive.uploads_api import UploadsApi
from photosync.emulators.drive.writer import FileWriter
from photosync.emulators.traffic import Fault

_WRITERS = frozenset({"files.create", "files.update", "files.delete"})


class DriveService:
    """Answers every request to the emulated hosts."""

    def __init__(self, store: FileStore, grants: Grants) -> None:
        self._grants = grants
        self._quota = UnitQuota(store)
        writer = FileWriter(store)
        files, account, oauth = (
            FilesApi(store, writer),
            AccountApi(store),
            OAuth(grants),
        )
        self._uploads = UploadsApi(store, writer)
        self._methods: Mapping[str, Callable[[ApiCall], Response]] = {
            "about.get": account.about,
            "changes.getStartPageToken": account.start_page_token,
            "changes.list": account.changes,
            "drives.list": account.drives,
            "files.create": files.create,
            "files.delete": files.delete,
            "files.download": files.download,
            "files.generateIds": files.generate_ids,
            "files.get": files.get,
            "files.list": files.list,
            "files.update": files.update,
            "revisions.download": files.download_revision,
            "revisions.get": files.get_revision,
        }
        self._endpoints: Mapping[str, Callable[[Request], Response]] = {
            "oauth.authorize": Consent(grants).answer,
            "oauth.device": oauth.device,
            "oauth.revoke": oauth.revoke,
            "oauth.token": oauth.token,
            "unknown": lambda _: html_failure(Fault("unknown", "html", status=404)),
            "upload.chunk": self._session,
            "upload.status": self._session,
        }

    def method_of(self, request: Request) -> str:
        return route_of(effective(request)).method

    def answer(self, request: Request, method: str) -> Response:
        request = effective(request)
        try:
            if method in self._endpoints:
                return self._endpoints[method](request)
            return self._api(request, route_of(request))
        except ApiError as error:
            return json_response(error.body(), error.code)

    def failure(self, fault: Fault, method: str) -> Response:
        if method.startswith("oauth."):
            response = oauth_error(fault.status, fault.reason, "Emulated failure.")
        else:
            error = ApiError(fault.status, fault.reason, fault.message)
            response = json_response(error.body(), fault.status)
        response.headers.update(dict(fault.headers))
        return response

    def expire_token(self, request: Request) -> Response:
        self._grants.expire(_read_token(request))
        error = unauthorized()
        return json_response(error.body(), error.code)

    def _api(self, request: Request, route: Route) -> Response:
        caller = self._caller(request)
        method = _find_method(route, request)
        needed = WRITING if method in _WRITERS else READING
        if method == "drives.list":
            needed = READING - {DRIVE_FILE, DRIVE_APPDATA}
        if caller.scopes.isdisjoint(needed):
            message = "Request had insufficient authentication scopes."
            raise ApiError(403, "insufficientPermissions", message)
        self._quota.spend(caller.account, route.method)
        params = check_params(request, method)
        if params.get("alt", "json") not in {"json", "media"}:
            raise ApiError(400, "invalidParameter", "Unsupported alt.", "alt")
        mask = mask_of(params, method)
        # Revisions have no such parameter.
        everywhere = bool(params.get("supportsAllDrives")) or method == "revisions.get"
        caller = replace(caller, all_drives=everywhere)
        call = ApiCall(
            method, request, caller, params, mask, route.file_id, route.revision
        )
        return self._implementation(route)(call)

    def _implementation(self, route: Route) -> Callable[[ApiCall], Response]:
        if route.method == "upload.start":
            return self._uploads.start
        return self._uploads.at_once if route.is_upload else self._methods[route.method]

    def _caller(self, request: Request) -> Identity:
        identity = self._grants.identity(_read_token(request))
        if identity is None:
            raise unauthorized()
        return identity

    def _session(self, request: Request) -> Response:
        if "Authorization" in request.headers:
            self._caller(request)
        return self._uploads.session(request, request.args.get("upload_id", ""))


def _read_token(request: Request) -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _find_method(route: Route, request: Request) -> str:
    """Give the method of the API's description behind a counted one."""
    if route.method == "upload.start":
        return "files.update" if request.method == "PATCH" else "files.create"
    downloads = {"files.download": "files.get", "revisions.download": "revisions.get"}
    return downloads.get(route.method, route.method)
