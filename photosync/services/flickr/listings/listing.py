"""What Flickr lists: photosets, their photos, photos in no set, and what changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from photosync.errors import Transient
from photosync.naming import read_title
from photosync.services.answers import read_count_if_any, read_rows, reading
from photosync.services.flickr.calls.connection import Connection
from photosync.services.flickr.calls.errors import AlbumGone
from photosync.services.flickr.calls.paging import (
    FIELDS,
    READINGS,
    RESTLESS,
    ListQuery,
    RawRow,
    read_content,
    read_list,
    read_list_once,
)
from photosync.services.flickr.records.photo_rows import PhotoRow

CONTINUED = "continued by photosync"
"""Stands in the description of an album that goes on where another reached its
limit.
"""

LAG_SECONDS = 600
"""For so long a list may show what is no longer so: how long it does is not
documented.
"""

_SEPARATOR = "; "
_PART_TITLE = re.compile(r"(.+) #(\d+)", re.DOTALL)


class SetState(NamedTuple):
    """What moves with every change of a set that Flickr tells of.

    `updated_at` is when that was, in seconds since 1970 by Flickr's clock.
    """

    updated_at: int = 0
    photos: int = 0
    videos: int = 0

    @property
    def size(self) -> int:
        """How many members the set has."""
        return self.photos + self.videos


class PhotoSet(NamedTuple):
    """A photoset; `album` is the title it belongs under, which a continued one
    shares.
    """

    id: str
    album: str
    part: int
    description: str = ""
    state: SetState = SetState()

    @property
    def title(self) -> str:
        """Its own title."""
        return format_title(self.album, self.part)


class SetMembers(NamedTuple):
    """The photos of a set in its order, and the id of its cover."""

    rows: list[PhotoRow]
    cover: str = ""

    @property
    def ids(self) -> list[str]:
        return [row.id for row in self.rows]


class Changes(NamedTuple):
    """New and changed photos, and when the last of them changed: seconds since 1970 by
    Flickr's clock, 0 without any.
    """

    rows: list[PhotoRow]
    newest: int


def format_title(album: str, part: int) -> str:
    """Return the title of one part of an album."""
    return album if part == 1 else f"{album} #{part}"


def format_description(text: str, part: int) -> str:
    """Return the description of one part of an album, which all but the first need."""
    if part == 1:
        return text
    return _SEPARATOR.join(filter(None, (text, CONTINUED)))


def read_description(description: str) -> str:
    """Return what the description of any part says of the album."""
    return description.removesuffix(CONTINUED).removesuffix(_SEPARATOR)


def list_sets(connection: Connection) -> list[PhotoSet]:
    """List all photosets of the user (flickr.photosets.getList), the parts of an album
    in their order.
    """
    query = ListQuery(
        "photosets.getList",
        pages="photosets",
        rows="photoset",
        arguments={"user_id": connection.subject},
    )
    found = [_parse_set(row) for row in read_list(connection, query)]
    # Titles may be equal, so the id decides last: the order is the same in every run.
    return sorted(found, key=_sort_key)


def list_members(connection: Connection, set_id: str) -> SetMembers:
    """List the photos of a set, with patience (flickr.photosets.getPhotos, getList).

    Raises AlbumGone where the list of sets does not show it either, Transient where it
    does.
    """
    try:
        return connection.retry_policy.call(
            lambda: list_members_once(connection, set_id), retried=AlbumGone
        )
    except AlbumGone as error:
        check_is_gone(connection, set_id)
        raise AlbumGone(str(error)) from error


def list_members_once(connection: Connection, set_id: str) -> SetMembers:
    """List the photos of a set, and when each last changed
    (flickr.photosets.getPhotos); raises AlbumGone if it is not found or shows none,
    which may pass.
    """
    arguments = {
        "photoset_id": set_id,
        "user_id": connection.subject,
        "extras": f"{connection.extras},last_update",
    }
    query = ListQuery("photosets.getPhotos", pages="photoset", arguments=arguments)
    found = read_list(connection, query)
    # A set dies with its last photo: one that shows none is gone, or lags.
    if not found:
        raise AlbumGone("the album shows no photos there")
    rows = [PhotoRow.from_json(row) for row in found]
    return SetMembers(rows, _find_cover(found))


def check_is_gone(connection: Connection, set_id: str) -> None:
    """Raise Transient for a set that is still listed (flickr.photosets.getList)."""
    if any(photoset.id == set_id for photoset in list_sets(connection)):
        raise Transient(
            "Flickr lists the album and does not find its photos; the next run "
            "looks again"
        )


def is_dead(connection: Connection, set_id: str) -> bool:
    """Whether a set has no photos and is no longer listed (flickr.photosets.getPhotos,
    getList); asked once, so False where one of both lags.
    """
    try:
        list_members_once(connection, set_id)
    except AlbumGone:
        return all(photoset.id != set_id for photoset in list_sets(connection))
    return False


def list_loose(connection: Connection) -> list[PhotoRow]:
    """List the photos in no set, newest first (flickr.photos.getNotInSet)."""
    query = _ask_for_loose(connection)
    return [PhotoRow.from_json(row) for row in read_list(connection, query)]


def _ask_for_loose(connection: Connection) -> ListQuery:
    return ListQuery("photos.getNotInSet", arguments={"extras": connection.extras})


def find_loose_ids(
    connection: Connection, is_meant: Callable[[PhotoRow], bool]
) -> set[str]:
    """Find the photos in no set that are meant, by id (flickr.photos.getNotInSet).

    Raises Transient when no two readings agree.
    """
    before: set[str] | None = None
    for _ in range(READINGS):
        reading = read_list_once(connection, _ask_for_loose(connection))
        rows = map(PhotoRow.from_json, reading.rows.values())
        found = {row.id for row in rows if is_meant(row)}
        # Photos that are being sent come and go while the list is read. Two readings
        # in a row that agree on those meant are as good as one in which nothing moved.
        if reading.is_whole or found == before:
            return found
        before = found
    raise Transient(RESTLESS)


def list_changes(connection: Connection, since: int, most: int) -> Changes:
    """List new and changed photos, the newest change first
    (flickr.photos.recentlyUpdated).

    Deleted ones are not among them, nor is a photo for having joined or left a set.
    Raises Rejected if there are more than `most`.
    """
    extras = f"{connection.extras},last_update"
    arguments = {"min_date": max(since, 1), "extras": extras}
    query = ListQuery("photos.recentlyUpdated", arguments=arguments, most=most)
    found = read_list(connection, query)
    rows = [PhotoRow.from_json(row) for row in found]
    return Changes(rows, _find_newest(found))


def find_last_change(connection: Connection) -> int:
    """Return when any photo last changed (flickr.photos.recentlyUpdated), in seconds
    since 1970; 0 without any.
    """
    answer = connection.call(
        "photos.recentlyUpdated", min_date=1, per_page=1, extras="last_update"
    )
    with reading("Flickr"):
        rows = read_rows(answer["photos"].get("photo", []), FIELDS, {"id"})
    return _find_newest(rows)


def _sort_key(photoset: PhotoSet) -> tuple[str, int, str]:
    return photoset.album, photoset.part, photoset.id


def _find_newest(rows: Iterable[RawRow]) -> int:
    return max((read_count_if_any(row.get("lastupdate")) for row in rows), default=0)


def _find_cover(rows: list[RawRow]) -> str:
    """Return the id of the cover, or of the first photo where none is marked."""
    for row in rows:
        if read_count_if_any(row.get("isprimary")):
            return str(row["id"])
    return str(rows[0]["id"]) if rows else ""


def _parse_set(row: dict[str, Any]) -> PhotoSet:
    album = read_title(read_content(row["title"]))
    part = 1
    description = read_content(row.get("description", ""))
    numbered = _PART_TITLE.fullmatch(album)
    # "Rome #2" may be the user's own album; only our description makes it a part.
    if numbered and CONTINUED in description:
        album = numbered[1]
        part = int(numbered[2])
    # Whether `photos` counts the videos, too, is disputed; both counts are kept apart.
    photos = row.get("photos", row.get("count_photos"))
    videos = row.get("videos", row.get("count_videos"))
    state = SetState(
        updated_at=read_count_if_any(row.get("date_update")),
        photos=read_count_if_any(photos),
        videos=read_count_if_any(videos),
    )
    return PhotoSet(str(row["id"]), album, part, description, state)
