"""Streams of bytes as they pass from one side to the other."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator
from typing import IO, NamedTuple, Protocol

CHUNK = 1024 * 1024
"""How many bytes of a stream are held in memory at once."""

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
    """What went through `copy_stream`: how many bytes, their MD5 in hex and their CRC-32."""

    size: int
    md5: str
    crc: int


def read_chunks(stream: Readable) -> Iterator[bytes]:
    """Yield what is left of a stream in pieces of at most CHUNK bytes."""
    while chunk := stream.read(CHUNK):
        yield chunk


def compute_md5(stream: Readable) -> str:
    """Read a stream to its end and return the MD5 of its bytes in hex."""
    digest = hashlib.md5(usedforsecurity=False)
    for chunk in read_chunks(stream):
        digest.update(chunk)
    return digest.hexdigest()


def compute_crc(stream: Readable) -> int:
    """Read a stream to its end and return the CRC-32 of its bytes."""
    crc = 0
    for chunk in read_chunks(stream):
        crc = zlib.crc32(chunk, crc)
    return crc


def copy_stream(stream: Readable, target: IO[bytes], progress: Progress) -> Copied:
    """Write all of a stream to an open file, telling `progress` of each chunk."""
    digest = hashlib.md5(usedforsecurity=False)
    size = crc = 0
    for chunk in read_chunks(stream):
        target.write(chunk)
        digest.update(chunk)
        crc = zlib.crc32(chunk, crc)
        size += len(chunk)
        progress(len(chunk))
    return Copied(size, digest.hexdigest(), crc)
