"""What google-api-python-client builds, and how that is sent: by requests, to Google
alone.

The library's own transport, httplib2, resends a POST whose answer was lost and does not
know the proxy and certificate variables of requests; `Transport` is the small interface
it accepts instead.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Never

import googleapiclient.discovery_cache
import httplib2
import requests
from googleapiclient.discovery import build_from_document
from googleapiclient.errors import HttpError
from requests.structures import CaseInsensitiveDict

from photosync.errors import Rejected, Transient
from photosync.services.drive.calls.errors import Refusal, Refused
from photosync.services.drive.calls.session import is_google
from photosync.services.web import USER_AGENT, SafeSession

_BLOCK = 16 * 1024

# The library tells of every 403; without a handler of its own that would go to standard
# error.
logging.getLogger("googleapiclient").addHandler(logging.NullHandler())


def build_files(root: str, timeout: tuple[float, float]) -> Any:
    """Return what builds the calls about files, as google-api-python-client documents
    them, to the API at an address.
    """
    folder = Path(googleapiclient.discovery_cache.__file__).parent / "documents"
    document: dict[str, Any] = json.loads((folder / "drive.v3.json").read_text())
    document |= {
        "rootUrl": f"{root}/",
        "baseUrl": f"{root}/drive/v3/",
        "mtlsRootUrl": None,
    }
    service = build_from_document(document, http=Transport(SafeSession(), timeout))
    return service.files()


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
        with reading_refusals():
            answer = request.execute(http=http)
    except requests.RequestException:
        # Some of them are ValueErrors as well: no answer came at all.
        raise
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise Transient("Drive sent an answer that cannot be read")
    return answer


@contextmanager
def reading_refusals() -> Iterator[None]:
    """Raise Refused for what the library calls an HttpError."""
    try:
        yield
    except HttpError as error:
        refuse(error.resp, error.content)


def refuse(reply: httplib2.Response, content: bytes) -> Never:
    """Raise Refused for an answer that is no success."""
    headers = CaseInsensitiveDict(reply)
    raise Refused(Refusal.read(reply.status, content, headers)) from None
