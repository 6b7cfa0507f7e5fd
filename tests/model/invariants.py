"""What must hold of every run, whatever happened before it.

They are stated in ARCHITECTURE.md under "What must always hold".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.three_sides import Ended, Folder, Remote

_LINE = re.compile(
    r"(?:done|failed) (?P<action>[A-Z_]+) +(?P<service>folder:.*?|\w+)  (?P<subject>.*)"
)
_TAKES: Mapping[bool, frozenset[str]] = {
    True: frozenset({"DOWNLOAD_REMOTE", "MOVE_LOCAL"}),
    False: frozenset({"REPLACE_REMOTE_WITH_LOCAL", "MOVE_REMOTE"}),
}
_DELETES: Mapping[bool, str] = {True: "DELETE_LOCAL", False: "DELETE_REMOTE"}
_SENDS = frozenset({"UPLOAD_LOCAL", "REPLACE_REMOTE_WITH_LOCAL", "MOVE_REMOTE"})


@dataclass(frozen=True)
class Side:
    """The photos of one side at one moment, and what lies in its trash."""

    service: str
    photos: Mapping[str, bytes]
    trash: Sequence[bytes]

    @property
    def is_local(self) -> bool:
        return self.service == "local"

    @classmethod
    def of(cls, side: Folder | Remote, *, is_local: bool = False) -> Side:
        service = "local" if is_local else side.service
        return cls(service, side.photos(), side.trash())


@dataclass(frozen=True)
class Told:
    """One line of output: what was done, or tried, about which paths."""

    action: str
    service: str
    subject: str

    def is_about(self, path: str) -> bool:
        places = re.split(r" <- |: |  \(", self.subject)
        return path in places


def read_told(ended: Ended) -> list[Told]:
    """Return what a run said it did or failed to do."""
    found: list[Told] = []
    for line in ended.log.splitlines():
        match = _LINE.fullmatch(line)
        if match:
            found.append(Told(match["action"], match["service"], match["subject"]))
    return found


def find_lost(before: Iterable[Side], after: Iterable[Side]) -> set[bytes]:
    """Return the contents that are on no side and in no trash any more."""
    return set(_list_contents(before)) - set(_list_contents(after))


def _list_contents(sides: Iterable[Side]) -> Iterator[bytes]:
    for side in sides:
        yield from side.photos.values()
        yield from side.trash


def find_hidden(kept: set[bytes], after: Iterable[Side]) -> set[bytes]:
    """Return what nobody deleted or wrote over and yet no side shows any more."""
    return kept - {data for side in after for data in side.photos.values()}


def find_untold(
    before: Side,
    after: Side,
    told: Iterable[Told],
    sides: Iterable[Side],
    *,
    kept: set[bytes],
    may_delete: bool,
) -> list[str]:
    """Return the paths that lost their photo without a word, or by a delete that is not
    permitted, or that nobody meant.
    """
    mine = [one for one in told if before.is_local or one.service == before.service]
    untold: list[str] = []
    for path, data in before.photos.items():
        if after.photos.get(path) == data:
            continue
        is_shown = data in after.photos.values()
        takes = set(_TAKES[before.is_local])
        # What is to be kept may have been moved to a name that another photo has.
        if may_delete and (is_shown or data not in kept):
            takes.add(_DELETES[before.is_local])
        about_it = [
            one
            for one in mine
            if one.is_about(path) or _brings(one, after.photos.get(path), sides)
        ]
        if data not in kept and path not in after.photos:
            # Renamed here and edited on Drive, so it is replaced under its new name.
            about_it += [one for one in mine if one.action in _SENDS]
        actions = {one.action for one in about_it} & takes
        is_only_moved = actions <= {"MOVE_LOCAL", "MOVE_REMOTE"}
        if not actions or (is_only_moved and not is_shown):
            untold.append(path)
    return untold


def _brings(one: Told, data: bytes | None, sides: Iterable[Side]) -> bool:
    """Whether a step is told under the name that the photo has or had on another
    side.
    """
    if data is None:
        return False
    return data in {found for side in sides for found in _find_versions(one, [side])}


def find_sent_twice(
    before: Side, after: Side, local: Iterable[Side], told: Iterable[Told]
) -> set[bytes]:
    """Return the contents that came to a service more often than was told."""
    gained = Counter(after.photos.values())
    gained.subtract(Counter(before.photos.values()))
    sent: Counter[bytes] = Counter()
    for one in told:
        if one.service != before.service or one.action not in _SENDS:
            continue
        # A file may be another one by the end of the run: each that it was counts.
        for data in _find_versions(one, local):
            sent[data] += 1
    return {data for data, number in gained.items() if number > sent[data]}


def _find_versions(one: Told, local: Iterable[Side]) -> set[bytes]:
    return {
        data
        for side in local
        for path, data in side.photos.items()
        if one.is_about(path)
    }
