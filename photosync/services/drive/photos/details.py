"""The description of a photo, which is what Drive has of its details."""

from __future__ import annotations

from photosync.errors import Changed
from photosync.media.details import is_same_text
from photosync.model import AskedDetails, Details, DetailsEdit, RemotePhoto
from photosync.services.capabilities import AlbumListing
from photosync.services.drive.files_api import FilesApi
from photosync.services.drive.photos.photo_edits import keep_time

FIELDS = frozenset({"description"})

_SIGN = "description:"


class DetailsEdits:
    """Reads descriptions from the listings, and writes them (`files.update`)."""

    def __init__(self, files_api: FilesApi) -> None:
        self._files_api = files_api
        self._listed: dict[str, str] = {}

    def note(self, listing: AlbumListing) -> AlbumListing:
        """Note what a listing tells, and return it."""
        self._listed.update(listing.descriptions)
        return listing

    def find(self, photo: RemotePhoto) -> Details:
        """Return what the listing told of a photo."""
        return Details(description=self._listed.get(photo.id, ""))

    def ask(self, photo: RemotePhoto) -> AskedDetails:
        """Return what the file itself tells (`files.get`); raises NotFound."""
        return AskedDetails(Details(description=self._fetch(photo)))

    def _fetch(self, photo: RemotePhoto) -> str:
        file = self._files_api.get_present(photo.id, "description")
        return str(file.get("description", ""))

    def write(self, photo: RemotePhoto, listed: Details, edit: DetailsEdit) -> str:
        """Write a description (`files.get`, `files.update`); return what brings the old
        one back. Raises Changed where it is no longer as listed, NotFound.
        """
        now = self._fetch(photo)
        if not is_same_text("description", now, listed.description):
            raise Changed(
                "its description changed there since it was listed; "
                "the next run takes it up"
            )
        for _, text in edit.texts:
            self._write(photo, text)
        return f"{_SIGN}{now}"

    def restore(self, photo: RemotePhoto, backup: str) -> bool:
        """Write the description again that `write` wrote over; tell whether a backup is
        one of these.
        """
        if not backup.startswith(_SIGN):
            return False
        self._write(photo, backup.removeprefix(_SIGN))
        return True

    def _write(self, photo: RemotePhoto, text: str) -> None:
        body = {"description": text, **keep_time(photo)}
        self._files_api.patch(photo.id, body)
