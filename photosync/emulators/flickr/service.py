"""All hosts of the emulated Flickr as one service: who may call what, and how it is
answered.
"""

from collections.abc import Callable, Mapping
from email.utils import formatdate
from io import BytesIO
from typing import Any

from werkzeug.wrappers import Request, Response

from photosync.emulators.answers import html_failure
from photosync.emulators.flickr import replies
from photosync.emulators.flickr.calls import ApiCall, Method
from photosync.emulators.flickr.catalog import Catalog
from photosync.emulators.flickr.consent import Consent
from photosync.emulators.flickr.errors import (
    OAUTH_PROBLEMS,
    ApiError,
    OAuthProblemError,
    TooManyCallsError,
)
from photosync.emulators.flickr.grants import LEVELS, Caller, Grants
from photosync.emulators.flickr.licences import LicencesApi
from photosync.emulators.flickr.listing import Listing
from photosync.emulators.flickr.methods import LEVELS as NEEDED
from photosync.emulators.flickr.methods import WRITING
from photosync.emulators.flickr.oauth import OAuth
from photosync.emulators.flickr.people_api import PeopleApi
from photosync.emulators.flickr.photo_edits_api import PhotoEditsApi
from photosync.emulators.flickr.photos_api import PhotosApi
from photosync.emulators.flickr.photoset_edits_api import PhotosetEditsApi
from photosync.emulators.flickr.photosets_api import PhotosetsApi
from photosync.emulators.flickr.quota import Quota
from photosync.emulators.flickr.signatures import Verifier, collect
from photosync.emulators.flickr.static_files import StaticFiles, is_static
from photosync.emulators.flickr.uploads import Uploads
from photosync.emulators.flickr.uploads_api import UploadsApi
from photosync.emulators.settings import HOUR
from photosync.emulators.traffic import Fault

_PATHS = {
    "/services/rest": "rest",
    "/services/upload": "upload",
    "/services/replace": "replace",
    "/services/oauth/request_token": "oauth.request_token",
    "/services/oauth/authorize": "oauth.authorize",
    "/services/oauth/access_token": "oauth.access_token",
}
_FORM = "application/x-www-form-urlencoded"
_PREFIX = "flickr."
_FORMATS = frozenset({"json", "rest"})


class FlickrService:
    """Answers every request to the emulated hosts."""

    def __init__(self, catalog: Catalog, grants: Grants) -> None:
        self._catalog = catalog
        self._grants = grants
        self._state = catalog.state
        self._verifier = Verifier(grants, self._state.settings)
        self.quota = Quota(self._state.clock)
        uploads = Uploads(catalog)
        self.files = StaticFiles(catalog, Quota(self._state.clock))
        listing = Listing(catalog)
        self._methods: Mapping[str, Method] = {
            **LicencesApi().methods,
            **PeopleApi(catalog).methods,
            **PhotosApi(catalog, listing).methods,
            **PhotoEditsApi(catalog, listing).methods,
            **PhotosetsApi(catalog, listing).methods,
            **PhotosetEditsApi(catalog).methods,
        }
        oauth = OAuth(grants, self._verifier, catalog.accounts)
        files = UploadsApi(catalog, uploads, self._uploader)
        self._endpoints: Mapping[str, Callable[[Request], Response]] = {
            "oauth.access_token": oauth.access_token,
            "oauth.authorize": Consent(grants, catalog.accounts).answer,
            "oauth.request_token": oauth.request_token,
            "replace": files.replace,
            "static": self.files.answer,
            "unknown": lambda _: html_failure(Fault("unknown", "html", status=404)),
            "upload": files.upload,
        }

    def method_of(self, request: Request) -> str:
        name = _PATHS.get(request.path.rstrip("/"))
        if name is None:
            return "static" if is_static(request.path) else "unknown"
        if name != "rest":
            return name
        if request.mimetype == _FORM:
            # The name of the method is in the body, which is read again when the call
            # is done.
            request.environ["wsgi.input"] = BytesIO(request.get_data(cache=True))
        method = request.values.get("method", "").removeprefix(_PREFIX)
        return method if method in NEEDED else "unknown method"

    def answer(self, request: Request, method: str) -> Response:
        self.settle()
        response = self._answer(request, method)
        response.headers["Date"] = formatdate(self._state.clock.now(), usegmt=True)
        return response

    def _answer(self, request: Request, method: str) -> Response:
        try:
            if method in self._endpoints:
                self._count_sign_in(request, method)
                return self._endpoints[method](request)
            return self._rest(request, method)
        except (OAuthProblemError, TooManyCallsError) as refusal:
            return refusal.response()

    def settle(self) -> None:
        """Let everything happen that time has brought about."""
        self._catalog.index.settle()

    def failure(self, fault: Fault, method: str) -> Response:  # noqa: ARG002 - one for all
        if fault.reason in OAUTH_PROBLEMS:
            return OAuthProblemError(fault.reason).response()
        return html_failure(fault)

    def refusal(self, request: Request, method: str, fault: Fault) -> Response:  # noqa: ARG002
        response = _refuse(request, ApiError(fault.code))
        response.headers.update(dict(fault.headers))
        return response

    def expire_token(self, request: Request) -> Response:
        fields = request.form.items(multi=True) if request.mimetype == _FORM else ()
        self._grants.revoke(collect(request, fields).oauth.get("oauth_token", ""))
        dead = self._verifier.dead_token()
        if isinstance(dead, OAuthProblemError):
            return dead.response()
        return _refuse(request, ApiError(98))

    def _rest(self, request: Request, method: str) -> Response:
        if method in WRITING and request.method != "POST":
            return Response("This method requires POST.", 405, mimetype="text/html")
        arguments = request.values.to_dict()
        form = list(request.form.items(multi=True))
        try:
            reply = self._reply(request, method, arguments, form)
        except ApiError as error:
            return replies.render(replies.fail(error), arguments)
        return replies.render({**reply, "stat": "ok"}, arguments)

    def _reply(
        self,
        request: Request,
        method: str,
        arguments: Mapping[str, str],
        form: list[tuple[str, str]],
    ) -> replies.Reply:
        caller = self._caller(request, form, arguments.get("api_key", ""))
        if arguments.get("format", "rest") not in _FORMATS:
            raise ApiError(111, f'Format "{arguments["format"]}" not found')
        if method not in NEEDED:
            raise ApiError(112, f'Method "{arguments.get("method", "")}" not found')
        _check_level(caller, NEEDED[method])
        call = ApiCall(method, arguments, caller, request.host_url.rstrip("/"))
        with self._state.database.transaction():
            return self._methods[method](call) or {}

    def _uploader(self, request: Request, fields: list[tuple[str, str]]) -> Caller:
        caller = self._caller(request, fields, dict(fields).get("api_key", ""))
        _check_level(caller, "write")
        return caller

    def _caller(
        self, request: Request, fields: list[tuple[str, str]], api_key: str
    ) -> Caller:
        signed = collect(request, fields)
        key = signed.oauth.get("oauth_consumer_key", api_key)
        self.quota.count(key, self._state.settings.hourly_quota, HOUR)
        return self._verifier.caller(signed, api_key)

    def _count_sign_in(self, request: Request, method: str) -> None:
        if not method.startswith("oauth."):
            return
        oauth: Mapping[str, Any] = collect(
            request, request.form.items(multi=True)
        ).oauth
        key = oauth.get("oauth_consumer_key", "")
        if not key:
            sql = "SELECT key FROM request_tokens WHERE token = ?"
            row = self._state.database.row(sql, oauth.get("oauth_token", ""))
            key = row["key"] if row else ""
        self.quota.count(key, self._state.settings.hourly_quota, HOUR)


def _refuse(request: Request, error: ApiError) -> Response:
    # Uploads are answered in XML, and asking for their fields would read the whole
    # body.
    is_rest = _PATHS.get(request.path.rstrip("/")) == "rest"
    return replies.render(
        replies.fail(error), request.values.to_dict() if is_rest else {}
    )


def _check_level(caller: Caller, needed: str) -> None:
    if LEVELS[needed] and not caller.account:
        raise ApiError(99)
    if caller.level < LEVELS[needed]:
        message = f"Insufficient permissions. Method requires {needed} privileges"
        raise ApiError(99, f"{message}; {caller.perms} granted.")
