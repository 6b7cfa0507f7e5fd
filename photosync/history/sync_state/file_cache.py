"""Hashes and dates that were read of local files: a file that stays as it is is read once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from threading import Lock

from photosync.errors import StateUnusable
from photosync.history.storage.database import Database
from photosync.history.storage.encoding import clamp_integer, encode_text
from photosync.history.sync_state.listing_cache import OnLoss
from photosync.local.photos import StatKey

MD5 = "md5"
TAKEN = "taken"
"""What is kept of a file: its hash, and when the photo was taken."""

_AS_BYTES = "utf-8", "surrogateescape"

_AT_ONCE = 200
"""How many entries are written together; a killed run loses at most so many."""

_SAME_FILE = "WHERE path = ?1 AND size = ?2 AND modified_ns = ?3 AND inode = ?4"
_READ = {
    MD5: f"SELECT md5 FROM hashes {_SAME_FILE} AND changed_ns = ?5",  # noqa: S608 - our own text
    # Dates that an earlier release noted without the time of change still hold: else
    # every photo would be opened once more with --dateLimit.
    TAKEN: (
        f"SELECT taken FROM moments {_SAME_FILE} "  # noqa: S608
        "AND coalesce(changed_ns, ?5) = ?5"
    ),
}
_FIND_ANY = {
    MD5: "SELECT 1 FROM hashes LIMIT 1",
    TAKEN: "SELECT 1 FROM moments LIMIT 1",
}
_KEEP = {
    MD5: "INSERT OR REPLACE INTO hashes VALUES (?1, ?2, ?3, ?4, ?6, ?5)",
    TAKEN: "INSERT OR REPLACE INTO moments VALUES (?1, ?2, ?3, ?4, ?6, ?5)",
}
_FORGET_BELOW = "DELETE FROM hashes WHERE path > ? AND path < ?"
_COUNT_UNDATED = "SELECT count(*) FROM hashes WHERE changed_ns IS NULL"
_FORGET_UNDATED = "DELETE FROM hashes WHERE changed_ns IS NULL"


class FileCache:
    """The cache of the explorer. Its methods may be called from any thread."""

    def __init__(self, database: Database, on_loss: OnLoss) -> None:
        self._database = database
        self._on_loss = on_loss
        self._new: dict[str, dict[str, tuple[StatKey, str]]] = {MD5: {}, TAKEN: {}}
        self._lock = Lock()
        self._was_empty: dict[str, bool] = {}
        self._has_forgotten = False

    def forget_hashes(self, roots: Iterable[str]) -> None:
        """Forget the hashes of all files below these roots; raises StateUnusable."""
        rows: list[tuple[object, object]] = []
        for root in roots:
            first = f"{root.rstrip('/')}/"
            end = f"{root.rstrip('/')}0"
            rows.append((first, end))
            # Paths that are no UTF-8 are kept as bytes.
            rows.append((first.encode(*_AS_BYTES), end.encode(*_AS_BYTES)))
        self._database.write([(_FORGET_BELOW, rows)])
        # A dry run writes nothing, and forgets all the same.
        self._has_forgotten = self._database.read_only

    def forget_undated(self) -> int:
        """Forget hashes that were noted without the time of change, which prove nothing
        now; return how many they were.

        Raises StateUnusable.
        """
        count = int(self._database.read(_COUNT_UNDATED)[0][0])
        if count:
            self._database.write([(_FORGET_UNDATED, [()])])
        return count

    def is_empty(self, what: str) -> bool:
        """Whether nothing was ever read of any file; raises StateUnusable."""
        if what not in self._was_empty:
            self._was_empty[what] = not self._database.read(_FIND_ANY[what])
        return self._was_empty[what] and not self._new[what]

    def get(self, what: str, path: str, stat_key: StatKey) -> str | None:
        """Return what was read of a file with this key; None if nothing was.

        `what` is MD5 or TAKEN. Raises StateUnusable.
        """
        return self.get_each(what, {path: stat_key}).get(path)

    def get_each(self, what: str, stat_keys: Mapping[str, StatKey]) -> dict[str, str]:
        """Return what is known of many files, by path, as `get` does for one."""
        found: dict[str, str] = {}
        rest: dict[str, StatKey] = {}
        with self._lock:
            # What was read a moment ago is not in the database yet.
            not_written = self._new[what]
            for path, stat_key in stat_keys.items():
                noted_key, value = not_written.get(path, (None, ""))
                if noted_key == stat_key:
                    found[path] = value
                else:
                    rest[path] = stat_key
        if what == MD5 and self._has_forgotten:
            return found
        return found | self._read_stored(what, rest)

    def _read_stored(
        self, what: str, stat_keys: Mapping[str, StatKey]
    ) -> dict[str, str]:
        if not stat_keys:
            return {}
        keys = [_make_columns(path, key) for path, key in stat_keys.items()]
        answers = self._database.read_each(_READ[what], keys)
        return {
            path: str(rows[0][0])
            for path, rows in zip(stat_keys, answers, strict=True)
            if rows
        }

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
            new = self._new
            self._new = {MD5: {}, TAKEN: {}}
        for what, entries in new.items():
            if entries:
                self._was_empty[what] = False
                self._write(what, entries)

    def _write(self, what: str, entries: Mapping[str, tuple[StatKey, str]]) -> None:
        rows: list[tuple[object, ...]] = []
        for path, (stat_key, value) in entries.items():
            rows.append((*_make_columns(path, stat_key), value))
        try:
            self._database.write([(_KEEP[what], rows)])
        except StateUnusable as error:
            self._on_loss(error)


def _make_columns(path: str, stat_key: StatKey) -> tuple[object, ...]:
    return (
        encode_text(path),
        clamp_integer(stat_key.size),
        clamp_integer(stat_key.modified_ns),
        clamp_integer(stat_key.inode),
        clamp_integer(stat_key.changed_ns),
    )
