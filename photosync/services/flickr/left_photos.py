"""Photos that were just taken out of a set, whose list may show them for a while.

There such a photo would pass for a new one, and come home a second time.
"""

from __future__ import annotations

from contextlib import suppress
from threading import Lock
from typing import Final

from photosync.errors import NotRecorded
from photosync.services.flickr.connection import Connection
from photosync.services.flickr.photo_edits import PhotoEdits
from photosync.services.persistence import NoUploads, Row, UnfinishedUploads

_LAG_SECONDS: Final = 600
"""For so long a list may lag."""


class LeftPhotos:
    """Notes of photos by the sets that they left, each with when that was, in seconds
    since 1970 by Flickr's clock. They are kept in `uploads`.
    """

    def __init__(self, connection: Connection, edits: PhotoEdits) -> None:
        self._connection = connection
        self._edits = edits
        self._lock = Lock()
        self.uploads: UnfinishedUploads = NoUploads()

    def note(self, photo_id: str, set_id: str) -> None:
        """Note that a photo has left a set just now."""
        moment = self._connection.latest_time
        # A note that cannot be kept costs no more than a look at a list that lags.
        with self._lock, suppress(NotRecorded):
            row = {**self._read_recent(set_id), photo_id: moment}
            self.uploads.add(_note_path(set_id), row)

    def has_left(self, photo_id: str, set_id: str) -> bool:
        """Whether a photo that a set is listed with is no longer in it
        (flickr.photos.getAllContexts).
        """
        with suppress(NotRecorded):
            if photo_id in self._read_recent(set_id):
                # A photo knows at once where it is, while lists lag; somebody may have
                # put it back.
                return set_id not in (self._edits.find_sets(photo_id) or ())
        return False

    def _read_recent(self, set_id: str) -> Row:
        now = self._connection.latest_time
        row = self.uploads.find(_note_path(set_id)) or {}
        return {one: at for one, at in row.items() if abs(now - at) < _LAG_SECONDS}


def _note_path(set_id: str) -> str:
    # Beside the uploads, whose paths are those of files and begin with a slash.
    return f"left {set_id}"
