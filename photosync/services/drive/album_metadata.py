"""What the folders of albums show besides their photos: a date and a description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from photosync.errors import NotFound
from photosync.model import AlbumMetadata
from photosync.services.dates import here_ns
from photosync.services.descriptions import is_own_description
from photosync.services.drive import listing
from photosync.services.drive.files_api import Calls


class Shown:
    """The facts of album folders as they were listed, and as they are to be."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._listed: dict[str, Mapping[str, Any]] = {}

    def know(self, folder: Mapping[str, Any]) -> None:
        """A folder as a listing gave it."""
        self._listed[folder["id"]] = folder

    def doubt(self, album_id: str) -> None:
        """Something is written in a folder: nobody says whether that moves its date."""
        self._listed.pop(album_id, None)

    def update(self, album_id: str, metadata: AlbumMetadata) -> None:
        """Write what differs (`files.update`), if anything does."""
        listed = self._listed.get(album_id)
        if listed and not _differing(listed, metadata):
            return
        # A listing that was kept may be old, and what people wrote since must stay.
        folder = self._calls.get(album_id, "description")
        if folder.get("trashed"):
            raise NotFound("the album is gone")
        body = _differing(folder, metadata)
        if body:
            self._calls.patch(album_id, body)
        self.doubt(album_id)


def _differing(folder: Mapping[str, Any], metadata: AlbumMetadata) -> dict[str, str]:
    return _description(folder, metadata) | _date(folder, metadata)


def _date(folder: Mapping[str, Any], metadata: AlbumMetadata) -> dict[str, str]:
    earliest = here_ns(metadata.earliest)
    if earliest is None or listing.time_of(folder["modifiedTime"]) == earliest:
        return {}
    return {"modifiedTime": listing.text_of(earliest)}


def _description(folder: Mapping[str, Any], metadata: AlbumMetadata) -> dict[str, str]:
    present = folder.get("description", "")
    if not metadata.description or present == metadata.description:
        return {}
    if not is_own_description(present, metadata):
        return {}
    # Without the date that it has, it would get that of this change.
    return {"description": metadata.description, "modifiedTime": folder["modifiedTime"]}
