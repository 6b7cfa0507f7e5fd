"""Signing in to Google: by browser, by a pasted address, or by a code typed on another
device.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import requests
from google.oauth2.credentials import Credentials
from google_auth_oauthlib.flow import Flow
from oauthlib.oauth2 import OAuth2Error
from requests_oauthlib import OAuth2Session

from photosync.errors import AuthorizationNeeded, UsageError
from photosync.formatting import printable
from photosync.services.answers import read_seconds, reading
from photosync.services.auth.client_secrets import GoogleClient
from photosync.services.auth.oauth import (
    BROWSER_SECONDS,
    Loopback,
    ask_for_address,
    open_browser,
)
from photosync.services.auth.session import UserIO
from photosync.services.drive.calls.credentials import check_grant
from photosync.services.drive.calls.errors import (
    NEW_CLIENT,
    explain_client_problem,
    explain_refused_client,
)
from photosync.services.http import TIMEOUT
from photosync.services.unreachable import explain_unreachable
from photosync.services.web import SafeSession

_CLIENT_ENDING = ".apps.googleusercontent.com"
_HEADLESS_ADDRESS = "http://localhost:8085/"


class Grant(NamedTuple):
    """What Google granted, and for how many seconds; None is for good."""

    credentials: Credentials
    lifetime: int | None


class _Session(SafeSession, OAuth2Session):
    """Fetches the token for a code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whatever is no token of Google's makes oauthlib raise whatever there is.
        self.register_compliance_hook("access_token_response", _check_reply)


def _check_reply(reply: requests.Response) -> requests.Response:
    """Raise Transient unless a reply is one of the sign-in service's."""
    with reading("Google"):
        check_grant(reply.json())
    return reply


def sign_in_google(
    client: GoogleClient, scope: str, user_io: UserIO, *, headless: bool
) -> Grant:
    """Ask for access to Drive under `scope`.

    By the default browser; headless by a pasted address; by a code typed on another
    device where the client is of the limited-input kind. Raises AuthorizationNeeded
    when it comes to nothing.
    """
    if client.kind == "limited-input":
        return _sign_in_by_device(client, scope, user_io)
    names = {
        "client_id": client.client_id,
        "client_secret": client.client_secret,
        "auth_uri": client.auth_uri,
        "token_uri": client.token_uri,
    }
    session = _Session(client_id=client.client_id, scope=[scope])
    flow = Flow(
        session, "installed", {"installed": names}, autogenerate_code_verifier=True
    )
    ask = _ask_by_pasting if headless else _ask_by_browser
    answer = ask(flow, client, user_io)
    return _redeem(flow, answer, scope)


def check_client(client: GoogleClient) -> None:
    """Ask Google whether it takes a client id and its secret, before a person is asked
    to agree (POST token, with a refresh token that is none).

    Raises UsageError for what is no client id, and AuthorizationNeeded, naming what is
    wrong and where it stands.
    """
    if not client.client_id.endswith(_CLIENT_ENDING):
        raise UsageError(
            f"the client id ({client.id_from}) is none of Google's, which end in "
            f"{_CLIENT_ENDING}; {NEW_CLIENT}"
        )
    fields = {
        "client_id": client.client_id,
        "client_secret": client.client_secret,
        "grant_type": "refresh_token",
        "refresh_token": "none",
    }
    try:
        with SafeSession() as session:
            reply = session.post(client.token_uri, data=fields, timeout=TIMEOUT)
    except requests.RequestException as error:
        raise explain_unreachable("Google", error) from error
    refused = explain_refused_client(reply, client)
    if refused:
        raise refused


def _build_address(flow: Flow, redirect: str) -> tuple[str, str]:
    flow.redirect_uri = redirect
    url, state = flow.authorization_url(access_type="offline", prompt="consent")
    return str(url), str(state)


class _Redirect(NamedTuple):
    """Where Google sends the browser back to."""

    uri: str
    port: int


def _find_loopback_redirect(client: GoogleClient) -> _Redirect | None:
    """Find the loopback address that a web client has registered."""
    if client.kind != "web":
        return None
    for uri in client.redirect_uris:
        parts = urlsplit(uri)
        if parts.hostname in {"localhost", "127.0.0.1"} and parts.scheme == "http":
            return _Redirect(uri, parts.port or 80)
    return None


def _ask_by_browser(
    flow: Flow, client: GoogleClient, user_io: UserIO
) -> Mapping[str, str]:
    own = _find_loopback_redirect(client)
    if client.kind == "web" and own is None:
        raise UsageError(
            "this client id is of the web kind and names no address on this computer; add "
            f"{_HEADLESS_ADDRESS} to its redirect URIs and download it again, or better make "
            'one of type "Desktop app"'
        )
    state = ""

    def is_answer(query: Mapping[str, str]) -> bool:
        return bool(state) and query.get("state") == state

    port = own.port if own else 0
    with Loopback(is_answer, port) as loopback:
        redirect = own.uri if own else f"http://127.0.0.1:{loopback.port}/"
        url, state = _build_address(flow, redirect)
        open_browser(url, user_io)
        return loopback.wait(BROWSER_SECONDS)


def _ask_by_pasting(
    flow: Flow, client: GoogleClient, user_io: UserIO
) -> Mapping[str, str]:
    redirect = _HEADLESS_ADDRESS
    # Google refuses a web client any address that it has not registered.
    if client.kind == "web" and client.redirect_uris:
        redirect = client.redirect_uris[0]
    url, state = _build_address(flow, redirect)
    user_io.tell(
        f"Open this address in a browser on any computer and allow the access:\n  {url}\n"
        "The browser then fails to open a page at localhost: that is right. Copy the whole\n"
        "address of that page and paste it here."
    )
    answer = ask_for_address(user_io)
    if answer.get("state") != state:
        raise AuthorizationNeeded(
            "that address does not belong to this sign-in; run photosync -a --headless again"
        )
    return answer


def _redeem(flow: Flow, answer: Mapping[str, str], scope: str) -> Grant:
    if "code" not in answer:
        problem = answer.get("error", "no code")
        raise AuthorizationNeeded(
            f"Google gave no access ({problem}); run photosync -a again"
        )
    try:
        flow.fetch_token(code=answer["code"], timeout=TIMEOUT)
    except Warning as warning:
        # oauthlib raises this when fewer scopes were granted than asked for.
        raise AuthorizationNeeded(_UNTICKED) from warning
    except OAuth2Error as error:
        problem = str(error.error)
        raise AuthorizationNeeded(
            explain_client_problem(problem)
            or f"Google did not accept the sign-in ({problem}); run photosync -a again"
        ) from error
    except requests.RequestException as error:
        raise AuthorizationNeeded(f"Google cannot be reached ({error})") from error
    credentials: Credentials = flow.credentials
    if scope not in (credentials.granted_scopes or credentials.scopes or ()):
        raise AuthorizationNeeded(_UNTICKED)
    return Grant(credentials, _read_lifetime(flow.oauth2session.token))


def _read_lifetime(token: Mapping[str, Any]) -> int | None:
    """Return for how many seconds a sign-in lasts; None where Google sets no end."""
    with reading("Google"):
        seconds = token.get("refresh_token_expires_in")
        return None if seconds is None else read_seconds(seconds)


_UNTICKED = (
    "the box for Google Drive was not ticked; run photosync -a again and tick it"
)
_DEVICE_SECONDS = 1800
_LONGEST_INTERVAL = 60
_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


def _sign_in_by_device(client: GoogleClient, scope: str, user_io: UserIO) -> Grant:
    with SafeSession() as session:
        asked = _ask_for_code(session, client, scope)
        address = printable(str(asked.get("verification_url")))
        code = printable(str(asked.get("user_code")))
        user_io.tell(
            f"On any computer or phone open {address} and type this code:\n  {code}"
        )
        token = _poll(session, client, asked)
    credentials = Credentials(  # type: ignore[no-untyped-call]
        token["access_token"],
        refresh_token=token.get("refresh_token"),
        token_uri=client.token_uri,
        client_id=client.client_id,
        client_secret=client.client_secret,
        scopes=[scope],
        granted_scopes=str(token.get("scope", scope)).split(),
    )
    return Grant(credentials, _read_lifetime(token))


def _ask_for_code(
    session: requests.Session, client: GoogleClient, scope: str
) -> dict[str, Any]:
    """Return Google's answer with a code to be typed on another device."""
    address = client.sibling("/device/code")
    asked = _post(session, address, client_id=client.client_id, scope=scope)
    if "device_code" in asked:
        return asked
    problem = str(asked.get("error", "no reason"))
    explained = explain_client_problem(problem)
    raise AuthorizationNeeded(
        explained
        or f"Google gave no code ({problem}); this kind of client works with "
        "--drive-scope file only"
    )


def _poll(
    session: requests.Session, client: GoogleClient, asked: Mapping[str, Any]
) -> dict[str, Any]:
    interval = min(int(asked.get("interval", 5)), _LONGEST_INTERVAL)
    lasts = min(int(asked.get("expires_in", _DEVICE_SECONDS)), _DEVICE_SECONDS)
    end = time.monotonic() + lasts
    while time.monotonic() < end:
        time.sleep(interval)
        answer = _post(
            session,
            client.token_uri,
            client_id=client.client_id,
            client_secret=client.client_secret,
            device_code=asked["device_code"],
            grant_type=_DEVICE_GRANT,
        )
        if "access_token" in answer:
            return answer
        problem = answer.get("error")
        if problem == "slow_down":
            interval += 5
        elif problem != "authorization_pending":
            raise AuthorizationNeeded(
                f"Google gave no access ({problem}); run photosync -a again"
            )
    raise AuthorizationNeeded("the code was not typed in time; run photosync -a again")


def _post(session: requests.Session, url: str, **form: str) -> dict[str, Any]:
    try:
        reply = session.post(url, data=form, timeout=TIMEOUT)
    except requests.RequestException as error:
        raise AuthorizationNeeded(f"Google cannot be reached ({error})") from error
    with reading("Google"):
        return check_grant(reply.json())


def revoke_google(address: str, token: str) -> bool:
    """Withdraw a token at Google; returns whether Google confirmed it."""
    with SafeSession() as session:
        try:
            reply = session.post(address, data={"token": token}, timeout=TIMEOUT)
        except requests.RequestException:
            return False
    return bool(reply.status_code == requests.codes.ok)
