"""Streams of bytes as they pass from one side to the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

Progress = Callable[[int], None]
"""Told the number of bytes just moved; may raise Interrupted to end the transfer."""


class Readable(Protocol):
    """A byte stream read once from its beginning to its end."""

    def read(self, size: int = -1, /) -> bytes: ...


class SeekableReadable(Readable, Protocol):
    """A byte stream that can go back, for services that keep only part of what was
    sent.
    """

    def seek(self, offset: int, /) -> object: ...
