"""Servers that answer as no service should, alone or in front of an embedded one."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import NamedTuple
from urllib.parse import urlsplit

Raw = Iterable[bytes]
"""An answer, byte for byte as it goes over the line."""


class Asked(NamedTuple):
    """One request, its headers in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Stranger:
    """A server on 127.0.0.1 that notes what it is asked."""

    answer: Callable[[Asked], Raw]
    scheme: str = "http"
    port: int = 0
    asked: list[Asked] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"


def say(body: bytes = b"{}", status: int = 200, **headers: str) -> Raw:
    """An ordinary answer; a header `content_type` is sent as `content-type`."""
    length = {"content_length": str(len(body))}
    lines = (length | headers).items()
    head = "".join(f"{name.replace('_', '-')}: {text}\r\n" for name, text in lines)
    return [f"HTTP/1.1 {status} OK\r\n{head}\r\n".encode("latin-1"), body]


def relay(url: str, asked: Asked) -> Raw:
    """The answer of another server."""
    host = urlsplit(url).netloc
    connection = http.client.HTTPConnection(host, timeout=20)
    headers = {
        name: text
        for name, text in asked.headers.items()
        if name != "transfer-encoding"
    }
    connection.request(asked.method, asked.path, asked.body, headers)
    reply = connection.getresponse()
    body = reply.read()
    lines = [f"HTTP/1.1 {reply.status} OK"]
    for name, text in reply.getheaders():
        if name.lower() not in {"content-length", "transfer-encoding", "connection"}:
            lines.append(f"{name}: {text}")
    lines += [f"Content-Length: {len(body)}", "", ""]
    connection.close()
    return ["\r\n".join(lines).encode("latin-1"), body]


class _Page(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    stranger: Stranger

    def handle_one_request(self) -> None:
        """Answer one request of whatever method, and hang up."""
        self.close_connection = True
        self.raw_requestline = self.rfile.readline(65_537)
        if not self.raw_requestline or not self.parse_request():
            return
        self.close_connection = True
        body = b"".join(self._read_body())
        headers = {name.lower(): text for name, text in self.headers.items()}
        asked = Asked(self.command, self.path, headers, body)
        self.stranger.asked.append(asked)
        # Whoever has read enough hangs up.
        with suppress(OSError):
            for piece in self.stranger.answer(asked):
                self.wfile.write(piece)

    def _read_body(self) -> Iterator[bytes]:
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        yield self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@contextmanager
def serving(
    answer: Callable[[Asked], Raw], context: ssl.SSLContext | None = None
) -> Iterator[Stranger]:
    """Serve until the end of the block."""
    stranger = Stranger(answer, "https" if context else "http")
    page = type("Page", (_Page,), {"stranger": stranger})
    listener = ThreadingHTTPServer(("127.0.0.1", 0), page)
    if context:
        listener.socket = context.wrap_socket(listener.socket, server_side=True)
    stranger.port = listener.server_port
    Thread(target=listener.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield stranger
    finally:
        listener.shutdown()
        listener.server_close()


@contextmanager
def memory_growth() -> Iterator[list[int]]:
    """How far the memory of this process rose at most in the block, in bytes."""
    found: list[int] = []
    Path("/proc/self/clear_refs").write_text("5")
    before = _peak()
    yield found
    found.append(_peak() - before)


def _peak() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024
