"""What is sent of a photo: all of it, or a smaller copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from photosync.disk.streams import Progress, SeekableReadable, compute_md5
from photosync.model import LocalPhoto
from photosync.services.base import Source
from photosync.services.drive import listing
from photosync.services.drive.mimetype import type_of
from photosync.services.drive.shrunk_marker import Original, mark
from photosync.services.drive.transfers import Media

SENT = ("size", "modified_ns", "sent_size", "sent_md5")
"""What a note tells of the bytes it is about; the last two of a smaller copy only."""


@dataclass(frozen=True, slots=True)
class Payload:
    """The bytes of a photo that go to Drive; `original` is set where they are a smaller
    copy.
    """

    photo: LocalPhoto
    size: int
    original: Original | None = None

    @classmethod
    def of(cls, source: Source) -> Self:
        """Raises SideError where a smaller copy, whose MD5 is needed beforehand, cannot
        be read.
        """
        photo, size = source.photo, source.size
        if not source.original_md5:
            return cls(photo, size)
        with source.open() as stream:
            sent = compute_md5(stream)
        return cls(photo, size, Original(photo.size, source.original_md5, sent))

    @property
    def facts(self) -> dict[str, Any]:
        """What tells these bytes from others that were begun to be sent."""
        facts = {"size": self.photo.size, "modified_ns": self.photo.modified_ns}
        if not self.original:
            return facts
        return facts | {"sent_size": self.size, "sent_md5": self.original.sent}

    @property
    def time(self) -> dict[str, str]:
        return {"modifiedTime": listing.text_of(self.photo.modified_ns)}

    @property
    def new(self) -> dict[str, Any]:
        """What a new file has beside its bytes, name and place."""
        return self.time | (
            {"appProperties": mark(self.original)} if self.original else {}
        )

    @property
    def body(self) -> dict[str, Any]:
        """What a file that is there gets beside these bytes."""
        return self.time | {"appProperties": mark(self.original)}

    def media(self, stream: SeekableReadable, progress: Progress) -> Media:
        return Media(stream, self.size, type_of(stream, self.photo.file), progress)

    def is_stored(self, file: dict[str, Any], media: Media) -> bool:
        """Whether a file holds just these bytes, of which all were read."""
        md5 = self.original.sent if self.original else media.md5
        return listing.content_of(file) == (
            self.size,
            md5,
        ) and self.original == Original.of(file)
