"""What Drive is given of a photo besides its name and place, and what proves it there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from photosync.disk.streams import Progress, SeekableReadable, compute_md5
from photosync.model import LocalPhoto
from photosync.services.capabilities import Source
from photosync.services.drive.listings import listing
from photosync.services.drive.listings.shrunk_marker import Original, make_property
from photosync.services.drive.uploads.mimetype import detect_type
from photosync.services.drive.uploads.transfers import Media
from photosync.services.drive.uploads.unfinished import SentContent


@dataclass(frozen=True, slots=True)
class Payload:
    """The bytes of a photo that go to Drive; `original` is set where they are a smaller
    copy, and `description` is told of a new one.
    """

    photo: LocalPhoto
    size: int
    original: Original | None = None
    description: str = ""

    @classmethod
    def prepare(cls, source: Source) -> Self:
        """Find out what goes to Drive of a source; raises SideError where it cannot be
        read.
        """
        photo = source.photo
        size = source.size
        if not source.original_md5:
            return cls(photo, size, None, source.details.description)
        # The mark of a smaller copy names its MD5, and is sent ahead of its bytes.
        with source.open() as stream:
            copy_md5 = compute_md5(stream)
        original = Original(photo.size, source.original_md5, copy_md5)
        return cls(photo, size, original, source.details.description)

    @property
    def content(self) -> SentContent:
        """What tells these bytes from others that were begun to be sent."""
        size = self.photo.size
        modified_ns = self.photo.modified_ns
        if not self.original:
            return SentContent(size, modified_ns)
        return SentContent(
            size,
            modified_ns,
            copy_size=self.size,
            copy_md5=self.original.copy_md5,
        )

    @property
    def time(self) -> dict[str, str]:
        """The time of change of the file here, as Drive writes it."""
        return {"modifiedTime": listing.format_time(self.photo.modified_ns)}

    @property
    def new_body(self) -> dict[str, Any]:
        """What a new file has beside its bytes, name and place."""
        body: dict[str, Any] = dict(self.time)
        if self.original:
            body["appProperties"] = make_property(self.original)
        if self.description:
            body["description"] = self.description
        return body

    @property
    def body(self) -> dict[str, Any]:
        """What a file that is there gets beside these bytes.

        A mark that it has of an earlier smaller copy goes where all bytes are sent.
        """
        return self.time | {"appProperties": make_property(self.original)}

    def make_media(self, stream: SeekableReadable, progress: Progress) -> Media:
        """Return the bytes to send, with the type that they tell themselves."""
        mimetype = detect_type(stream, self.photo.file)
        return Media(stream, self.size, mimetype=mimetype, progress=progress)

    def is_stored(self, file: dict[str, Any], media: Media) -> bool:
        """Whether a file holds just these bytes, of which all were read."""
        md5 = self.original.copy_md5 if self.original else media.md5
        has_bytes = listing.read_content(file) == (self.size, md5)
        return has_bytes and Original.read(file) == self.original
