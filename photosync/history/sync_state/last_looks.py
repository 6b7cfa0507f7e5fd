"""When a service was last compared with the library, and what had come by then."""

from __future__ import annotations

import time
from typing import Any

from photosync.history.identity.scope import Scope
from photosync.history.storage.encoding import decode_photo, decode_text
from photosync.history.storage.write_queue import Change
from photosync.model import Actions, RemotePhoto, Result
from photosync.naming import PhotoKey
from photosync.plan.put_back import Arrival

# Under rules that are new the last look of all counts.
_FIND = "SELECT moment FROM looks WHERE scope = ? ORDER BY rules = ? DESC, moment DESC"
_KEEP = "INSERT OR REPLACE INTO looks VALUES (?, ?, ?)"
_READ = """
    SELECT run, album_key, name_key, origin_album_key, origin_name_key, path, action,
        remote
    FROM events JOIN runs ON runs.id = events.run
    WHERE scope = ? AND result = ? AND began <= ? ORDER BY events.id
"""
_SECOND = 10**9

_MOVES = frozenset({Actions.MOVE_LOCAL, Actions.MOVE_REMOTE})
_BRINGS = _MOVES | {
    Actions.UPLOAD_LOCAL,
    Actions.DOWNLOAD_REMOTE,
    Actions.REPLACE_REMOTE_WITH_LOCAL,
}
_TAKES = frozenset({Actions.DELETE_LOCAL, Actions.DELETE_REMOTE})


class StoredLooks:
    """The looks of one scope under one set of rules; raises StateUnusable."""

    def __init__(self, scope: Scope, rules_hash: str) -> None:
        self._scope = scope
        self._rules_hash = rules_hash

    def find(self) -> int | None:
        """Return when both sides were last compared, in nanoseconds since 1970; None
        where nobody knows.
        """
        rows = self._scope.read(_FIND, self._rules_hash)
        return int(rows[0][0]) if rows else None

    def make_change(self) -> Change:
        """Return the change that writes that they were compared till now."""
        return _KEEP, [(self._scope.number, self._rules_hash, time.time_ns())]

    def read_arrivals(self, until_ns: int) -> dict[PhotoKey, tuple[str, Arrival]]:
        """Return how photos came to their places in the runs up to a moment, or went
        from there, each with the path of its file.
        """
        seconds = until_ns // _SECOND
        rows = self._scope.read(_READ, Result.DONE, seconds)
        found: dict[PhotoKey, tuple[str, Arrival]] = {}
        for row in rows:
            _add_event(found, row)
        return found


def _add_event(found: dict[PhotoKey, tuple[str, Arrival]], row: Any) -> None:
    """Note what one step did, after those before it."""
    run, album, name, origin_album, origin_name, path, action, remote = row
    place = decode_text(album), decode_text(name)
    path_before, before = found.get(place, ("", None))
    # What was deleted on the other side has no path here; it had one when it came.
    path = decode_text(path) or path_before
    if action in _TAKES:
        found[place] = path, Arrival(run, is_gone=True)
    elif action in _BRINGS:
        photo = decode_photo(remote)
        found[place] = path, _make_arrival(before, run, action, photo)
    if action in _MOVES and origin_name:
        origin = decode_text(origin_album), decode_text(origin_name)
        found[origin] = path, Arrival(run, is_gone=True)


def _make_arrival(
    before: Arrival | None, run: int, action: str, photo: RemotePhoto | None
) -> Arrival:
    """Return how a photo came that takes the place of another version, if of any."""
    is_edited = action == Actions.REPLACE_REMOTE_WITH_LOCAL
    if photo is None:
        return Arrival(run, is_edited=is_edited)
    sizes = () if photo.size is None else (photo.size,)
    if before is None or before.is_gone:
        return Arrival(run, photo.modified_ns, sizes, is_edited)
    if (photo.size, photo.modified_ns) == (before.size, before.modified_ns):
        # Sent to this service once more, as somebody had deleted it there.
        return before
    return Arrival(run, photo.modified_ns, (*before.sizes, *sizes), is_edited=True)
