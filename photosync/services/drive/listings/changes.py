"""The feed of changes of an account (`changes.list`), and how it changes a cached
listing.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from photosync.errors import SideError, SideStopped, Transient
from photosync.services.answers import (
    Fields,
    read_flag,
    read_id,
    read_rows,
    read_text,
    reading,
)
from photosync.services.drive.calls.connection import LIST, OTHER, Connection
from photosync.services.drive.listings import listing
from photosync.services.persistence import Row

_FIELDS = (
    "nextPageToken,newStartPageToken,"
    f"changes(fileId,removed,changeType,file({listing.ROW_FIELDS},trashed))"
)
_PER_PAGE = 1000
_CHANGE: Fields = {
    "fileId": read_id,
    "removed": read_flag,
    "changeType": read_text,
    "file": listing.check_file,
}
_MOST_PAGES = 40
"""So many pages cost more memory and hardly fewer calls than a listing read anew."""

_NEEDED = listing.NEEDED | {"trashed"}

_BEFORE = 900
_AFTER = 60
"""Seconds around a whole listing in which what was made then may be missing from it.

Lists of Drive lag behind, and the clocks here and there differ. What was made later is
in the feed.
"""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the feed was read to; `listed` is when all was listed anew, as long as that
    matters.
    """

    token: str
    listed: int = 0

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Read a cursor as `str` wrote it."""
        token, _, listed = text.partition(" ")
        return cls(token, int(listed) if listed.isdecimal() else 0)

    def __str__(self) -> str:
        return f"{self.token} {self.listed}" if self.listed else self.token


@dataclass(frozen=True, slots=True)
class Changes:
    """Files that changed, as they are now; None for what is gone, be it to the trash.

    `late` are files that may have been missing from a listing: they are news only where
    they are not known.
    """

    cursor: Cursor
    files: Mapping[str, Row | None] = field(default_factory=dict)
    late: Mapping[str, Row] = field(default_factory=dict)
    _inside: dict[str, list[Row]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        for row in self.files.values():
            if row is not None:
                self._place(row)
        for row in self.late.values():
            # What the feed tells of a file is newer.
            if row["id"] not in self.files:
                self._place(row)

    def _place(self, row: Row) -> None:
        for parent in row.get("parents", ()):
            self._inside.setdefault(parent, []).append(row)

    def apply_to(self, folder: str, rows: Iterable[Row]) -> list[Row]:
        """Return what lies in a folder, given what lay there before.

        Applied twice, the changes do the same as once.
        """
        here = {row["id"]: row for row in self._inside.get(folder, ())}
        known: list[Row] = []
        for row in rows:
            new = here.pop(row["id"], None)
            if row["id"] not in self.files:
                known.append(row)
            elif new:
                known.append(new)
        return [*known, *here.values()]


def begin_feed(connection: Connection) -> Changes:
    """Return no changes, from now on (`changes.getStartPageToken`).

    Asked for before everything is listed anew, so that nothing is missed in between.
    """
    answer = connection.read("changes/startPageToken", OTHER, fields="startPageToken")
    with reading("Drive"):
        token = read_id(answer["startPageToken"])
    return Changes(Cursor(token, int(time.time())))


def read_changes_since(connection: Connection, text: str) -> Changes | None:
    """Read what changed since a cursor (`changes.list`).

    Returns None where Drive refuses it or makes no sense: all has to be listed anew.
    """
    before = Cursor.parse(text)
    try:
        token, files = _read_pages(connection, before.token)
    except SideStopped:
        raise
    except SideError:
        return None
    late, listed = _find_latecomers(connection, before.listed)
    return Changes(Cursor(token, listed), files=files, late=late)


def _read_pages(
    connection: Connection, token: str
) -> tuple[str, dict[str, Row | None]]:
    files: dict[str, Row | None] = {}
    for _ in range(_MOST_PAGES):
        page = _read_page(connection, token)
        with reading("Drive"):
            changes = read_rows(page.get("changes", []), _CHANGE, set())
            is_last = "nextPageToken" not in page
            token = read_id(page["newStartPageToken" if is_last else "nextPageToken"])
        for change in changes:
            _enter_change(change, files)
        if is_last:
            return token, files
    raise Transient("there are too many changes")


def _read_page(connection: Connection, token: str) -> dict[str, Any]:
    page = connection.read(
        "changes",
        LIST,
        pageToken=token,
        pageSize=_PER_PAGE,
        fields=_FIELDS,
        spaces="drive",
        includeRemoved=True,
        # What is moved out of My Drive must be told too.
        restrictToMyDrive=False,
    )
    if not {"nextPageToken", "newStartPageToken"} & page.keys():
        raise Transient("Drive sent changes that cannot be read")
    return page


def _enter_change(change: Mapping[str, Any], files: dict[str, Row | None]) -> None:
    """Enter one change; raises Transient for one that lacks what was asked for."""
    if change.get("changeType", "file") != "file":
        return
    file_id = change.get("fileId")
    file = change.get("file")
    if file_id and change.get("removed"):
        files[file_id] = None
        return
    if not file_id or not file or not file.keys() >= _NEEDED or file["id"] != file_id:
        raise Transient("Drive sent changes that cannot be read")
    files[file_id] = None if file["trashed"] else listing.make_row(file)


def _find_latecomers(connection: Connection, listed: int) -> tuple[dict[str, Row], int]:
    """Find what was made around the time of a whole listing and may be missing from it.

    With it comes the time to ask about again, 0 once that was long enough ago. It costs
    one call: where very many were made then, those that one page holds must do until
    the next audit.
    """
    if not listed:
        return {}, 0
    first = _quote_moment(listed - _BEFORE)
    last = _quote_moment(listed + _AFTER)
    query = f"createdTime > {first} and createdTime < {last} and trashed = false"
    try:
        files = listing.search_first(connection, query)
    except SideStopped:
        raise
    except SideError:
        return {}, listed
    late: dict[str, Row] = {file["id"]: file for file in files}
    is_still_near = time.time() < listed + _BEFORE
    return late, listed if is_still_near else 0


def _quote_moment(seconds: int) -> str:
    return listing.quote(f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}")


def is_readable(rows: Sequence[Row]) -> bool:
    """Whether cached rows hold what a listing is made of."""
    return all(row.keys() >= listing.NEEDED for row in rows)
