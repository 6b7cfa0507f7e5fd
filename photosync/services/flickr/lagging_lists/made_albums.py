"""Albums that an earlier run made moments ago, which no list may show yet."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

from photosync.errors import NotRecorded
from photosync.services.flickr.listings.photosets import album_key
from photosync.services.flickr.photos.photo_edits import PhotoEdits
from photosync.services.persistence import NoUploads, Row, UnfinishedUploads


class MadeAlbums:
    """Notes of albums by their titles, each with its first photo, kept in `uploads`.

    Two runs within a minute would else make two albums of one title, and both would be
    there for good.
    """

    def __init__(self, edits: PhotoEdits) -> None:
        self._edits = edits
        self.uploads: UnfinishedUploads = NoUploads()

    def begin(self, album: str, photo_id: str) -> None:
        """Note that an album is about to be made, with this photo in it."""
        self.note(album, "", photo_id)

    def note(self, album: str, set_id: str, photo_id: str) -> None:
        """Note that an album was made just now, with this photo in it."""
        row = {"id": set_id, "photo": photo_id}
        # A note that cannot be kept costs no more than a look at a list that lags.
        with suppress(NotRecorded):
            self.uploads.put(_note_path(album), row)

    def find(self, album: str, listed: Collection[str]) -> str | None:
        """Return the set that an album was made as, if its first photo is still in it
        (flickr.photos.getAllContexts). `listed` are the ids of all sets that are known.
        """
        row = self._read(album)
        if row is None:
            return None
        set_id, photo_id = str(row["id"]), str(row["photo"])
        if not set_id:
            # A run that was killed before it had the answer.
            return self.find_by_photo(photo_id, album, listed)
        sets = self._edits.find_sets(photo_id) or set()
        return set_id if set_id in sets else None

    def find_by_photo(
        self, photo_id: str, title: str, listed: Collection[str]
    ) -> str | None:
        """Return the set of this title that was made with a photo, where no list shows
        it yet (flickr.photos.getAllContexts).

        A photo knows at once where it is, while the lists of albums lag. It may be in
        another new album as well: a picture that lies in two folders is one photo.
        """
        titles = self._edits.find_titles(photo_id) or {}
        key = album_key(title)
        found = [
            set_id
            for set_id, there in titles.items()
            if set_id not in listed and album_key(there) == key
        ]
        return max(found, default=None)

    def _read(self, album: str) -> Row | None:
        with suppress(NotRecorded):
            return self.uploads.find(_note_path(album))
        return None


def _note_path(album: str) -> str:
    # Beside the uploads, whose paths are those of files and begin with a slash.
    return f"album {album_key(album)}"
