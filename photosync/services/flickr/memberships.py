"""Who is in a set: one photo put in, or the whole membership written at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

from photosync.errors import Changed, NotFound
from photosync.services.flickr import listing
from photosync.services.flickr.capture_order import Arrival
from photosync.services.flickr.connection import Connection
from photosync.services.flickr.errors import (
    LATE,
    AlbumFull,
    AlreadyIn,
    NotShown,
    TooLate,
)
from photosync.services.flickr.joined_photos import JoinedPhotos
from photosync.services.flickr.listing import SetMembers
from photosync.services.flickr.photo_rows import PhotoRow

_UNTOUCHED_SECONDS = 5
"""For so long nobody else puts a photo into an album that was just made or read."""

_READING_SECONDS = 30
"""So long it may take to read an album of thousands; longer is a wait for the next hour
of calls.
"""

_SKEW = 5
"""Seconds by which the clocks of Flickr's servers may differ."""


class Members(NamedTuple):
    """Who is to be in a set, in this order, and who is its cover."""

    ids: Sequence[str]
    cover: str


class Written(NamedTuple):
    """The members that a set showed after it was written, and when that was, by
    Flickr's clock.
    """

    rows: Sequence[PhotoRow]
    moment: int


class Memberships:
    """Writes into sets, of which nobody else in this run writes into the same one."""

    def __init__(self, connection: Connection, joined: JoinedPhotos) -> None:
        self._connection = connection
        self._joined = joined

    def add(self, set_id: str, photo_id: str) -> None:
        """Put one photo into a set (flickr.photosets.addPhoto)."""
        self._joined.note_changed(set_id)
        with suppress(AlreadyIn):
            self._connection.call(
                "photosets.addPhoto", photoset_id=set_id, photo_id=photo_id
            )

    def write(
        self, set_id: str, ids: Sequence[str], cover: str, *, known_at: float
    ) -> int:
        """Write the whole membership (flickr.photosets.editPhotos), which throws out
        whoever is not in it; return when, by Flickr's clock.

        `known_at` is when it was known who is in, in seconds since 1970 by the clock
        here. Raises TooLate where that was too long ago: the hour had no more calls, or
        the line broke off, and somebody has put in another photo since.
        """
        self._joined.note_changed(set_id)
        moment = self._connection.server_time
        self._connection.call_soon(
            "photosets.editPhotos",
            known_at,
            _UNTOUCHED_SECONDS,
            photoset_id=set_id,
            primary_photo_id=cover,
            photo_ids=",".join(ids),
        )
        return moment

    def rewrite(
        self,
        set_id: str,
        choose: Callable[[SetMembers], Members],
        read: Callable[[Connection, str], SetMembers] = listing.list_members_once,
    ) -> Written:
        """Write whom `choose` wants in a set, of those who are in it now (as `read`
        reads them) and of others; put back whom another device had added in between.

        Raises TooLate where nothing can be written soon after it was read.
        """

        def attempt() -> Written:
            loose_before = self._find_foreign_loose()
            began = self._connection.clock()
            present = read(self._connection, set_id)
            known_at = self._connection.clock()
            # All that a phone sent since would pass for thrown out.
            if abs(known_at - began) > _READING_SECONDS:
                raise TooLate(LATE)
            wanted = choose(present)
            moment = self.write(set_id, wanted.ids, wanted.cover, known_at=known_at)
            uploaded_by = self._connection.server_time
            rows = self.list_written(set_id, wanted.ids)
            # Who leaves it now was not thrown out by mistake.
            loose_before |= set(present.ids) - set(wanted.ids)
            self._put_back(set_id, loose_before, uploaded_by)
            return Written(rows, moment)

        return self._connection.retry_policy.call(attempt, retried=TooLate)

    def swap(self, set_id: str, *, old: str, new: str) -> None:
        """Put one photo in the place of another, as cover too
        (flickr.photosets.editPhotos); raises Changed if that one is not in the set any
        more.
        """
        was_tried = False

        def choose(present: SetMembers) -> Members:
            nonlocal was_tried
            has_swapped = old not in present.ids and new in present.ids
            # What was written has arrived, and only its answer was lost.
            is_done = was_tried and has_swapped
            was_tried = True
            return _keep(present) if is_done else _swap(present, old=old, new=new)

        written = self.rewrite(set_id, choose, listing.list_members)
        self._joined.note(set_id, [Arrival("", new)], written.moment)
        self._joined.see(written.rows)

    def list_written(self, set_id: str, written: Sequence[str]) -> Sequence[PhotoRow]:
        """Return the members after a writing, read again while some are not shown
        (flickr.photosets.getPhotos).
        """
        rows: list[PhotoRow] = []

        def attempt() -> None:
            rows[:] = listing.list_members_once(self._connection, set_id).rows
            if not {row.id for row in rows}.issuperset(written):
                raise NotShown("the album does not show all its photos yet")

        with suppress(NotShown):
            self._connection.retry_policy.call(attempt, retried=NotShown)
        return rows

    def _put_back(self, set_id: str, loose_before: set[str], uploaded_by: int) -> None:
        """Put back whom another device added between our reading and writing, which
        threw it out: it is in no set now, as it was not before.
        """
        # Not what a phone sent after it, while we waited for the next hour of calls.
        latest = uploaded_by + _SKEW if uploaded_by else 0
        for photo_id in sorted(self._find_foreign_loose(latest) - loose_before):
            with suppress(NotFound, AlbumFull):
                self.add(set_id, photo_id)

    def _find_foreign_loose(self, latest: int = 0) -> set[str]:
        """Return the photos in no set that photosync did not send
        (flickr.photos.getNotInSet), of those uploaded by `latest` if that is given.

        Its own wait for an album: whoever sent them finds them and puts them into it.
        """

        def is_meant(row: PhotoRow) -> bool:
            is_early = not latest or row.uploaded_at <= latest
            return is_early and not row.is_sent

        return listing.find_loose_ids(self._connection, is_meant)


def _keep(present: SetMembers) -> Members:
    return Members(present.ids, present.cover)


def _swap(present: SetMembers, *, old: str, new: str) -> Members:
    if old not in present.ids:
        raise Changed("it left the album since it was listed; the next run takes it up")
    # After a crash the new one may be in already.
    ids = [photo_id for photo_id in present.ids if photo_id != new]
    ids[ids.index(old)] = new
    cover = new if present.cover == old else present.cover
    return Members(ids, cover)
