"""The authorization page, where an account approves or denies a client's request."""

import json
from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode, urlsplit

from werkzeug.wrappers import Request, Response

from photosync.emulators.drive.database import Row
from photosync.emulators.drive.grants import Authorization, Grants, OAuthError
from photosync.emulators.drive.identity import KNOWN_SCOPES

_PARAMETERS = frozenset(
    {
        "access_type",
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "enable_granular_consent",
        "hl",
        "include_granted_scopes",
        "login_hint",
        "nonce",
        "prompt",
        "redirect_uri",
        "response_type",
        "scope",
        "state",
    }
)
_CHOICES = frozenset({"decision", "account", "granted"})
_OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"

_PAGE = """<!DOCTYPE html>
<html lang="en"><title>Sign in</title>
<h1>An application wants to access your account</h1>
<form method="post">{fields}
<p><select name="account">{accounts}</select></p>
<ul>{scopes}</ul>
<button name="decision" value="approve">Allow</button>
<button name="decision" value="deny">Cancel</button>
</form></html>
"""


class Consent:
    def __init__(self, grants: Grants) -> None:
        self._grants = grants

    def answer(self, request: Request) -> Response:
        """Show the page, or send the browser back with the decision."""
        values = request.form if request.method == "POST" else request.args
        params = values.to_dict()
        try:
            client = self._check(params, chosen=request.method == "POST")
        except OAuthError as error:
            text = f"<h1>Error {error.status}: {escape(error.error)}</h1>{error.description}"
            return Response(text, error.status, mimetype="text/html")
        decision: str = self._grants.settings.consent
        account = self._accounts()[0]
        asked = frozenset(params["scope"].split())
        if request.method == "POST":
            decision, account = (
                params.get("decision", "deny"),
                params.get("account", account),
            )
            asked &= frozenset(values.getlist("granted"))
        elif decision == "page":
            return Response(self._page(params), mimetype="text/html")
        granted = asked - self._grants.settings.unticked
        return self._sent_back(params, client, decision, account, granted)

    def _check(self, params: Mapping[str, str], *, chosen: bool) -> Row:
        unknown = params.keys() - _PARAMETERS - (_CHOICES if chosen else frozenset())
        needed = {"client_id", "redirect_uri", "response_type", "scope"} - params.keys()
        if unknown or needed:
            names = ", ".join(sorted(unknown or needed))
            raise OAuthError(
                400, "invalid_request", f"Parameter missing or not allowed: {names}"
            )
        client = self._grants.client(params["client_id"])
        _check_redirect(client, params["redirect_uri"])
        if params["response_type"] != "code":
            raise OAuthError(
                400, "unsupported_response_type", "Only code is supported."
            )
        scopes = params["scope"].split()
        if not scopes or not KNOWN_SCOPES.issuperset(scopes):
            raise OAuthError(
                400, "invalid_scope", "Some requested scopes were invalid."
            )
        if params.get("code_challenge_method", "plain") not in {"S256", "plain"}:
            raise OAuthError(400, "invalid_request", "Invalid code_challenge_method.")
        return client

    def _accounts(self) -> list[str]:
        rows = self._grants.database.rows("SELECT email FROM accounts ORDER BY rowid")
        return [row["email"] for row in rows]

    def _page(self, params: Mapping[str, str]) -> str:
        hidden = [
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
            for name, value in params.items()
        ]
        boxes = [
            f'<li><label><input type="checkbox" name="granted" checked value="{escape(scope)}">'
            f"{escape(scope)}</label></li>"
            for scope in params["scope"].split()
        ]
        accounts = [f"<option>{escape(email)}</option>" for email in self._accounts()]
        return _PAGE.format(
            fields="".join(hidden), scopes="".join(boxes), accounts="".join(accounts)
        )

    def _sent_back(
        self,
        params: Mapping[str, str],
        client: Row,
        decision: str,
        account: str,
        granted: frozenset[str],
    ) -> Response:
        answer = {"state": params["state"]} if "state" in params else {}
        if decision == "approve" and granted:
            # A web client gets a refresh token only on request.
            offline = (
                client["kind"] == "installed" or params.get("access_type") == "offline"
            )
            answer["code"] = self._grants.issue_code(
                Authorization(
                    client["id"],
                    account,
                    granted,
                    params["redirect_uri"],
                    params.get("code_challenge"),
                    params.get("code_challenge_method", "plain"),
                    offline,
                )
            )
            answer["scope"] = " ".join(sorted(granted))
        else:
            answer["error"] = "access_denied"
        separator = "&" if urlsplit(params["redirect_uri"]).query else "?"
        location = params["redirect_uri"] + separator + urlencode(answer)
        return Response(status=302, headers={"Location": location})


def _check_redirect(client: Row, uri: str) -> None:
    if uri.startswith(_OUT_OF_BAND):
        raise OAuthError(
            400, "invalid_request", "The out-of-band (OOB) flow has been blocked."
        )
    if client["kind"] == "installed":
        parts = urlsplit(uri)
        good = parts.scheme == "http" and parts.hostname in {
            "127.0.0.1",
            "localhost",
            "::1",
        }
    else:
        good = client["kind"] == "web" and uri in json.loads(client["redirect_uris"])
    if not good:
        raise OAuthError(
            400, "redirect_uri_mismatch", f"Not a registered address: {escape(uri)}"
        )
