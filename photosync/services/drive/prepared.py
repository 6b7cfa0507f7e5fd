"""Uploads to Drive that are about to begin, noted while others are sent."""

from __future__ import annotations

from typing import NamedTuple

from photosync.services.capabilities import Source
from photosync.services.drive.files_api import FilesApi
from photosync.services.drive.payload import Payload
from photosync.services.drive.unfinished import Place, UnfinishedUpload
from photosync.services.persistence import UnfinishedUploads, WaitForDisk


class Prepared(NamedTuple):
    """An upload under its id; `wait_for_disk` is to be called before its first byte, and
    raises NotRecorded.
    """

    upload: UnfinishedUpload
    wait_for_disk: WaitForDisk


class PreparedUploads:
    """Prepared uploads by the path of the file. Any thread may call it."""

    def __init__(self, files_api: FilesApi, unfinished: UnfinishedUploads) -> None:
        self._files_api = files_api
        self._unfinished = unfinished
        self._prepared: dict[str, Prepared] = {}

    def prepare(self, place: Place, source: Source) -> None:
        """Give a new photo its id, and note it; raises SideError.

        What an earlier run began goes on under the id that it has.
        """
        path = source.photo.path
        if self._unfinished.find(path) is not None:
            return
        content = Payload.prepare(source).content
        upload = UnfinishedUpload(self._files_api.take_id(), content, place)
        noted = self._unfinished.begin(path, upload.to_json())
        self._prepared[path] = Prepared(upload, noted)

    def take(self, place: Place, payload: Payload) -> Prepared | None:
        """Return the upload of these bytes to this place, None if it was not prepared."""
        prepared = self._prepared.pop(payload.photo.path, None)
        if prepared is None:
            return None
        upload = prepared.upload
        is_same = (upload.place, upload.content) == (place, payload.content)
        return prepared if is_same else None

    def withdraw(self) -> None:
        """Forget the uploads that did not begin."""
        for path in self._prepared:
            self._unfinished.remove(path)
