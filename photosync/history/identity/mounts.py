"""Disks mounted inside a library: memory knows where they were, so that an empty mount
point is not taken for a folder whose photos were deleted.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from photosync.disk.names import is_within
from photosync.history.identity.libraries import count_known_photos
from photosync.history.storage.database import Database
from photosync.history.storage.encoding import decode_text, encode_text
from photosync.history.storage.write_queue import Change
from photosync.services.folder_identity import find_device

_READ = "SELECT path, device FROM mounts WHERE library = ?"
# A photo is known to one service or to several.
_COUNT = (
    "SELECT coalesce(max(photos), 0) FROM (SELECT count(*) AS photos FROM history "
    "WHERE scope IN (SELECT id FROM scopes WHERE roots = ?) "
    "AND substr(path, 1, length(?)) = ? GROUP BY scope)"
)
_KEEP = "INSERT OR REPLACE INTO mounts VALUES (?, ?, ?)"
_FORGET = "DELETE FROM mounts WHERE library = ? AND path = ?"


class StoredMounts:
    """The mounts of one library. Whatever reads or writes raises StateUnusable."""

    def __init__(self, database: Database, library: str) -> None:
        self._database = database
        self._library = library

    def find_absent(self, roots: Sequence[str]) -> list[str]:
        """Return the folders below roots whose disk is away, or is another one."""
        absent: list[str] = []
        for path, device in self._read().items():
            is_here = any(is_within(path, root) for root in roots)
            if not is_here or device == _find_mounted(path):
                continue
            # A disk that was copied to a larger one is another device with the photos.
            if self._has_lost_most(path):
                absent.append(path)
        return absent

    def count_known(self, folder: str) -> int:
        """Return how many photos are known below a folder."""
        start = encode_text(f"{folder}/")
        values = (encode_text(self._library), start, start)
        return int(self._database.read(_COUNT, values)[0][0])

    def make_changes(
        self, mounts: Iterable[str], absent: Sequence[str]
    ) -> list[Change]:
        """Return the changes that write where disks are mounted now."""
        here = {path: find_device(path) for path in mounts}
        key = encode_text(self._library)
        rows = [
            (key, encode_text(path), device)
            for path, device in here.items()
            if path not in absent
        ]
        # Its photos were moved to the disk around it.
        over = [
            (key, encode_text(path))
            for path in self._read()
            if path not in here and path not in absent
        ]
        return [(_FORGET, over), (_KEEP, rows)]

    def _read(self) -> dict[str, str]:
        rows = self._database.read(_READ, (encode_text(self._library),))
        return {decode_text(path): device for path, device in rows}

    def _has_lost_most(self, path: str) -> bool:
        """Whether most of what is known there is missing, as on another disk."""
        known, here = count_known_photos(self._database, self._library, path, path)
        return here * 2 < known


def _find_mounted(path: str) -> str:
    """Return the device that is mounted at a path now, empty for none."""
    return find_device(path) if os.path.ismount(path) else ""
