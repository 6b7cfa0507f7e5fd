"""What Flickr shows of photos that were sent, once they are in their albums.

Uploads tell only an id. An edit on the website is noticed by another version than the
one noted here, so this must be the version of the bytes that were sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import NamedTuple

from photosync.errors import SideError, SideStopped
from photosync.services.flickr.calls.connection import Connection
from photosync.services.flickr.listings import listing
from photosync.services.flickr.photos.capture_order import Arrival, lacks_date
from photosync.services.flickr.photos.photo_info import fetch_info
from photosync.services.flickr.records.photo_rows import PhotoRow, choose_sent_version

_FEW = 3
"""So few photos of an album are asked for one by one."""

_MOST_CHANGES = 500
"""A feed that is longer than one page is left, and each album asked for alone."""

_EARLIER = 60
"""Seconds before the first upload from which on the feed of changes is read: the clocks
of Flickr's servers differ.
"""


class _Place(NamedTuple):
    """Where a photo is, when it was taken as far as known, and when it joined, in
    seconds since 1970 by Flickr's clock.
    """

    set_id: str
    taken: str
    joined_at: int


class JoinedPhotos:
    """Photos that this run put into sets, until their versions are taken."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sent_at: dict[str, int] = {}
        self._places: dict[str, _Place] = {}
        self._versions: dict[str, str] = {}
        self._unseen: dict[str, set[str]] = {}
        self._lock = Lock()

    def note_sent(self, photo_id: str, since: int) -> None:
        """Note a photo that was sent after a moment, in seconds since 1970 by Flickr's
        clock, 0 if not known.
        """
        with self._lock:
            self._sent_at[photo_id] = since

    def note(self, set_id: str, arrivals: Iterable[Arrival], moment: int) -> None:
        """Note photos that joined a set at a moment by Flickr's clock."""
        with self._lock:
            for arrival in arrivals:
                self._places[arrival.id] = _Place(set_id, arrival.taken, moment)

    def note_whole(self, set_id: str, photo_ids: Collection[str]) -> None:
        """Note that a set holds just these photos, in their order."""
        with self._lock:
            self._unseen[set_id] = set(photo_ids)

    def note_changed(self, set_id: str) -> None:
        """Note that photos join a set, or leave it."""
        with self._lock:
            self._unseen.pop(set_id, None)

    def is_finished(self, set_id: str) -> bool:
        """Whether the photos of a set are in their order and were all seen with a date,
        so that there is nothing to do about them.
        """
        return self._unseen.get(set_id) == set()

    def forget(self, photo_id: str) -> None:
        """Forget a photo of which nobody will ask for the version."""
        with self._lock:
            self._places.pop(photo_id, None)
            self._sent_at.pop(photo_id, None)

    def see(self, rows: Iterable[PhotoRow]) -> None:
        """Note what a list shows of the photos that joined."""
        with self._lock:
            for row in rows:
                place = self._places.get(row.id)
                if place is None:
                    continue
                self._versions[row.id] = row.find_sent_version(place.joined_at)
                if not lacks_date(row, place.taken):
                    self._unseen.get(place.set_id, set()).discard(row.id)

    def take_versions(self, photo_ids: Collection[str]) -> dict[str, str]:
        """Return the versions of photos by id, asked for where nothing showed them yet
        (flickr.photos.recentlyUpdated, photosets.getPhotos, photos.getInfo), and forget
        them; what cannot be had is left out.
        """
        if len(self._list_unseen(photo_ids)) > 1:
            self._see_changes(photo_ids)
        # A busy account, or a feed that lags.
        for set_id in self._find_sets(self._list_unseen(photo_ids)):
            with _unless_refused():
                members = listing.list_members_once(self._connection, set_id)
                self.see(members.rows)
        found: dict[str, str] = {}
        for photo_id in photo_ids:
            version = self._versions.pop(photo_id, "") or self._fetch(photo_id)
            self.forget(photo_id)
            if version:
                found[photo_id] = version
        return found

    def _list_unseen(self, photo_ids: Iterable[str]) -> Sequence[str]:
        return [photo_id for photo_id in photo_ids if photo_id not in self._versions]

    def _find_sets(self, photo_ids: Iterable[str]) -> list[str]:
        """Return the sets that more than a few of these photos joined."""
        with self._lock:
            places = [self._places.get(photo_id) for photo_id in photo_ids]
        counts = Counter(place.set_id for place in places if place)
        return [set_id for set_id, count in counts.items() if count > _FEW]

    def _see_changes(self, photo_ids: Iterable[str]) -> None:
        """Look at all that were sent in one call, whatever album they are in."""
        with self._lock:
            moments = [self._sent_at.get(photo_id, 0) for photo_id in photo_ids]
        since = min(filter(None, moments), default=0)
        if since:
            with _unless_refused():
                changes = listing.list_changes(
                    self._connection, since - _EARLIER, _MOST_CHANGES
                )
                self.see(changes.rows)

    def _fetch(self, photo_id: str) -> str:
        try:
            info = fetch_info(self._connection, photo_id)
        except SideStopped:
            raise
        except SideError:
            # The photo is in its album: without a version it is believed to be as sent.
            return ""
        place = self._places.get(photo_id)
        return choose_sent_version(
            info.version,
            place.joined_at if place else 0,
            sent_at=info.uploaded_at,
            changed_at=info.updated_at,
        )


@contextmanager
def _unless_refused() -> Iterator[None]:
    """Do without what Flickr does not tell; raises SideStopped."""
    try:
        yield
    except SideStopped:
        raise
    except SideError:
        return
