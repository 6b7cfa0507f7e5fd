"""Streams of bytes as they pass from one side to the other."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

from photosync.disk.silence import note_answer

CHUNK = 1024 * 1024
"""How many bytes of a stream are held in memory at once."""

Write = Callable[[bytes], object]
"""Takes all of a piece of a stream; raises OSError."""

Progress = Callable[[int], None]
"""Told the number of bytes just moved; may raise Interrupted to end the transfer."""


def ignore_progress(*_: object) -> None:
    """Do nothing: the progress of a transfer, or of a step, that nobody watches."""


class Readable(Protocol):
    """A byte stream read once from its beginning to its end."""

    def read(self, size: int = -1, /) -> bytes: ...


class SeekableReadable(Readable, Protocol):
    """A byte stream that can go back, for services that keep only part of what was
    sent.
    """

    def seek(self, offset: int, /) -> object: ...


class Copied(NamedTuple):
    """What went through `copy_stream`: how many bytes, and their MD5 in hex."""

    size: int
    md5: str


def read_chunks(stream: Readable) -> Iterator[bytes]:
    """Yield what is left of a stream in pieces of at most CHUNK bytes."""
    while chunk := stream.read(CHUNK):
        note_answer()
        yield chunk


def compute_md5(stream: Readable) -> str:
    """Read a stream to its end and return the MD5 of its bytes in hex."""
    digest = hashlib.md5(usedforsecurity=False)
    for chunk in read_chunks(stream):
        digest.update(chunk)
    return digest.hexdigest()


def copy_stream(stream: Readable, write: Write, progress: Progress) -> Copied:
    """Write all of a stream, each byte hashed as it passes, telling `progress` of each
    chunk.
    """
    digest = hashlib.md5(usedforsecurity=False)
    size = 0
    for chunk in read_chunks(stream):
        write(chunk)
        digest.update(chunk)
        size += len(chunk)
        progress(len(chunk))
    return Copied(size, digest.hexdigest())
