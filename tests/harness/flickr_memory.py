"""A plain memory for the tests of Flickr: what it is told it gives back, and JSON alone
passes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from photosync.services.base import Row


class PlainMemory:
    """Notes kept as text; `writes` counts how often anything differed."""

    def __init__(self) -> None:
        self._cursor = ""
        self._rows: dict[str, str] = {}
        self.writes = 0
        self.audit = False
        self.noted_whole = False

    @property
    def cursor(self) -> str:
        return "" if self.audit else self._cursor

    def listings(self) -> Iterator[tuple[str, Sequence[Row]]]:
        for name, text in list(self._rows.items()):
            yield name, json.loads(text)

    def note(
        self,
        cursor: str,
        changed: Mapping[str, Sequence[Row] | None],
        *,
        whole: bool = False,
    ) -> None:
        rows = {} if whole else dict(self._rows)
        for name, content in changed.items():
            rows.pop(name, None)
            if content is not None:
                rows[name] = json.dumps(list(content), sort_keys=True)
        if (cursor, rows) != (self._cursor, self._rows):
            self.writes += 1
        self._cursor, self._rows, self.noted_whole = cursor, rows, whole
