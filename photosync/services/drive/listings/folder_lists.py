"""Listings of many folders of Drive's, in few queries, some of them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from photosync.errors import NotFound, Rejected, SideError, SideStopped
from photosync.model import RemoteAlbum
from photosync.services.ahead import ask_ahead
from photosync.services.drive.calls.connection import Connection
from photosync.services.drive.listings import listing
from photosync.services.drive.listings.listing import Files
from photosync.services.trouble import FaultsInARow

_PER_QUERY = 25
"""Albums per query: more would make an address that some proxies find too long."""


def list_each(
    connection: Connection, folders: Sequence[str], which: str = "trashed = false"
) -> Iterator[Files | SideError]:
    """List folders, many per call; yields for each its files or its error, in order.

    Raises SideStopped where call after call ends in a passing fault.
    """
    lister = _FolderLister(connection, which)
    for group, answer in ask_ahead(lister.ask, _split(folders)):
        yield from lister.read(group, answer.result)


class _FolderLister:
    """Lists groups of folders by one query each, and by one for each folder where that
    tells nothing.
    """

    def __init__(self, connection: Connection, which: str) -> None:
        self._connection = connection
        self._which = which
        self._faults = FaultsInARow()

    def ask(self, group: Sequence[str]) -> dict[str, Files]:
        return listing.list_folders(self._connection, group, self._which)

    def read(
        self, group: Sequence[str], answer: Callable[[], dict[str, Files]]
    ) -> Iterator[Files | SideError]:
        """Yield the files of each folder, or its error."""
        try:
            found = answer()
        except SideStopped:
            raise
        except SideError as error:
            # One query that fails ends no other, but five in a row.
            self._faults.check(error)
            if len(group) == 1 or not isinstance(error, NotFound | Rejected):
                yield from [error] * len(group)
                return
            # One folder of them was deleted since: the others are there.
            found = {}
        else:
            self._faults.check(None)
        if len(group) == 1 or any(found.values()):
            yield from (found[folder] for folder in group)
            return
        # Drive at times answers a query for several parents with nothing at all.
        for folder in group:
            yield from self.read([folder], partial(self.ask, [folder]))


def _split(folders: Sequence[str]) -> Iterator[Sequence[str]]:
    for begin in range(0, len(folders), _PER_QUERY):
        yield folders[begin : begin + _PER_QUERY]


def list_albums(
    connection: Connection, albums: Sequence[RemoteAlbum]
) -> Iterator[tuple[RemoteAlbum, Files | SideError]]:
    """List the folders of albums, many per call; each with its files or its error."""
    folders = [album.id for album in albums]
    yield from zip(albums, list_each(connection, folders), strict=True)
