"""Signing in to Flickr by OAuth 1.0a: by browser, or by a code typed where there is
none.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any

import requests
from requests_oauthlib import OAuth1Session
from requests_oauthlib.oauth1_session import TokenMissing, TokenRequestDenied

from photosync.errors import AuthorizationNeeded
from photosync.services.answers import Fields, read_id, read_row, read_text, reading
from photosync.services.auth.client_secrets import FlickrKey
from photosync.services.auth.oauth import BROWSER_SECONDS, Loopback, open_browser
from photosync.services.auth.session import UserIO
from photosync.services.flickr.calls.errors import explain_refused_key, translate_reply
from photosync.services.http import TIMEOUT
from photosync.services.unreachable import explain_unreachable
from photosync.services.web import SafeSession

HOST = "https://www.flickr.com"
_PERMISSIONS = "delete"
_BY_CODE = "oob"
"""Flickr shows a code in place of going back to an address."""

_TOKEN: Fields = {
    "oauth_token": read_id,
    "oauth_token_secret": read_id,
    "user_nsid": read_id,
    "username": read_text,
}


class _Session(SafeSession, OAuth1Session):
    """Signs what it sends."""


def check_key(key: FlickrKey, root: str | None) -> None:
    """Ask for a request token, which Flickr gives to whoever has a key (request_token).

    Raises AuthorizationNeeded, naming what is wrong and where it stands.
    """
    address = f"{root or HOST}/services/oauth/request_token"
    with _Session(key.api_key, key.api_secret, callback_uri=_BY_CODE) as session:
        try:
            session.fetch_request_token(address, timeout=TIMEOUT)
        except TokenRequestDenied as error:
            raise explain_refused_key(error.response, key) from error
        except requests.RequestException as error:
            raise explain_unreachable("Flickr", error) from error
        except (TokenMissing, ValueError, RecursionError):
            # Out of order for the moment, say: the sign-in will tell.
            return


def sign_in_flickr(
    key: FlickrKey, user_io: UserIO, root: str | None, *, headless: bool
) -> dict[str, Any]:
    """Ask for access that includes deleting; return the token as Flickr gives it.

    Raises AuthorizationNeeded when it comes to nothing, ServiceRefused for a wrong key.
    """
    oauth = f"{root or HOST}/services/oauth"
    if headless:
        # A NAS has no browser: Flickr shows a code that is typed here.
        return _exchange(
            key, oauth, _BY_CODE, consent=lambda url, _: _ask_code(url, user_io)
        )
    # Any page in the browser can call the port that waits here, and end the sign-in.
    state = secrets.token_urlsafe()
    with Loopback(lambda query: query.get("state") == state) as loopback:

        def visit(url: str, token: str) -> str:
            open_browser(url, user_io)
            return _check_verifier(loopback.wait(BROWSER_SECONDS), token)

        callback = f"http://127.0.0.1:{loopback.port}/?state={state}"
        return _exchange(key, oauth, callback, consent=visit)


def _exchange(
    key: FlickrKey, oauth: str, callback: str, *, consent: Callable[[str, str], str]
) -> dict[str, Any]:
    """Fetch a request token, let `consent` turn it into a verifier, and fetch the
    access token for both.
    """
    with _Session(key.api_key, key.api_secret, callback_uri=callback) as session:
        request_token = _fetch(
            lambda: session.fetch_request_token(
                f"{oauth}/request_token", timeout=TIMEOUT
            )
        )
        url = session.authorization_url(f"{oauth}/authorize", perms=_PERMISSIONS)
        verifier = consent(url, str(request_token["oauth_token"]))
        access_token = _fetch(
            lambda: session.fetch_access_token(
                f"{oauth}/access_token", verifier=verifier, timeout=TIMEOUT
            )
        )
        with reading("Flickr"):
            return read_row(dict(access_token), _TOKEN, _TOKEN.keys())


def _check_verifier(answer: dict[str, str], token: str) -> str:
    """Return the verifier that the browser brought; raises AuthorizationNeeded where it
    is missing or for another sign-in.
    """
    # The user said no.
    if answer.get("oauth_token") != token or "oauth_verifier" not in answer:
        raise AuthorizationNeeded(
            "Flickr gave no access; run photosync -a -p flickr again"
        )
    return answer["oauth_verifier"]


def _ask_code(url: str, user_io: UserIO) -> str:
    user_io.tell(
        f"Open this address in a browser on any computer and allow the access:\n  {url}\n"
        "Flickr then shows a code of nine digits, like 123-456-789."
    )
    return _put_hyphens(user_io.ask("code: "))


def _put_hyphens(typed: str) -> str:
    """Return a typed code as Flickr wrote it: `123456789` is `123-456-789`."""
    code = re.sub(r"[\s-]", "", typed)
    if re.fullmatch(r"[0-9]{9}", code):
        return f"{code[:3]}-{code[3:6]}-{code[6:]}"
    return typed.strip()


def _fetch(fetch: Callable[[], Any]) -> Any:
    """Fetch a token; whatever the libraries raise becomes a SideError."""
    try:
        return fetch()
    except TokenRequestDenied as error:
        raise translate_reply(error.response) from error
    except requests.RequestException as error:
        raise explain_unreachable("Flickr", error) from error
    except (TokenMissing, ValueError, RecursionError) as error:
        raise AuthorizationNeeded(
            "Flickr sent an answer that cannot be read; run photosync -a -p flickr again"
        ) from error
