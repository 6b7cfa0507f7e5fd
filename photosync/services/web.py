"""Sessions of requests that know whom to trust: with which certificates, what they show
to whom, whither they are redirected, and how much an answer may hold.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import lru_cache
from ipaddress import ip_address
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

from photosync import __version__
from photosync.errors import Rejected, ServiceRefused
from photosync.services.lines import Lines, list_socket_options

USER_AGENT = f"photosync/{__version__}"

MOST_BYTES = 16 * 1024 * 1024
"""The most that is read of an answer, unpacked. A page of 1,000 photos has 1 MB."""

MOST_VALUES = 500_000
"""The most values of an answer in JSON: `[[],[],` takes the memory of 25 of its size."""

_MOST_REDIRECTS = 5
_PAGE = re.compile(rb"\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
_ADDRESSES_AT_ONCE = 64
"""More than are called at the same time."""

_UNREADABLE = "to an address that cannot be read"


class Origin(NamedTuple):
    """Whom an address speaks to; empty where it cannot be read."""

    scheme: str = ""
    host: str = ""
    port: int | None = None


@lru_cache(_ADDRESSES_AT_ONCE)
def read_origin(address: str) -> Origin:
    """Return whom an address speaks to, as requests will read it.

    Each call asks twice, and those that send photos are all to one address.
    """
    # In `https://evil.example\@google.com/` urllib finds another host than requests.
    try:
        url = urllib3.util.parse_url(address)
    except urllib3.exceptions.LocationParseError:
        return Origin()
    return Origin(url.scheme or "", url.host or "", url.port)


class SafeSession(requests.Session):
    """What every connection of ours goes through.

    The certificate variables of requests hold as they are; SSL_CERT_FILE, which
    requests does not read, holds where none of them is set. Proxies hold, ~/.netrc does
    not. No adapter resends anything by itself. Each call may raise Rejected, beside
    what requests raises, and Interrupted once its `lines` were cut.
    """

    def __init__(self, *args: Any, lines: Lines | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines or Lines()
        self._proxies_of: dict[Origin, dict[str, str]] = {}
        self.verify = _find_certificates() or True
        self.headers["User-Agent"] = USER_AGENT
        self.max_redirects = _MOST_REDIRECTS
        # Without any, requests takes a name and a password from ~/.netrc, whose
        # `default` line is for every host, and sends them in place of our token.
        self.auth = self.auth or _add_nothing
        adapter = _Adapter(self.lines)
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def merge_environment_settings(
        self,
        url: Any,
        proxies: Any,
        stream: Any,
        verify: Any,  # noqa: ARG002 - no caller may switch the check of certificates off
        cert: Any,
    ) -> Any:
        """Return what holds for a call; the environment is read once for each host.

        requests reads all of it twice for each call, which takes longer than the rest
        that it does.
        """
        origin = read_origin(str(url))
        if origin not in self._proxies_of:
            self._proxies_of[origin] = get_environ_proxies(url)
        return {
            "proxies": {**self._proxies_of[origin], **self.proxies, **(proxies or {})},
            "stream": self.stream if stream is None else stream,
            "verify": self.verify,
            "cert": cert or self.cert,
        }

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> Any:
        """Send a request, or what a redirect makes of it; raises ServiceRefused where
        the certificates that the environment names are not there.
        """
        self.lines.check()
        _check_address(request.url or "")
        _check_certificates(self.verify)
        return super().send(request, **kwargs)

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Return where an answer redirects to; raises Rejected for what is not
        followed.
        """
        target = super().get_redirect_target(resp)
        if target is not None:
            problem = self._find_redirect_problem(resp, target)
            if problem:
                host = urlsplit(resp.url).hostname
                raise Rejected(f"{host} redirects {problem}; that is not followed")
        return target

    def rebuild_auth(
        self, prepared_request: requests.PreparedRequest, response: requests.Response
    ) -> None:
        """Take the token off a request to another host; requests itself would look into
        ~/.netrc for one of that host.
        """
        old = response.request.url or ""
        new = prepared_request.url or ""
        if self.should_strip_auth(old, new):  # type: ignore[no-untyped-call]
            prepared_request.headers.pop("Authorization", None)

    def _find_redirect_problem(self, reply: requests.Response, target: str) -> str:
        """Say what is wrong with a redirect; empty if nothing is."""
        try:
            address = urljoin(reply.url, target)
            old = urlsplit(reply.url)
            new = urlsplit(address)
            is_foreign = self.should_strip_auth(reply.url, address)  # type: ignore[no-untyped-call]
        except ValueError:
            return _UNREADABLE
        if old.scheme == "https" and new.scheme != "https":
            return f"to an address without encryption ({new.hostname})"
        # A form may hold a token, and a photo is meant for one service alone.
        if is_foreign and reply.request.method not in {"GET", "HEAD"}:
            return f"what is sent to another host ({new.hostname})"
        return ""


class _Adapter(HTTPAdapter):
    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        options = list_socket_options()
        super().init_poolmanager(*args, **kwargs, socket_options=options)
        self._lines.watch(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> urllib3.ProxyManager:
        is_new = proxy not in self.proxy_manager
        options = list_socket_options()
        manager: urllib3.ProxyManager = super().proxy_manager_for(
            proxy, **kwargs, socket_options=options
        )
        if is_new:
            self._lines.watch(manager)
        return manager

    def build_response(
        self, req: requests.PreparedRequest, resp: urllib3.BaseHTTPResponse
    ) -> requests.Response:
        reply = _Reply()
        reply.__dict__.update(super().build_response(req, resp).__dict__)
        reply.lines = self._lines
        return reply


class _Reply(requests.Response):
    """An answer whose content has a ceiling.

    The bytes of a photo are read from `raw`, which has none. `lines` are those over
    which it comes.
    """

    lines: Lines

    def iter_content(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        """Yield the content, unpacked; raises Rejected where it does not end."""
        # Nobody wants what stands beside a redirect, and requests reads all of it.
        if self.is_redirect:
            self.raw.close()
            return
        size = values = 0
        for piece in super().iter_content(*args, **kwargs):
            size += len(piece)
            values += piece.count(b",") + piece.count(b"[") + piece.count(b"{")
            if size > MOST_BYTES or values > MOST_VALUES:
                self.raw.close()
                host = urlsplit(self.url).hostname
                raise Rejected(f"{host} sent an answer too large to be one of its own")
            yield piece


def is_web_page(body: bytes) -> bool:
    """Whether an answer is a page for a browser: no service sends one to a program, but
    what stands in between does, as a filter or a network that wants a login.
    """
    return _PAGE.match(body) is not None


def describe_page(service: str) -> str:
    """Say that a page came where a service should have answered."""
    return (
        f"a web page came in place of an answer of {service}'s; does a proxy or a filter "
        "stand in between, or does this network want a login?"
    )


def check_end(reply: requests.Response) -> None:
    """Raise Interrupted where an answer ends only because its line was cut.

    Without a length its end is that of its connection.
    """
    if isinstance(reply, _Reply):
        reply.lines.check()


def _add_nothing(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _find_certificates() -> str | None:
    for name in _CERTIFICATES:
        if os.environ.get(name):
            return os.environ[name]
    return None


def _check_certificates(place: object) -> None:
    if isinstance(place, str) and not os.path.exists(place):  # noqa: PTH110
        raise ServiceRefused(
            f"the certificates in {place} are not there; look at {', '.join(_CERTIFICATES)}"
        )


def _check_address(address: str) -> None:
    """Raise Rejected for an address at which everybody on the way could listen."""
    origin = read_origin(address)
    if origin.scheme == "http" and not _is_loopback(origin.host):
        raise Rejected(
            f"the address of {origin.host} has no encryption; only https is used"
        )


def _is_loopback(host: str) -> bool:
    host = host.strip("[]")
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
