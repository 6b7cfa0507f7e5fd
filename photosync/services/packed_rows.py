"""Rows of many albums, small in memory until they are written to the listing cache."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence

from photosync.services.persistence import Row

_FASTEST = 1


class PackedRows(Mapping[str, Sequence[Row] | None]):
    """Rows by album or folder, each one's unpacked only while it is looked at.

    None stands for an album that the cache is to forget.
    """

    def __init__(self) -> None:
        # A listing of 100,000 photos would otherwise be held twice while it is read.
        self._packed: dict[str, bytes | None] = {}

    def put(self, key: str, rows: Sequence[Row]) -> None:
        """Hold the rows of one album, instead of those held before."""
        self._packed[key] = zlib.compress(json.dumps(rows).encode(), _FASTEST)

    def forget(self, key: str) -> None:
        """Let the cache forget one album."""
        self._packed[key] = None

    def __getitem__(self, key: str) -> Sequence[Row] | None:
        packed = self._packed[key]
        if packed is None:
            return None
        rows: list[Row] = json.loads(zlib.decompress(packed))
        return rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)
