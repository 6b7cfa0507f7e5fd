"""What concerns an album as a whole: its title, its description, the order of its
photos.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress

from photosync.errors import NotFound, Rejected
from photosync.model import AlbumMetadata
from photosync.services.descriptions import is_own_description
from photosync.services.flickr.calls.connection import Connection
from photosync.services.flickr.calls.errors import AlbumGone
from photosync.services.flickr.lagging_lists.joined_photos import JoinedPhotos
from photosync.services.flickr.listings import listing
from photosync.services.flickr.listings.listing import CONTINUED, PhotoSet
from photosync.services.flickr.listings.photosets import PhotoSets
from photosync.services.flickr.photos.capture_order import find_moment, lacks_date
from photosync.services.flickr.photos.photo_edits import PhotoEdits
from photosync.services.flickr.records.photo_rows import PhotoRow

log = logging.getLogger(__name__)


class AlbumEdits:
    """Changes albums, all parts of each, and may be repeated after a crash at any
    point.
    """

    def __init__(
        self,
        connection: Connection,
        sets: PhotoSets,
        edits: PhotoEdits,
        joined: JoinedPhotos,
    ) -> None:
        self._connection = connection
        self._sets = sets
        self._edits = edits
        self._joined = joined

    def rename(self, album: str, title: str) -> None:
        """Give an album another title (flickr.photosets.editMeta); raises NotFound
        without it.
        """
        with self._sets.lock_albums(album, title):
            parts = self._sets.find_parts(album)
            renamed = [self._write(part._replace(album=title)) for part in parts]
            # A run that was killed in the middle may have renamed it already.
            if not any(renamed) and not self._sets.find_parts(title):
                raise NotFound("the album is gone there")

    def update(self, album: str, metadata: AlbumMetadata) -> None:
        """Write description, dates and order of the photos, each where it differs."""
        with self._sets.lock_albums(album):
            for part in self._sets.find_parts(album):
                if metadata.description:
                    self._update_description(part, metadata)
                # It was filled in this run, and looked at then.
                if not self._joined.is_finished(part.id):
                    with suppress(AlbumGone):
                        self._update_photos(part, metadata)

    def _update_photos(self, part: PhotoSet, metadata: AlbumMetadata) -> None:
        rows = listing.list_members(self._connection, part.id).rows
        self._write_dates(rows, metadata.taken)
        self._sort(part.id, rows, metadata.taken)

    def _update_description(self, part: PhotoSet, metadata: AlbumMetadata) -> None:
        """Write a description, unless there is one that a person wrote."""
        present = listing.read_description(part.description)
        if not is_own_description(present, metadata):
            return
        number = 2 if part.description.endswith(CONTINUED) else 1
        wanted = listing.format_description(metadata.description, number)
        if wanted != part.description:
            self._write(part._replace(description=wanted))

    def _write_dates(self, rows: Sequence[PhotoRow], taken: Mapping[str, str]) -> None:
        """Give dates to photos of which Flickr knows none and takes the time of upload
        for it.
        """
        for row in rows:
            moment = taken.get(row.id)
            if moment is not None and lacks_date(row, moment):
                self._write_date(row.id, moment)

    def _write_date(self, photo_id: str, moment: str) -> None:
        try:
            with suppress(NotFound):
                self._edits.set_date_taken(photo_id, moment)
        except Rejected as error:
            # A camera whose clock says 2099: no reason to fail the album.
            log.info("flickr: %s of photo %s: %s", moment, photo_id, error)

    def _sort(
        self, set_id: str, rows: Sequence[PhotoRow], taken: Mapping[str, str]
    ) -> None:
        """Order by capture time (flickr.photosets.reorderPhotos); those of one moment
        stay as they are, and so does the cover.
        """
        in_order = sorted(rows, key=lambda row: find_moment(row, taken))
        present = [row.id for row in rows]
        wanted = [row.id for row in in_order]
        if wanted != present:
            self._connection.call(
                "photosets.reorderPhotos",
                photoset_id=set_id,
                photo_ids=",".join(wanted),
            )

    def _write(self, photoset: PhotoSet) -> bool:
        """Write title and description (flickr.photosets.editMeta); return whether the
        set is still there.
        """
        try:
            self._connection.retry_policy.call(
                lambda: self._edit_once(photoset), retried=AlbumGone
            )
        except AlbumGone:
            self._sets.check_is_gone(photoset)
            self._sets.drop(photoset.id)
            return False
        self._sets.put(photoset)
        return True

    def _edit_once(self, photoset: PhotoSet) -> None:
        # Both at once: what becomes of one left out is not documented.
        self._connection.call(
            "photosets.editMeta",
            photoset_id=photoset.id,
            title=photoset.title,
            description=photoset.description,
        )
