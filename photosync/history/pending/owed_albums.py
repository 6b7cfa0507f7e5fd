"""The remote albums that runs changed and have still to bring up to date: dates, order and
description come last, and a run that is killed never comes to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from photosync.history.identity.scope import Scope
from photosync.history.storage.database import Database
from photosync.history.storage.encoding import decode_text, encode_text
from photosync.history.storage.write_queue import Change
from photosync.model import AlbumUpdate

_FIND = "SELECT album FROM debts WHERE scope = ? ORDER BY album"
_ADD = "INSERT OR IGNORE INTO debts VALUES (?, ?)"
_REMOVE = "DELETE FROM debts WHERE scope = ? AND album = ?"


class StoredOwedAlbums:
    """The albums of some services that are still to be brought up to date.

    Whatever reads or writes raises StateUnusable.
    """

    def __init__(self, database: Database, scopes: Mapping[str, Scope]) -> None:
        self._database = database
        self._scopes = scopes
        self._open: set[AlbumUpdate] = set()

    def find(self) -> Iterator[AlbumUpdate]:
        """Yield the albums that earlier runs left."""
        for service, scope in self._scopes.items():
            for (album,) in scope.read(_FIND):
                yield AlbumUpdate(service, decode_text(album))

    def begin(
        self, updates: Iterable[AlbumUpdate], owed: Iterable[AlbumUpdate]
    ) -> None:
        """Note the albums that a run is going to change, before it does: whether a step
        was done that was killed at its end is not known later.

        `owed` are the albums that earlier runs left.
        """
        # Those stay owed whatever becomes of this run.
        self._open = set(updates).difference(owed)
        self._database.write([(_ADD, self._encode(self._open))])

    def note_change(self, album: AlbumUpdate) -> None:
        """Keep an album that was changed, until `settle`."""
        self._open.discard(album)

    def settle(self, album: AlbumUpdate) -> Change:
        """Return the change that forgets an album which is up to date."""
        self._open.discard(album)
        return _REMOVE, self._encode([album])

    def make_end(self) -> Change:
        """Return the change that forgets the albums in which nothing was changed."""
        return _REMOVE, self._encode(self._open)

    def _encode(self, updates: Iterable[AlbumUpdate]) -> list[tuple[object, object]]:
        rows: list[tuple[object, object]] = []
        for update in updates:
            # A service that was not met in this run has no scope.
            scope = self._scopes.get(update.service)
            if scope is not None:
                rows.append((scope.number, encode_text(update.album)))
        return rows
