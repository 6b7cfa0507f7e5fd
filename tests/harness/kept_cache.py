"""What is remembered of one account, in a dictionary: a
`photosync.services.base.Memory` for tests.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from photosync.services.base import Row


class KeptMemory:
    """Keeps what is noted as JSON text, so that only what JSON can hold comes back.

    `notes` counts the notes that changed something; `frozen` is a dry run.
    """

    def __init__(self) -> None:
        self.cursor = ""
        self.rows: dict[str, str] = {}
        self.uploads: dict[str, str] = {}
        self.notes = 0
        self.frozen = False

    def listings(self) -> Iterator[tuple[str, Sequence[Row]]]:
        for album in sorted(self.rows):
            yield album, json.loads(self.rows[album])

    def note(
        self,
        cursor: str,
        changed: Mapping[str, Sequence[Row] | None],
        *,
        whole: bool = False,
    ) -> None:
        if self.frozen:
            return
        before = (self.cursor, dict(self.rows))
        if whole:
            self.rows.clear()
        for album, rows in changed.items():
            if rows is None:
                self.rows.pop(album, None)
            else:
                self.rows[album] = json.dumps(rows)
        self.cursor = cursor
        self.notes += before != (self.cursor, self.rows)

    def upload(self, path: str) -> Row | None:
        facts: Row | None = (
            json.loads(self.uploads[path]) if path in self.uploads else None
        )
        return facts

    def note_upload(self, path: str, facts: Row | None) -> None:
        if self.frozen:
            return
        if facts is None:
            self.uploads.pop(path, None)
        else:
            self.uploads[path] = json.dumps(facts)
