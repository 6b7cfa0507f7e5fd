"""What is written about a photo that is on Drive already: no bytes are sent."""

from __future__ import annotations

from typing import Any

from photosync.errors import Changed, NotFound
from photosync.model import LocalPhoto, RemotePhoto
from photosync.naming import check_utf8, name_key
from photosync.services.drive.calls.errors import InTrash
from photosync.services.drive.files_api import FilesApi
from photosync.services.drive.listings import listing
from photosync.services.fetching import check_same_bytes


class PhotoEdits:
    """Writes names, times, places and marks of photos (`files.update`)."""

    def __init__(self, files_api: FilesApi) -> None:
        self._files_api = files_api

    def describe(self, photo: RemotePhoto, local: LocalPhoto) -> RemotePhoto:
        """Write modification time and name of equal bytes here.

        Raises Rejected where they differ, and Changed where the photo did meanwhile.
        """
        body = {"modifiedTime": listing.format_time(local.modified_ns)}
        md5 = check_same_bytes(photo, local)
        if name_key(photo.name) != name_key(local.name):
            check_utf8("Google Drive", local.name)
            body["name"] = local.name
        file = self._files_api.patch(photo.id, body)
        if file.get("trashed"):
            raise NotFound("it is gone")
        updated = listing.read_photo(file)
        # Somebody edited it meanwhile: with our time it would look equal for good.
        if updated.md5 != md5:
            self.restore_time(photo)
            raise Changed(
                "it changed there since it was listed; the next run takes it up"
            )
        return updated

    def move(self, photo: RemotePhoto, parent: str, name: str) -> RemotePhoto:
        """Write name and folder; raises InTrash where that folder lies in the trash."""
        file = self._write_place(photo, photo.album_id, parent, name)
        if file.get("trashed"):
            # Else the photo would have gone to the trash by a mere move.
            self._write_place(photo, parent, photo.album_id, photo.name)
            raise InTrash
        return listing.read_photo(file)

    def _write_place(
        self, photo: RemotePhoto, old_parent: str, parent: str, name: str
    ) -> dict[str, Any]:
        parents: dict[str, str] = {}
        if parent != old_parent:
            parents = {"addParents": parent, "removeParents": old_parent}
        body = {"name": name, **keep_time(photo)}
        return self._files_api.patch(photo.id, body, **parents)

    def tag(self, photo: RemotePhoto) -> RemotePhoto:
        """Give a photo a star to find it by, and a property of ours."""
        body = {
            "appProperties": {listing.MISSING: "local"},
            "starred": True,
            **keep_time(photo),
        }
        return listing.read_photo(self._files_api.patch(photo.id, body))

    def untag(self, photo: RemotePhoto) -> RemotePhoto:
        """Take back property and star of `tag`; a star that a person gave stays."""
        now = listing.read_photo(self._files_api.get(photo.id))
        if not now.marked:
            return now
        body = {
            "appProperties": {listing.MISSING: None},
            "starred": False,
            **keep_time(now),
        }
        return listing.read_photo(self._files_api.patch(photo.id, body))

    def restore_time(self, photo: RemotePhoto) -> None:
        """Give a photo its old time again, so that the next run sees it differ again."""
        if photo.modified_ns is not None:
            self._files_api.patch(photo.id, keep_time(photo))


def keep_time(photo: RemotePhoto) -> dict[str, str]:
    """Make the part of a request by which a photo keeps its time.

    Whether Drive moves it with any other change is nowhere promised.
    """
    if photo.modified_ns is None:
        return {}
    return {"modifiedTime": listing.format_time(photo.modified_ns)}
