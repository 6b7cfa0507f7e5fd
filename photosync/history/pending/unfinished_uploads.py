"""Unfinished uploads, in the state file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from threading import Lock

from photosync.errors import NotRecorded, StateUnusable
from photosync.history.identity.scope import Scope
from photosync.history.storage.encoding import decode_text, encode_text
from photosync.history.storage.write_queue import Change
from photosync.history.sync_state.listing_cache import OnLoss
from photosync.services.persistence import Row, WaitForDisk

_READ = "SELECT path, facts FROM uploads WHERE scope = ?"
_PUT = "INSERT OR REPLACE INTO uploads VALUES (?, ?, ?)"
_REMOVE = "DELETE FROM uploads WHERE scope = ? AND path = ?"


class StoredUploads:
    """The `UnfinishedUploads` of one scope, which are few: they are read once."""

    def __init__(self, scope: Scope, on_loss: OnLoss) -> None:
        self._scope = scope
        self._on_loss = on_loss
        self._found: dict[str, str] | None = None
        self._lock = Lock()

    def find(self, path: str) -> Row | None:
        with self._lock:
            facts = self._read().get(path)
        upload: Row | None = json.loads(facts) if facts else None
        return upload

    def list_paths(self, beginning: str) -> Sequence[str]:
        with self._lock:
            return [path for path in self._read() if path.startswith(beginning)]

    def put(self, path: str, upload: Row) -> None:
        self.begin(path, upload)()

    def begin(self, path: str, upload: Row) -> WaitForDisk:
        facts = json.dumps(upload)
        written = self._scope.database.begin_write([self._make_change(path, facts)])

        def wait_for_disk() -> None:
            try:
                written()
            except StateUnusable as error:
                raise NotRecorded(str(error)) from error

        with self._lock:
            self._read()[path] = facts
        return wait_for_disk

    def add(self, path: str, upload: Row) -> None:
        facts = json.dumps(upload)
        with self._lock:
            self._read()[path] = facts
        change = self._make_change(path, facts)
        self._scope.database.write_soon(change, self._on_loss)

    def _make_change(self, path: str, facts: str) -> Change:
        return _PUT, [(self._scope.number, encode_text(path), facts)]

    def finish(self, path: str) -> None:
        with self._lock:
            self._read().pop(path, None)

    def remove(self, path: str) -> None:
        self.finish(path)
        # By what was noted the next run sees how it stands, should a crash come first.
        change = self.make_removal(self._scope, path)
        self._scope.database.write_later(change, self._on_loss)

    @staticmethod
    def make_removal(scope: Scope, path: str) -> Change:
        """Return what forgets the record of an upload of this file, if there is one."""
        return _REMOVE, [(scope.number, encode_text(path))]

    def _read(self) -> dict[str, str]:
        """Return what is noted, by path; raises NotRecorded."""
        if self._found is None:
            try:
                rows = self._scope.read(_READ)
            except StateUnusable as error:
                # An upload under a new id could make a second photo.
                raise NotRecorded(str(error)) from error
            self._found = {decode_text(path): facts for path, facts in rows}
        return self._found
