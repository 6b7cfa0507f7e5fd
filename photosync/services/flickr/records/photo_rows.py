"""One photo as the lists of Flickr tell of it: the record, and its form as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

from photosync.media import kind_of
from photosync.media.details import format_position
from photosync.model import Details, RemotePhoto
from photosync.services.flickr.records import tags
from photosync.services.flickr.records.originals import Original, withholds
from photosync.services.flickr.records.tags import FileTags

EXTRAS = "machine_tags,original_format,url_o,media,date_taken,date_upload,o_dims"
"""What lists are asked to tell besides id, title and secret."""

DETAILS_EXTRAS = f"{EXTRAS},description,tags,geo"
"""The same where what people wrote about photos is wanted, too."""


NEVER_SEEN = "o:?,p:?"
"""Stands for the version of a photo that nobody saw since it was sent.

No other version is the same: the next run reads the photo to know what it holds.
"""

_PROCESSING = 60
"""Seconds after an upload in which Flickr itself may still change a photo."""


_JOINING = 10
"""Seconds after it joined an album in which that may still change a photo's date."""

_STREET = "16"
"""Flickr's accuracy of a position that is known to the metre."""

_LONGEST_RUN = 24 * 3600
"""Seconds that photos of one album may wait for each other."""


class Listed(NamedTuple):
    """What a list tells of a photo besides its file, and whether everybody sees it."""

    details: Details
    is_public: bool


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """What `photosets.getPhotos` and its kin tell of a photo, and the cache keeps.

    The JSON of it has Flickr's own names, so that answers and cached rows are read in
    one place. When it was sent and last changed, in seconds since 1970 by Flickr's
    clock, is not kept: a look at a photo moves it.
    """

    id: str
    title: str = ""
    secret: str = ""
    original_secret: str = ""
    original_format: str = ""
    original_url: str = ""
    machine_tags: str = ""
    media: str = ""
    date_taken: str = ""
    is_date_unknown: bool = False
    description: str = ""
    keywords: str = ""
    position: str = ""
    is_public: bool = False
    uploaded_at: int = field(default=0, compare=False)
    updated_at: int = field(default=0, compare=False)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        """Read a row of an answer or of the cache; raises KeyError for one without an
        id, ValueError for one that is damaged.
        """
        # Flickr gives numbers as text or not, at whim, and leaves out what is empty.
        return cls(
            id=str(row["id"]),
            title=_read_text(row, "title"),
            secret=_read_text(row, "secret"),
            original_secret=_read_text(row, "originalsecret"),
            original_format=_read_text(row, "originalformat"),
            original_url=_read_text(row, "url_o"),
            machine_tags=_read_text(row, "machine_tags"),
            media=_read_text(row, "media"),
            date_taken=_read_text(row, "datetaken"),
            is_date_unknown=bool(int(row.get("datetakenunknown") or 0)),
            description=_read_description(row),
            keywords=_read_keywords(row),
            position=_read_position(row),
            is_public=bool(int(row.get("ispublic") or 0)),
            uploaded_at=int(row.get("dateupload") or 0),
            updated_at=int(row.get("lastupdate") or 0),
        )

    def to_json(self) -> dict[str, str]:
        """Return the row as the cache keeps it."""
        texts = {
            "id": self.id,
            "title": self.title,
            "secret": self.secret,
            "originalsecret": self.original_secret,
            "originalformat": self.original_format,
            "machine_tags": self.machine_tags,
            "media": self.media,
            "url_o": self.original_url,
            "datetaken": self.date_taken,
            "datetakenunknown": "1" if self.is_date_unknown else "",
            "description": self.description,
            "tags": self.keywords,
            **_write_position(self.position),
            "ispublic": "1" if self.is_public else "",
        }
        # Half of the fields are empty for most photos, and 100,000 rows are kept.
        return {name: text for name, text in texts.items() if text}

    @property
    def listed(self) -> Listed:
        """What people wrote, with keywords in Flickr's normal form; the title is that
        of the page, even if it only repeats the file's name.
        """
        keywords = tuple(self.keywords.split())
        details = Details(self.title, self.description, self.position, keywords)
        return Listed(details, self.is_public)

    @property
    def file_tags(self) -> FileTags | None:
        """What our tags tell of the file; None for a photo that came another way."""
        return tags.parse_tags(self.machine_tags)

    @property
    def is_sent(self) -> bool:
        """Whether photosync sent it, even if our tags tell nothing of it any more."""
        return tags.has_any_of_ours(self.machine_tags)

    @property
    def known_date(self) -> str:
        """When it was taken; empty where Flickr gives the time of upload for it."""
        return "" if self.is_date_unknown else self.date_taken

    @property
    def version(self) -> str:
        """What tells one version of the bytes from another, as far as Flickr shows."""
        return format_version(self.original_secret, self.secret)

    def find_sent_version(self, joined_at: int) -> str:
        """Return the version of a photo just sent, as `choose_sent_version` does."""
        return choose_sent_version(
            self.version,
            joined_at,
            sent_at=self.uploaded_at,
            changed_at=self.updated_at,
        )

    @property
    def original(self) -> Original:
        """Where the original is."""
        return Original(
            self.original_url, self.original_format, self.is_video, self.date_taken
        )

    @property
    def is_video(self) -> bool:
        return self.media == "video"

    def to_photo(self, set_id: str) -> RemotePhoto:
        """Return the photo as a member of this set; empty for one in no set."""
        name, stem = self._guess_name()
        photo = RemotePhoto(
            name=name,
            id=self.id,
            size=None,
            modified_ns=None,
            md5=None,
            version=self.version,
            album_id=set_id,
            stem=stem,
            marked=tags.is_marked(self.machine_tags),
            taken=self.known_date,
            reduced=tags.is_reduced(self.machine_tags),
            titled=True,
        )
        file_tags = self.file_tags
        if file_tags is not None:
            # Lists tell neither size nor hash: our tags are all that is known of the
            # file.
            photo = photo._replace(
                name=file_tags.name,
                size=file_tags.size,
                modified_ns=file_tags.modified_ns,
                md5=file_tags.md5,
                stem="",
                titled=False,
            )
        return photo._replace(withheld=withholds(photo, self.original))

    def _guess_name(self) -> tuple[str, str]:
        """Name a photo that has no tags of ours after its title: name and stem.

        The stem is the title where the ending is a guess, else empty.
        """
        title = self.title or self.id
        if kind_of(title):
            return title, ""
        # Sent by the phone's app: "Birthday", and no ending. The format that Flickr
        # tells of a video is that of its still picture.
        ending = "mp4" if self.is_video else self.original_format or "jpg"
        return f"{title}.{ending}", title


def choose_sent_version(
    version: str, joined_at: int, *, sent_at: int, changed_at: int
) -> str:
    """Return the version of a photo just sent, which is to be that of the bytes sent:
    the present one, or NEVER_SEEN where somebody may have changed it.

    `joined_at` is when it joined its album, 0 where nobody knows; all are in seconds
    since 1970 by Flickr's clock.
    """
    # One that joins a second album was sent by an earlier run, which noted it.
    if not joined_at or sent_at + _LONGEST_RUN < joined_at:
        return version
    # Joining the album may move the date, too, and does not count.
    is_joining = joined_at <= changed_at <= joined_at + _JOINING
    if changed_at <= sent_at + _PROCESSING or is_joining:
        return version
    # Somebody cropped it on the phone while the rest of the album was being sent, or
    # the albums after it.
    return NEVER_SEEN


def format_version(original_secret: str, secret: str) -> str:
    """Return the version that the secrets of a photo stand for, each told by its kind.

    Other bytes have other secrets. But so does a photo shown to other people, and that
    of the original is missing where Flickr withholds it.
    """
    marks = (f"o:{original_secret}" if original_secret else "", f"p:{secret}")
    return ",".join(filter(None, marks)) if secret or original_secret else ""


def _read_description(row: Mapping[str, Any]) -> str:
    value = row.get("description")
    # Flickr gives it as an element with text, the cache as it is.
    return (
        _read_text(value, "_content") if isinstance(value, dict) else str(value or "")
    )


def _read_keywords(row: Mapping[str, Any]) -> str:
    found = _read_text(row, "tags").split()
    return " ".join(tag for tag in found if not tags.is_any_of_ours(tag))


def _read_position(row: Mapping[str, Any]) -> str:
    """Return where a photo was taken; without a position Flickr gives noughts."""
    if not int(row.get("accuracy") or 0):
        return ""
    return format_position(float(row["latitude"]), float(row["longitude"]))


def _write_position(position: str) -> dict[str, str]:
    latitude, _, longitude = position.partition(" ")
    accuracy = _STREET if position else ""
    return {"latitude": latitude, "longitude": longitude, "accuracy": accuracy}


def _read_text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value)
