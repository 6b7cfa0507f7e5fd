"""Uploads to Drive that are about to begin, noted while others are sent."""

from __future__ import annotations

from threading import Lock
from typing import NamedTuple

from photosync.services.capabilities import Source
from photosync.services.drive.files_api import FilesApi
from photosync.services.drive.uploads.payload import Payload
from photosync.services.drive.uploads.unfinished import Place, UnfinishedUpload
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
        self._begun: set[str] = set()
        self._lock = Lock()

    def prepare(self, place: Place, source: Source) -> None:
        """Give a new photo its id, and note it; raises SideError.

        What an earlier run began goes on under the id that it has.
        """
        path = source.photo.path
        if self._has_begun(path):
            return
        content = Payload.prepare(source).content
        upload = UnfinishedUpload(self._files_api.take_id(), content, place)
        with self._lock:
            # A photo that was taken back while its turn to be prepared came may be sent
            # meanwhile: the note of its other id would be written over.
            if not self._has_begun(path):
                noted = self._unfinished.begin(path, upload.to_json())
                self._prepared[path] = Prepared(upload, noted)

    def _has_begun(self, path: str) -> bool:
        return path in self._begun or self._unfinished.find(path) is not None

    def take(self, place: Place, payload: Payload) -> Prepared | None:
        """Return the upload of these bytes to this place, None if it was not prepared;
        then it is not prepared any more.
        """
        path = payload.photo.path
        with self._lock:
            prepared = self._prepared.pop(path, None)
            if prepared is None:
                self._begun.add(path)
                return None
        upload = prepared.upload
        is_same = (upload.place, upload.content) == (place, payload.content)
        return prepared if is_same else None

    def withdraw(self) -> None:
        """Forget the uploads that did not begin."""
        for path in self._prepared:
            self._unfinished.remove(path)
