"""Answers that crawl: what comes slower than any line of today is as good as nothing."""

from __future__ import annotations

import http.client
import io
import socket
import time
from collections.abc import Callable
from typing import Any

from photosync.services.silence import OnSilence, ignore_silence, receive

ANSWER_SECONDS = 60.0
"""So long an answer may keep us waiting, and over so long it must keep its pace."""

LEAST_BYTES_PER_SECOND = 1024


class PacedResponse(http.client.HTTPResponse):
    """An answer that must come, once it begins, at 1 KB a second over any minute.

    Reading raises TimeoutError for a slower one, as for one that stops; `on_silence` is
    told of that before. Only the time that is spent in waiting counts: who reads slowly
    himself may take his time.
    """

    def __init__(
        self,
        line: socket.socket,
        *args: Any,
        seconds: float = ANSWER_SECONDS,
        on_silence: OnSilence = ignore_silence,
        clock: Callable[[], float] = time.monotonic,
        **kwargs: Any,
    ) -> None:
        super().__init__(line, *args, **kwargs)
        raw = _Heard(line, self.fp.detach(), on_silence)
        self.fp = io.BufferedReader(_Paced(raw, seconds, clock))


class _Heard(io.RawIOBase):
    """What comes over a line; `raw` is the stream that keeps it open."""

    def __init__(
        self, line: socket.socket, raw: io.RawIOBase, on_silence: OnSilence
    ) -> None:
        self._line = line
        self._raw = raw
        self._on_silence = on_silence

    def readinto(self, buffer: Any, /) -> int:
        return receive(self._line, buffer, self._on_silence)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Paced(io.RawIOBase):
    """A stream that is given up where it brings too little over some seconds."""

    def __init__(
        self, raw: io.RawIOBase, seconds: float, clock: Callable[[], float]
    ) -> None:
        self._raw = raw
        self._seconds = seconds
        self._clock = clock
        self._has_begun = False
        self._spent = 0.0
        self._received = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        began = self._clock()
        count = self._raw.readinto(buffer)
        # Until the first byte the service is at work, which the timeout bounds.
        if self._has_begun:
            self._spent += self._clock() - began
            self._received += count or 0
        self._has_begun = True
        if self._spent >= self._seconds:
            self._check_pace()
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()

    def _check_pace(self) -> None:
        if self._received < LEAST_BYTES_PER_SECOND * self._spent:
            raise TimeoutError("it comes slower than 1 KB a second")
        self._spent = 0.0
        self._received = 0
