"""What a server cannot make a connection of ours do."""

from __future__ import annotations

import gzip
import socket
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from harness.strangers import Asked, Raw, memory_growth, say, serving
from wire.certificates import Authority, make_authority

from hostile.clients import SECRET, make_drive, make_flickr
from photosync.errors import Rejected
from photosync.services import lines
from photosync.services.drive.calls import signin as google
from photosync.services.flickr.calls import signin as flickr_signin
from photosync.services.web import SafeSession

MIB = 1024 * 1024


def make_google_sign_in(_: str) -> requests.Session:
    return google._Session(client_id="c", scope=["s"])


def make_flickr_sign_in(_: str) -> requests.Session:
    return flickr_signin._Session("k", "s", callback_uri="oob")


SESSIONS: dict[str, Callable[[str], requests.Session]] = {
    "drive": lambda root: make_drive(root).session,
    "flickr": lambda root: make_flickr(root)._api.flickr_oauth.session,
    "flickr files": lambda root: make_flickr(root).files,
    "google sign-in": make_google_sign_in,
    "flickr sign-in": make_flickr_sign_in,
    "tokens": lambda _: SafeSession(),
}


@pytest.fixture(params=SESSIONS)
def session(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[requests.Session]:
    """Each kind of session that we have."""
    # oauthlib itself takes no address without encryption otherwise.
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    with SESSIONS[request.param]("http://127.0.0.1:9") as found:
        yield found


def redirect(target: str, status: int = 302) -> Callable[[Asked], Raw]:
    return lambda _: say(status=status, location=target)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


# -- ~/.netrc
# ------------------------------------------------------------------------------


def test_a_netrc_is_sent_to_nobody(
    session: requests.Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("default login me password mine\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("NETRC", raising=False)
    assert requests.utils.get_netrc_auth("https://flickr.com") == ("me", "mine")
    with serving(lambda _: say()) as foreign:
        elsewhere = f"http://localhost:{foreign.port}/photo"
        with serving(redirect(elsewhere)) as server:
            session.get(f"{server.url}/photo", timeout=60)
            session.get(server.url, timeout=60, allow_redirects=False)
    asked = server.asked + foreign.asked
    assert len(asked) == 3
    assert not [one for one in asked if "basic" in str(one.headers).lower()]
    assert SECRET not in str(foreign.asked)


# -- redirects
# -----------------------------------------------------------------------------


def test_https_never_becomes_http_by_a_redirect(
    session: requests.Session, authority: Authority
) -> None:
    session.verify = str(authority.bundle)
    with serving(lambda _: say()) as plain:
        with (
            serving(redirect(plain.url), authority.context) as server,
            pytest.raises(Rejected, match="without encryption"),
        ):
            session.get(server.url, timeout=60)
        assert len(server.asked) == 1
    assert plain.asked == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_what_is_sent_follows_no_redirect_to_another_host(
    session: requests.Session, status: int
) -> None:
    with serving(lambda _: say()) as foreign:
        elsewhere = redirect(f"http://localhost:{foreign.port}/", status)
        with (
            serving(elsewhere) as server,
            pytest.raises(Rejected, match="another host"),
        ):
            session.post(server.url, data={"token": SECRET}, timeout=60)
    assert foreign.asked == []


@pytest.mark.parametrize(
    "target",
    [
        "http://[x",
        "file:///etc/passwd",
        "https:///",
        "http://a:b:c/",
        "//[::1",
        "\x00:/",
    ],
)
def test_a_redirect_to_nowhere_is_a_failure_that_is_known(
    session: requests.Session, target: str
) -> None:
    with (
        serving(redirect(target)) as server,
        pytest.raises((Rejected, requests.RequestException)),
    ):
        session.get(server.url, timeout=60)


def test_redirects_without_end_end(session: requests.Session) -> None:
    with serving(redirect("/on")) as server, pytest.raises(requests.TooManyRedirects):
        session.get(server.url, timeout=60)
    assert len(server.asked) < 10


def test_a_redirect_with_a_body_without_end_costs_nothing(
    session: requests.Session,
) -> None:
    def answer(asked: Asked) -> Raw:
        if asked.path == "/photo":
            return say(b"photo")
        head = say(b"", 302, location="/photo", content_length=str(10**12))
        return (*head, *[bytes(MIB)] * 400)

    with serving(answer) as server, memory_growth() as growth:
        assert session.get(server.url, timeout=60).content == b"photo"
    assert growth[0] < 50 * MIB


def test_an_address_without_encryption_is_refused_with_a_word(
    session: requests.Session,
) -> None:
    for host in ("example.com", "127.0.0.1.example.com", "192.168.0.1", "[::2]"):
        with pytest.raises(Rejected, match="has no encryption"):
            session.get(f"http://{host}/", timeout=60)


# -- size
# ----------------------------------------------------------------------------------


def chunked(pieces: int) -> Raw:
    chunk = b"100000\r\n" + bytes(MIB) + b"\r\n"
    return (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *[chunk] * pieces)


def packed(body: bytes, encoding: str, said: str = "") -> Raw:
    window = {"gzip": 31, "deflate": 15}[encoding]
    pack = zlib.compressobj(wbits=window)
    return say(pack.compress(body) + pack.flush(), content_encoding=said or encoding)


TOO_LARGE = {
    "gzip": packed(bytes(400 * MIB), "gzip"),
    "deflate": packed(bytes(400 * MIB), "deflate"),
    "gzip twice": packed(gzip.compress(bytes(100 * MIB)), "gzip", "gzip, gzip"),
    "chunks without end": chunked(400),
    "no end at all": (b"HTTP/1.1 200 OK\r\n\r\n", *[bytes(MIB)] * 400),
    "a length of a terabyte": say(bytes(40 * MIB), content_length=str(10**12)),
    "empty lists": say(b"[" + b"[]," * 4_000_000 + b"0]"),
    "lists packed": packed(b"[" + b"[]," * 5_000_000 + b"0]", "gzip"),
}


@pytest.mark.parametrize("answer", TOO_LARGE.values(), ids=TOO_LARGE)
def test_an_answer_that_would_fill_the_memory_is_refused(answer: Raw) -> None:
    with (
        serving(lambda _: answer) as server,
        SafeSession() as session,
        memory_growth() as growth,
        pytest.raises(Rejected, match="too large"),
    ):
        session.get(server.url, timeout=60)
    assert growth[0] < 100 * MIB


def test_a_large_listing_of_ours_is_read() -> None:
    row = b'{"id": "1", "name": "IMG_0001.jpg", "parents": ["2"]},'
    body = b"[" + row * 1000 + b"0]"
    with serving(lambda _: packed(body, "gzip")) as server, SafeSession() as session:
        assert session.get(server.url, timeout=60).content == body


# -- addresses
# ---------------------------------------------------------------------------


@contextmanager
def dead_address(port: int) -> Iterator[str]:
    """An address where nobody ever answers who wants to connect."""
    address = "127.0.0.2"
    with socket.socket() as listener, socket.socket() as first:
        listener.bind((address, port))
        listener.listen(0)
        # The only one for whom there is room; all others are not heard.
        first.connect((address, port))
        yield address


def test_a_dead_address_hardly_delays_the_one_that_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lines, "_SOON", 0.1)
    with serving(lambda _: say()) as server, dead_address(server.port) as dead:
        both = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, server.port))
            for one in (dead, "127.0.0.1")
        ]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_: both)
        with SafeSession() as session:
            began = time.monotonic()
            reply = session.get(f"http://localhost:{server.port}/", timeout=60)
            assert reply.ok
            assert time.monotonic() - began < 30
            monkeypatch.setattr(socket, "getaddrinfo", lambda *_: both[:1])
            with pytest.raises(requests.ConnectTimeout):
                SafeSession().get(server.url, timeout=0.2)
