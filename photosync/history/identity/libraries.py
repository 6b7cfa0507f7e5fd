"""Libraries: which roots belong together, whatever their order and wherever they moved.

A root is known by its path, else by its file system and inode, if the photos in it are
those that the memory knows: two USB sticks that are plugged in one after the other may
have the same numbers.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from photosync.history.storage.database import Database
from photosync.history.storage.encoding import decode_text, encode_text
from photosync.history.storage.write_queue import Change
from photosync.services.folder_identity import find_device, make_id

_SAMPLE = 40

_READ = "SELECT path, library, device FROM roots"
_KEEP = "INSERT OR REPLACE INTO roots VALUES (?, ?, ?)"
_KEEP_UNSEEN = "INSERT OR IGNORE INTO roots VALUES (?, ?, ?)"
_READ_LIBRARIES = "SELECT roots FROM scopes GROUP BY roots ORDER BY max(id) DESC"
_IS_USED = "SELECT 1 FROM scopes WHERE roots = ? LIMIT 1"
_OF_LIBRARY = "scope IN (SELECT id FROM scopes WHERE roots = ?)"
_IS_BELOW = "substr(path, 1, length(?)) = ?"
_CUT = "? || substr(path, length(?) + 1)"
_FORGET_BYTES = (
    f"UPDATE history SET path = '' WHERE {_OF_LIBRARY} AND typeof(path) = 'blob'"  # noqa: S608 - our own text
)
_MOVE_PHOTOS = f"UPDATE history SET path = {_CUT} WHERE {_OF_LIBRARY} AND {_IS_BELOW}"  # noqa: S608 - our own text
_MOVE_UPLOADS = (
    f"UPDATE OR REPLACE uploads SET path = {_CUT} "  # noqa: S608 - our own text
    f"WHERE {_OF_LIBRARY} AND {_IS_BELOW} AND typeof(path) = 'text'"
)
# What was read of files need not be read again.
_MOVE_HASHES = (
    f"UPDATE OR REPLACE hashes SET path = {_CUT} "  # noqa: S608 - our own text
    f"WHERE {_IS_BELOW} AND typeof(path) = 'text'"
)
_MOVE_MOMENTS = _MOVE_HASHES.replace("hashes", "moments")
_MOVE_EVENTS = (
    f"UPDATE events SET path = {_CUT} "  # noqa: S608 - our own text
    f"WHERE {_OF_LIBRARY} AND {_IS_BELOW} AND typeof(path) = 'text'"
)
_MOVE_BACKUPS = (
    "UPDATE events SET kept = ? || substr(kept, length(?) + 1) "  # noqa: S608 - our own text
    f"WHERE {_OF_LIBRARY} AND substr(kept, 1, length(?)) = ? AND kept_by = 'local' "
    "AND typeof(kept) = 'text'"
)
_FORGET_FINGERPRINTS = f"DELETE FROM seals WHERE {_OF_LIBRARY}"  # noqa: S608 - our own text
_MOVE_CENSUS = "UPDATE OR REPLACE census SET place = ? WHERE library = ? AND place = ?"
_MOVE_MOUNTS = (
    f"UPDATE OR REPLACE mounts SET path = {_CUT} WHERE library = ? AND {_IS_BELOW}"  # noqa: S608 - our own text
)
_MOVE_RUNS = "UPDATE runs SET library = ? WHERE library = ?"
_MOVE_ROOT = "UPDATE OR REPLACE roots SET path = ? WHERE library = ? AND path = ?"
_READ_SAMPLE = (
    f"SELECT path FROM history WHERE {_OF_LIBRARY} AND {_IS_BELOW} "  # noqa: S608 - our own text
    f"ORDER BY random() LIMIT {_SAMPLE}"
)
_READ_RUNS = "SELECT DISTINCT library FROM runs"
_READ_ROOTS = "SELECT path FROM roots WHERE library = ? ORDER BY path"
_SAME_SERVICES = (
    "SELECT a.id, b.id FROM scopes a JOIN scopes b "
    "ON a.service = b.service AND a.account = b.account "
    "WHERE a.roots = ? AND b.roots = ?"
)
_FIND_NEIGHBOURS = (
    "SELECT roots FROM scopes WHERE service = ? AND account = ? AND roots <> ? "
    "AND id IN (SELECT scope FROM history)"
)


def make_library_key(roots: Iterable[str]) -> str:
    """Return the roots of a run as the journal notes them."""
    return json.dumps(sorted(roots))


@dataclass(slots=True)
class KnownLibrary:
    """A library as a run met it.

    `key` is its name in the memory; `unseen` are its roots that this run does not name.
    """

    key: str
    unseen: tuple[str, ...] = ()
    notices: list[tuple[str, str]] = field(default_factory=list)


class _Root(NamedTuple):
    path: str
    library: str
    device: str


class StoredLibraries:
    """The libraries of the state file. Whatever reads or writes raises StateUnusable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def identify(self, roots: Sequence[str]) -> KnownLibrary:
        """Return the library that roots belong to, with its memory carried over."""
        known = self._read_known(roots)
        moved = self._find_moved(roots, known)
        keys = _list_libraries(roots, {**known, **moved})
        key = keys[0] if keys else self._make_key(roots)
        library = KnownLibrary(key)
        for other in keys[1:]:
            # Each of them was a library of its own until now.
            changes = self._make_merge(other, library.key)
            self._database.carry_over(changes)
        for new, old in moved.items():
            changes = self._make_move(old, new, library.key)
            self._database.carry_over(changes)
        library.notices += _describe_moves(moved)
        # A root that moved is named, though by its new path.
        named = {*roots, *(old.path for old in moved.values())}
        ours = [root.path for root in known.values() if root.library in keys]
        library.unseen = tuple(path for path in ours if path not in named)
        return library

    def find_neighbours(self, service: str, account: str, library: str) -> list[str]:
        """Return the roots of other libraries that have photos in the same place."""
        names = [encode_text(name) for name in (service, account, library)]
        roots: list[str] = []
        for (key,) in self._database.read(_FIND_NEIGHBOURS, names):
            rows = self._database.read(_READ_ROOTS, (key,))
            found = [decode_text(row[0]) for row in rows]
            roots += found or _read_key(decode_text(key))
        return roots

    def keep(self, library: KnownLibrary, roots: Iterable[str]) -> None:
        """Write that roots belong to a library, and what they are known by."""
        key = encode_text(library.key)
        seen: list[tuple[str | bytes, str | bytes, str]] = []
        for root in roots:
            device = find_device(root)
            seen.append((encode_text(root), key, device))
        # Roots that an earlier photosync knew as one library stay one.
        unseen = [(encode_text(root), key, "") for root in library.unseen]
        self._database.write([(_KEEP, seen), (_KEEP_UNSEEN, unseen)])

    def _read_known(self, roots: Sequence[str]) -> dict[str, _Root]:
        """Return all known roots by path, also those that an earlier photosync knew."""
        known: dict[str, _Root] = {}
        for row in self._database.read(_READ):
            path = decode_text(row[0])
            library = decode_text(row[1])
            known[path] = _Root(path, library, device=row[2])
        for key in self._list_earlier(known.values(), asked=make_library_key(roots)):
            for path in _read_key(key):
                known.setdefault(path, _Root(path, key, device=""))
        return known

    def _list_earlier(self, known: Iterable[_Root], *, asked: str) -> list[str]:
        """List the libraries whose roots only an earlier photosync knew: first the one
        that is `asked` for, then the latest.
        """
        has_roots = {root.library for root in known}
        rows = self._database.read(_READ_LIBRARIES)
        keys = [decode_text(row[0]) for row in rows]
        earlier = [key for key in keys if key not in has_roots]
        if asked in earlier:
            earlier.remove(asked)
            earlier.insert(0, asked)
        return earlier

    def _find_moved(
        self, roots: Sequence[str], known: dict[str, _Root]
    ) -> dict[str, _Root]:
        """Return the former roots of paths that are not known, by these paths."""
        moved: dict[str, _Root] = {}
        for path in roots:
            device = find_device(path)
            # It is where it was, or its disk is not there.
            if path in known or not device:
                continue
            for root in known.values():
                if root.device != device or root.path in roots:
                    continue
                # Where both paths lead to one folder, its photos need no look.
                is_alias = find_device(root.path) == device
                if is_alias or self._holds_photos_of(root, path):
                    moved[path] = root
        return moved

    def _holds_photos_of(self, root: _Root, path: str) -> bool:
        """Whether most photos that are known of a root lie at another path now."""
        known, here = count_known_photos(self._database, root.library, root.path, path)
        return bool(here) and here * 2 >= known

    def _make_key(self, roots: Sequence[str]) -> str:
        key = make_library_key(roots)
        if self._database.read(_IS_USED, (key,)):
            # Another library was at these paths once, and was moved.
            return make_id()
        return key

    def _make_move(self, old: _Root, new: str, key: str) -> list[Change]:
        """Return the changes that carry the memory of a root over to its new path."""
        before = encode_text(f"{old.path}/")
        after = encode_text(f"{new}/")
        root = [(encode_text(new), encode_text(key), encode_text(old.path))]
        # Files whose paths are no UTF-8 are compared anew.
        is_text = isinstance(before, str) and isinstance(after, str)
        in_library = [(after, before, key, before, before)] if is_text else []
        in_cache = [(after, before, before, before)] if is_text else []
        return [
            (_FORGET_BYTES, [(key,)]),
            (_MOVE_PHOTOS, in_library),
            (_MOVE_UPLOADS, in_library),
            (_MOVE_HASHES, in_cache),
            (_MOVE_MOMENTS, in_cache),
            (_MOVE_EVENTS, in_library),
            (_MOVE_BACKUPS, in_library),
            (_FORGET_FINGERPRINTS, [(key,)]),
            (_MOVE_CENSUS, root),
            (_MOVE_MOUNTS, in_library),
            (_MOVE_RUNS, self._rename_in_runs(old, new)),
            (_MOVE_ROOT, root),
        ]

    def _rename_in_runs(self, old: _Root, new: str) -> list[tuple[str, str]]:
        """Return the new and the old key of each library of a run that had a root."""
        rows: list[tuple[str, str]] = []
        for (key,) in self._database.read(_READ_RUNS):
            roots = _read_key(decode_text(key))
            if old.path not in roots:
                continue
            now = [new if root == old.path else root for root in roots]
            rows.append((make_library_key(now), key))
        return rows

    def _make_merge(self, other: str, key: str) -> list[Change]:
        """Return the changes that merge the memory of a library into that of another one.

        Where both know a photo, the one of `key` stays.
        """
        changes: list[Change] = []
        scopes = self._database.read(_SAME_SERVICES, (other, key))
        for old, new in scopes:
            changes += _merge_scope(old, new)
        for table, column in (
            ("scopes", "roots"),
            ("roots", "library"),
            ("mounts", "library"),
        ):
            statement = f"UPDATE {table} SET {column} = ? WHERE {column} = ?"  # noqa: S608 - our own text
            changes.append((statement, [(key, other)]))
        census = "UPDATE OR IGNORE census SET library = ? WHERE library = ?"
        changes.append((census, [(key, other)]))
        return changes


def _merge_scope(old: int, new: int) -> list[Change]:
    """Return the changes that merge the scope of a service into one of another library."""
    changes: list[Change] = []
    for table in ("history", "uploads"):
        statement = f"UPDATE OR IGNORE {table} SET scope = ? WHERE scope = ?"  # noqa: S608 - our own text
        changes.append((statement, [(new, old)]))
    changes.append(("UPDATE events SET scope = ? WHERE scope = ?", [(new, old)]))
    for table in ("history", "uploads", "listings", "cursors"):
        statement = f"DELETE FROM {table} WHERE scope = ?"  # noqa: S608 - our own text
        changes.append((statement, [(old,)]))
    # With two libraries in one, an album may have more photos than when it was equal.
    changes.append(("DELETE FROM seals WHERE scope IN (?, ?)", [(old, new)]))
    changes.append(("DELETE FROM scopes WHERE id = ?", [(old,)]))
    return changes


def count_known_photos(
    database: Database, library: str, known_at: str, path: str
) -> tuple[int, int]:
    """Return how many of a sample of photos are known below a folder, and how many of
    them lie below a path now.
    """
    start = encode_text(f"{known_at}/")
    rows = database.read(_READ_SAMPLE, (encode_text(library), start, start))
    here = 0
    for row in rows:
        known = decode_text(row[0])
        name = known.removeprefix(known_at)
        here += os.path.lexists(path + name)
    return len(rows), here


def _describe_moves(moved: Mapping[str, _Root]) -> Iterator[tuple[str, str]]:
    """Yield each root that has moved, with the notice about it."""
    for new, old in moved.items():
        # The same disk may as well be mounted at both paths.
        if not os.path.exists(old.path):  # noqa: PTH110
            text = f"was {old.path} before; what is remembered of it goes with it"
            yield new, text


def _list_libraries(roots: Iterable[str], known: Mapping[str, _Root]) -> list[str]:
    """List the keys of the libraries that roots belong to, each once."""
    keys: list[str] = []
    for path in roots:
        root = known.get(path)
        if root and root.library not in keys:
            keys.append(root.library)
    return keys


def _read_key(key: str) -> list[str]:
    """Return the roots that a key of an earlier photosync lists."""
    try:
        roots = json.loads(key)
    except ValueError:
        return []
    return roots if isinstance(roots, list) else []
