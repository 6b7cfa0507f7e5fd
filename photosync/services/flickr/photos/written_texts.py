"""Photos whose title, description or tags were just written, of which lists may tell the
old ones for a while.

Those would pass for what somebody wrote there since, and undo here what was just sent.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Final

from photosync.errors import NotFound, NotRecorded
from photosync.services.flickr.calls.connection import Connection
from photosync.services.flickr.listings.listing import LAG_SECONDS
from photosync.services.flickr.photos.photo_info import fetch_info
from photosync.services.flickr.records import tags
from photosync.services.flickr.records.photo_rows import PhotoRow
from photosync.services.persistence import NoUploads, UnfinishedUploads

_BEGINNING: Final = "texts "
"""Of the paths of notes: beside them lie the uploads, whose paths are those of files and
begin with a slash.
"""


class WrittenTexts:
    """Notes of photos with when they were written to, in seconds since 1970 by Flickr's
    clock. They are kept in `uploads`.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.uploads: UnfinishedUploads = NoUploads()

    def note(self, photo_id: str) -> None:
        """Note that something is written to a photo now."""
        # A note that cannot be kept costs no more than a look at a list that lags.
        with suppress(NotRecorded):
            row = {"at": self._connection.latest_time}
            self.uploads.add(f"{_BEGINNING}{photo_id}", row)

    def read(self, row: PhotoRow) -> PhotoRow:
        """Return what a list tells of a photo, with the texts that the photo itself tells
        where those of the list may be old (flickr.photos.getInfo).
        """
        if not self._may_be_old(row.id):
            return row
        try:
            info = fetch_info(self._connection, row.id)
        except NotFound:
            # Deleted there since it was listed: whoever asks for it is told so.
            return row
        ours = [tag.raw.lower() for tag in info.tags if tags.is_any_of_ours(tag.raw)]
        others = [tag.normal for tag in info.tags if not tags.is_any_of_ours(tag.raw)]
        if row.is_sent and not ours:
            # For once it tells no tags at all.
            return row
        return replace(
            row,
            title=info.title,
            description=info.description,
            machine_tags=" ".join(ours),
            keywords=" ".join(others),
        )

    def _may_be_old(self, photo_id: str) -> bool:
        path = f"{_BEGINNING}{photo_id}"
        with suppress(NotRecorded):
            note = self.uploads.find(path)
            if note is None:
                return False
            if abs(self._connection.latest_time - note["at"]) < LAG_SECONDS:
                return True
            self.uploads.remove(path)
        return False
