"""What is noted of an upload before it is sent, so that a killed run makes no second
photo.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from threading import Lock
from typing import NamedTuple, Self

from photosync.services.persistence import (
    NoUploads,
    Row,
    UnfinishedUploads,
    WaitForDisk,
    wait_for_nothing,
)


@dataclass(frozen=True, slots=True)
class SentNote:
    """One upload: the tags it gives the photo, when it began in seconds since 1970 by
    Flickr's clock (0 if not known), and the photo's id once Flickr told it.
    """

    tags: str
    since: int = 0
    photo_id: str = ""

    @classmethod
    def from_json(cls, row: Row) -> Self | None:
        """Read a note as `to_json` wrote it; None where something is missing."""
        try:
            return cls(str(row["tags"]), int(row["since"]), str(row.get("id", "")))
        except (KeyError, TypeError, ValueError):
            return None

    def to_json(self) -> Row:
        """Return the note as `uploads` keeps it."""
        return {"tags": self.tags, "since": self.since, "id": self.photo_id}


class Begun(NamedTuple):
    """An upload that may go on; `wait_for_disk` is to be called before its first byte,
    and raises NotRecorded. `was_tried`: an earlier run had begun it.
    """

    note: SentNote
    wait_for_disk: WaitForDisk
    was_tried: bool = False


class SentNotes:
    """Notes of uploads by the path of the file, from before it is sent until the photo
    is in its album and remembered.

    They are kept in `uploads`.
    """

    def __init__(self) -> None:
        self.uploads: UnfinishedUploads = NoUploads()
        self._prepared: dict[str, Begun] = {}
        self._paths: dict[str, str] = {}
        self._lock = Lock()
        self._beginning = Lock()

    def prepare(self, path: str, tags: str, since: int) -> None:
        """Note an upload that is about to begin; raises NotRecorded."""
        with self._beginning:
            self._prepared[path] = self._begin(path, tags, since)

    def begin(self, path: str, tags: str, since: int) -> Begun:
        """Note an upload of these tags, as SentNote has them, or find the note of one
        that came to no end; raises NotRecorded.
        """
        # A photo that was taken back while its turn to be prepared came may be sent
        # meanwhile: of two notes the one that is withdrawn would be that of both.
        with self._beginning:
            return self._begin(path, tags, since)

    def _begin(self, path: str, tags: str, since: int) -> Begun:
        prepared = self._prepared.pop(path, None)
        if prepared is not None and prepared.note.tags == tags:
            return prepared
        earlier = self._find(path, tags)
        if earlier is not None:
            # That stands on the disk already.
            return Begun(earlier, wait_for_nothing, was_tried=True)
        note = SentNote(tags, since)
        return Begun(note, self.uploads.begin(path, note.to_json()))

    def _find(self, path: str, tags: str) -> SentNote | None:
        """Return the note of an upload of these bytes that came to no end."""
        row = self.uploads.find(path)
        note = SentNote.from_json(row) if row else None
        # The file changed since: what was sent then is another photo.
        if note is None or note.tags != tags:
            return None
        return note

    def withdraw_prepared(self) -> None:
        """Forget the uploads that were prepared and did not begin: the next run would
        search for their photos.
        """
        for path, begun in self._prepared.items():
            if not begun.was_tried:
                self.uploads.remove(path)

    def arrive(self, path: str, note: SentNote, photo_id: str) -> None:
        """Note which photo it became."""
        arrived = replace(note, photo_id=photo_id)
        # By its tags it would be found as well, should a crash come first.
        self.uploads.add(path, arrived.to_json())
        with self._lock:
            self._paths[photo_id] = path

    def finish(self, photo_ids: Iterable[str]) -> None:
        """Forget the uploads of photos that are in their albums."""
        for photo_id in photo_ids:
            with self._lock:
                path = self._paths.pop(photo_id, None)
            if path is not None:
                self.uploads.finish(path)
