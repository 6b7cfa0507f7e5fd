"""All that Flickr tells of one photo (flickr.photos.getInfo), as a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from photosync.services.answers import read_count_if_any, read_id, read_text, reading
from photosync.services.flickr.calls.connection import Connection
from photosync.services.flickr.calls.paging import read_content
from photosync.services.flickr.records import tags
from photosync.services.flickr.records.photo_rows import format_version

ALL_RIGHTS_RESERVED = "0"

_AT_ONCE = 5
"""Seconds after an upload in which no person changes a photo."""


class PhotoTag(NamedTuple):
    """A tag as it was written, the id by which it is removed, who added it, and the
    normal form in which lists give it.
    """

    id: str
    raw: str
    author: str = ""
    normal: str = ""


@dataclass(frozen=True, slots=True)
class PhotoInfo:
    """What people wrote about a photo, our tags among it, and which bytes it has.

    `granularity` is Flickr's number of how exact the date is; `page` the address of the
    photo for people; when it was sent and last changed is in seconds since 1970 by
    Flickr's clock. `is_processed`: of a video, that Flickr has done with it what it can.
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
    uploaded_at: int = 0
    updated_at: int = 0
    is_public: bool = False
    is_processed: bool = False

    @classmethod
    def from_json(cls, photo: Mapping[str, Any]) -> Self:
        """Read the element `photo` of an answer."""
        dates = photo.get("dates", {})
        tags = photo.get("tags", {}).get("tag", ())
        original_secret = str(photo.get("originalsecret") or "")
        secret = str(photo.get("secret") or "")
        visibility = photo.get("visibility", {})
        return cls(
            title=read_content(photo.get("title", "")),
            description=read_content(photo.get("description", "")),
            tags=_parse_tags(tags),
            version=format_version(original_secret, secret),
            original_format=str(photo.get("originalformat", "")),
            is_video=photo.get("media") == "video",
            date_taken=str(dates.get("taken", "")),
            granularity=read_count_if_any(dates.get("takengranularity")),
            is_date_unknown=bool(read_count_if_any(dates.get("takenunknown"))),
            licence=str(photo.get("license", ALL_RIGHTS_RESERVED)),
            page=_find_page(photo.get("urls", {}).get("url", ())),
            uploaded_at=read_count_if_any(dates.get("posted")),
            updated_at=read_count_if_any(dates.get("lastupdate")),
            is_public=bool(read_count_if_any(visibility.get("ispublic"))),
            is_processed=_is_processed(photo.get("video", {})),
        )

    @property
    def may_have_changed(self) -> bool:
        """Whether anything happened to it since it was sent; that it was looked at may
        be all.
        """
        return self.updated_at > self.uploaded_at + _AT_ONCE

    def find_tags_by(self, user_id: str) -> list[str]:
        """Return what this user's photosync wrote about the file, as tags."""
        own = [tag.raw for tag in self.tags if tag.author in {"", user_id}]
        return [raw for raw in own if tags.is_ours(raw)]

    def has_tags_of_others(self, user_id: str) -> bool:
        """Whether somebody else added tags that look as if photosync had."""
        others = [tag for tag in self.tags if tag.author not in {"", user_id}]
        return any(tags.is_ours(tag.raw) for tag in others)


def fetch_info(connection: Connection, photo_id: str) -> PhotoInfo:
    """Ask for one photo (flickr.photos.getInfo); raises NotFound for one that is
    gone.
    """
    answer = connection.call("photos.getInfo", photo_id=photo_id)
    with reading("Flickr"):
        return PhotoInfo.from_json(answer["photo"])


def _parse_tags(found: Sequence[Mapping[str, Any]]) -> tuple[PhotoTag, ...]:
    return tuple(_parse_tag(tag) for tag in found)


def _parse_tag(tag: Mapping[str, Any]) -> PhotoTag:
    raw = read_text(tag.get("raw", ""))
    author = read_text(tag.get("author", ""))
    return PhotoTag(read_id(tag["id"]), raw, author, read_content(tag))


def _is_processed(video: Mapping[str, Any]) -> bool:
    ended = (video.get("ready"), video.get("failed"))
    return any(read_count_if_any(state) for state in ended)


def _find_page(urls: Sequence[Mapping[str, Any]]) -> str:
    for url in urls:
        if url.get("type") == "photopage":
            return read_content(url)
    return ""
