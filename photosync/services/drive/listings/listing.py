"""Listings of Drive: whole, or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from photosync.errors import Rejected, SideError, Transient
from photosync.model import Problem, RemoteAlbum, RemotePhoto
from photosync.services.answers import (
    Fields,
    read_count,
    read_flag,
    read_id,
    read_object,
    read_row,
    read_rows,
    read_text,
    read_texts,
    reading,
)
from photosync.services.capabilities import AlbumListing
from photosync.services.drive.calls.connection import LIST, Connection
from photosync.services.drive.calls.errors import BadPageToken
from photosync.services.drive.listings import rights
from photosync.services.drive.listings.shrunk_marker import Original

FOLDER = "application/vnd.google-apps.folder"
_GOOGLE_TYPES = "application/vnd.google-apps."
_PHOTO_FIELDS = (
    "id,name,size,md5Checksum,modifiedTime,parents,appProperties,"
    "imageMediaMetadata/time"
)
FILE_FIELDS = f"{_PHOTO_FIELDS},trashed"
_RIGHTS = (rights.DOWNLOAD, rights.EDIT, rights.TRASH)
ROW_FIELDS = ",".join(
    (_PHOTO_FIELDS, "mimeType", "description", *map(rights.field_of, _RIGHTS))
)
_LIST_FIELDS = f"nextPageToken,incompleteSearch,files({ROW_FIELDS})"
_LISTING = frozenset({"files", "incompleteSearch"})
NEEDED = frozenset({"id", "name", "mimeType", "modifiedTime"})
_NEEDED_OF_PHOTO = NEEDED - {"mimeType"}
_USUAL_CAPABILITIES = dict.fromkeys(_RIGHTS, True)
_PER_PAGE = 1000
MISSING = "photosync-missing"
"""The property of a photo that TAG_REMOTE marked: what it lacks where."""

_RESTARTS = 3
_MOST_EMPTY = 20
_LATEST = 2**63 - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TAKEN = re.compile(r"\d{4}:\d\d:\d\d \d\d:\d\d:\d\d", re.ASCII)
_FIRST_PHOTO = 1826


def quote(text: str) -> str:
    """Spell a string as a search query of Drive does."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def parse_time(text: str) -> int:
    """Read a time as Drive writes it, in nanoseconds since 1970."""
    since = datetime.fromisoformat(text) - _EPOCH
    microseconds = since // timedelta(microseconds=1)
    nanoseconds = microseconds * 1000
    # The year 9999 of a camera is later than a database can tell.
    return max(-_LATEST, min(nanoseconds, _LATEST))


def format_time(modified_ns: int) -> str:
    """Write a time as Drive reads it, cut to the milliseconds it keeps.

    Raises Rejected for a time that no calendar has, as damaged disks hold.
    """
    try:
        moment = datetime.fromtimestamp(modified_ns // 10**9, tz=UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Rejected(
            "its modification time is none that Drive can keep; set another"
        ) from error
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{modified_ns // 10**6 % 1000:03}Z"


_FIELDS: Fields = {
    "id": read_id,
    "name": read_text,
    "mimeType": read_text,
    "size": read_count,
    # One that a line garbled is a wrong one, and found out as such.
    "md5Checksum": read_id,
    # Whether it is a time shows as a photo is made of it.
    "modifiedTime": read_text,
    "parents": read_texts,
    "trashed": read_flag,
    "appProperties": read_object,
    "imageMediaMetadata": read_object,
    "capabilities": read_object,
    "description": read_text,
    "headRevisionId": read_text,
    "explicitlyTrashed": read_flag,
}


def check_file(
    file: object, needed: AbstractSet[str] = _NEEDED_OF_PHOTO
) -> dict[str, Any]:
    """Return a file resource whose fields are what they should be.

    Raises Transient for any other.
    """
    with reading("Drive"):
        return read_row(file, _FIELDS, needed)


def read_photo(file: Mapping[str, Any]) -> RemotePhoto:
    """Read a file resource of an answer as a photo.

    Raises Transient for one that lacks what was asked for.
    """
    return make_photo(check_file(file))


def make_photo(file: Mapping[str, Any]) -> RemotePhoto:
    """Make a photo of a file resource that was checked before, here or in another run.

    Its version is the MD5 that Drive stores. A smaller copy has size and MD5 of its
    original. Raises Transient for what a damaged cache holds.
    """
    with reading("Drive"):
        return _make_photo(file)


def _make_photo(file: Mapping[str, Any]) -> RemotePhoto:
    original = Original.read(file)
    size, md5 = read_content(file)
    if original:
        size = original.size
        md5 = original.md5
    return RemotePhoto(
        name=file["name"],
        id=file["id"],
        size=size,
        modified_ns=parse_time(file["modifiedTime"]),
        md5=md5,
        version=file.get("md5Checksum") or "",
        album_id=(file.get("parents") or [""])[0],
        marked=MISSING in file.get("appProperties", ()),
        taken=_read_taken(file),
        reduced=original is not None,
    )


def read_content(file: Mapping[str, Any]) -> tuple[int | None, str | None]:
    """Return size and MD5 of the very bytes that Drive stores, None if it has none."""
    size = int(file["size"]) if "size" in file else None
    return size, file.get("md5Checksum")


def _read_taken(file: Mapping[str, Any]) -> str:
    """Return the capture time that Drive found in a picture, empty if it is none."""
    text = str(file.get("imageMediaMetadata", {}).get("time", ""))
    if not _TAKEN.fullmatch(text):
        return ""
    try:
        taken = datetime.fromisoformat(text.replace(":", "-", 2))
    except ValueError:
        return ""
    # A camera that lost its clock may say 0001 or 2099.
    tomorrow = datetime.now() + timedelta(days=1)  # noqa: DTZ005 - like a camera's clock
    if taken.year < _FIRST_PHOTO or taken > tomorrow:
        return ""
    return str(taken)


def search(connection: Connection, query: str, more: str = "") -> list[dict[str, Any]]:
    """Find all files of a query (`files.list`), with further fields if need be.

    Raises SideError unless the list is complete.
    """
    fields = f"{_LIST_FIELDS[:-1]},{more})" if more else _LIST_FIELDS
    for _ in range(_RESTARTS):
        try:
            files = list(_read_pages(connection, query, fields))
        except BadPageToken:
            continue
        # What is changed while pages are read may be on two of them.
        return list({file["id"]: file for file in files}.values())
    raise Transient("Drive lost its place in a listing again and again")


def search_first(connection: Connection, query: str) -> list[dict[str, Any]]:
    """Find the first files of a query (`files.list`), as many as one page holds; there
    may be more.

    It is one call, unless Drive spreads them over short pages, as it may.
    """
    files = _read_pages(connection, query, _LIST_FIELDS)
    return list(islice(files, _PER_PAGE))


def _read_pages(
    connection: Connection, query: str, fields: str
) -> Iterator[dict[str, Any]]:
    pages = follow_pages(
        "files", lambda token: _read_page(connection, query, fields, token=token)
    )
    for page in pages:
        yield from page["files"]


def follow_pages(
    rows: str, read_page: Callable[[str | None], dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Yield the pages of a list whose entries stand under `rows`.

    Raises Transient where they have no end.
    """
    token: str | None = None
    seen: set[str] = set()
    count = 0
    while True:
        page = read_page(token)
        yield page
        if "nextPageToken" not in page:
            return
        with reading("Drive"):
            token = read_text(page["nextPageToken"])
        count += len(page[rows])
        # A page may be empty and not be the last, but not again and again.
        if token in seen or len(seen) > count + _MOST_EMPTY:
            raise Transient("Drive sent a listing without end")
        seen.add(token)


def _read_page(
    connection: Connection, query: str, fields: str, *, token: str | None
) -> dict[str, Any]:
    page = connection.read(
        "files",
        LIST,
        q=query,
        pageSize=_PER_PAGE,
        fields=fields,
        spaces="drive",
        pageToken=token,
        **connection.reach.lists,
    )
    if page.get("incompleteSearch"):
        raise Transient(
            "Drive could not search everything just now; the next run asks again"
        )
    # A list without files has that field at least, which a page of a hotel's has not.
    if _LISTING.isdisjoint(page):
        raise Transient("Drive sent a listing that cannot be read")
    with reading("Drive"):
        files = read_rows(page.get("files", []), _FIELDS, NEEDED)
    return page | {"files": list(map(make_row, files))}


def make_row(file: dict[str, Any]) -> dict[str, Any]:
    """Make a file resource the row that is cached of it, the same from a list and from
    the feed: what tells nothing goes.
    """
    file.pop("trashed", None)
    # Of nearly all. In an album of 50,000 photos it takes a sixth of the memory, and
    # of what is written and read.
    if file.get("capabilities") == _USUAL_CAPABILITIES:
        del file["capabilities"]
    return file


Files = list[dict[str, Any]]
"""What lies in one folder."""


def list_folders(
    connection: Connection, folders: Sequence[str], which: str = "trashed = false"
) -> dict[str, Files]:
    """List what lies in these folders, by folder (`files.list`).

    `which` is a search term for the files wanted.
    """
    parents = " or ".join(f"{quote(folder)} in parents" for folder in folders)
    found: dict[str, Files] = {folder: [] for folder in folders}
    files = search(connection, f"({parents}) and {which}")
    for file in files:
        for parent in file.get("parents", ()):
            if parent in found:
                found[parent].append(file)
    return found


def build_listing(
    album: RemoteAlbum,
    files: Sequence[Mapping[str, Any]] | SideError,
    listing_warnings: list[Problem],
) -> AlbumListing:
    """Make an album's listing of its files; what is left alone becomes a warning."""
    if isinstance(files, SideError):
        return AlbumListing(album, (), unknown=str(files))
    photos: list[RemotePhoto] = []
    hidden: set[str] = set()
    with reading("Drive"):
        for file in files:
            reason = find_reason_to_skip(file)
            if reason:
                hidden.add(file["name"])
                subject = f"{album.title}/{file['name']}"
                listing_warnings.append(Problem(subject, reason, failed=False))
            else:
                photos.append(_make_photo(file))
    photos.sort()
    others = len(files) - len(photos)
    descriptions = {
        file["id"]: file["description"] for file in files if file.get("description")
    }
    forbidden = {
        file["id"]: reasons
        for file in files
        if (reasons := rights.find_forbidden(file))
    }
    return AlbumListing(
        album,
        photos,
        others,
        hidden=hidden,
        descriptions=descriptions,
        forbidden=forbidden,
    )


def find_reason_to_skip(file: Mapping[str, Any]) -> str:
    """Say why we may not touch a file; empty for an ordinary one."""
    kind = file["mimeType"]
    if kind == FOLDER:
        return "a folder inside an album; left alone"
    if kind.startswith(_GOOGLE_TYPES):
        return "a Google document or shortcut; left alone"
    if not rights.is_permitted(file, rights.DOWNLOAD):
        return "may not be downloaded from Drive; left alone"
    return ""
