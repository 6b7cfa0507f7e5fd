"""File contents of an emulated service on disk, written and read as streams."""

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

BLOCK = 256 * 1024
MD5 = ("md5",)


class Readable(Protocol):
    """Anything that gives its next bytes."""

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True)
class Content:
    """Stored bytes: the name of the blob (None for zeros that are not stored), the size
    and the checksums in hexadecimal.
    """

    blob: str | None
    size: int
    md5: str
    sha1: str | None = None
    sha256: str | None = None


class Digests:
    """The size and the checksums of bytes as they pass."""

    def __init__(self, algorithms: tuple[str, ...] = MD5) -> None:
        self.size = 0
        self._hashes = {
            name: hashlib.new(name, usedforsecurity=False) for name in algorithms
        }

    def update(self, data: bytes) -> None:
        self.size += len(data)
        for checksum in self._hashes.values():
            checksum.update(data)

    def content(self, blob: str | None) -> Content:
        found = {name: checksum.hexdigest() for name, checksum in self._hashes.items()}
        return Content(blob, self.size, **found)


class Incoming:
    """A content on its way to disk, filled through `write`."""

    def __init__(self, path: Path, digests: Digests) -> None:
        self.path = path
        self.digests = digests
        self._file = path.open("wb")

    def write(self, data: bytes) -> int:
        self.digests.update(data)
        return self._file.write(data)

    def close(self) -> None:
        self._file.close()

    def discard(self) -> None:
        """Forget it, unless it has become a blob."""
        self._file.close()
        self.path.unlink(missing_ok=True)


class BlobStore:
    """The directory of contents; a blob never changes once it has its name.

    `algorithms` are the checksums that the service tells, MD5 among them.
    """

    def __init__(self, directory: Path, algorithms: tuple[str, ...] = MD5) -> None:
        self._directory = directory
        self._algorithms = algorithms
        self._arriving = directory / "incoming"
        self._parts = directory / "parts"
        for folder in (self._arriving, self._parts):
            folder.mkdir(parents=True, exist_ok=True)
        # What a killed process was receiving in one call, nobody will send the rest of.
        for leftover in self._arriving.iterdir():
            leftover.unlink()

    def digests(self) -> Digests:
        return Digests(self._algorithms)

    def incoming(self) -> Incoming:
        """Begin a content that comes in one call."""
        return Incoming(self._arriving / secrets.token_hex(16), self.digests())

    def part(self, name: str) -> Path:
        """Give the path of a content that comes in several calls; it outlives a
        restart.
        """
        return self._parts / name

    def digest_part(self, name: str) -> Digests:
        """Give the checksums of a part that an earlier process has begun."""
        digests = self.digests()
        with self.part(name).open("rb") as file:
            while data := file.read(BLOCK):
                digests.update(data)
        return digests

    def adopt(self, incoming: Incoming) -> Content:
        """Make a complete content a blob."""
        incoming.close()
        return self._adopt(incoming.path, incoming.digests)

    def adopt_part(self, name: str, digests: Digests) -> Content:
        """Make a complete part a blob."""
        return self._adopt(self.part(name), digests)

    def receive(self, stream: Readable) -> Content:
        """Store a whole stream."""
        incoming = self.incoming()
        while data := stream.read(BLOCK):
            incoming.write(data)
        return self.adopt(incoming)

    def read(self, blob: str | None, start: int, length: int) -> Iterator[bytes]:
        """Give a section of a content; one without a blob consists of zero bytes."""
        if blob is None:
            return _zeros(length)
        # Opened at once: a photo deleted in the middle of its download is still sent.
        file = self._path(blob).open("rb")
        file.seek(start)
        return _section(file, length)

    def head(self, blob: str | None, size: int) -> bytes:
        """Give the first bytes of a content."""
        return b"".join(self.read(blob, 0, size))

    def remove(self, blob: str | None) -> None:
        if blob:
            self._path(blob).unlink(missing_ok=True)

    def _adopt(self, path: Path, digests: Digests) -> Content:
        blob = secrets.token_hex(16)
        target = self._path(blob)
        target.parent.mkdir(exist_ok=True)
        path.replace(target)
        return digests.content(blob)

    def _path(self, blob: str) -> Path:
        return self._directory / blob[:2].lower() / blob


def _zeros(length: int) -> Iterator[bytes]:
    while length > 0:
        yield bytes(min(BLOCK, length))
        length -= BLOCK


def _section(file: BinaryIO, length: int) -> Iterator[bytes]:
    with file:
        while length > 0 and (data := file.read(min(BLOCK, length))):
            yield data
            length -= len(data)
