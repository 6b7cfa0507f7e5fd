"""The listing of a base folder as earlier runs kept it, brought up to date or read
anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from photosync.errors import SideError, Transient
from photosync.model import Problem, RemoteAlbum
from photosync.services.base import AlbumListing, ListingCache, Row
from photosync.services.drive import changes, listing
from photosync.services.drive.connection import Connection
from photosync.services.packed_rows import PackedRows


class KeptListing:
    """One look at all albums, as a run takes it.

    An album of which nothing is kept, be it new, moved here or taken out of the trash,
    is listed by itself: what lies in it need not have changed, and so need not be in
    the feed.
    """

    def __init__(self, connection: Connection, cache: ListingCache) -> None:
        self._connection = connection
        self._cache = cache
        self._whole = False
        self._read = PackedRows()
        self._folders: set[str] = set()
        self._forgotten: set[str] = set()
        self._changes = changes.Changes(changes.Cursor(""))

    def albums(self, base: str | None, find: Callable[[], str | None]) -> Sequence[Row]:
        """What lies in the base folder, whose id is `base` as far as it is known;
        `find` asks.

        Raises SideError unless the list is complete.
        """
        cursor = self._cache.cursor
        found_changes = (
            changes.changes_since(self._connection, cursor) if cursor else None
        )
        if found_changes is not None and self._is_there(base, found_changes):
            self._changes = found_changes
            return self._updated(base, find)
        found = find()
        self._changes = changes.beginning(self._connection)
        self._whole = True
        rows = self._children(found) if found else []
        if found:
            self._read.put(found, rows)
        return rows

    def photos(
        self, albums: Sequence[RemoteAlbum], listing_warnings: list[Problem]
    ) -> Iterator[AlbumListing]:
        """The content of albums; once all is told, what was read anew is noted."""
        missing = {album.id: album for album in albums}
        for folder, rows in () if self._whole else self._cache.listings():
            if (
                folder in missing
                and folder not in self._forgotten
                and changes.is_readable(rows)
            ):
                after = self._changes.applied(folder, rows)
                try:
                    found = listing.listing_of(missing[folder], after, listing_warnings)
                except Transient:
                    continue
                del missing[folder]
                yield found
            if not missing:
                break
        anew = self._read if self._whole else PackedRows()
        for album, files in listing.contents(self._connection, list(missing.values())):
            if isinstance(files, SideError):
                yield listing.listing_of(album, files, listing_warnings)
                continue
            rows = self._changes.applied(album.id, map(changes.row_of, files))
            anew.put(album.id, rows)
            yield listing.listing_of(album, rows, listing_warnings)
        if anew or self._whole:
            self._cache.note(str(self._changes.cursor), anew, whole=self._whole)

    def _is_there(self, base: str | None, changes: changes.Changes) -> bool:
        return base is None or changes.files.get(base, {}) is not None

    def _updated(
        self, base: str | None, find: Callable[[], str | None]
    ) -> Sequence[Row]:
        """What lies in the base folder after the changes, which are noted."""
        if not self._changes.files and not self._changes.late:
            for folder, rows in self._cache.listings():
                if folder == base and changes.is_readable(rows):
                    self._note({})
                    return rows
        before, lost, changed = self._compared(base)
        if base not in before or lost:
            # Nobody says that a folder above the base is gone with all that is below.
            base = find()
        after: Sequence[Row] = ()
        stay: set[str] = set()
        if base in before:
            after = self._changes.applied(base, before[base])
            stay = _folders(before[base]) & _folders(after) | {base}
        elif base:
            after = changed[base] = self._changes.applied(base, self._children(base))
            stay = {base}
        changed |= dict.fromkeys(self._folders - stay)
        self._forgotten = {folder for folder, rows in changed.items() if rows is None}
        self._note(changed)
        return after

    def _compared(
        self, base: str | None
    ) -> tuple[dict[str, Sequence[Row]], set[str], dict[str, Sequence[Row] | None]]:
        """What lay in the base folder, which lost folders none knows, and what
        changed.
        """
        before: dict[str, Sequence[Row]] = {}
        lost = set(self._changes.lost_folders)
        changed: dict[str, Sequence[Row] | None] = {}
        for folder, rows in self._cache.listings():
            if not changes.is_readable(rows):
                changed[folder] = None
                continue
            lost.difference_update(row["id"] for row in rows)
            self._folders.add(folder)
            after = self._changes.applied(folder, rows)
            if after != list(rows):
                changed[folder] = after
            if folder == base:
                before[folder] = rows
        return before, lost, changed

    def _note(self, changed: Mapping[str, Sequence[Row] | None]) -> None:
        cursor = str(self._changes.cursor)
        if changed or cursor != self._cache.cursor:
            self._cache.note(cursor, changed)

    def _children(self, folder: str) -> list[Row]:
        found = listing.children(self._connection, [folder])[folder]
        return [changes.row_of(file) for file in found]


def _folders(rows: Sequence[Mapping[str, Any]]) -> set[str]:
    return {row["id"] for row in rows if row["mimeType"] == listing.FOLDER}
