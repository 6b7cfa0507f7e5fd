"""Albums that an earlier run made moments ago, which no list may show yet."""

from __future__ import annotations

import time
from contextlib import suppress

from photosync.errors import NotRecorded
from photosync.services.flickr.photosets import album_key
from photosync.services.persistence import UnfinishedUploads

_LONGEST_LAG = 600
"""Seconds after which a list that does not show an album is believed."""


class MadeAlbums:
    """Notes of albums by their titles; without a memory nothing is noted.

    Two runs within a minute would else make two albums of one title, and both would be
    there for good.
    """

    def __init__(self) -> None:
        self._uploads: UnfinishedUploads | None = None

    def use_uploads(self, uploads: UnfinishedUploads) -> None:
        """Keep the notes beside those of uploads from now on."""
        self._uploads = uploads

    def note(self, album: str, set_id: str) -> None:
        """Note that an album was made just now."""
        row = {"id": set_id, "made": time.time()}
        # A note that cannot be kept costs no more than a look at a list that lags.
        with suppress(NotRecorded):
            if self._uploads:
                self._uploads.put(_note_path(album), row)

    def find(self, album: str) -> str | None:
        """Return the set that an album was made as within the last ten minutes."""
        row = None
        with suppress(NotRecorded):
            row = self._uploads.find(_note_path(album)) if self._uploads else None
        if row is None or time.time() - row["made"] > _LONGEST_LAG:
            return None
        return str(row["id"])


def _note_path(album: str) -> str:
    # Beside the uploads, whose paths are those of files and begin with a slash.
    return f"album {album_key(album)}"
