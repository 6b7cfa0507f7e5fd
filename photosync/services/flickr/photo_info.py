"""All that Flickr tells of one photo (flickr.photos.getInfo), as a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from photosync.services.flickr import tags
from photosync.services.flickr.connection import Connection
from photosync.services.flickr.listing import read_content
from photosync.services.flickr.photo_rows import format_version

ALL_RIGHTS_RESERVED = "0"


class PhotoTag(NamedTuple):
    """A tag as it was written, and the id by which it is removed."""

    id: str
    raw: str


@dataclass(frozen=True, slots=True)
class PhotoInfo:
    """What people wrote about a photo, our tags among it, and which bytes it has.

    `granularity` is Flickr's number of how exact the date is; `page` the address of the
    photo for people.
    """

    title: str
    description: str
    tags: tuple[PhotoTag, ...]
    version: str
    original_format: str
    is_video: bool
    date_taken: str
    granularity: int
    is_date_unknown: bool
    licence: str
    page: str

    @classmethod
    def from_json(cls, photo: Mapping[str, Any]) -> Self:
        """Read the element `photo` of an answer."""
        dates = photo.get("dates", {})
        return cls(
            title=read_content(photo.get("title", "")),
            description=read_content(photo.get("description", "")),
            tags=_parse_tags(photo.get("tags", {}).get("tag", ())),
            version=format_version(
                str(photo.get("originalsecret") or ""), str(photo.get("secret") or "")
            ),
            original_format=str(photo.get("originalformat", "")),
            is_video=photo.get("media") == "video",
            date_taken=str(dates.get("taken", "")),
            granularity=int(dates.get("takengranularity", 0)),
            is_date_unknown=bool(int(dates.get("takenunknown", 0))),
            licence=str(photo.get("license", ALL_RIGHTS_RESERVED)),
            page=_find_page(photo.get("urls", {}).get("url", ())),
        )

    @property
    def our_tags(self) -> set[str]:
        """The tags about the file that photosync wrote, in lower case."""
        raws = {tag.raw.lower() for tag in self.tags}
        return {raw for raw in raws if tags.is_ours(raw)}


def fetch_info(connection: Connection, photo_id: str) -> PhotoInfo:
    """Ask for one photo (flickr.photos.getInfo); raises NotFound for one that is
    gone.
    """
    answer = connection.call("photos.getInfo", photo_id=photo_id)
    return PhotoInfo.from_json(answer["photo"])


def _parse_tags(found: Sequence[Mapping[str, Any]]) -> tuple[PhotoTag, ...]:
    return tuple(PhotoTag(str(tag["id"]), str(tag.get("raw", ""))) for tag in found)


def _find_page(urls: Sequence[Mapping[str, Any]]) -> str:
    for url in urls:
        if url.get("type") == "photopage":
            return read_content(url)
    return ""
