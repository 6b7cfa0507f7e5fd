"""What was read of local files: it is read once as long as a file stays as it is."""

from __future__ import annotations

from threading import Lock

from photosync.errors import StateUnusable
from photosync.history.database import Database
from photosync.history.listing_cache import OnLoss
from photosync.history.values import clamp_integer, encode_text
from photosync.local.photos import StatKey

MD5, TAKEN = "md5", "taken"
"""What is kept of a file: its hash, and when the photo was taken."""

_AT_ONCE = 200
"""Entries that are written together; a killed run loses at most so many."""

_SAME_FILE = "WHERE path = ? AND size = ? AND modified_ns = ? AND inode = ?"
_READ = {
    MD5: f"SELECT md5 FROM hashes {_SAME_FILE}",  # noqa: S608 - our own text
    TAKEN: f"SELECT taken FROM moments {_SAME_FILE}",  # noqa: S608
}
_FIND_ANY = {
    MD5: "SELECT 1 FROM hashes LIMIT 1",
    TAKEN: "SELECT 1 FROM moments LIMIT 1",
}
_KEEP = {
    MD5: "INSERT OR REPLACE INTO hashes VALUES (?, ?, ?, ?, ?)",
    TAKEN: "INSERT OR REPLACE INTO moments VALUES (?, ?, ?, ?, ?)",
}


class FileCache:
    """The cache of the explorer. Its methods may be called from any thread."""

    def __init__(self, database: Database, on_loss: OnLoss) -> None:
        self._database = database
        self._on_loss = on_loss
        self._new: dict[str, dict[str, tuple[StatKey, str]]] = {MD5: {}, TAKEN: {}}
        self._lock = Lock()
        self._was_empty: dict[str, bool] = {}

    def is_empty(self, what: str) -> bool:
        """Tell whether nothing was ever read of any file; raises StateUnusable."""
        if what not in self._was_empty:
            self._was_empty[what] = not self._database.read(_FIND_ANY[what])
        return self._was_empty[what] and not self._new[what]

    def get(self, what: str, path: str, stat_key: StatKey) -> str | None:
        """Return what was read of a file while it was as `stat_key` tells.

        `what` is MD5 or TAKEN. Raises StateUnusable.
        """
        with self._lock:
            fresh = self._new[what].get(path)
        if fresh and fresh[0] == stat_key:
            return fresh[1]
        rows = self._database.read(_READ[what], _stat_columns(path, stat_key))
        return str(rows[0][0]) if rows else None

    def note(self, what: str, path: str, stat_key: StatKey, value: str) -> None:
        """Keep what was read of a file, and write it with the next few hundred."""
        with self._lock:
            self._new[what][path] = (stat_key, value)
            is_full = len(self._new[what]) >= _AT_ONCE
        if is_full:
            self.flush()

    def flush(self) -> None:
        """Write what is new; what cannot be written is lost."""
        with self._lock:
            new, self._new = self._new, {MD5: {}, TAKEN: {}}
        for what, entries in new.items():
            if entries:
                self._was_empty[what] = False
            rows = [
                (*_stat_columns(path, stat_key), value)
                for path, (stat_key, value) in entries.items()
            ]
            try:
                self._database.write([(_KEEP[what], rows)])
            except StateUnusable as error:
                self._on_loss(error)


def _stat_columns(path: str, stat_key: StatKey) -> tuple[object, ...]:
    size, modified_ns, inode = map(clamp_integer, stat_key)
    return encode_text(path), size, modified_ns, inode
