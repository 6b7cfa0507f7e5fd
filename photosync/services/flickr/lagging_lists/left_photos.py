"""Photos that were just taken out of a set, whose list may show them for a while.

There such a photo would pass for a new one, and come home a second time.
"""

from __future__ import annotations

from contextlib import suppress
from threading import Lock
from typing import Final

from photosync.errors import NotRecorded
from photosync.services.flickr.calls.connection import Connection
from photosync.services.flickr.listings.listing import LAG_SECONDS
from photosync.services.flickr.photos.photo_edits import PhotoEdits
from photosync.services.persistence import NoUploads, UnfinishedUploads

_BEGINNING: Final = "left "
"""Of the paths of notes: beside them lie the uploads, whose paths are those of files and
begin with a slash.
"""


class LeftPhotos:
    """Notes of photos with the sets that they left, each with when that was, in seconds
    since 1970 by Flickr's clock. They are kept in `uploads`.
    """

    def __init__(self, connection: Connection, edits: PhotoEdits) -> None:
        self._connection = connection
        self._edits = edits
        self._lock = Lock()
        self._is_tidy = False
        self.uploads: UnfinishedUploads = NoUploads()

    def note(self, photo_id: str, set_id: str) -> None:
        """Note that a photo has left a set just now."""
        path = f"{_BEGINNING}{photo_id}"
        # A note that cannot be kept costs no more than a look at a list that lags.
        with self._lock, suppress(NotRecorded):
            self._forget_old()
            left = self.uploads.find(path) or {}
            self.uploads.add(path, {**left, set_id: self._connection.latest_time})

    def has_left(self, photo_id: str, set_id: str) -> bool:
        """Whether a photo that a set is listed with is no longer in it
        (flickr.photos.getAllContexts).
        """
        with suppress(NotRecorded):
            left = self.uploads.find(f"{_BEGINNING}{photo_id}") or {}
            if set_id in left and self._is_recent(left[set_id]):
                # A photo knows at once where it is, while lists lag; somebody may have
                # put it back.
                return set_id not in (self._edits.find_sets(photo_id) or ())
        return False

    def list_latest(self, most: int) -> list[str]:
        """Return the ids of the photos that left a set last, so many at most."""
        moments: dict[str, int] = {}
        with suppress(NotRecorded):
            for path in self.uploads.list_paths(_BEGINNING):
                left = self.uploads.find(path) or {}
                recent = [moment for moment in left.values() if self._is_recent(moment)]
                if recent:
                    moments[path.removeprefix(_BEGINNING)] = max(recent)
        return sorted(moments, key=moments.__getitem__, reverse=True)[:most]

    def _forget_old(self) -> None:
        """Forget what no list can show any more, once in a run."""
        if self._is_tidy:
            return
        self._is_tidy = True
        for path in self.uploads.list_paths(_BEGINNING):
            left = self.uploads.find(path) or {}
            if not any(map(self._is_recent, left.values())):
                self.uploads.remove(path)

    def _is_recent(self, moment: int) -> bool:
        return abs(self._connection.latest_time - moment) < LAG_SECONDS
