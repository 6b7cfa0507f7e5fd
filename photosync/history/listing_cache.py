"""Listings as they were last read, in the state file or nowhere."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from photosync.errors import StateUnusable
from photosync.history.scope import Scope
from photosync.history.values import decode_text, encode_text
from photosync.history.write_queue import Change
from photosync.services.persistence import Row

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
            rows = self._scope.read(
                "SELECT content FROM listings WHERE scope = ? AND album = ?", album
            )
            for (content,) in rows:
                try:
                    kept = json.loads(content)
                except (ValueError, TypeError, RecursionError):
                    # A damaged disk: it is not kept, so the service is asked.
                    continue
                yield decode_text(album), kept

    def note(
        self,
        cursor: str,
        changed: Mapping[str, Sequence[Row] | None],
        *,
        whole: bool = False,
    ) -> None:
        try:
            self._scope.database.write(self._changes(cursor, changed, whole=whole))
        except StateUnusable as error:
            # The cursor stayed too, so the next run is told these changes again.
            self._on_loss(error)

    def _changes(
        self,
        cursor: str,
        changed: Mapping[str, Sequence[Row] | None],
        *,
        whole: bool,
    ) -> Iterator[Change]:
        number = self._scope.number
        if whole:
            yield _FORGET_ALL, [(number,)]
        gone: list[Sequence[object]] = []
        kept: list[Sequence[object]] = []
        for album, rows in changed.items():
            if rows is None:
                gone.append((number, encode_text(album)))
            else:
                kept.append((number, encode_text(album), json.dumps(rows)))
        yield _FORGET, gone
        yield _KEEP, kept
        if whole:
            yield _BEGIN, [(number, cursor, int(time.time()))]
        elif cursor != self.cursor:
            yield _MOVE_ON, [(cursor, number)]


class NoListingCache:
    """The `ListingCache` of a run that remembers nothing."""

    cursor = ""

    def listings(self) -> Iterator[tuple[str, Sequence[Row]]]:
        return iter(())

    def note(
        self,
        cursor: str,
        changed: Mapping[str, Sequence[Row] | None],
        *,
        whole: bool = False,
    ) -> None:
        """Write nothing."""
