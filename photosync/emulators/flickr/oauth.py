"""The endpoints of the sign-in that applications call: request token and access
token.
"""

from urllib.parse import urlencode, urlsplit

from werkzeug.wrappers import Request, Response

from photosync.emulators.flickr.accounts import Accounts
from photosync.emulators.flickr.errors import OAuthProblemError
from photosync.emulators.flickr.grants import Grants
from photosync.emulators.flickr.signatures import Verifier, collect

OUT_OF_BAND = "oob"


class OAuth:
    def __init__(self, grants: Grants, verifier: Verifier, accounts: Accounts) -> None:
        self._grants = grants
        self._verifier = verifier
        self._accounts = accounts

    def request_token(self, request: Request) -> Response:
        signed = collect(request, request.form.items(multi=True))
        key = self._verifier.application(signed)
        callback = signed.oauth.get("oauth_callback", "")
        if callback != OUT_OF_BAND and not urlsplit(callback).scheme:
            raise OAuthProblemError(
                "parameter_absent", oauth_parameters_absent="oauth_callback"
            )
        row = self._grants.start(key, callback)
        return _form(
            oauth_callback_confirmed="true",
            oauth_token=row["token"],
            oauth_token_secret=row["secret"],
        )

    def access_token(self, request: Request) -> Response:
        signed = collect(request, request.form.items(multi=True))
        token = self._verifier.sign_in(signed)["token"]
        granted = self._grants.exchange(token, signed.oauth["oauth_verifier"])
        account = self._accounts.get(granted["account"])
        return _form(
            fullname=account["fullname"],
            oauth_token=granted["token"],
            oauth_token_secret=granted["secret"],
            user_nsid=account["nsid"],
            username=account["username"],
        )


def _form(**values: str) -> Response:
    return Response(urlencode(values), content_type="text/plain;charset=UTF-8")
