"""Answers that crawl are given up, by a clock that no test waits for."""

from __future__ import annotations

import io
import socket
from collections.abc import Iterator

import pytest

from photosync.errors import Mute, Transient
from photosync.services.http import RetryPolicy
from photosync.services.pace import PacedResponse


class Dripping(io.RawIOBase):
    """Bytes that come in pieces of one size, each after some seconds of `now`."""

    def __init__(self, data: bytes, size: int, seconds: float) -> None:
        self.now = 0.0
        self._data = io.BytesIO(data)
        self._size = size
        self._seconds = seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        self.now += self._seconds
        piece = self._data.read(min(self._size, len(buffer)))
        buffer[: len(piece)] = piece
        return len(piece)


class Line(socket.socket):
    """A connection whose answer drips."""

    def __init__(self, answer: Dripping) -> None:
        super().__init__()
        self._answer = answer

    def recv_into(self, buffer: memoryview, *_: int) -> int:  # type: ignore[override]
        return self._answer.readinto(buffer)


@pytest.fixture
def closing() -> Iterator[list[socket.socket]]:
    lines: list[socket.socket] = []
    yield lines
    for line in lines:
        line.close()


def answer_of(
    lines: list[socket.socket], body: int, *, size: int, seconds: float
) -> tuple[PacedResponse, Dripping]:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {body}\r\n\r\n".encode()
    drops = Dripping(head + bytes(body), size, seconds)
    lines.append(Line(drops))
    return PacedResponse(lines[0], clock=lambda: drops.now), drops


@pytest.mark.parametrize(("size", "seconds"), [(100, 0.09), (2048, 1.9), (8192, 5.0)])
def test_an_answer_that_keeps_its_pace_is_read_to_its_end(
    closing: list[socket.socket], size: int, seconds: float
) -> None:
    answer, _ = answer_of(closing, 200_000, size=size, seconds=seconds)
    answer.begin()
    assert len(answer.read()) == 200_000


@pytest.mark.parametrize(("size", "seconds"), [(1, 1.0), (1000, 1.0), (2048, 2.1)])
def test_an_answer_that_crawls_is_given_up_after_a_minute(
    closing: list[socket.socket], size: int, seconds: float
) -> None:
    answer, drops = answer_of(closing, 200_000, size=size, seconds=seconds)
    with pytest.raises(TimeoutError, match="slower than 1 KB"):
        _read_all(answer)
    assert 60 <= drops.now <= 65


def _read_all(answer: PacedResponse) -> bytes:
    answer.begin()
    return answer.read()


def test_however_long_the_service_thinks_only_what_follows_must_keep_its_pace(
    closing: list[socket.socket],
) -> None:
    answer, drops = answer_of(closing, 100, size=1000, seconds=800.0)
    answer.begin()
    assert len(answer.read()) == 100
    assert drops.now == 800


def test_bytes_are_given_as_they_come(closing: list[socket.socket]) -> None:
    answer, _ = answer_of(closing, 5000, size=1000, seconds=1.0)
    answer.begin()
    assert 0 < len(answer.read1(5000)) < 2000


class Resting(RetryPolicy):
    """Waits for nothing."""

    def sleep(self, seconds: float) -> None:
        pass


@pytest.mark.parametrize(
    ("error", "tries"), [(Mute("mute"), 3), (Transient("broken"), 6)]
)
def test_what_gives_no_answer_is_asked_three_times(
    error: Transient, tries: int
) -> None:
    calls: list[int] = []

    def call() -> None:
        calls.append(1)
        raise error

    with pytest.raises(Transient):
        Resting().call(call)
    assert len(calls) == tries
