"""FilesApi about single files, and ids for new ones."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from threading import Lock
from typing import Any

from photosync.errors import Changed, NotFound, Transient
from photosync.model import RemotePhoto
from photosync.services.answers import read_texts, reading
from photosync.services.drive.calls.connection import (
    EVERYWHERE,
    MODIFY,
    OTHER,
    READ,
    Connection,
)
from photosync.services.drive.calls.errors import InTrash
from photosync.services.drive.calls.reading_calls import locate
from photosync.services.drive.listings import listing

_IDS_AT_ONCE = 1000
"""The most that Drive gives in one call."""

_FEW_IDS = 50
"""With fewer left one thread draws more, while the others use these."""

TRASH = "trash"
"""What stands for Drive's own trash as the place of a backup."""


class FilesApi:
    """Calls about one file of one account, for any number of threads."""

    def __init__(self, connection: Connection, *, keep_trash: bool = True) -> None:
        self.connection = connection
        self._keep_trash = keep_trash
        self._ids: deque[str] = deque()
        self._drawing = Lock()

    def get(self, file_id: str, more: str = "") -> dict[str, Any]:
        """Get a file as it is now, with further fields if need be (`files.get`)."""
        fields = listing.FILE_FIELDS
        if more:
            fields = f"{fields},{more}"
        return self._get(file_id, fields=fields, **self.connection.reach.files)

    def find_anywhere(self, file_id: str) -> dict[str, Any]:
        """Get a file in the same way, on whatever drive it lies."""
        return self._get(file_id, fields=listing.FILE_FIELDS, **EVERYWHERE)

    def _get(self, file_id: str, **words: Any) -> dict[str, Any]:
        file = self.connection.read(locate("files", file_id), READ, **words)
        return listing.check_file(file)

    def get_present(self, file_id: str, more: str = "") -> dict[str, Any]:
        """Get a file in the same way; raises NotFound for one that lies in the trash."""
        file = self.get(file_id, more)
        if file.get("trashed"):
            raise NotFound("it is gone")
        return file

    def patch(
        self, file_id: str, body: dict[str, Any], **parents: str
    ) -> dict[str, Any]:
        """Change a file's metadata (`files.update`); returns the file as it is then."""
        request = self.connection.files.update(
            fileId=file_id,
            body=body,
            fields=listing.FILE_FIELDS,
            **parents,
            **self.connection.reach.files,
        )
        return listing.check_file(self.connection.run(request, MODIFY))

    def discard(self, file_id: str) -> str:
        """Move a file to Drive's trash, or delete it for good where none is wanted.

        Returns what stands for the trash, or nothing (`files.update`, `files.delete`).
        """
        if self._keep_trash:
            self.patch(file_id, {"trashed": True})
            return TRASH
        reach = self.connection.reach.files
        self.connection.run(
            self.connection.files.delete(fileId=file_id, **reach), MODIFY
        )
        return ""

    def check_unchanged(self, photo: RemotePhoto, more: str = "") -> dict[str, Any]:
        """Get the file of a photo (`files.get`).

        Raises Changed or NotFound if it is not what was listed.
        """
        file = self.get_present(photo.id, more)
        present = listing.read_photo(file)
        if _describe_content(present) != _describe_content(photo):
            raise Changed(
                "it changed there since it was listed; the next run takes it up"
            )
        return file

    def take_id(self) -> str:
        """Return an id for a create, from `files.generateIds`."""
        while True:
            # Who finds none at all waits for whoever draws.
            if len(self._ids) < _FEW_IDS and self._drawing.acquire(not self._ids):
                try:
                    self._draw_if_few()
                finally:
                    self._drawing.release()
            with suppress(IndexError):
                return self._ids.popleft()

    def _draw_if_few(self) -> None:
        if len(self._ids) >= _FEW_IDS:
            return
        answer = self.connection.read(
            "files/generateIds", OTHER, count=_IDS_AT_ONCE, space="drive", fields="ids"
        )
        with reading("Drive"):
            ids = read_texts(answer.get("ids", []))
        if not ids:
            raise Transient("Drive gave no ids for new files")
        self._ids.extend(ids)


def check_not_trashed(file: Mapping[str, Any]) -> None:
    """Raise InTrash for a file just written that Drive put straight into the trash."""
    if file.get("trashed"):
        raise InTrash


def _describe_content(photo: RemotePhoto) -> tuple[object, ...]:
    """Return what the plan went by: of other bytes, name or album it is another."""
    return photo.version, photo.size, photo.name, photo.album_id
