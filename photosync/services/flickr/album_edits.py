"""What concerns an album as a whole: its title, its description, the order of its
photos.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from photosync.errors import NotFound, Rejected
from photosync.media import format_local_time
from photosync.model import AlbumMetadata
from photosync.services.descriptions import is_own_description
from photosync.services.flickr import listing, tags
from photosync.services.flickr.albums import moment_of
from photosync.services.flickr.connection import Connection
from photosync.services.flickr.errors import AlbumGone
from photosync.services.flickr.listing import CONTINUED, PhotoSet
from photosync.services.flickr.metadata import is_date
from photosync.services.flickr.photo_edits import PhotoEdits
from photosync.services.flickr.photosets import PhotoSets

log = logging.getLogger(__name__)

_AND = "; "
_NEAR = timedelta(days=1)
"""A time of upload so near to that of capture stands for it: to write it would cost a
call.
"""


class AlbumEdits:
    """Changes albums, all parts of each, and may be repeated after a crash at any
    point.
    """

    def __init__(
        self, connection: Connection, sets: PhotoSets, edits: PhotoEdits
    ) -> None:
        self._connection = connection
        self._sets = sets
        self._edits = edits

    def rename(self, album: str, title: str) -> None:
        """Give an album another title (`photosets.editMeta`); raises NotFound without
        it.
        """
        with self._sets.alone(album, title):
            renamed = [
                self._write(one._replace(album=title))
                for one in self._sets.parts(album)
            ]
            if not any(renamed) and not self._sets.parts(title):
                raise NotFound("the album is gone there")

    def update(self, album: str, metadata: AlbumMetadata) -> None:
        """Description, dates of photos and their order, each written only where it
        differs.
        """
        with self._sets.alone(album):
            for one in self._sets.parts(album):
                if metadata.description:
                    self._describe(one, metadata)
                rows = listing.members(self._connection, one.id)
                self._date(rows, metadata.taken)
                self._arrange(one.id, rows, metadata.taken)

    def _describe(self, one: PhotoSet, metadata: AlbumMetadata) -> None:
        """Write a description, unless there is one that a person wrote."""
        marker = CONTINUED if one.description.endswith(CONTINUED) else ""
        present = one.description.removesuffix(CONTINUED).removesuffix(_AND)
        wanted = _AND.join(filter(None, (metadata.description, marker)))
        if wanted != one.description and is_own_description(present, metadata):
            self._write(one._replace(description=wanted))

    def _date(self, rows: Sequence[dict[str, Any]], taken: Mapping[str, str]) -> None:
        """Give dates to photos of which Flickr knows none and takes the time of upload
        for it.
        """
        for row in rows:
            photo_id = str(row["id"])
            if photo_id in taken and _lacks(row, taken[photo_id]):
                with suppress(NotFound):
                    self._try_date(photo_id, taken[photo_id])

    def _try_date(self, photo_id: str, moment: str) -> None:
        try:
            self._edits.set_taken(photo_id, moment)
        except Rejected as error:
            log.info("flickr: %s of photo %s: %s", moment, photo_id, error)

    def _arrange(
        self, set_id: str, rows: Sequence[dict[str, Any]], taken: Mapping[str, str]
    ) -> None:
        """Order by capture time (`photosets.reorderPhotos`); those of one moment stay
        as they are.

        The cover is kept.
        """
        wanted = [
            str(row["id"])
            for row in sorted(rows, key=lambda row: moment_of(row, taken))
        ]
        if wanted != [str(row["id"]) for row in rows]:
            self._connection.call(
                "photosets.reorderPhotos",
                photoset_id=set_id,
                photo_ids=",".join(wanted),
            )

    def _write(self, one: PhotoSet) -> bool:
        """Title and description go together: what becomes of one left out is not
        documented.

        Whether the set is still there.
        """
        try:
            self._connection.call(
                "photosets.editMeta",
                photoset_id=one.id,
                title=one.title,
                description=one.description,
            )
        except AlbumGone:
            self._sets.drop(one.id)
            return False
        self._sets.put(one)
        return True


def _lacks(row: dict[str, Any], taken: str) -> bool:
    """Whether Flickr does not know that date, nor has one near it, and it tells more
    than a file.

    When a file was last changed is in our tags already.
    """
    if listing.taken_of(row):
        return False
    kept = tags.read(str(row.get("machine_tags", "")))
    is_of_file = kept is not None and format_local_time(kept.modified_ns) == taken
    return not is_of_file and _is_far(taken, str(row.get("datetaken", "")))


def _is_far(taken: str, there: str) -> bool:
    if not is_date(taken):
        return False
    if not is_date(there):
        return True
    return abs(datetime.fromisoformat(taken) - datetime.fromisoformat(there)) > _NEAR
