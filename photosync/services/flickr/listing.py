"""Listings of Flickr: whole, or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from photosync.errors import NotFound, Rejected, Transient
from photosync.media import kind_of
from photosync.model import RemotePhoto
from photosync.services.flickr import tags
from photosync.services.flickr.connection import Connection

EXTRAS = "machine_tags,original_format,url_o,media,date_taken,date_upload,o_dims"
_PER_PAGE = 500
_READINGS = 4
_RESTLESS = "the list changes while it is read"
_PART = re.compile(r"(.+) #(\d+)", re.DOTALL)
CONTINUED = "continued by photosync"
"""Stands in the description of an album that goes on where another reached its
limit.
"""


class PhotoSet(NamedTuple):
    """A photoset; `album` is the title it belongs under, which a continued one shares.

    `state` moves with every change of the set that Flickr tells of: it is when that
    was, in seconds since 1970, and how many photos and videos there are.
    """

    id: str
    album: str
    part: int
    size: int
    description: str = ""
    state: tuple[int, int, int] = (0, 0, 0)

    @property
    def title(self) -> str:
        """Its own title."""
        return titled(self.album, self.part)


class Original(NamedTuple):
    """What is needed to fetch a photo: the address, empty where Flickr withholds it."""

    url: str
    format: str
    is_video: bool
    taken: str


def walk(
    connection: Connection,
    method: str,
    what: str,
    *,
    most: int = 0,
    **arguments: object,
) -> list[dict[str, Any]]:
    """All rows of a paged method; read again until nothing changed on the way.

    `what` is the element that holds the pages: `photoset`, `photosets` or `photos`.
    Raises Transient when the list does not come to rest, Rejected when it has more than
    `most` rows, where that is given.
    """
    for _ in range(_READINGS):
        rows, is_whole = _read(connection, method, what, most, arguments)
        if is_whole:
            return list(rows.values())
    raise Transient(_RESTLESS)


def _read(
    connection: Connection,
    method: str,
    what: str,
    most: int,
    arguments: dict[str, object],
) -> tuple[dict[str, dict[str, Any]], bool]:
    """The rows of all pages by their id, and whether nothing changed on the way."""
    row_name = "photoset" if what == "photosets" else "photo"
    rows: dict[str, dict[str, Any]] = {}
    count, totals = 0, set()
    try:
        for page in _pages(connection, method, what, arguments):
            totals.add(int(page.get("total", -1)))
            if most and max(totals) > most:
                raise Rejected("the list is too long")
            count += len(page.get(row_name, ()))
            rows |= {str(row["id"]): row for row in page.get(row_name, ())}
    except NotFound:
        # A page after the last is not found either: a set that shrank is not one that
        # is gone.
        if not totals:
            raise
        return rows, False
    return rows, totals == {len(rows)} and count == len(rows)


def _pages(
    connection: Connection, method: str, what: str, arguments: dict[str, object]
) -> Iterator[dict[str, Any]]:
    number = 1
    while True:
        page = connection.call(method, **arguments, per_page=_PER_PAGE, page=number)[
            what
        ]
        yield page
        if number >= int(page.get("pages", 1)):
            return
        number += 1


def sets(connection: Connection) -> list[PhotoSet]:
    """All photosets of the user, by `photosets.getList`, parts of one album in their
    order.
    """
    rows = walk(
        connection, "photosets.getList", "photosets", user_id=connection.subject
    )
    found = [_set_of(row) for row in rows]
    return sorted(found, key=lambda one: (one.album, one.part, one.id))


def titled(album: str, part: int) -> str:
    """The title of a part of an album."""
    return album if part == 1 else f"{album} #{part}"


def _set_of(row: dict[str, Any]) -> PhotoSet:
    title = content(row["title"])
    photos = int(row.get("photos", row.get("count_photos", 0)))
    videos = int(row.get("videos", row.get("count_videos", 0)))
    description = content(row.get("description", ""))
    part = _PART.fullmatch(title)
    album, number = title, 1
    if part and CONTINUED in description:
        album, number = part[1], int(part[2])
    state = (int(row.get("date_update", 0)), photos, videos)
    return PhotoSet(str(row["id"]), album, number, photos + videos, description, state)


def content(value: object) -> str:
    """The text of an element, whichever way Flickr gives it."""
    return str(value.get("_content", "")) if isinstance(value, dict) else str(value)


def members(connection: Connection, set_id: str) -> list[dict[str, Any]]:
    """The photos of a set in its order, by `photosets.getPhotos`; none if the set is
    gone.
    """
    try:
        return walk(
            connection,
            "photosets.getPhotos",
            "photoset",
            photoset_id=set_id,
            user_id=connection.subject,
            extras=EXTRAS,
        )
    except NotFound:
        return []


def loose(connection: Connection) -> list[dict[str, Any]]:
    """The photos in no set, newest first, by `photos.getNotInSet`."""
    return walk(connection, "photos.getNotInSet", "photos", extras=EXTRAS)


def loose_ids(
    connection: Connection, is_meant: Callable[[dict[str, Any]], bool]
) -> set[str]:
    """The ids of those photos in no set that are meant, by `photos.getNotInSet`.

    Others may come and go while the list is read, as those do that are being sent: two
    readings in a row that agree on the photos meant are as good as one in which nothing
    changed.
    """
    before: set[str] | None = None
    for _ in range(_READINGS):
        arguments: dict[str, object] = {"extras": EXTRAS}
        rows, is_whole = _read(connection, "photos.getNotInSet", "photos", 0, arguments)
        found = {photo_id for photo_id, row in rows.items() if is_meant(row)}
        if is_whole or found == before:
            return found
        before = found
    raise Transient(_RESTLESS)


def updated(connection: Connection, since: int, most: int) -> list[dict[str, Any]]:
    """New and changed photos, the newest change first, by `photos.recentlyUpdated`.

    Deleted ones are not among them, nor is a photo for having joined or left a set.
    Raises Rejected if there are more than `most`.
    """
    return walk(
        connection,
        "photos.recentlyUpdated",
        "photos",
        most=most,
        min_date=max(since, 1),
        extras=f"{EXTRAS},last_update",
    )


def last_change(connection: Connection) -> int:
    """When any photo last changed, in seconds since 1970; 0 without any."""
    page = connection.call(
        "photos.recentlyUpdated", min_date=1, per_page=1, extras="last_update"
    )
    return newest(page["photos"].get("photo", ()))


def newest(rows: Iterable[dict[str, Any]]) -> int:
    """When the last of these photos changed; 0 without any."""
    return max((int(row.get("lastupdate", 0)) for row in rows), default=0)


def taken_of(row: dict[str, Any]) -> str:
    """When a photo was taken, empty where Flickr does not know and gives the time of
    upload.
    """
    return "" if int(row.get("datetakenunknown", 0)) else str(row.get("datetaken", ""))


def photo_of(row: dict[str, Any], set_id: str) -> tuple[RemotePhoto, Original]:
    """A row of a list as a photo, and where its original is.

    A photo that came another way has no tags of ours: its name is its title, its ending
    a guess.
    """
    machine_tags = str(row.get("machine_tags", ""))
    kept = tags.read(machine_tags)
    is_video = row.get("media") == "video"
    format_ = str(row.get("originalformat", ""))
    original = Original(
        str(row.get("url_o", "")), format_, is_video, str(row.get("datetaken", ""))
    )
    version = str(row.get("originalsecret") or row.get("secret", ""))
    identity = str(row["id"])
    marked = tags.is_marked(machine_tags)
    title = str(row.get("title", "")) or identity
    photo = RemotePhoto(
        title,
        identity,
        None,
        None,
        None,
        version,
        set_id,
        marked=marked,
        taken=taken_of(row),
        reduced=tags.is_reduced(machine_tags),
    )
    if kept:
        size, moment = kept.size, kept.modified_ns
        photo = photo._replace(
            name=kept.name, size=size, modified_ns=moment, md5=kept.md5
        )
    elif not kind_of(title):
        ending = format_ or ("mp4" if is_video else "jpg")
        photo = photo._replace(name=f"{title}.{ending}", stem=title)
    return photo, original
