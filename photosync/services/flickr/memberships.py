"""Who is in a set: one photo put in, or the whole membership written at once."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from photosync.errors import Changed, NotFound
from photosync.services.flickr import listing
from photosync.services.flickr.capture_order import Arrival
from photosync.services.flickr.connection import Connection
from photosync.services.flickr.errors import AlbumFull, AlreadyIn, NotShown
from photosync.services.flickr.joined_photos import JoinedPhotos
from photosync.services.flickr.photo_rows import PhotoRow

_UNTOUCHED_SECONDS = 5
"""For so long nobody else has put a photo into an album that was just made."""


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
        self, set_id: str, ids: Sequence[str], cover: str, *, made_at: float = 0.0
    ) -> int:
        """Write the whole membership (flickr.photosets.editPhotos), which throws out
        whoever is not in it; return when, by Flickr's clock.

        Of a set that was just made the time of that is given, in seconds since 1970 by
        the clock here, and TooLate is raised where it was too long ago.
        """
        self._joined.note_changed(set_id)
        moment = self._connection.server_time
        arguments = {
            "photoset_id": set_id,
            "primary_photo_id": cover,
            "photo_ids": ",".join(ids),
        }
        method = "photosets.editPhotos"
        if made_at:
            within = _UNTOUCHED_SECONDS
            self._connection.call_soon(method, made_at, within, **arguments)
        else:
            self._connection.call(method, **arguments)
        return moment

    def swap(self, set_id: str, *, old: str, new: str) -> None:
        """Put one photo in the place of another, as cover too
        (flickr.photosets.editPhotos); raises Changed if that one is not in the set any
        more.
        """
        loose_before = self.find_foreign_loose()
        members = listing.list_members(self._connection, set_id)
        if old not in members.ids:
            raise Changed(
                "it left the album since it was listed; the next run takes it up"
            )
        # After a crash the new one may be in already.
        others = [photo_id for photo_id in members.ids if photo_id != new]
        wanted = [new if photo_id == old else photo_id for photo_id in others]
        cover = new if members.cover == old else members.cover
        moment = self.write(set_id, wanted, cover)
        rows = self.put_back(set_id, loose_before | {old}, wanted)
        self._joined.note(set_id, [Arrival("", new)], moment)
        self._joined.see(rows)

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

    def put_back(
        self, set_id: str, loose_before: set[str], written: Sequence[str]
    ) -> Sequence[PhotoRow]:
        """Put back what another device had added in between; return the members before
        that.
        """
        rows = self.list_written(set_id, written)
        # A phone added a photo between our reading and writing. It was thrown out of
        # the set and is now in none, which it was not before.
        lost = self.find_foreign_loose() - loose_before - set(written)
        for photo_id in sorted(lost):
            with suppress(NotFound, AlbumFull):
                self.add(set_id, photo_id)
        return rows

    def find_foreign_loose(self) -> set[str]:
        """Return the photos in no set that photosync did not send
        (flickr.photos.getNotInSet).

        Its own wait for an album: whoever sent them finds them and puts them into it.
        """
        return listing.find_loose_ids(self._connection, lambda row: not row.is_sent)
