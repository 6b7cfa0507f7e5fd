"""Listings served from what earlier runs noted, as far as Flickr says that it still
holds.

Three sources together tell what changed, and none does alone: a set's own date and
counts cover its members and their order, though with a resolution of a second;
`photos.recentlyUpdated` covers titles, tags and bytes of photos, but neither deleted
ones nor sets; an audit from time to time covers what neither tells. All times compared
are Flickr's own: the clock here may be wrong.
"""

from __future__ import annotations

import json
import logging
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from photosync.errors import SideError, SideStopped
from photosync.services.base import ListingCache, Row
from photosync.services.flickr import listing
from photosync.services.flickr.connection import Connection
from photosync.services.flickr.listing import PhotoSet

log = logging.getLogger(__name__)

Members = tuple[str, list[dict[str, Any]], str]
"""A set's id, its rows, and why they could not be read, which is empty where they
were.
"""

_OVERLAP = 600
"""Seconds by which the feed is read again: a change may show up in it late."""

_UNSETTLED = 30
"""A set that changed so many seconds before it was listed is read once more by the next
run.

Within the same second it may have changed again; the rest is for clocks that differ.
"""

_MANY = 100
"""So many rows are not read over and over: the cursor moves on though nothing
changed.
"""

_MOST = 4000
"""With more changes than that nearly all sets have to be read anyway, and then all
are.
"""

_FORMAT = "2"
_FIELDS = (
    *("id", "title", "secret", "originalsecret", "originalformat"),
    *("machine_tags", "media", "url_o", "datetaken", "datetakenunknown"),
)


class _Packed(Mapping[str, Sequence[Row] | None]):
    """Rows by set, small in memory; None for a set that is to be forgotten."""

    def __init__(self) -> None:
        self._sets: dict[str, bytes | None] = {}

    def __getitem__(self, set_id: str) -> Sequence[Row] | None:
        packed = self._sets[set_id]
        return None if packed is None else json.loads(zlib.decompress(packed))

    def __iter__(self) -> Iterator[str]:
        return iter(self._sets)

    def __len__(self) -> int:
        return len(self._sets)

    def put(self, set_id: str, rows: Sequence[Row]) -> None:
        self._sets[set_id] = zlib.compress(json.dumps(rows).encode(), 1)

    def forget(self, set_id: str) -> None:
        self._sets[set_id] = None


@dataclass(slots=True)
class _Reading:
    """One listing on its way: what the feed told before the sets were read.

    `moment` is a time by Flickr's clock that had come before the sets were read.
    """

    moment: int
    cursor: str
    whole: bool
    changes: dict[str, Row]
    sets: dict[str, PhotoSet] = field(default_factory=dict)
    changed: _Packed = field(default_factory=_Packed)


class Cache:
    """What one account's listings are read through."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._kept: ListingCache | None = None
        self._reading: _Reading | None = None

    def use_cache(self, cache: ListingCache) -> None:
        """Use what earlier runs noted, and note what is read from now on."""
        self._kept = cache

    def begin(self) -> None:
        """Read the feed, which has to come before the list of sets."""
        self._reading = self._begun(self._kept) if self._kept else None

    def listed(self, sets: Sequence[PhotoSet]) -> None:
        """The sets as they were listed after `begin`."""
        if self._reading:
            self._reading.sets = {one.id: one for one in sets}

    def members(self, wanted: Sequence[str]) -> Iterator[Members]:
        """The rows of the sets wanted, in any order; what was learnt is noted at the
        end.
        """
        reading, self._reading = self._reading, None
        if reading is None or self._kept is None:
            for set_id in wanted:
                yield self._read(set_id)
            return
        left = dict.fromkeys(wanted)
        if not reading.whole:
            for set_id, rows in _held(reading, self._kept.listings()):
                if set_id in left:
                    del left[set_id]
                    yield set_id, rows, ""
        complete = True
        for set_id in left:
            found = self._read(set_id)
            complete &= _learnt(reading, found)
            yield found
        self._keep(reading, self._kept, complete=complete)

    def _keep(self, reading: _Reading, kept: ListingCache, *, complete: bool) -> None:
        whole = reading.whole and complete
        if reading.whole and not complete:
            for set_id, _ in kept.listings():
                if set_id not in reading.changed:
                    reading.changed.forget(set_id)
        kept.note(reading.cursor, reading.changed, whole=whole)

    def _begun(self, kept: ListingCache) -> _Reading | None:
        since = _time_of(kept.cursor)
        try:
            if since:
                return self._continued(since, kept.cursor)
        except SideStopped:
            raise
        except SideError as error:
            log.info("flickr: all is read anew: %s", error)
        try:
            newest = listing.last_change(self._connection)
        except SideStopped:
            raise
        except SideError:
            return None
        moment = max(newest, self._connection.moment)
        return _Reading(moment, _cursor(moment), whole=True, changes={})

    def _continued(self, since: int, cursor: str) -> _Reading:
        rows = listing.updated(self._connection, since - _OVERLAP, _MOST)
        newest = listing.newest(rows)
        moment = max(newest, since, self._connection.moment)
        if newest > since or len(rows) > _MANY:
            cursor = _cursor(moment)
        changes = {str(row["id"]): _kept(row) for row in rows}
        return _Reading(moment, cursor, whole=False, changes=changes)

    def _read(self, set_id: str) -> Members:
        try:
            return set_id, listing.members(self._connection, set_id), ""
        except SideStopped:
            raise
        except SideError as error:
            return set_id, [], str(error)


def _held(
    reading: _Reading, kept: Iterator[tuple[str, Sequence[Row]]]
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The sets whose kept rows still hold, with what the feed tells of their photos."""
    for set_id, noted in kept:
        rows = _trusted(reading.sets.get(set_id), noted)
        if rows is None:
            reading.changed.forget(set_id)
            continue
        now = [reading.changes.get(row["id"], row) for row in rows]
        if now != rows:
            reading.changed.put(set_id, [noted[0], *now])
        yield set_id, [dict(row) for row in now]


def _trusted(one: PhotoSet | None, noted: Sequence[Row]) -> Sequence[Row] | None:
    """The kept rows of a set that is still as it was noted; None where it may be
    another.
    """
    if one is None or not noted or not noted[0].get("settled"):
        return None
    rows = noted[1:]
    same = noted[0].get("state") == list(one.state) and len(rows) == one.size
    return rows if same and all("id" in row for row in rows) else None


def _learnt(reading: _Reading, found: Members) -> bool:
    """Keep what was read of a set, unless that failed or it is gone; whether it did not
    fail.
    """
    set_id, rows, unknown = found
    one = reading.sets.get(set_id)
    if unknown or not rows or one is None:
        return not unknown
    changed_at = one.state[0]
    settled = changed_at < reading.moment - _UNSETTLED and len(rows) == one.size
    facts = {"state": list(one.state), "settled": settled}
    reading.changed.put(set_id, [facts, *(_kept(row) for row in rows)])
    return True


def _kept(row: Mapping[str, Any]) -> Row:
    """What photos are made of, in one form: Flickr gives numbers as text or not, at
    whim.
    """
    return {name: str(row[name]) for name in _FIELDS if row.get(name) is not None}


def _cursor(moment: int) -> str:
    return f"{_FORMAT} {moment}"


def _time_of(cursor: str) -> int:
    """The time up to which the feed was read; 0 where that is not known."""
    form, _, moment = cursor.partition(" ")
    return int(moment) if form == _FORMAT and moment.isdecimal() else 0
