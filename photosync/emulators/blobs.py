"""File contents on disk, written and read as streams."""

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

BLOCK = 256 * 1024


@dataclass(frozen=True)
class Content:
    """Stored bytes: the name of the blob, its size and its MD5 in hexadecimal."""

    blob: str
    size: int
    md5: str


class Incoming:
    """A content on its way to disk, filled through `write`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("wb")
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._size = 0

    def write(self, data: bytes) -> int:
        self._md5.update(data)
        self._size += len(data)
        return self._file.write(data)

    def close(self) -> Content:
        self._file.close()
        return Content(self.path.name, self._size, self._md5.hexdigest())

    def discard(self) -> None:
        """Forget it, unless it has become a blob."""
        self._file.close()
        self.path.unlink(missing_ok=True)


class BlobStore:
    """The directory of contents; a blob never changes once it has its name."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._parts = directory / "incoming"
        self._parts.mkdir(parents=True, exist_ok=True)
        for leftover in self._parts.iterdir():
            leftover.unlink()

    def incoming(self) -> Incoming:
        return Incoming(self._parts / secrets.token_hex(16))

    def adopt(self, incoming: Incoming) -> Content:
        """Make a complete content a blob."""
        content = incoming.close()
        path = self.path(content.blob)
        path.parent.mkdir(exist_ok=True)
        incoming.path.replace(path)
        return content

    def receive(self, stream: BinaryIO) -> Content:
        """Store a whole stream."""
        incoming = self.incoming()
        while data := stream.read(BLOCK):
            incoming.write(data)
        return self.adopt(incoming)

    def read(self, blob: str) -> Iterator[bytes]:
        with self.path(blob).open("rb") as file:
            while data := file.read(BLOCK):
                yield data

    def head(self, blob: str, size: int) -> bytes:
        """Give the first bytes of a content."""
        with self.path(blob).open("rb") as file:
            return file.read(size)

    def remove(self, blob: str | None) -> None:
        if blob:
            self.path(blob).unlink(missing_ok=True)

    def path(self, blob: str) -> Path:
        return self._directory / blob[:2] / blob
