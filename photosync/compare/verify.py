"""Reads photos again that pass for equal: a disk can lose bytes without a word.

Each run reads a slice of all known photos, so that after some days all were read. What
was read is noted at once: a run that is killed has not read in vain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from photosync.compare.changes import is_as_agreed_here, is_as_agreed_there
from photosync.compare.rot import find_damaged, make_rotten
from photosync.errors import Changed, NotFound, SideError, SideStopped, StateUnusable
from photosync.formatting import name_service
from photosync.local.explorer import Explorer
from photosync.model import (
    Baseline,
    Comparisons,
    Difference,
    LocalPhoto,
    Pair,
    Problem,
    RemotePhoto,
    Side,
)
from photosync.naming import PhotoKey, photo_key
from photosync.services.capabilities import OriginalWithheld
from photosync.services.fetching import read_md5
from photosync.services.reading import RemoteReader
from photosync.unforeseen import contain

SAMPLE = 25
SAMPLE_BYTES = 200 * 2**20
"""How many photos, and bytes of them, one run downloads only to verify them."""

_NOTED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Slice:
    """How much one run reads again: `percent` of all photos; or, where that is 0, so many
    that all are read once in `days`.
    """

    percent: float = 0.0
    days: float = 30.0


class Verifications(Protocol):
    """When each photo was last read again; without a memory none ever is."""

    def find_due(self, wanted: Slice) -> AbstractSet[PhotoKey]:
        """Return the places of a slice: those of damaged photos first, then of those
        that have waited longest.
        """

    def note_verified(
        self, seen: Iterable[PhotoKey], damaged: Iterable[PhotoKey]
    ) -> None:
        """Note which photos were read now and are sound, and which are damaged.

        Raises StateUnusable.
        """


class Verifier:
    """Reads the photos of one service that are due, on both sides."""

    def __init__(
        self,
        explorer: Explorer,
        backend: RemoteReader,
        memory: Verifications,
        wanted: Slice,
    ) -> None:
        """Nothing is read yet; raises StateUnusable."""
        self._explorer = explorer
        self._backend = backend
        self._memory = memory
        self._due = memory.find_due(wanted)
        self._albums = {album for album, _ in self._due}
        # Whoever names a percentage has the time for it.
        self._is_sample = wanted.percent == 0 and backend.capabilities.is_far
        self._seen: list[PhotoKey] = []
        self._damaged: set[PhotoKey] = set()
        self._suspect: set[PhotoKey] = set()
        self._all = len(self._due)
        self._done = 0
        self._read_here = 0
        self._read_there = 0
        self._bytes_there = 0

    def has_due(self, album_key: str) -> bool:
        """Whether any photo of an album is to be read."""
        return album_key in self._albums

    @property
    def progress(self) -> tuple[int, int]:
        """How many photos were looked at, and how many are to be in all."""
        return self._done, self._all

    def is_due(self, difference: Difference) -> bool:
        """Whether a pair passes for equal and is to be read again."""
        pair = difference.pair
        if difference.comparison is not Comparisons.SAME or difference.touched:
            return False
        if pair.baseline is None:
            return False
        return photo_key(pair.album, pair.name) in self._due

    def verify(self, difference: Difference) -> Difference:
        """Read both photos of a pair that is due, and return the difference."""
        pair = difference.pair
        place = photo_key(pair.album, pair.name)
        self._done += 1
        try:
            with contain(f"{pair.album}/{pair.name}"):
                difference = self._read(pair)
        except SideStopped:
            raise
        except (Changed, NotFound):
            # It is being edited: the next run compares it.
            return difference
        except SideError as error:
            problem = f"cannot be verified: {error}"
            return Difference(pair, Comparisons.UNKNOWN, problem=problem)
        self._note(place, difference.comparison)
        return difference

    def finish(self) -> Iterator[Problem]:
        """Note what is left to note, and yield a notice of how much was read."""
        # A photo that a filter hides by now must not come first in each run for ever.
        not_seen = self._due - self._damaged - self._suspect - set(self._seen)
        self._seen += not_seen
        self._flush()
        text = (
            f"verified: {self._read_here:,} read again here, {self._read_there:,} there"
        )
        if self._damaged:
            text = f"{text}; {len(self._damaged):,} damaged"
        if self._suspect:
            text = f"{text}; {len(self._suspect):,} perhaps damaged"
        yield Problem(name_service(self._backend.name), text, failed=False)

    def _read(self, pair: Pair) -> Difference:
        local, remote = pair.both
        baseline = pair.known
        known = baseline.remote.md5 or self._explorer.known_md5(local)
        here = self._explorer.read_md5(local)
        self._read_here += 1
        there: str | None = None
        is_suspect = known is not None and here != known
        if is_suspect or self._may_read(remote):
            there = self._read_md5_there(remote)
        damaged = self._find_damaged(known, here, there)
        if Side.LOCAL in damaged and there is None:
            # It is not known whether the copy there is any better.
            damaged = frozenset(Side)
        if damaged and _was_touched(local, remote, baseline):
            problem = _describe_touched(damaged, name_service(self._backend.name))
            return Difference(pair, Comparisons.UNKNOWN, problem=problem)
        if damaged:
            return make_rotten(pair, damaged, there)
        proved = remote if there is None else remote._replace(md5=there)
        return Difference(pair._replace(remote=proved), Comparisons.SAME)

    @staticmethod
    def _find_damaged(
        known: str | None, here: str, there: str | None
    ) -> frozenset[Side]:
        if known is not None:
            return find_damaged(known, here=here, there=there)
        # They passed for equal by date and size, and nobody knows which one changed.
        if there is not None and there != here:
            return frozenset(Side)
        return frozenset()

    def _may_read(self, remote: RemotePhoto) -> bool:
        if not self._is_sample:
            return True
        size = remote.size or 0
        fits = self._bytes_there + size <= SAMPLE_BYTES
        return fits and self._read_there < SAMPLE

    def _read_md5_there(self, remote: RemotePhoto) -> str | None:
        """Return the MD5 of a remote photo; None where the original is not to be had."""
        if remote.reduced:
            return None
        try:
            md5 = read_md5(self._backend, remote)
        except OriginalWithheld:
            return None
        self._read_there += 1
        self._bytes_there += remote.size or 0
        return md5

    def _note(self, place: PhotoKey, comparison: Comparisons) -> None:
        if comparison is Comparisons.ROTTEN:
            self._damaged.add(place)
        elif comparison is Comparisons.UNKNOWN:
            # Like damage it is reported in each run until somebody settles it.
            self._suspect.add(place)
        else:
            self._seen.append(place)
        if len(self._seen) >= _NOTED_AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        # Photos whose note cannot be written are read once more by a later run.
        with suppress(StateUnusable):
            self._memory.note_verified(self._seen, self._damaged | self._suspect)
        self._due -= set(self._seen)
        self._seen = []


def _describe_touched(changed: AbstractSet[Side], service: str) -> str:
    places = {Side.LOCAL: "here", Side.REMOTE: f"on {service}"}
    where = " and ".join(place for side, place in places.items() if side in changed)
    return (
        f"other bytes {where} than when last compared, with the same date and size: "
        "changed by a program that keeps these, or damaged; -c 7 takes it for an edit"
    )


def _was_touched(local: LocalPhoto, remote: RemotePhoto, baseline: Baseline) -> bool:
    """Whether the times of change say that somebody did something to either file."""
    if not is_as_agreed_here(local, baseline, closely=True):
        return True
    return not is_as_agreed_there(remote, baseline, closely=True)
