"""The listing of a base folder: as earlier runs cached it, brought up to date, or read
anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from photosync.errors import SideError
from photosync.model import Problem, RemoteAlbum
from photosync.services.alone import list_alone
from photosync.services.capabilities import AlbumListing
from photosync.services.drive.calls.connection import Connection
from photosync.services.drive.listings import changes, folder_lists, listing
from photosync.services.persistence import ListingCache, PackedRows, Row
from photosync.unforeseen import contain


class CachedListing:
    """One look at all albums, as a run takes it.

    An album that is not cached, be it new, moved here or taken out of the trash, is
    listed by itself: what lies in it need not have changed, and so need not be in the
    feed.
    """

    def __init__(self, connection: Connection, cache: ListingCache) -> None:
        self._connection = connection
        self._cache = cache
        self._changes = changes.Changes(changes.Cursor(""))
        self._is_read_anew = False
        self._read_rows = PackedRows()
        self._forgotten: set[str] = set()

    # -- albums
    # ---------------------------------------------------------------------------

    def albums(self, find: Callable[[], str | None]) -> Sequence[Row]:
        """List what lies in the base folder, of which `find` asks Drive for the id.

        Raises SideError unless the list is complete.
        """
        cursor = self._cache.cursor
        since = changes.read_changes_since(self._connection, cursor) if cursor else None
        # Asked for in every run: nothing in the feed says that a folder above the base
        # went to the trash, and took along all that is below.
        base = find()
        if since is None:
            return self._read_anew(base)
        self._changes = since
        return self._bring_up_to_date(base)

    def _read_anew(self, base: str | None) -> Sequence[Row]:
        self._changes = changes.begin_feed(self._connection)
        self._is_read_anew = True
        if base is None:
            return []
        rows = self._list_folder(base)
        self._read_rows.put(base, rows)
        return rows

    def _bring_up_to_date(self, base: str | None) -> Sequence[Row]:
        """Apply the changes to the cache; returns what then lies in the base folder."""
        rows = self._find_unchanged(base)
        if rows is not None:
            self._write({})
            return rows
        review = self._review(base)
        after: Sequence[Row] = ()
        stay: set[str] = set()
        if base and review.base_rows is not None:
            after = self._changes.apply_to(base, review.base_rows)
            stay = _get_folders(review.base_rows) & _get_folders(after) | {base}
        elif base:
            after = self._changes.apply_to(base, self._list_folder(base))
            review.changed[base] = after
            stay = {base}
        # What left the base folder is cached no longer; should it come back, it is
        # listed by itself.
        review.changed |= dict.fromkeys(review.folders - stay)
        self._forgotten = {
            folder for folder, rows in review.changed.items() if rows is None
        }
        self._write(review.changed)
        return after

    def _find_unchanged(self, base: str | None) -> Sequence[Row] | None:
        """Return the cached rows of the base folder if nothing has changed at all."""
        if base is None or self._changes.files or self._changes.late:
            return None
        rows = self._cache.find_listing(base)
        return rows if rows is not None and changes.is_readable(rows) else None

    def _review(self, base: str | None) -> _Review:
        """Compare the whole cache with the changes."""
        review = _Review()
        for folder, rows in self._cache.listings():
            # Another version of photosync wrote them, or a damaged disk.
            if not changes.is_readable(rows):
                review.changed[folder] = None
                continue
            review.folders.add(folder)
            after = self._changes.apply_to(folder, rows)
            if after != list(rows):
                review.changed[folder] = after
            if folder == base:
                review.base_rows = rows
        return review

    # -- photos
    # ---------------------------------------------------------------------------

    def photos(
        self, albums: Sequence[RemoteAlbum], listing_warnings: list[Problem]
    ) -> Iterator[AlbumListing]:
        """List albums from the cache, then from Drive; what is read anew is cached."""
        missing = {album.id: album for album in albums}
        if not self._is_read_anew:
            yield from self._list_cached(missing, listing_warnings)
        yield from self._list_missing(list(missing.values()), listing_warnings)
        if self._is_read_anew or self._read_rows:
            self._cache.note(
                str(self._changes.cursor), self._read_rows, whole=self._is_read_anew
            )

    def _list_cached(
        self, missing: dict[str, RemoteAlbum], listing_warnings: list[Problem]
    ) -> Iterator[AlbumListing]:
        """List the albums that are cached, and take them out of `missing`."""
        for folder, album in list(missing.items()):
            found = self._read_cached(album, listing_warnings)
            if found is not None:
                del missing[folder]
                yield found

    def _read_cached(
        self, album: RemoteAlbum, listing_warnings: list[Problem]
    ) -> AlbumListing | None:
        """Return the listing of an album from the cache, None where Drive is to be asked."""
        if album.id in self._forgotten:
            return None
        rows = self._cache.find_listing(album.id)
        if rows is None or not changes.is_readable(rows):
            return None
        try:
            with contain(album.title):
                after = self._changes.apply_to(album.id, rows)
                return listing.build_listing(album, after, listing_warnings)
        except SideError:
            # A row that makes no sense is of a damaged cache.
            return None

    def _list_missing(
        self, albums: Sequence[RemoteAlbum], listing_warnings: list[Problem]
    ) -> Iterator[AlbumListing]:
        for album, files in folder_lists.list_albums(self._connection, albums):
            read = partial(self._make_listing, album, files, listing_warnings)
            yield list_alone(album, read)

    def _make_listing(
        self,
        album: RemoteAlbum,
        files: Sequence[Mapping[str, Any]] | SideError,
        listing_warnings: list[Problem],
    ) -> AlbumListing:
        if isinstance(files, SideError):
            return listing.build_listing(album, files, listing_warnings)
        # What changed while all was listed is in the feed of the next run, and here
        # already where the list did not lag.
        rows = self._changes.apply_to(album.id, files)
        found = listing.build_listing(album, rows, listing_warnings)
        self._read_rows.put(album.id, rows)
        return found

    def _write(self, changed: Mapping[str, Sequence[Row] | None]) -> None:
        cursor = str(self._changes.cursor)
        if changed or cursor != self._cache.cursor:
            self._cache.note(cursor, PackedRows(changed))

    def _list_folder(self, folder: str) -> Sequence[Row]:
        return listing.list_folders(self._connection, [folder])[folder]


@dataclass(slots=True)
class _Review:
    """What the changes make of the cache.

    `base_rows` lay in the base folder, None where it is not cached. `folders` are
    cached, and `changed` are those that differ now, with None for one that cannot be
    read.
    """

    base_rows: Sequence[Row] | None = None
    folders: set[str] = field(default_factory=set)
    changed: dict[str, Sequence[Row] | None] = field(default_factory=dict)


def _get_folders(rows: Sequence[Mapping[str, Any]]) -> set[str]:
    return {row["id"] for row in rows if row["mimeType"] == listing.FOLDER}
