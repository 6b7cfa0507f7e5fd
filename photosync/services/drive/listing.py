"""Listings of Drive: whole, or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from photosync.errors import Rejected, SideError, SideStopped, Transient
from photosync.model import Problem, RemoteAlbum, RemotePhoto
from photosync.services.base import AlbumListing
from photosync.services.drive.connection import LIST, Connection
from photosync.services.drive.errors import BadPageToken
from photosync.services.drive.shrunk_marker import Original

FOLDER = "application/vnd.google-apps.folder"
_GOOGLE_TYPES = "application/vnd.google-apps."
FILE_FIELDS = (
    "id,name,size,md5Checksum,modifiedTime,parents,trashed,appProperties,"
    "imageMediaMetadata/time"
)
ROW_FIELDS = f"{FILE_FIELDS},mimeType,description,capabilities/canDownload"
_LIST_FIELDS = f"nextPageToken,incompleteSearch,files({ROW_FIELDS})"
_LISTING = frozenset({"files", "incompleteSearch"})
NEEDED = frozenset({"id", "name", "mimeType", "modifiedTime"})
_PER_PAGE = 1000
_PER_QUERY = 25
"""Albums per query: more would make an address that some proxies find too long."""

MISSING = "photosync-missing"
"""The property of a photo that TAG_REMOTE marked: what it lacks where."""

_RESTARTS = 3
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TAKEN = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)")
_FIRST_PHOTO = 1826


def quoted(text: str) -> str:
    """A string as a search query of Drive spells it."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def time_of(text: str) -> int:
    """Nanoseconds since 1970 of a time as Drive writes it, which keeps milliseconds."""
    since = datetime.fromisoformat(text) - _EPOCH
    return (since.days * 86_400 + since.seconds) * 10**9 + since.microseconds * 1000


def text_of(modified_ns: int) -> str:
    """A time as Drive reads it, cut to the milliseconds it keeps.

    Raises Rejected for a time that no calendar has, as damaged disks hold.
    """
    try:
        moment = datetime.fromtimestamp(modified_ns // 10**9, tz=UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Rejected(
            "its modification time is none that Drive can keep; set another"
        ) from error
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{modified_ns // 10**6 % 1000:03}Z"


def photo_of(file: Mapping[str, Any]) -> RemotePhoto:
    """A file resource as a photo; its MD5 tells one content from another.

    A smaller copy has size and MD5 of its original. Raises Transient for a file that
    lacks what was asked for.
    """
    original = Original.of(file)
    try:
        size, md5 = original[:2] if original else content_of(file)
        return RemotePhoto(
            name=file["name"],
            id=file["id"],
            size=size,
            modified_ns=time_of(file["modifiedTime"]),
            md5=md5,
            version=file.get("md5Checksum") or "",
            album_id=(file.get("parents") or [""])[0],
            marked=MISSING in file.get("appProperties", ()),
            taken=_taken(file),
            reduced=original is not None,
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise Transient("Drive sent an answer that cannot be read") from error


def content_of(file: Mapping[str, Any]) -> tuple[int | None, str | None]:
    """Size and MD5 of the very bytes that Drive stores."""
    return int(file["size"]) if "size" in file else None, file.get("md5Checksum")


def _taken(file: Mapping[str, Any]) -> str:
    """The capture time that Drive found in a picture, empty where it is none a photo
    can have.
    """
    found = _TAKEN.fullmatch(str(file.get("imageMediaMetadata", {}).get("time", "")))
    try:
        when = datetime(*map(int, found.groups())) if found else None  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return ""
    tomorrow = datetime.now() + timedelta(days=1)  # noqa: DTZ005 - like a camera's clock
    return str(when) if when and when.year >= _FIRST_PHOTO and when <= tomorrow else ""


def search(connection: Connection, query: str, more: str = "") -> list[dict[str, Any]]:
    """All files that a query finds (`files.list`), with further fields if need be.

    Raises SideError unless the list is complete.
    """
    fields = f"{_LIST_FIELDS[:-1]},{more})" if more else _LIST_FIELDS
    for _ in range(_RESTARTS):
        try:
            return list(
                {
                    file["id"]: file for file in _pages(connection, query, fields)
                }.values()
            )
        except BadPageToken:
            continue
    raise Transient("Drive lost its place in a listing again and again")


def some(connection: Connection, query: str) -> list[dict[str, Any]]:
    """The first page of what a query finds (`files.list`), in one call; there may be
    more.
    """
    return list(_page(connection, query, _LIST_FIELDS, None).get("files", ()))


def _pages(connection: Connection, query: str, fields: str) -> Iterator[dict[str, Any]]:
    token = None
    while True:
        page = _page(connection, query, fields, token)
        yield from page.get("files", ())
        token = page.get("nextPageToken")
        if token is None:
            return


def _page(
    connection: Connection, query: str, fields: str, token: str | None
) -> dict[str, Any]:
    request = connection.files.list(
        q=query,
        pageSize=_PER_PAGE,
        fields=fields,
        spaces="drive",
        pageToken=token,
        **connection.reach.lists,
    )
    page = connection.run(request, LIST)
    if page.get("incompleteSearch"):
        raise Transient("Drive could not search everything")
    if _LISTING.isdisjoint(page) or not all(
        file.keys() >= NEEDED for file in page.get("files", ())
    ):
        raise Transient("Drive sent a listing that cannot be read")
    return page


def children(
    connection: Connection, folders: Sequence[str]
) -> dict[str, list[dict[str, Any]]]:
    """What lies in these folders, by folder."""
    parents = " or ".join(f"{quoted(folder)} in parents" for folder in folders)
    found: dict[str, list[dict[str, Any]]] = {folder: [] for folder in folders}
    files = search(connection, f"({parents}) and trashed = false")
    if not files and len(folders) > 1:
        # Drive at times answers a query for several parents with nothing at all.
        return {folder: children(connection, [folder])[folder] for folder in folders}
    for file in files:
        for parent in file.get("parents", ()):
            if parent in found:
                found[parent].append(file)
    return found


def contents(
    connection: Connection, albums: Sequence[RemoteAlbum]
) -> Iterator[tuple[RemoteAlbum, list[dict[str, Any]] | SideError]]:
    """What lies in the folders of albums, many albums per call, or why that is not
    known.
    """
    waiting = iter(albums)
    while group := list(islice(waiting, _PER_QUERY)):
        try:
            found = children(connection, [album.id for album in group])
        except SideStopped:
            raise
        except SideError as error:
            yield from ((album, error) for album in group)
        else:
            yield from ((album, found[album.id]) for album in group)


def listing_of(
    album: RemoteAlbum,
    files: Sequence[Mapping[str, Any]] | SideError,
    listing_warnings: list[Problem],
) -> AlbumListing:
    """The content of an album; what is left alone is noted."""
    if isinstance(files, SideError):
        return AlbumListing(album, (), unknown=str(files))
    photos: list[RemotePhoto] = []
    hidden: set[str] = set()
    for file in files:
        reason = strange(file)
        if reason:
            hidden.add(file["name"])
            listing_warnings.append(
                Problem(f"{album.title}/{file['name']}", reason, failed=False)
            )
        else:
            photos.append(photo_of(file))
    photos.sort()
    return AlbumListing(album, photos, len(files) - len(photos), hidden=hidden)


def strange(file: Mapping[str, Any]) -> str:
    """Why a file is none that we may touch; empty for an ordinary one."""
    kind = file["mimeType"]
    if kind == FOLDER:
        return "a folder inside an album; left alone"
    if kind.startswith(_GOOGLE_TYPES):
        return "a Google document or shortcut; left alone"
    if not file.get("capabilities", {}).get("canDownload", True):
        return "may not be downloaded from Drive; left alone"
    return ""
