"""The authorization page, where an account approves or denies an application's
request.
"""

from html import escape
from urllib.parse import urlencode, urlsplit

from werkzeug.wrappers import Request, Response

from photosync.emulators.database import Row
from photosync.emulators.flickr.accounts import Accounts
from photosync.emulators.flickr.errors import OAuthProblemError
from photosync.emulators.flickr.grants import LEVELS, Grants
from photosync.emulators.flickr.oauth import OUT_OF_BAND

_PAGE = """<!DOCTYPE html>
<html lang="en"><title>Authorize</title>
<h1>An application wants {perms} permission for your account</h1>
<form method="post">
<input type="hidden" name="oauth_token" value="{token}">
<input type="hidden" name="perms" value="{perms}">
<p><select name="account">{accounts}</select></p>
<button name="decision" value="approve">OK, I'll authorize it</button>
<button name="decision" value="deny">No thanks</button>
</form></html>
"""
_CODE_PAGE = """<!DOCTYPE html>
<html lang="en"><title>Authorized</title>
<p>Type this code into the application:</p><p id="code"><span>{code}</span></p></html>
"""


class Consent:
    def __init__(self, grants: Grants, accounts: Accounts) -> None:
        self._grants = grants
        self._accounts = accounts

    def answer(self, request: Request) -> Response:
        """Show the page, the code, or send the browser back with the decision."""
        values = request.values
        perms = values.get("perms", "read")
        try:
            token = self._grants.request_token(values.get("oauth_token", ""))
        except OAuthProblemError as problem:
            return _told(f"Oops! {problem.problem}", 400)
        if perms not in LEVELS.keys() - {"none"}:
            return _told("Oops! Invalid permission requested.", 400)
        if token["decision"]:
            return _told("Oops! This request has been answered.", 400)
        decision: str = self._grants.settings.consent
        if request.method == "POST":
            decision = request.form.get("decision", "deny")
        elif decision == "page":
            return _page(self._fill_page(token["token"], perms))
        return self._decide(token, decision, self._account(request), perms)

    def _account(self, request: Request) -> str:
        default = self._grants.settings.account or self._accounts.everyone()[0]["nsid"]
        return request.form.get("account", default)

    def _fill_page(self, token: str, perms: str) -> str:
        options = [
            f'<option value="{escape(row["nsid"])}">{escape(row["username"])}</option>'
            for row in self._accounts.everyone()
        ]
        return _PAGE.format(
            token=escape(token), perms=escape(perms), accounts="".join(options)
        )

    def _decide(self, token: Row, decision: str, account: str, perms: str) -> Response:
        if decision != "approve":
            self._grants.deny(token["token"])
            if (
                token["callback"] == OUT_OF_BAND
                or not self._grants.settings.deny_calls_back
            ):
                return _told("You have not authorized the application.", 200)
            return _sent_back(token, oauth_problem="permission_denied")
        verifier = self._grants.approve(token["token"], account, perms)
        if token["callback"] == OUT_OF_BAND:
            return _page(_CODE_PAGE.format(code=verifier))
        return _sent_back(token, oauth_verifier=verifier)


def _sent_back(token: Row, **answer: str) -> Response:
    separator = "&" if urlsplit(token["callback"]).query else "?"
    query = urlencode({"oauth_token": token["token"], **answer})
    return Response(
        status=302, headers={"Location": token["callback"] + separator + query}
    )


def _told(message: str, status: int) -> Response:
    page = f"<!DOCTYPE html><title>Flickr</title><p>{escape(message)}</p>\n"
    return Response(page, status, mimetype="text/html")


def _page(text: str) -> Response:
    return Response(text, mimetype="text/html")
