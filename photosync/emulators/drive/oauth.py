"""The token endpoints: ``/token``, ``/revoke`` and ``/device/code``."""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Request, Response

from photosync.emulators.drive.calls import json_response
from photosync.emulators.drive.database import Row
from photosync.emulators.drive.grants import Grants, OAuthError, invalid_grant
from photosync.emulators.drive.identity import DRIVE_APPDATA, DRIVE_FILE, KNOWN_SCOPES

DEVICE_SCOPES = frozenset({DRIVE_FILE, DRIVE_APPDATA, "openid", "email", "profile"})
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class OAuth:
    def __init__(self, grants: Grants) -> None:
        self._grants = grants
        self._by_type: dict[str, Callable[[Request, Row], dict[str, Any]]] = {
            "authorization_code": self._by_code,
            "refresh_token": self._by_refresh_token,
            DEVICE_GRANT: self._by_device_code,
        }

    def token(self, request: Request) -> Response:
        return _refusing(self._token, request)

    def revoke(self, request: Request) -> Response:
        return _refusing(self._revoke, request)

    def device(self, request: Request) -> Response:
        return _refusing(self._device, request)

    def _token(self, request: Request) -> dict[str, Any]:
        grant_type = request.form.get("grant_type", "")
        if grant_type not in self._by_type:
            raise OAuthError(
                400, "unsupported_grant_type", f"Invalid grant_type: {grant_type}"
            )
        return self._by_type[grant_type](request, self._authenticate(request))

    def _authenticate(self, request: Request) -> Row:
        basic = request.authorization
        client_id, secret = (
            request.form.get("client_id", ""),
            request.form.get("client_secret", ""),
        )
        if basic and basic.type == "basic":
            client_id, secret = basic.username or "", basic.password or ""
        if not client_id:
            raise OAuthError(
                400, "invalid_request", "Could not determine client ID from request."
            )
        client = self._grants.client(client_id)
        if not secret:
            raise OAuthError(400, "invalid_request", "client_secret is missing.")
        if not hmac.compare_digest(secret.encode(), client["secret"].encode()):
            raise OAuthError(
                401, "invalid_client", "The provided client secret is invalid."
            )
        return client

    def _by_code(self, request: Request, client: Row) -> dict[str, Any]:
        grant = self._grants.use_code(_require(request, "code"), client["id"])
        if request.form.get("redirect_uri") != grant["redirect_uri"]:
            raise OAuthError(400, "redirect_uri_mismatch", "Bad Request")
        _check_verifier(grant, request.form.get("code_verifier"))
        return self._grants.tokens(
            client["id"],
            grant["account"],
            grant["scopes"],
            offline=bool(grant["offline"]),
        )

    def _by_refresh_token(self, request: Request, client: Row) -> dict[str, Any]:
        return self._grants.refresh(_require(request, "refresh_token"), client["id"])

    def _by_device_code(self, request: Request, client: Row) -> dict[str, Any]:
        device = self._grants.poll_device(
            _require(request, "device_code"), client["id"]
        )
        first = self._grants.database.rows("SELECT email FROM accounts ORDER BY rowid")[
            0
        ]
        account = device["account"] or first["email"]
        return self._grants.tokens(
            client["id"], account, device["scopes"], offline=True
        )

    def _revoke(self, request: Request) -> dict[str, Any]:
        token = request.values.get("token", "")
        if not self._grants.revoke(token):
            raise OAuthError(400, "invalid_token", "Token expired or revoked")
        return {}

    def _device(self, request: Request) -> dict[str, Any]:
        client = self._grants.client(_require(request, "client_id"))
        if client["kind"] != "device":
            raise OAuthError(401, "invalid_client", "Invalid client type.")
        scopes = _require(request, "scope").split()
        if not KNOWN_SCOPES.issuperset(scopes) or not DEVICE_SCOPES.issuperset(scopes):
            raise OAuthError(400, "invalid_scope", "Invalid device flow scope.")
        answer = self._grants.start_device(client["id"], " ".join(scopes))
        return answer | {"verification_url": "https://www.google.com/device"}


def oauth_error(status: int, error: str, description: str) -> Response:
    return json_response({"error": error, "error_description": description}, status)


def _refusing(do: Callable[[Request], dict[str, Any]], request: Request) -> Response:
    try:
        return json_response(do(request))
    except OAuthError as error:
        return oauth_error(error.status, error.error, error.description)


def _require(request: Request, name: str) -> str:
    value = request.form.get(name, "")
    if not value:
        raise OAuthError(400, "invalid_request", f"Missing required parameter: {name}")
    return value


def _check_verifier(grant: Row, verifier: str | None) -> None:
    if grant["challenge"] is None:
        return
    if not verifier:
        raise invalid_grant("Missing code verifier.")
    expected = verifier
    if grant["challenge_method"] == "S256":
        digest = hashlib.sha256(verifier.encode()).digest()
        expected = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    matches = hmac.compare_digest(expected.encode(), grant["challenge"].encode())
    if not matches or not _VERIFIER.fullmatch(verifier):
        raise invalid_grant("Invalid code verifier.")
