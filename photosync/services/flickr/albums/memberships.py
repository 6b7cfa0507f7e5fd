"""Who is in a set: one photo put in, one in the place of another, or all of a new set.

The whole membership of a set that others may have changed is never written: lists may
lag, and who was put in or taken out a moment ago would be thrown out or put back.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from photosync.errors import Changed, NotFound
from photosync.model import RemotePhoto
from photosync.services.flickr.calls.connection import Connection
from photosync.services.flickr.calls.errors import AlreadyIn, NotShown
from photosync.services.flickr.lagging_lists.joined_photos import JoinedPhotos
from photosync.services.flickr.lagging_lists.left_photos import LeftPhotos
from photosync.services.flickr.listings import listing
from photosync.services.flickr.notes.move_notes import MoveNotes
from photosync.services.flickr.photos.capture_order import Arrival
from photosync.services.flickr.photos.photo_edits import PhotoEdits
from photosync.services.flickr.records.photo_rows import PhotoRow

_UNTOUCHED_SECONDS = 5
"""For so long nobody else puts a photo into an album that was just made."""


class Memberships:
    """Writes into sets, of which nobody else in this run writes into the same one."""

    def __init__(
        self,
        connection: Connection,
        joined: JoinedPhotos,
        edits: PhotoEdits,
        left: LeftPhotos,
        notes: MoveNotes,
    ) -> None:
        self._connection = connection
        self._joined = joined
        self._edits = edits
        self._left = left
        self._notes = notes

    def add(self, set_id: str, photo_id: str) -> None:
        """Put one photo into a set (flickr.photosets.addPhoto)."""
        self._joined.note_changed(set_id)
        with suppress(AlreadyIn):
            self._connection.call(
                "photosets.addPhoto", photoset_id=set_id, photo_id=photo_id
            )

    def remove(self, set_id: str, photo_id: str) -> None:
        """Take a photo out of a set (flickr.photosets.removePhoto), which is gone with
        its last one.
        """
        self._joined.note_changed(set_id)
        # Noted first: a run killed in between would leave a list that lags, and no note.
        self._left.note(photo_id, set_id)
        self._edits.remove_from_set(set_id, photo_id)

    def fill(
        self, set_id: str, ids: Sequence[str], cover: str, *, made_at: float
    ) -> int:
        """Write all members of a set that was just made (flickr.photosets.editPhotos),
        which throws out whoever is not among them; return when, by Flickr's clock.

        `made_at` is in seconds since 1970 by the clock here. Raises TooLate where that
        was too long ago: the hour had no more calls, or the line broke off, and somebody
        has put in another photo since.
        """
        self._joined.note_changed(set_id)
        moment = self._connection.server_time
        self._connection.call_soon(
            "photosets.editPhotos",
            made_at,
            _UNTOUCHED_SECONDS,
            photoset_id=set_id,
            primary_photo_id=cover,
            photo_ids=",".join(ids),
        )
        return moment

    def swap(self, photo: RemotePhoto, new: str) -> None:
        """Put another photo in the place of one, as cover too
        (flickr.photosets.setPrimaryPhoto, reorderPhotos); raises Changed if that one is
        not in the set any more.

        A run that is killed in between leaves both in it, and the next one swaps again.
        The note of it stays until the old one is gone.
        """
        set_id = photo.album_id
        old = photo.id
        present = listing.list_members(self._connection, set_id)
        if set_id not in (self._edits.find_sets(old) or ()):
            raise Changed(
                "it left the album since it was listed; the next run takes it up"
            )
        moment = self._connection.server_time
        self._notes.begin_swap(new, photo)
        self.add(set_id, new)
        self._joined.note(set_id, [Arrival("", new)], moment)
        # Neither cover nor order is worth a failure where the list lags.
        with suppress(NotFound):
            if present.cover == old:
                self._connection.call(
                    "photosets.setPrimaryPhoto", photoset_id=set_id, photo_id=new
                )
            self._put_before(set_id, present.ids, old=old, new=new)
        self._notes.leave_for(new, photo)
        self.remove(set_id, old)

    def _put_before(
        self, set_id: str, present: Sequence[str], *, old: str, new: str
    ) -> None:
        """Put a photo, which has just come as the last one, right before another
        (flickr.photosets.reorderPhotos).
        """
        ids = [photo_id for photo_id in present if photo_id != new]
        if old in ids[:-1]:
            ids.insert(ids.index(old), new)
            self._connection.call(
                "photosets.reorderPhotos", photoset_id=set_id, photo_ids=",".join(ids)
            )

    def list_filled(self, set_id: str, ids: Sequence[str]) -> Sequence[PhotoRow]:
        """Return the members of a set that was filled, read again while some are not
        shown (flickr.photosets.getPhotos).
        """
        rows: list[PhotoRow] = []

        def attempt() -> None:
            rows[:] = listing.list_members_once(self._connection, set_id).rows
            if not {row.id for row in rows}.issuperset(ids):
                raise NotShown("the album does not show all its photos yet")

        with suppress(NotShown):
            self._connection.retry_policy.call(attempt, retried=NotShown)
        return rows
