"""A line on which nothing moves is told of before it is given up."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from photosync.cli.progress.waits import Waits
from photosync.model import Wait
from photosync.services import silence
from photosync.services.http import RetryPolicy
from photosync.services.lines import Lines
from photosync.services.network import Network
from photosync.services.pace import PacedResponse
from photosync.services.web import SafeSession

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes ten seconds takes hundredths of one here."""
    monkeypatch.setattr(silence, "TELLING_SECONDS", 0.02)


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Our end of a line, and that of a service."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(0.05)
        yield ours, theirs


def test_who_says_nothing_is_told_of_once_and_given_up(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    told: list[float] = []
    answer = PacedResponse(ends[0], on_silence=told.append)
    with pytest.raises(TimeoutError):
        answer.begin()
    assert told == [pytest.approx(0.03)]
    assert ends[0].gettimeout() == 0.05


def test_who_falls_silent_amid_an_answer_is_told_of(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    told: list[float] = []
    ends[1].sendall(HEAD + b"a")
    answer = PacedResponse(ends[0], on_silence=told.append)
    answer.begin()
    assert (answer.read(1), told) == (b"a", [])
    with pytest.raises(TimeoutError):
        answer.read(1)
    assert len(told) == 1


def test_what_comes_late_is_taken_and_what_comes_at_once_is_no_silence(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = ends
    told: list[float] = []

    def answer_now(seconds: float) -> None:
        told.append(seconds)
        theirs.sendall(b"b")

    theirs.sendall(b"a")
    buffer = bytearray(1)
    assert silence.receive(ours, buffer, answer_now) == 1
    assert (bytes(buffer), told) == (b"a", [])
    assert silence.receive(ours, buffer, answer_now) == 1
    assert (bytes(buffer), len(told)) == (b"b", 1)


def test_a_line_that_takes_no_bytes_is_told_of() -> None:
    told: list[float] = []
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        SafeSession(lines=Lines(on_silence=told.append)) as session,
    ):
        port = server.getsockname()[1]
        pieces = iter([bytes(1_000_000)] * 100)
        with pytest.raises(OSError, match="timed out"):
            session.post(f"http://127.0.0.1:{port}/", data=pieces, timeout=0.1)
    assert told == [0.1]


def test_a_person_reads_for_whom_is_waited_and_until_when() -> None:
    waits: list[Wait] = []
    RetryPolicy(service="flickr", network=Network(on_wait=waits.append)).report_silence(
        170
    )
    line = Waits().note(waits[0])
    assert line.startswith("Flickr: no answer yet; trying until ")
