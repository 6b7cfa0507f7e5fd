"""Coming back from a browser: what the sign-in flows of all services share."""

from __future__ import annotations

import webbrowser
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from photosync.errors import AuthorizationNeeded, UsageError
from photosync.services.auth.session import UserIO

BROWSER_SECONDS = 300
_HEAD = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>photosync</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
"""
_PAGE = b"""<p>photosync has its answer. You can close this page."""
_OTHER_PAGE = b"<p>photosync waits for another answer."


class Loopback:
    """Listens on 127.0.0.1, inside a `with`, until the browser comes back with our
    answer.

    It listens in threads: some browsers are waited for until they end, and some open
    connections that they send nothing over.
    """

    def __init__(
        self, is_answer: Callable[[Mapping[str, str]], bool], port: int = 0
    ) -> None:
        self._answer: dict[str, str] = {}
        self._answered = Event()
        page = _make_page(is_answer, self._take_answer)
        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", port), page)
        except OSError as error:
            raise UsageError(
                f"cannot listen on port {port} for the browser's answer ({error.strerror}); "
                "sign in with --headless"
            ) from error
        # Chrome opens a connection ahead of its need and sends nothing over it.
        self._server.block_on_close = False
        self.port = self._server.server_port

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait(self, seconds: float) -> dict[str, str]:
        """Wait for the answer; returns its query.

        A favicon or another program's visit is none. Raises AuthorizationNeeded when
        nobody comes in time.
        """
        if not self._answered.wait(seconds):
            raise AuthorizationNeeded(
                "nobody answered in the browser; run photosync -a again"
            )
        return self._answer

    def _take_answer(self, query: dict[str, str]) -> None:
        # Some browsers load a page twice: the code is good for one exchange only.
        if not self._answered.is_set():
            self._answer = query
            self._answered.set()


def _make_page(
    is_answer: Callable[[Mapping[str, str]], bool],
    take_answer: Callable[[dict[str, str]], None],
) -> type[BaseHTTPRequestHandler]:
    """Make what answers the browser, as the server wants it."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = dict(parse_qsl(urlsplit(self.path).query))
            found = is_answer(query)
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(_HEAD + (_PAGE if found else _OTHER_PAGE))
            if found:
                take_answer(query)

        def log_message(self, *_: object) -> None:
            """The address holds the code: it is not written anywhere."""

    return Page


def open_browser(url: str, user_io: UserIO) -> None:
    """Open the page to sign in at.

    Raises AuthorizationNeeded where no browser can be opened.
    """
    if not webbrowser.open(url):
        raise AuthorizationNeeded(
            "no browser can be opened here; run photosync -a --headless in a terminal"
        )
    user_io.tell(f"If no page opens in your browser, open this address:\n  {url}")


def ask_for_address(user_io: UserIO) -> dict[str, str]:
    """Ask for the address that the browser came back to; returns its query."""
    address = user_io.ask("address: ").strip()
    return dict(parse_qsl(urlsplit(address).query))
