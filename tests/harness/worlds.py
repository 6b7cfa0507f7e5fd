"""What the worlds of all services have: a library, a home, and the command run in them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness import command
from photosync.model import LocalPhoto, RemotePhoto

WHEN = 1_500_000_000
"""A moment long ago, in seconds since the epoch: no test mistakes it for now."""


def make_file(path: Path, content: bytes, when: float = WHEN) -> Path:
    """A file with these bytes, last changed `when` seconds since the epoch, in a folder
    made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, ns=(int(when * 1000) * 10**6, int(when * 1000) * 10**6))
    return path


def photo_of(path: Path, name: str = "") -> LocalPhoto:
    """A file just as a scan finds it."""
    status = path.stat()
    folder = str(path.parent)
    return LocalPhoto(
        name or path.name, folder, path.name, status.st_size, status.st_mtime_ns
    )


def listed(backend: Any) -> dict[str, list[RemotePhoto]]:
    """All photos by the title of their album; every album must be known completely."""
    found: dict[str, list[RemotePhoto]] = {}
    for listing in backend.photos(list(backend.albums())):
        assert not listing.unknown
        found.setdefault(listing.album.title, []).extend(listing.photos)
    return found


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended and what it said."""

    code: int
    out: str
    err: str
    log: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class World:
    """A library and a home, both of them below `top`."""

    top: Path

    @property
    def local(self) -> Path:
        return self.top / "photos"

    @property
    def home(self) -> Path:
        return self.top / "home"

    def environment(self) -> dict[str, str]:
        """What points a run to this world."""
        return {
            "PYTHONUTF8": "1",
            "PHOTOSYNC_HOME": str(self.home),
            "OAUTHLIB_INSECURE_TRANSPORT": "1",
        }

    def library(self) -> dict[str, bytes]:
        """The photos here by `ALBUM/NAME`, without the trash."""
        found = (path for path in self.local.glob("[!.]*/*") if path.is_file())
        return {str(path.relative_to(self.local)): path.read_bytes() for path in found}

    def run(self, *argv: str | Path, env: Mapping[str, str] | None = None) -> Result:
        """Run the command without a terminal."""
        ours = command.without_settings() | self.environment()
        result = Result(*command.run(argv, ours, env))
        assert "Traceback" not in result.out + result.err, result.err
        return result
