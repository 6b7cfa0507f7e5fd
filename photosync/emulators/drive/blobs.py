"""File contents on disk, written and read as streams."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from photosync.emulators.drive.database import random_id

BLOCK = 256 * 1024


class Readable(Protocol):
    """Anything that gives its next bytes."""

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True)
class Content:
    """Stored bytes: the name of the blob, its size and its checksums in hexadecimal."""

    blob: str | None
    size: int
    md5: str
    sha1: str | None = None
    sha256: str | None = None


class Digests:
    """The three checksums of bytes as they pass."""

    def __init__(self) -> None:
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._sha1 = hashlib.sha1(usedforsecurity=False)
        self._sha256 = hashlib.sha256()
        self.size = 0

    def update(self, data: bytes) -> None:
        self._md5.update(data)
        self._sha1.update(data)
        self._sha256.update(data)
        self.size += len(data)

    def content(self, blob: str | None) -> Content:
        return Content(
            blob,
            self.size,
            self._md5.hexdigest(),
            self._sha1.hexdigest(),
            self._sha256.hexdigest(),
        )


class BlobStore:
    """The directory of contents; a blob never changes once it has its name."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._parts = directory / "incoming"
        self._parts.mkdir(parents=True, exist_ok=True)

    def part(self, name: str) -> Path:
        """Give the path where a content is collected before it is complete."""
        return self._parts / name

    def receive(self, stream: Readable) -> Content:
        """Store a whole stream."""
        name = random_id("", 16)
        digests = Digests()
        with self.part(name).open("wb") as file:
            while data := stream.read(BLOCK):
                digests.update(data)
                file.write(data)
        return self.adopt(name, digests)

    def adopt(self, name: str, digests: Digests) -> Content:
        """Make a complete part a blob."""
        path = self._path(name)
        path.parent.mkdir(exist_ok=True)
        self.part(name).replace(path)
        return digests.content(name)

    def read(self, blob: str | None, start: int, length: int) -> Iterator[bytes]:
        """Give a section of a content; one without a blob consists of zero bytes."""
        if blob is None:
            return _zeros(length)
        file = self._path(blob).open("rb")
        file.seek(start)
        return _section(file, length)

    def remove(self, blob: str) -> None:
        self._path(blob).unlink(missing_ok=True)

    def _path(self, blob: str) -> Path:
        return self._directory / blob[:2].lower() / blob


def resumed(path: Path) -> Digests:
    """Give the checksums of a part that an earlier process has begun."""
    digests = Digests()
    with path.open("rb") as file:
        while data := file.read(BLOCK):
            digests.update(data)
    return digests


def _zeros(length: int) -> Iterator[bytes]:
    while length > 0:
        yield bytes(min(BLOCK, length))
        length -= BLOCK


def _section(file: BinaryIO, length: int) -> Iterator[bytes]:
    with file:
        while length > 0 and (data := file.read(min(BLOCK, length))):
            yield data
            length -= len(data)
