"""What the folders of albums show besides their photos: a date and a description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from photosync.errors import NotFound
from photosync.model import AlbumMetadata
from photosync.services.answers import reading
from photosync.services.dates import parse_local_time
from photosync.services.descriptions import is_own_description
from photosync.services.drive.files_api import FilesApi
from photosync.services.drive.listings import listing


class AlbumEdits:
    """Brings date and description of album folders up to date."""

    def __init__(self, files_api: FilesApi) -> None:
        self._files_api = files_api
        self._listed: dict[str, Mapping[str, Any]] = {}

    def remember(self, folder: Mapping[str, Any]) -> None:
        """Take what a listing told of a folder: what is right already costs no call."""
        self._listed[folder["id"]] = folder

    def forget(self, album_id: str) -> None:
        """Believe no listing of a folder any more, as something is written in it.

        Whether that moves the date of the folder is nowhere documented.
        """
        self._listed.pop(album_id, None)

    def update(
        self, album_id: str, metadata: AlbumMetadata, given: str | None = None
    ) -> None:
        """Write what differs (`files.update`), if anything does.

        `given` is the description that this run made the folder with. Raises NotFound
        where the folder is gone, be it to the trash.
        """
        if given == metadata.description:
            # What a person wrote there since, a date alone leaves as it is.
            self._write(album_id, _format_date(metadata))
            return
        listed = self._listed.get(album_id)
        if listed and not _find_changes(listed, metadata):
            return
        # A cached listing may be old, and what people wrote since must stay.
        folder = self._files_api.get(album_id, "description")
        if folder.get("trashed"):
            raise NotFound("the album is gone")
        body = _find_changes(folder, metadata)
        self._write(album_id, body)
        self.forget(album_id)

    def _write(self, album_id: str, body: dict[str, str]) -> None:
        if body and self._files_api.patch(album_id, body).get("trashed"):
            raise NotFound("the album is gone")


def _find_changes(folder: Mapping[str, Any], metadata: AlbumMetadata) -> dict[str, str]:
    return _change_description(folder, metadata) | _change_date(folder, metadata)


def _change_date(folder: Mapping[str, Any], metadata: AlbumMetadata) -> dict[str, str]:
    earliest = parse_local_time(metadata.earliest)
    with reading("Drive"):
        is_dated_so = listing.parse_time(folder["modifiedTime"]) == earliest
    return {} if is_dated_so else _format_date(metadata)


def _format_date(metadata: AlbumMetadata) -> dict[str, str]:
    earliest = parse_local_time(metadata.earliest)
    if earliest is None:
        return {}
    return {"modifiedTime": listing.format_time(earliest)}


def _change_description(
    folder: Mapping[str, Any], metadata: AlbumMetadata
) -> dict[str, str]:
    present = folder.get("description", "")
    if not metadata.description or present == metadata.description:
        return {}
    if not is_own_description(present, metadata):
        return {}
    # Without the date that it has, it would get that of this change.
    return {"description": metadata.description, "modifiedTime": folder["modifiedTime"]}
