"""What is remembered of one account, in dictionaries: the `ListingCache` and the
`UnfinishedUploads` of tests.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import partial

from photosync.errors import NotRecorded
from photosync.services.base import Backend
from photosync.services.persistence import PackedRows, Row, WaitForDisk, unpack_rows


class KeptMemory:
    """Keeps what is noted as JSON text, so that only what JSON can hold comes back.

    `notes` counts the notes that changed something, `is_whole` tells whether the last
    one replaced all; `frozen` is a dry run; on a disk that `is_full` no upload can be
    noted.
    """

    def __init__(self) -> None:
        self.cursor = ""
        self.rows: dict[str, str] = {}
        self.uploads: dict[str, str] = {}
        self.notes = 0
        self.is_whole = False
        self.frozen = False
        self.is_full = False

    def serve(self, backend: Backend) -> None:
        """Let a backend remember all it can here."""
        backend.use_cache(self)
        backend.use_uploads(self)

    def listings(self) -> Iterator[tuple[str, Sequence[Row]]]:
        for album in sorted(self.rows):
            yield album, json.loads(self.rows[album])

    def find_listing(self, album: str) -> Sequence[Row] | None:
        return dict(self.listings()).get(album)

    def note(self, cursor: str, changed: PackedRows, *, whole: bool = False) -> None:
        if self.frozen:
            return
        before = (self.cursor, dict(self.rows))
        if whole:
            self.rows.clear()
        for album in changed.forgotten:
            self.rows.pop(album, None)
        for album in changed.kept:
            self.rows[album] = json.dumps(unpack_rows(changed.packed(album)))
        self.cursor = cursor
        self.is_whole = whole
        self.notes += before != (self.cursor, self.rows)

    def find(self, path: str) -> Row | None:
        upload: Row | None = (
            json.loads(self.uploads[path]) if path in self.uploads else None
        )
        return upload

    def list_paths(self, beginning: str) -> Sequence[str]:
        return [path for path in self.uploads if path.startswith(beginning)]

    def put(self, path: str, upload: Row) -> None:
        if self.is_full:
            raise NotRecorded("the disk is full")
        if not self.frozen:
            self.uploads[path] = json.dumps(upload)

    def begin(self, path: str, upload: Row) -> WaitForDisk:
        if self.is_full:
            return partial(self.put, path, upload)
        self.put(path, upload)
        return lambda: None

    def add(self, path: str, upload: Row) -> None:
        if not self.frozen and not self.is_full:
            self.uploads[path] = json.dumps(upload)

    def finish(self, path: str) -> None:
        # Of what a step did, which goes with it, nothing is kept here.
        self.remove(path)

    def remove(self, path: str) -> None:
        if not self.frozen:
            self.uploads.pop(path, None)
