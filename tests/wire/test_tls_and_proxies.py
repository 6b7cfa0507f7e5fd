"""Whom a connection trusts, what it goes through, and what it shows of us to whom."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import certifi
import pytest

from photosync.errors import ServiceRefused, Transient
from photosync.services.drive.calls.connection import Connection
from photosync.services.drive.calls.credentials import SharedCredentials
from photosync.services.drive.calls.reading_calls import locate
from photosync.services.drive.calls.transport import execute
from photosync.services.drive.listings.listing import search
from photosync.services.drive.photos.downloads import open_download
from photosync.services.drive.uploads.transfers import Media, send
from photosync.services.http import RetryPolicy
from photosync.services.web import USER_AGENT, SafeSession
from wire.certificates import Authority, make_authority

LARGE = 5 * 1024 * 1024
CONNECT = 1.0
TRUST = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*TRUST, *PROXIES, *(name.lower() for name in PROXIES)):
        monkeypatch.delenv(name, raising=False)


@dataclass
class Server:
    """A server on 127.0.0.1 that notes what it is asked and answers everything
    alike.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"{}"
    lines: list[str] = field(default_factory=list)
    seen: list[dict[str, str]] = field(default_factory=list)
    port: int = 0


@contextmanager
def serving(server: Server, context: ssl.SSLContext | None = None) -> Iterator[Server]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.lines.append(self.requestline)
            server.seen.append(
                {name.lower(): value for name, value in self.headers.items()}
            )
            self.send_response(server.status)
            for name, value in server.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(server.body)))
            self.end_headers()
            self.wfile.write(server.body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def do_CONNECT(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    if context:
        listener.socket = context.wrap_socket(listener.socket, server_side=True)
    server.port = listener.server_port
    Thread(target=listener.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server
    finally:
        listener.shutdown()
        listener.server_close()


def connection(root: str | None) -> Connection:
    return Connection(
        SharedCredentials("ya29.token"), RetryPolicy(0.0, attempts=1), root
    )


def ask(made: Connection) -> None:
    made.read_once("files", 0, pageSize=1, fields="files(id)")


def ask_by_library(made: Connection) -> None:
    request = made.files.list(pageSize=1, fields="files(id)")
    made.attempt(0, lambda: execute(request, made.http))


Ask = Callable[[Connection], None]
both_ways = pytest.mark.parametrize("ask", [ask, ask_by_library])


# -- certificates
# --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.mark.parametrize("name", TRUST)
def test_each_variable_for_certificates_is_honoured(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, str(authority.bundle))
    with serving(Server(), authority.context) as server:
        ask(connection(f"https://127.0.0.1:{server.port}"))
    assert server.lines[0].startswith("GET /drive/v3/files?")


def test_the_variables_of_requests_come_before_the_general_one(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", certifi.where())
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.bundle))
    with serving(Server(), authority.context) as server:
        ask(connection(f"https://127.0.0.1:{server.port}"))
    assert server.lines


def test_a_certificate_that_nobody_vouches_for_is_refused_with_the_remedy(
    authority: Authority,
) -> None:
    with (
        serving(Server(), authority.context) as server,
        pytest.raises(ServiceRefused, match="REQUESTS_CA_BUNDLE"),
    ):
        ask(connection(f"https://127.0.0.1:{server.port}"))
    assert server.lines == []


def test_the_sign_in_trusts_the_same_certificates(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.bundle))
    with (
        serving(Server(), authority.context) as server,
        SafeSession() as session,
    ):
        assert session.get(f"https://127.0.0.1:{server.port}/token", timeout=5).ok


# -- proxies
# -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_google_is_reached_through_the_proxy(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with serving(Server(status=502)) as proxy:
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        with pytest.raises(Transient, match="Google cannot be reached"):
            ask(connection(None))
    assert [line.rpartition(" ")[0] for line in proxy.lines] == [
        "CONNECT www.googleapis.com:443"
    ]
    assert "authorization" not in proxy.seen[0]


# -- what is shown to whom
# -----------------------------------------------------------------


@both_ways
def test_calls_say_who_calls_and_carry_the_token(ask: Ask) -> None:
    with serving(Server()) as server:
        ask(connection(f"http://127.0.0.1:{server.port}"))
    (seen,) = server.seen
    assert seen["user-agent"].startswith(USER_AGENT)
    assert seen["authorization"] == "Bearer ya29.token"


@pytest.mark.parametrize(("length", "method"), [(1500, "GET"), (2500, "POST")])
def test_a_long_question_goes_as_a_form(length: int, method: str) -> None:
    with serving(Server()) as server:
        made = connection(f"http://127.0.0.1:{server.port}")
        made.read_once("files", 0, q="x" * length)
    assert server.lines[0].split("?")[0].startswith(f"{method} /drive/v3/files")
    override = server.seen[0].get("x-http-method-override")
    assert override == (None if method == "GET" else "GET")


def test_questions_are_spelled_as_the_library_spells_them() -> None:
    made = connection(None)
    words = {"q": "name = 'Zo\u00eb & b/c'", "pageSize": 7, "pageToken": None}
    reach = {"supportsAllDrives": True, "includeItemsFromAllDrives": False}
    ours = made.make_address("files", **words, **reach, alt="json")
    assert split(ours) == split(made.files.list(**words, **reach).uri)
    one = made.make_address(locate("files", "a/b c"), alt="media")
    assert split(one) == split(made.files.get_media(fileId="a/b c").uri)


def split(address: str) -> tuple[str, dict[str, list[str]]]:
    place, _, question = address.partition("?")
    return place, parse_qs(question)


def download(root: str) -> bytes:
    made = connection(root)
    with open_download(made, f"{root}/drive/v3/files/1?alt=media") as stream:
        return b"".join(iter(lambda: stream.read(1000), b""))


def test_a_download_asks_for_the_stored_bytes_not_for_packed_ones() -> None:
    with serving(Server(body=b"photo")) as server:
        assert download(f"http://127.0.0.1:{server.port}") == b"photo"
    assert server.seen[0]["accept-encoding"] == "identity"


def test_a_redirect_to_a_foreign_host_does_not_carry_the_token() -> None:
    with serving(Server(body=b"photo")) as foreign:
        elsewhere = {"Location": f"http://localhost:{foreign.port}/photo"}
        with serving(Server(status=302, headers=elsewhere)) as server:
            assert download(f"http://127.0.0.1:{server.port}") == b"photo"
    assert "authorization" in server.seen[0]
    assert "authorization" not in foreign.seen[0]


@pytest.mark.parametrize(
    ("target", "goes"),
    [
        ("https://doc-0s-abc.googleusercontent.com/x", "along"),
        ("https://storage.googleapis.com/x", "along"),
        ("http://storage.googleapis.com/x", "not"),
        ("https://evilgoogleapis.com/x", "not"),
        ("https://googleapis.com.evil.example/x", "not"),
    ],
)
def test_the_token_goes_along_between_googles_own_hosts_only(
    target: str, goes: str
) -> None:
    session: Any = connection(None).session
    stripped = session.should_strip_auth("https://www.googleapis.com/y", target)
    assert stripped is (goes == "not")


@both_ways
@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"{", b"[1]", b"<html>Please log in</html>"]
)
def test_an_answer_that_is_none_of_drives_is_a_passing_fault(
    body: bytes, ask: Ask
) -> None:
    with (
        serving(Server(body=body)) as server,
        pytest.raises(Transient, match="cannot be read"),
    ):
        ask(connection(f"http://127.0.0.1:{server.port}"))


@pytest.mark.parametrize("body", [b"{}", b"<html>Please log in</html>"])
def test_such_an_answer_is_no_empty_listing(body: bytes) -> None:
    with serving(Server(body=body)) as server:
        made = connection(f"http://127.0.0.1:{server.port}")
        with pytest.raises(Transient, match="cannot be read"):
            search(made, "trashed = false")


# -- slow lines
# ----------------------------------------------------------------------------


def test_a_slow_line_has_time_to_send_a_large_body() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
    received: list[int] = []

    def receive() -> None:
        caller, _ = listener.accept()
        with caller:
            # In all it takes twice as long as a connection may.
            while sum(received) < LARGE:
                received.append(len(caller.recv(256 * 1024)))
                time.sleep(2 * CONNECT * received[-1] / LARGE)
            caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    server = Thread(target=receive, daemon=True)
    server.start()
    root = f"http://127.0.0.1:{listener.getsockname()[1]}"
    made = Connection(
        SharedCredentials("t"), RetryPolicy(0.0, attempts=1), root, (CONNECT, 60.0)
    )
    media = Media(BytesIO(bytes(LARGE)), LARGE, mimetype="image/jpeg")
    assert send(made, lambda: made.files.create(body={}, media_body=media), media) == {}
    server.join(10)
    listener.close()


def test_a_proxy_that_cannot_be_used_ends_drive_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("https_proxy", "::::")
    policy = RetryPolicy(0.0, attempts=1)
    credentials = SharedCredentials("token")
    drive = Connection(credentials, policy, "https://photosync.invalid")
    with pytest.raises(ServiceRefused, match="HTTPS_PROXY cannot be used"):
        drive.read("about", 1, fields="user")
