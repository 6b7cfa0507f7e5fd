"""Listings of Flickr: whole, or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from photosync.backends.flickr import tags
from photosync.backends.flickr.connection import Connection
from photosync.errors import NotFound, Transient
from photosync.media import kind_of
from photosync.model import RemotePhoto

EXTRAS = "machine_tags,original_format,url_o,media,date_taken,date_upload,o_dims"
_PER_PAGE = 500
_READINGS = 4
_PART = re.compile(r"(.+) #(\d+)", re.DOTALL)
CONTINUED = "continued by photosync"
"""Stands in the description of an album that goes on where another reached its limit."""


class PhotoSet(NamedTuple):
    """A photoset; `album` is the title it belongs under, which a continued one shares."""

    id: str
    album: str
    part: int
    size: int


class Original(NamedTuple):
    """What is needed to fetch a photo: the address, empty where Flickr withholds it."""

    url: str
    format: str
    is_video: bool
    taken: str


def walk(
    connection: Connection, method: str, what: str, **arguments: object
) -> list[dict[str, Any]]:
    """All rows of a paged method; read again until nothing changed on the way.

    `what` is the element that holds the pages: `photoset`, `photosets` or `photos`.
    Raises Transient when the list does not come to rest.
    """
    row_name = "photoset" if what == "photosets" else "photo"
    for _ in range(_READINGS):
        rows: dict[str, dict[str, Any]] = {}
        count, totals = 0, set()
        try:
            for page in _pages(connection, method, what, arguments):
                totals.add(int(page.get("total", -1)))
                count += len(page.get(row_name, ()))
                rows |= {str(row["id"]): row for row in page.get(row_name, ())}
        except NotFound:
            # A page after the last is not found either: a set that shrank is not one that is gone.
            if not totals:
                raise
            continue
        if totals == {len(rows)} and count == len(rows):
            return list(rows.values())
    raise Transient("the list changes while it is read")


def _pages(
    connection: Connection, method: str, what: str, arguments: dict[str, object]
) -> Iterator[dict[str, Any]]:
    number = 1
    while True:
        page = connection.call(method, **arguments, per_page=_PER_PAGE, page=number)[what]
        yield page
        if number >= int(page.get("pages", 1)):
            return
        number += 1


def sets(connection: Connection) -> list[PhotoSet]:
    """All photosets of the user, by `photosets.getList`, parts of one album in their order."""
    rows = walk(connection, "photosets.getList", "photosets", user_id=connection.user_id)
    found = [_set_of(row) for row in rows]
    return sorted(found, key=lambda one: (one.album, one.part, one.id))


def _set_of(row: dict[str, Any]) -> PhotoSet:
    title = _content(row["title"])
    count = int(row.get("photos", row.get("count_photos", 0))) + int(
        row.get("videos", row.get("count_videos", 0))
    )
    part = _PART.fullmatch(title)
    if part and CONTINUED in _content(row.get("description", "")):
        return PhotoSet(str(row["id"]), part[1], int(part[2]), count)
    return PhotoSet(str(row["id"]), title, 1, count)


def _content(value: object) -> str:
    return str(value.get("_content", "")) if isinstance(value, dict) else str(value)


def members(connection: Connection, set_id: str) -> list[dict[str, Any]]:
    """The photos of a set in its order, by `photosets.getPhotos`; none if the set is gone."""
    try:
        return walk(
            connection,
            "photosets.getPhotos",
            "photoset",
            photoset_id=set_id,
            user_id=connection.user_id,
            extras=EXTRAS,
        )
    except NotFound:
        return []


def loose(connection: Connection) -> list[dict[str, Any]]:
    """The photos in no set, newest first, by `photos.getNotInSet`."""
    return walk(connection, "photos.getNotInSet", "photos", extras=EXTRAS)


def photo_of(row: dict[str, Any], set_id: str) -> tuple[RemotePhoto, Original]:
    """A row of a list as a photo, and where its original is.

    A photo that came another way has no tags of ours: its name is its title, its ending a guess.
    """
    kept = tags.read(str(row.get("machine_tags", "")))
    is_video = row.get("media") == "video"
    format_ = str(row.get("originalformat", ""))
    original = Original(str(row.get("url_o", "")), format_, is_video, str(row.get("datetaken", "")))
    version = str(row.get("originalsecret") or row.get("secret", ""))
    identity = str(row["id"])
    if kept:
        return RemotePhoto(
            kept.name, identity, kept.size, kept.modified_ns, kept.md5, version, set_id
        ), original
    title = str(row.get("title", "")) or identity
    if kind_of(title):
        return RemotePhoto(title, identity, None, None, None, version, set_id), original
    ending = format_ or ("mp4" if is_video else "jpg")
    name = f"{title}.{ending}"
    return RemotePhoto(name, identity, None, None, None, version, set_id, stem=title), original
