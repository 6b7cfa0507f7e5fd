"""Unfinished uploads, in the state file."""

from __future__ import annotations

import json

from photosync.errors import NotRecorded, StateUnusable
from photosync.history.listing_cache import OnLoss
from photosync.history.scope import Scope
from photosync.history.values import encode_text
from photosync.services.persistence import Row

_FIND = "SELECT facts FROM uploads WHERE scope = ? AND path = ?"
_PUT = "INSERT OR REPLACE INTO uploads VALUES (?, ?, ?)"
_REMOVE = "DELETE FROM uploads WHERE scope = ? AND path = ?"


class StoredUploads:
    """The `UnfinishedUploads` of one scope."""

    def __init__(self, scope: Scope, on_loss: OnLoss) -> None:
        self._scope = scope
        self._on_loss = on_loss

    def find(self, path: str) -> Row | None:
        try:
            rows = self._scope.read(_FIND, encode_text(path))
        except StateUnusable as error:
            # An upload under a new id could make a second photo.
            raise NotRecorded(str(error)) from error
        upload: Row | None = json.loads(rows[0][0]) if rows else None
        return upload

    def put(self, path: str, upload: Row) -> None:
        row = (self._scope.number, encode_text(path), json.dumps(upload))
        try:
            self._scope.database.write([(_PUT, [row])])
        except StateUnusable as error:
            raise NotRecorded(str(error)) from error

    def remove(self, path: str) -> None:
        try:
            self._scope.database.write(
                [(_REMOVE, [(self._scope.number, encode_text(path))])]
            )
        except StateUnusable as error:
            # The photo is there, and is found there by the id that was noted.
            self._on_loss(error)
