"""OAuth 1.0a: collecting the parameters of a signed request and checking its
signature.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import unquote

from oauthlib.common import Request as SignedRequest
from oauthlib.oauth1.rfc5849 import signature
from werkzeug.wrappers import Request

from photosync.emulators.database import Database, Row
from photosync.emulators.flickr.errors import ApiError, OAuthProblemError
from photosync.emulators.flickr.grants import Caller, Grants
from photosync.emulators.flickr.settings import Settings

_NEEDED = (
    "oauth_consumer_key",
    "oauth_nonce",
    "oauth_signature",
    "oauth_signature_method",
    "oauth_timestamp",
)
_NO_TOKEN_YET = ""


@dataclass(frozen=True)
class Signed:
    """What a signature covers: verb, address and parameters, the signature itself
    excepted.
    """

    http_method: str
    uri: str
    params: list[tuple[str, str]]
    signature: str
    oauth: Mapping[str, str]

    def base_string(self) -> str:
        normal = signature.normalize_parameters(cast("dict[str, str]", self.params))
        address = signature.base_string_uri(self.uri)
        return signature.signature_base_string(
            cast("Any", self.http_method), address, normal
        )

    def matches(self, secret: str, token_secret: str) -> bool:
        return signature.verify_hmac_sha1(
            cast("SignedRequest", self), secret, token_secret
        )


def collect(request: Request, fields: Iterable[tuple[str, str]]) -> Signed:
    """Collect from the header, the query and the form `fields`."""
    params = [*_header_params(request), *request.args.items(multi=True), *fields]
    oauth = {name: value for name, value in params if name.startswith("oauth_")}
    path = str(request.environ["RAW_URI"]).partition("?")[0]
    return Signed(
        request.method,
        f"{request.scheme}://{request.host}{path}",
        [(name, value) for name, value in params if name != "oauth_signature"],
        oauth.get("oauth_signature", ""),
        oauth,
    )


def _header_params(request: Request) -> list[tuple[str, str]]:
    kind, _, rest = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "oauth":
        return []
    pairs = [part.strip().partition("=") for part in rest.split(",")]
    return [
        (unquote(name), unquote(value.strip('"')))
        for name, _, value in pairs
        if name != "realm"
    ]


class Verifier:
    """Finds out who calls, and refuses what is not signed as it should be."""

    def __init__(self, grants: Grants, settings: Settings) -> None:
        self._grants = grants
        self._settings = settings

    def caller(self, signed: Signed, api_key: str) -> Caller:
        """Give the caller of the API; raise OAuthProblemError or ApiError 98, 100."""
        # checkToken has an argument of its own that is called oauth_token.
        if not signed.oauth.keys() - {"oauth_token"}:
            if self._grants.find_key(api_key) is None:
                raise ApiError(100)
            return Caller(api_key)
        key = self._check_key(signed)
        token = signed.oauth.get("oauth_token", _NO_TOKEN_YET)
        if not token:
            self._check(signed, key, "")
            return Caller(key["key"])
        granted = self._grants.access_token(token, key["key"])
        if granted is None:
            raise self.dead_token()
        self._check(signed, key, granted["secret"])
        return Caller(key["key"], granted["account"], granted["perms"], token)

    def dead_token(self) -> Exception:
        by_oauth = self._settings.revoked_token == "oauth"  # noqa: S105 - no password
        return OAuthProblemError("token_rejected") if by_oauth else ApiError(98)

    def application(self, signed: Signed) -> str:
        """Check a request for a request token and give the key behind it."""
        key = self._check_key(signed)
        self._check(signed, key, "")
        return str(key["key"])

    def sign_in(self, signed: Signed) -> Row:
        """Check a request for an access token and give its request token."""
        key = self._check_key(signed)
        _require(signed.oauth, ["oauth_token", "oauth_verifier"])
        row = self._grants.request_token(signed.oauth["oauth_token"])
        if row["key"] != key["key"]:
            raise OAuthProblemError("token_rejected")
        self._check(signed, key, row["secret"])
        return row

    def _check_key(self, signed: Signed) -> Row:
        _require(signed.oauth, _NEEDED)
        if signed.oauth.get("oauth_version", "1.0") != "1.0":
            raise OAuthProblemError(
                "version_rejected", oauth_acceptable_versions="1.0-1.0"
            )
        if signed.oauth["oauth_signature_method"] != "HMAC-SHA1":
            raise OAuthProblemError("signature_method_rejected")
        key = self._grants.find_key(signed.oauth["oauth_consumer_key"])
        if key is None:
            raise OAuthProblemError("consumer_key_unknown")
        self._check_time(signed.oauth["oauth_timestamp"])
        return key

    def _check_time(self, timestamp: str) -> None:
        now, skew = self._now(), self._settings.timestamp_skew
        if not timestamp.isdecimal() or abs(int(timestamp) - now) > skew:
            acceptable = f"{int(now - skew)}-{int(now + skew)}"
            raise OAuthProblemError(
                "timestamp_refused", oauth_acceptable_timestamps=acceptable
            )

    def _check(self, signed: Signed, key: Row, token_secret: str) -> None:
        if not signed.matches(key["secret"], token_secret):
            raise OAuthProblemError("signature_invalid", debug_sbs=signed.base_string())
        if not _spent(self._grants.database, signed.oauth):
            raise OAuthProblemError("nonce_used")
        oldest = int(self._now() - self._settings.timestamp_skew)
        self._grants.database.run("DELETE FROM nonces WHERE time < ?", oldest)

    def _now(self) -> float:
        return time.time() + self._settings.clock_offset


def _require(oauth: Mapping[str, str], names: Iterable[str]) -> None:
    absent = [name for name in names if not oauth.get(name)]
    if absent:
        raise OAuthProblemError(
            "parameter_absent", oauth_parameters_absent="&".join(absent)
        )


def _spent(database: Database, oauth: Mapping[str, str]) -> bool:
    sql = "INSERT OR IGNORE INTO nonces (key, token, time, nonce) VALUES (?, ?, ?, ?)"
    token, moment = (
        oauth.get("oauth_token", _NO_TOKEN_YET),
        int(oauth["oauth_timestamp"]),
    )
    key, nonce = oauth["oauth_consumer_key"], oauth["oauth_nonce"]
    return bool(database.run(sql, key, token, moment, nonce))
