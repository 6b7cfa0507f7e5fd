"""How the requests of google-api-python-client are sent: by requests, to Google alone.

The library's own transport, httplib2, resends a POST whose answer was lost and does not
know the proxy and certificate variables of requests; `Transport` is the small interface
it accepts instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httplib2
import requests
from google.auth.transport.requests import AuthorizedSession

from photosync.errors import Rejected, Transient
from photosync.services.web import USER_AGENT, SafeSession, read_origin

_GOOGLE = (".google.com", ".googleapis.com", ".googleusercontent.com")
_BLOCK = 16 * 1024


def is_google(address: str) -> bool:
    """Whether an address is one of Google's own hosts, over TLS."""
    origin = read_origin(address)
    return origin.scheme == "https" and f".{origin.host}".endswith(_GOOGLE)


class GoogleSession(SafeSession, AuthorizedSession):
    """Keeps the token across redirects between Google's own hosts, and from all
    others.
    """

    def should_strip_auth(self, old_url: str, new_url: str) -> bool:
        if is_google(new_url):
            return False
        return bool(super().should_strip_auth(old_url, new_url))  # type: ignore[no-untyped-call]


class _Blocks:
    """A body that is sent block by block, each within the time that a connection may
    take, which comes to 1 KB a second.

    Given as a whole it would have to be through within that time, however slow the line
    is.
    """

    def __init__(self, body: bytes) -> None:
        self._body = body

    def __len__(self) -> int:
        return len(self._body)

    def __iter__(self) -> Iterator[bytes]:
        for begin in range(0, len(self._body), _BLOCK):
            yield self._body[begin : begin + _BLOCK]


class Transport:
    """The transport interface of google-api-python-client over one thread's session."""

    def __init__(
        self,
        session: requests.Session,
        timeout: tuple[float, float],
        is_trusted: Callable[[str], bool] = is_google,
    ) -> None:
        self._session = session
        self._timeout = timeout
        self._is_trusted = is_trusted

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> tuple[httplib2.Response, bytes]:
        """Send a request; redirects are the library's own business.

        Raises Rejected for an answer that would have an upload go on at an address to
        which our token may not be sent.
        """
        data = _Blocks(body) if isinstance(body, bytes) and body else body
        reply = self._session.request(
            method,
            uri,
            data=data,
            headers={**(headers or {}), "user-agent": f"{USER_AGENT} (gzip)"},
            timeout=self._timeout,
            allow_redirects=False,
        )
        info = {name.lower(): value for name, value in reply.headers.items()}
        info["status"] = str(reply.status_code)
        if "location" in info and not self._is_trusted(info["location"]):
            raise Rejected(
                "Drive names an address that is not Google's; nothing is sent there"
            )
        return httplib2.Response(info), reply.content


def execute(request: Any, http: Transport) -> dict[str, Any]:
    """Send a request once; raises Transient for an answer that cannot be read.

    What the libraries raise is not translated here. Text that is no JSON, such as the
    page of a proxy that wants a login, they give as it is.
    """
    try:
        answer = request.execute(http=http)
    except requests.RequestException:
        # Some of them are ValueErrors as well: no answer came at all.
        raise
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise Transient("Drive sent an answer that cannot be read")
    return answer
