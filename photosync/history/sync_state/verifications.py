"""When each photo was last read again, on both sides."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from photosync.compare.verify import Slice
from photosync.history.identity.scope import Scope
from photosync.history.storage.encoding import decode_text, encode_text
from photosync.naming import PhotoKey

_DAY = 86_400_000
"""In milliseconds, of which all times here are, since 1970."""

_FIND = (
    "SELECT history.album_key, history.name_key, "
    # What a clock put into the time to come was read some time: it has its turn first.
    "CASE WHEN verified <= ?2 THEN verified ELSE 0 END, "
    "coalesce(damaged, 0) FROM history LEFT JOIN verified USING "
    "(scope, album_key, name_key) WHERE scope = ?1 ORDER BY 4 DESC, 3, 1, 2"
)
_FORGET = (
    "DELETE FROM verified WHERE scope = ? AND NOT EXISTS (SELECT 1 FROM history "
    "WHERE history.scope = verified.scope AND history.album_key = verified.album_key "
    "AND history.name_key = verified.name_key)"
)
_KEEP = "INSERT OR REPLACE INTO verified VALUES (?, ?, ?, ?, ?)"


class StoredVerifications:
    """The `Verifications` of one scope."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def find_due(self, wanted: Slice) -> AbstractSet[PhotoKey]:
        """Return the places of a slice; raises StateUnusable."""
        rows = self._scope.read(_FIND, _read_clock())
        share = wanted.percent / 100
        if not share:
            moments = [looked_at for _, _, looked_at, _ in rows]
            share = _find_share(max(moments, default=0), wanted.days)
        # What was found damaged is looked at again in each run, beside the others.
        damaged = sum(is_damaged for *_, is_damaged in rows)
        count = math.ceil(len(rows) * share) + damaged
        due: set[PhotoKey] = set()
        for album, name, _, _ in rows[:count]:
            due.add((decode_text(album), decode_text(name)))
        return due

    def note_verified(
        self, seen: Iterable[PhotoKey], damaged: Iterable[PhotoKey]
    ) -> None:
        """Write that these were looked at; raises StateUnusable."""
        now = _read_clock()
        rows = [self._make_row(place, now, is_damaged=False) for place in seen]
        rows += [self._make_row(place, now, is_damaged=True) for place in damaged]
        forgotten = [(self._scope.number,)]
        self._scope.database.write([(_KEEP, rows), (_FORGET, forgotten)])

    def _make_row(
        self, place: PhotoKey, when: int, *, is_damaged: bool
    ) -> tuple[object, ...]:
        album, name = map(encode_text, place)
        return self._scope.number, album, name, when, int(is_damaged)


def _read_clock() -> int:
    return int(time.time() * 1000)


def _find_share(last: int, days: float) -> float:
    """Return the part of all photos, from 0 to 1, that is due after the time since some
    were looked at last, if all are to be looked at in so many days.
    """
    if not days:
        return 1.0
    # The first time counts as a day. A NAS that runs once a week reads a week's part.
    elapsed = _read_clock() - last if last else _DAY
    share = elapsed / _DAY / days
    # A clock that was set back asks for nothing.
    return max(0.0, min(share, 1.0))
