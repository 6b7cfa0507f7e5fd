"""Listings as they were last read, in the state file or nowhere."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence

from photosync.errors import StateUnusable
from photosync.history.identity.scope import Scope
from photosync.history.storage.encoding import decode_text, encode_text
from photosync.history.storage.write_queue import Change, MadeRows
from photosync.services.persistence import PackedRows, Row, unpack_rows

OnLoss = Callable[[StateUnusable], None]
"""Told that something could not be written which the next run can read again."""

_DAY = 86_400

_KEEP = "INSERT OR REPLACE INTO listings VALUES (?, ?, ?)"
_FORGET = "DELETE FROM listings WHERE scope = ? AND album = ?"
_FORGET_ALL = "DELETE FROM listings WHERE scope = ?"
_BEGIN = "INSERT OR REPLACE INTO cursors VALUES (?, ?, ?)"
_MOVE_ON = "UPDATE cursors SET cursor = ? WHERE scope = ?"


class StoredListingCache:
    """The `ListingCache` of one scope.

    `audit_days` is how long a listing is carried on by the feed of changes before it is
    read anew.
    """

    def __init__(self, scope: Scope, on_loss: OnLoss, *, audit_days: float) -> None:
        self._scope = scope
        self._on_loss = on_loss
        self._audit_days = audit_days

    @property
    def cursor(self) -> str:
        rows = self._scope.read("SELECT cursor, audited FROM cursors WHERE scope = ?")
        if not rows:
            return ""
        cursor, audited = rows[0]
        age = time.time() - audited
        # A clock that was set back must not put the audit off for years.
        is_fresh = 0 <= age < self._audit_days * _DAY
        return str(cursor) if is_fresh else ""

    def listings(self) -> Iterator[tuple[str, Sequence[Row]]]:
        # One album at a time: all of a large library would fill the memory.
        albums = self._scope.read(
            "SELECT album FROM listings WHERE scope = ? ORDER BY album"
        )
        for (album,) in albums:
            rows = self._read(album)
            if rows is not None:
                yield decode_text(album), rows

    def find_listing(self, album: str) -> Sequence[Row] | None:
        return self._read(encode_text(album))

    def _read(self, album: str | bytes) -> Sequence[Row] | None:
        found = self._scope.read(
            "SELECT content FROM listings WHERE scope = ? AND album = ?", album
        )
        try:
            return _read_rows(found[0][0]) if found else None
        except (ValueError, TypeError, RecursionError):
            # A damaged disk: it is not kept, so the service is asked.
            return None

    def note(self, cursor: str, changed: PackedRows, *, whole: bool = False) -> None:
        try:
            changes = self._make_changes(cursor, changed, whole=whole)
            self._scope.database.write(changes)
        except StateUnusable as error:
            # The cursor stayed too, so the next run is told these changes again.
            self._on_loss(error)

    def _make_changes(
        self, cursor: str, changed: PackedRows, *, whole: bool
    ) -> Iterator[Change]:
        number = self._scope.number
        # What a listing of everything does not have is there no more.
        if whole:
            yield _FORGET_ALL, [(number,)]
        gone = [(number, encode_text(album)) for album in changed.forgotten]

        def make_row(album: str) -> tuple[object, ...]:
            return number, encode_text(album), changed.packed(album)

        yield _FORGET, gone
        yield _KEEP, MadeRows(make_row, changed.kept)
        if whole:
            yield _BEGIN, [(number, cursor, int(time.time()))]
        elif cursor != self.cursor:
            yield _MOVE_ON, [(cursor, number)]


def _read_rows(content: str | bytes) -> Sequence[Row]:
    if isinstance(content, bytes):
        return unpack_rows(content)
    # An earlier photosync wrote them as they are.
    rows: Sequence[Row] = json.loads(content)
    return rows


class NoListingCache:
    """The `ListingCache` of a run that remembers nothing."""

    cursor = ""

    def listings(self) -> Iterator[tuple[str, Sequence[Row]]]:
        return iter(())

    def find_listing(self, album: str) -> Sequence[Row] | None:  # noqa: ARG002 - as of any
        """Return nothing."""
        return None

    def note(self, cursor: str, changed: PackedRows, *, whole: bool = False) -> None:
        """Write nothing."""
