"""What is noted of an upload before it is sent, so that a killed run makes no second
photo.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from threading import Lock
from typing import Self

from photosync.services.persistence import Row, UnfinishedUploads


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
        return {"tags": self.tags, "since": self.since, "id": self.photo_id}


class SentNotes:
    """Notes of uploads by the path of the file, from before it is sent until the photo
    is in its album.

    Without a memory nothing is noted.
    """

    def __init__(self) -> None:
        self._uploads: UnfinishedUploads | None = None
        self._paths: dict[str, str] = {}
        self._lock = Lock()

    def use_uploads(self, uploads: UnfinishedUploads) -> None:
        """Keep the notes there from now on."""
        self._uploads = uploads

    def find(self, path: str, tags: str) -> SentNote | None:
        """Return the note of an upload of these bytes that came to no end; raises
        NotRecorded.
        """
        row = self._uploads.find(path) if self._uploads else None
        note = SentNote.from_json(row) if row else None
        # The file changed since: what was sent then is another photo.
        return note if note is not None and note.tags == tags else None

    def begin(self, path: str, note: SentNote) -> None:
        """Note an upload before its first byte; raises NotRecorded."""
        if self._uploads:
            self._uploads.put(path, note.to_json())

    def arrive(self, path: str, note: SentNote, photo_id: str) -> None:
        """Note which photo it became."""
        if self._uploads:
            # By its tags it would be found as well, should a crash come first.
            self._uploads.add(path, replace(note, photo_id=photo_id).to_json())
        with self._lock:
            self._paths[photo_id] = path

    def finish(self, photo_ids: Iterable[str]) -> None:
        """Forget the uploads of photos that are in their albums."""
        for photo_id in photo_ids:
            with self._lock:
                path = self._paths.pop(photo_id, None)
            if path is not None and self._uploads:
                self._uploads.remove(path)
