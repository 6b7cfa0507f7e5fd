"""Listings served from what earlier runs kept, as far as Flickr says that it still
holds.

Three sources together tell what changed, and none does alone: a set's own date and
counts cover its members and their order, though with a resolution of a second;
`photos.recentlyUpdated` covers titles, tags and bytes of photos, but neither deleted
ones nor sets; an audit from time to time covers what neither tells. All times compared
are Flickr's own: the clock here may be wrong.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from photosync.errors import SideError, SideStopped
from photosync.services.ahead import ask_ahead
from photosync.services.flickr.calls.connection import Connection
from photosync.services.flickr.calls.errors import AlbumGone
from photosync.services.flickr.listings import listing
from photosync.services.flickr.listings.listing import LAG_SECONDS, PhotoSet, SetState
from photosync.services.flickr.records.photo_rows import DETAILS_EXTRAS, PhotoRow
from photosync.services.persistence import ListingCache, PackedRows, Row
from photosync.services.trouble import FaultsInARow
from photosync.unforeseen import contain

log = logging.getLogger(__name__)

_OVERLAP = 600
"""Seconds by which the feed is read again: a change may show up in it late."""

_MANY_CHANGES = 100
"""So many rows are not read over and over: the cursor moves on though nothing
changed.
"""

_MOST_CHANGES = 4000
"""With more changes than that nearly all sets have to be read anyway, and then all
are.
"""

_FORMAT = "2"
_DETAILS_FORMAT = "2d"
"""Of what is cached, without and with the details of photos."""


@dataclass(frozen=True, slots=True)
class CachedSet:
    """The photos of a set as they were last read, and the state it was in then.

    Of one that is not `is_settled` the list may have lagged; and it may have changed
    again within the same second.
    """

    state: SetState
    is_settled: bool
    photos: tuple[PhotoRow, ...]

    @classmethod
    def from_json(cls, rows: Sequence[Row]) -> Self | None:
        """Read what the cache holds of a set: its state, then a row for each photo.

        None where that is damaged or in a form of another version.
        """
        try:
            head, *photos = rows
            return cls(
                state=SetState(*head["state"]),
                is_settled=bool(head["settled"]),
                photos=tuple(PhotoRow.from_json(row) for row in photos),
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            return None

    def to_json(self) -> list[Row]:
        """Return the set as the cache keeps it."""
        head = {"state": list(self.state), "settled": self.is_settled}
        return [head, *(photo.to_json() for photo in self.photos)]

    def is_current(self, photoset: PhotoSet) -> bool:
        """Whether the set as listed now still has these members in this order."""
        is_complete = len(self.photos) == photoset.state.size
        return self.is_settled and self.state == photoset.state and is_complete


@dataclass(frozen=True, slots=True)
class SetListing:
    """The photos of a set, or in `unknown` why they could not be read.

    `is_restless`: it changed a moment ago, and the list may lag.
    """

    set_id: str
    photos: Sequence[PhotoRow]
    unknown: str = ""
    is_restless: bool = False


@dataclass(slots=True)
class _Reading:
    """One listing on its way: what the feed told before the sets were read.

    `moment` is a time by Flickr's clock that had come before the sets were read;
    `is_whole` says that nothing cached is used; `to_keep` is what the cache is to hold
    afterwards.
    """

    moment: int
    cursor: str
    is_whole: bool
    changes: dict[str, PhotoRow]
    sets: dict[str, PhotoSet] = field(default_factory=dict)
    to_keep: PackedRows = field(default_factory=PackedRows)

    def update(self, cached: CachedSet) -> CachedSet:
        """Put what the feed tells of photos in the place of what is cached of them."""
        photos = tuple(self.changes.get(photo.id, photo) for photo in cached.photos)
        return replace(cached, photos=photos)

    def read_cached(self, cache: ListingCache) -> Iterator[SetListing]:
        """Yield the cached sets that still hold; forget the others."""
        for set_id, rows in cache.listings():
            photoset = self.sets.get(set_id)
            cached = CachedSet.from_json(rows)
            # Deleted there, or renamed, or a photo joined it since.
            if photoset is None or cached is None or not cached.is_current(photoset):
                self.to_keep.forget(set_id)
                continue
            updated = self.update(cached)
            if updated != cached:
                self.to_keep.put(set_id, updated.to_json())
            yield SetListing(set_id, updated.photos)

    def judge(self, found: SetListing) -> SetListing:
        """Return what was just read of a set with whether it may lag."""
        photoset = self.sets.get(found.set_id)
        if photoset is None:
            return found
        state = photoset.state
        # One photo joined and another left, so that there are as many as there should
        # be; or two joined within one second, and the list was read between them.
        is_quiet = state.updated_at < self.moment - LAG_SECONDS
        is_complete = len(found.photos) == state.size
        return replace(found, is_restless=not (is_quiet and is_complete))

    def keep(self, found: SetListing) -> None:
        """Keep what was just read of a set, unless that failed or the set is gone."""
        photoset = self.sets.get(found.set_id)
        # One empty reading may be a list that lags: the next run reads it again.
        if found.unknown or not found.photos or photoset is None:
            return
        cached = CachedSet(photoset.state, not found.is_restless, tuple(found.photos))
        self.to_keep.put(found.set_id, cached.to_json())

    def forget_unread(self, cache: ListingCache) -> None:
        """Forget the sets that this listing did not reach."""
        for set_id, _ in cache.listings():
            if set_id not in self.to_keep:
                self.to_keep.forget(set_id)


class CachedListing:
    """Reads the listings of one account through what earlier runs kept of them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._cache: ListingCache | None = None
        self._reading: _Reading | None = None
        self._faults = FaultsInARow()
        self.may_have_loose = False
        """Whether what was read leaves photos of ours that no set showed."""

    def use_cache(self, cache: ListingCache) -> None:
        """Use what earlier runs kept, and keep what is read from now on."""
        self._cache = cache

    def begin(self) -> None:
        """Read the feed of changes, which has to come before the list of sets."""
        self._reading = self._start_reading(self._cache) if self._cache else None

    @property
    def begins_anew(self) -> bool:
        """Whether the reading that was begun uses nothing of earlier ones: it is the
        first of all, or an audit.
        """
        return self._reading is not None and self._reading.is_whole

    def set_photosets(self, photosets: Sequence[PhotoSet]) -> None:
        """Take the sets as they were listed after `begin`."""
        if self._reading:
            self._reading.sets = {photoset.id: photoset for photoset in photosets}

    def read_sets(self, wanted: Sequence[str]) -> Iterator[SetListing]:
        """Yield the photos of the sets wanted, in any order.

        What was learnt is written to the cache at the end. A listing that is broken off
        writes nothing.
        """
        reading, self._reading = self._reading, None
        if reading is None or self._cache is None:
            for _, answer in ask_ahead(self._read_set, wanted):
                yield answer.result()
            return
        unplaced = {row.id for row in reading.changes.values() if row.is_sent}
        for found in self._read_through(reading, self._cache, wanted):
            unplaced.difference_update(row.id for row in found.photos)
            yield found
        self.may_have_loose = reading.is_whole or bool(unplaced)

    def _read_through(
        self, reading: _Reading, cache: ListingCache, wanted: Sequence[str]
    ) -> Iterator[SetListing]:
        left = dict.fromkeys(wanted)
        if not reading.is_whole:
            for cached in reading.read_cached(cache):
                if cached.set_id in left:
                    del left[cached.set_id]
                    yield cached
        is_complete = True
        for _, answer in ask_ahead(self._read_set, left):
            found = reading.judge(answer.result())
            is_complete = is_complete and not found.unknown
            reading.keep(found)
            yield found
        is_whole = reading.is_whole and is_complete
        if reading.is_whole and not is_complete:
            # What could not be read keeps no rows from before the audit.
            reading.forget_unread(cache)
        cache.note(reading.cursor, reading.to_keep, whole=is_whole)

    def _start_reading(self, cache: ListingCache) -> _Reading | None:
        """Read on from the cursor, or all anew; None where Flickr tells no time."""
        since = self._parse_cursor(cache.cursor)
        try:
            if since:
                return self._continue_reading(since, cache.cursor)
        except SideStopped:
            raise
        except SideError as error:
            # A feed that is refused or too long costs time, and no photo.
            log.info("flickr: all is read anew: %s", error)
        try:
            newest = listing.find_last_change(self._connection)
        except SideStopped:
            raise
        except SideError:
            # Without a time nothing that is read now could be trusted later.
            return None
        moment = max(newest, self._connection.server_time)
        cursor = self._format_cursor(moment)
        return _Reading(moment, cursor, is_whole=True, changes={})

    def _continue_reading(self, since: int, cursor: str) -> _Reading:
        changes = listing.list_changes(
            self._connection, since - _OVERLAP, _MOST_CHANGES
        )
        moment = max(changes.newest, since, self._connection.server_time)
        # In an account where nothing happens, nothing is written.
        if changes.newest > since or len(changes.rows) > _MANY_CHANGES:
            cursor = self._format_cursor(moment)
        rows = {row.id: row for row in changes.rows}
        return _Reading(moment, cursor, is_whole=False, changes=rows)

    @property
    def _has_details(self) -> bool:
        return self._connection.extras == DETAILS_EXTRAS

    def _format_cursor(self, moment: int) -> str:
        form = _DETAILS_FORMAT if self._has_details else _FORMAT
        return f"{form} {moment}"

    def _parse_cursor(self, cursor: str) -> int:
        """Return the time up to which the feed was read; 0 where that is not known, or
        where what is cached lacks the details that are wanted.
        """
        form, _, moment = cursor.partition(" ")
        if form == _DETAILS_FORMAT:
            # With --sidecars in one of two cron lines both use the cache of that one.
            self._connection.extras = DETAILS_EXTRAS
        elif form != _FORMAT or self._has_details:
            return 0
        return int(moment) if moment.isdecimal() else 0

    def _read_set(self, set_id: str) -> SetListing:
        try:
            with contain(f"flickr {set_id}"):
                members = listing.list_members(self._connection, set_id)
        except AlbumGone:
            # Deleted since the list of sets was read, which no longer shows it.
            return SetListing(set_id, ())
        except SideStopped:
            raise
        except SideError as error:
            # One album that cannot be read does not end the others, but five in a row:
            # hundreds would each take half a minute.
            self._faults.check(error)
            return SetListing(set_id, (), unknown=str(error))
        self._faults.check(None)
        return SetListing(set_id, members.rows)
