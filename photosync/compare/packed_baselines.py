"""The baselines that a survey learns, packed in memory until they are written."""

from __future__ import annotations

import marshal
import zlib
from collections.abc import Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from operator import eq

from photosync.model import Baseline, LocalStat, RemotePhoto

_BATCH = 1000
_FASTEST = 1


class PackedBaselines(Collection[Baseline]):
    """Baselines in order, of which all but the last thousand are packed.

    The first run over 100,000 photos learns as many baselines. Unpacked they would take
    more memory than all the rest of the run. `albums` are the titles of their albums.
    """

    def __init__(self, baselines: Iterable[Baseline] = ()) -> None:
        self.albums: set[str] = set()
        self._packed: list[bytes] = []
        self._last: list[Baseline] = []
        for baseline in baselines:
            self.append(baseline)

    def append(self, baseline: Baseline) -> None:
        """Add one at the end."""
        self.albums.add(baseline.album)
        self._last.append(baseline)
        if len(self._last) == _BATCH:
            self._packed.append(_pack(self._last))
            self._last = []

    def __iter__(self) -> Iterator[Baseline]:
        for batch in self._packed:
            yield from _unpack(batch)
        yield from self._last

    def __len__(self) -> int:
        return _BATCH * len(self._packed) + len(self._last)

    # It can change, as a list can.
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        """Whether both hold equal baselines in the same order."""
        if not isinstance(other, PackedBaselines):
            return NotImplemented
        return len(self) == len(other) and all(map(eq, self, other))

    def __contains__(self, baseline: object) -> bool:
        return any(one == baseline for one in self)


def list_albums(baselines: Iterable[Baseline]) -> AbstractSet[str]:
    """Return the titles of the albums that the baselines belong to."""
    if isinstance(baselines, PackedBaselines):
        # They need not be unpacked for this.
        return baselines.albums
    return {baseline.album for baseline in baselines}


def _pack(baselines: Iterable[Baseline]) -> bytes:
    rows: list[tuple[object, ...]] = []
    for album, name, local, remote, path in baselines:
        stat = None if local is None else tuple(local)
        rows.append((album, name, stat, tuple(remote), path))
    # Never written to a disk: what is unpacked is what was packed a moment ago.
    return zlib.compress(marshal.dumps(rows), _FASTEST)


def _unpack(batch: bytes) -> Iterator[Baseline]:
    rows = marshal.loads(zlib.decompress(batch))  # noqa: S302 - our own, see above
    for album, name, stat, remote, path in rows:
        local = None if stat is None else LocalStat(*stat)
        yield Baseline(album, name, local, RemotePhoto(*remote), path)
