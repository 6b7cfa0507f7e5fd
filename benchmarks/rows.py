"""One row of the table: what photosync took, what others took beside it, and what is
wanted of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from benchmarks.served import Peer, Run


@dataclass(frozen=True)
class Sizes:
    """How much is measured, as parts of the full table."""

    scale: float = 1.0
    transfers: int = 16
    flickr_transfers: int = 4
    folder_transfers: int = 8
    middle_transfers: int = 4

    def _scaled(self, full: int) -> int:
        return max(2, round(full * self.scale))

    @property
    def drive_photos(self) -> int:
        return self._scaled(2000)

    @property
    def albums(self) -> int:
        return self._scaled(20)

    @property
    def flickr_photos(self) -> int:
        return self._scaled(500)

    @property
    def folder_photos(self) -> int:
        return self._scaled(2000)

    @property
    def middle_photos(self) -> int:
        return self._scaled(300)

    @property
    def large(self) -> tuple[int, ...]:
        return self._scaled(36_000), self._scaled(100_000)

    @property
    def large_albums(self) -> int:
        return self._scaled(400)


@dataclass(frozen=True)
class Row:
    """What one job took; `calls` are those of each method."""

    name: str
    photos: int
    run: Run
    calls: Mapping[str, int] = field(default_factory=dict)
    refused: int = 0
    peers: tuple[Peer, ...] = ()

    @property
    def all_calls(self) -> int:
        return sum(self.calls.values())


@dataclass(frozen=True)
class Wanted:
    """What a row is to keep on a quiet machine with two processors; 0 is no bound.

    `ratio` is to the named peer in the same run, the others are for the full size only.
    """

    seconds: float = 0
    calls_a_photo: float = 0
    peak: float = 0
    peer: str = ""
    ratio: float = 0

    def judge(self, row: Row, *, full: bool) -> Iterator[str]:
        """Yield what was wanted, and whether it is so."""
        if full and self.seconds:
            yield _judge(row.run.seconds, self.seconds, "s")
        if full and self.calls_a_photo:
            calls = row.all_calls / row.photos
            yield _judge(calls, self.calls_a_photo, "calls a photo")
        if full and self.peak:
            yield _judge(row.run.peak, self.peak, "MiB")
        for peer in row.peers:
            if peer.name == self.peer:
                ratio = row.run.seconds / peer.seconds
                yield _judge(ratio, self.ratio, f"x {peer.name}")


def _judge(value: float, bound: float, unit: str) -> str:
    verdict = "met" if value <= bound else "NOT MET"
    return f"<= {bound:g} {unit}: {verdict}"


WANTED: Mapping[str, Wanted] = {
    "drive-upload": Wanted(seconds=9.5, calls_a_photo=1.025),
    "drive-download": Wanted(seconds=8),
    "drive-quota": Wanted(seconds=66),
    "drive-middle": Wanted(peer="bare loop", ratio=1.3),
    "drive-first 36,000": Wanted(seconds=2.5, peak=160),
    "drive-first 100,000": Wanted(seconds=6, peak=160),
    "drive-nothing 36,000": Wanted(seconds=0.8),
    "drive-nothing 100,000": Wanted(seconds=1.8),
    "flickr-upload": Wanted(seconds=8.5, calls_a_photo=1.12),
    "flickr-download": Wanted(seconds=8),
    "folder": Wanted(peer="rclone", ratio=1.3),
}
