"""Folders of photos: making them, and seeing what became of them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

SECOND = 1_000_000_000
WHEN = 1_700_000_000 * SECOND
NEWER = WHEN + 3600 * SECOND
TRASH = ".photosync-trash"
MARK = ".photosync-id"
PART = ".photosync-part-"


class Photo(NamedTuple):
    """What counts of a photo file: its bytes and its time."""

    data: bytes
    modified_ns: int = WHEN

    def write(self, path: Path | str | bytes) -> None:
        file = Path(os.fsdecode(path))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(self.data)
        os.utime(file, ns=(self.modified_ns, self.modified_ns))


class Entry(NamedTuple):
    """All that a run could change of a file or folder."""

    mode: int
    modified_ns: int
    data: bytes


def _walk(top: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(top):
        yield from (Path(folder, name) for name in (*folders, *files))


def _data(path: Path) -> bytes:
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return os.fsencode(path.readlink())
    if not stat.S_ISREG(mode):
        return b""
    if os.access(path, os.R_OK):
        return path.read_bytes()
    path.chmod(0o600)
    data = path.read_bytes()
    path.chmod(stat.S_IMODE(mode))
    return data


def _entry(path: Path) -> Entry:
    status = path.lstat()
    return Entry(status.st_mode, status.st_mtime_ns, _data(path))


def snapshot(*tops: Path) -> dict[str, Entry]:
    """Every file and folder below some places and these themselves, with all that could
    change.
    """
    existing = [top for top in tops if top.exists()]
    return {str(path): _entry(path) for top in existing for path in (top, *_walk(top))}


def files(top: Path) -> dict[str, Photo]:
    """The files below a folder by relative path, without the trash and its own mark."""
    return {
        str(path.relative_to(top)): Photo(_data(path), path.lstat().st_mtime_ns)
        for path in _walk(top)
        if not path.is_dir() and path.relative_to(top).parts[0] not in {TRASH, MARK}
    }


def trashed(top: Path) -> dict[str, Photo]:
    """The files in the trash of a folder by the path they had, each kept once."""
    found: dict[str, Photo] = {}
    for day in Path(top, TRASH).glob("*"):
        kept = files(day)
        assert found.keys().isdisjoint(kept)
        found |= kept
    return found


def parts(*tops: Path) -> list[Path]:
    """Temporary files that a run left behind."""
    return [path for top in tops for path in _walk(top) if path.name.startswith(PART)]
