"""Whether an old backup was put back here: the library is as it was some time ago. Pure.

A person edits or deletes single photos. Where a disk died and a backup took its place,
all files were written anew, and what came last is missing, or older than it was. Taken
for the work of a person, this would be carried on to all services.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple

from photosync.formatting import count_nouns
from photosync.model import (
    OLD_BACKUP,
    Actions,
    Comparisons,
    Problem,
    Step,
)
from photosync.naming import PhotoKey, photo_key
from photosync.plan.steps import report_instead, target_of

_C = Comparisons

_CLOCKS_OF_DISKS = 2 * 10**9
"""How far off a disk may keep a date, in nanoseconds: FAT counts in steps of 2 s."""

_SUSPICIOUS = frozenset(
    {_C.LOCAL_DELETED, _C.LOCAL_MOVED, _C.LOCAL_ONLY, _C.REMOTE_OLDER, _C.CONFLICT}
)
_FEWEST = 5
_EDITED = frozenset({_C.REMOTE_OLDER, _C.CONFLICT})
_DONE_THERE = frozenset(
    {Actions.REPLACE_REMOTE_WITH_LOCAL, Actions.DELETE_REMOTE, Actions.MOVE_REMOTE}
)

IN_BACKUP = "an old backup"
"""The first words of the reason of a step that an old backup keeps from being done."""

_WITHHELD: Mapping[Comparisons, str] = {
    _C.LOCAL_DELETED: f"{IN_BACKUP} does not have it yet",
    _C.LOCAL_MOVED: f"{IN_BACKUP} has it at its former place",
}
_OLDER = f"{IN_BACKUP} has it as it was before"
_RETURNED = (
    f"{IN_BACKUP} brought it back, which was deleted since; delete it again, or send it "
    f"with --accept {OLD_BACKUP}"
)
_COUNTED = {
    _WITHHELD[_C.LOCAL_DELETED]: "missing",
    _OLDER: "as before an edit",
    _WITHHELD[_C.LOCAL_MOVED]: "where it was before",
}
_REMEDY = (
    "nothing is replaced, moved or deleted elsewhere for it. To bring today's photos "
    "back: -m download --override REMOTE_OLDER=DOWNLOAD_REMOTE "
    "LOCAL_MOVED=MOVE_LOCAL; if they are to be as they are here, "
    f"--accept {OLD_BACKUP}"
)


class Arrival(NamedTuple):
    """How a photo came to its place, by what earlier runs did for one service.

    `run` is the run that brought its last version, and `modified_ns` the date of that
    version. `sizes` holds the sizes of all its versions in order, as far as known.
    `is_edited`: there was another version before; `is_gone`: that run took it away.
    """

    run: int
    modified_ns: int | None = None
    sizes: tuple[int, ...] = ()
    is_edited: bool = False
    is_gone: bool = False

    @property
    def size(self) -> int | None:
        """The size of the last version."""
        return self.sizes[-1] if self.sizes else None


@dataclass(frozen=True, slots=True)
class PutBack:
    """What is wrong with roots in which an old backup was put back.

    `lost` are the places of photos that the backup lacks, or has in an older version;
    `returned` those of photos that it brought back although they were deleted since.
    `elsewhere` are the places of photos that are known to lie in other roots.
    """

    roots: AbstractSet[str] = frozenset()
    lost: AbstractSet[PhotoKey] = frozenset()
    returned: AbstractSet[PhotoKey] = frozenset()
    elsewhere: AbstractSet[PhotoKey] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.lost or self.returned)

    def __or__(self, other: PutBack) -> PutBack:
        return PutBack(
            self.roots | other.roots,
            self.lost | other.lost,
            self.returned | other.returned,
            self.elsewhere | other.elsewhere,
        )


def is_suspicious(step: Step) -> bool:
    """Whether a step is of a kind that an old backup leads to."""
    return step.comparison in _SUSPICIOUS


def has_stayed(here: Iterable[PhotoKey], steps: Iterable[Step]) -> bool:
    """Whether enough photos of rewritten roots are as they were to speak of a backup.

    `here` are the places of the photos in roots all of whose files are new. In a backup
    most of them are as they were. Of a handful, a person may delete some and edit all
    others in one day; and a folder that a camera fills holds only new ones each time
    that somebody has sorted the earlier ones into their albums.
    """
    suspects = {target_of(step) for step in steps if is_suspicious(step)}
    unchanged = set(here) - suspects
    return len(unchanged) >= _FEWEST


def find_put_back(
    steps: Iterable[Step],
    arrivals: Mapping[PhotoKey, Arrival],
    here: Iterable[PhotoKey],
    roots: AbstractSet[str] = frozenset(),
) -> PutBack:
    """Return what an old backup lacks, and what it brought back, in rewritten roots.

    `here` are the places of the photos that are there now. Lost photos count only where
    most of those are lost that came since some run: a person who deletes or edits some
    photos leaves others of the same day alone.
    """
    suspects = [step for step in steps if is_suspicious(step)]
    unchanged = set(here)
    for step in suspects:
        unchanged -= find_places(step)
    standing = unchanged & arrivals.keys()
    lost: set[PhotoKey] = set()
    returned: set[PhotoKey] = set()
    for step in suspects:
        lost.update(_find_lost(step, arrivals))
        if _has_returned(step, arrivals):
            returned.add(target_of(step))
    if not _has_lost_the_last(lost, standing, arrivals):
        lost.clear()
    return PutBack(roots, frozenset(lost), frozenset(returned))


def find_places(step: Step) -> set[PhotoKey]:
    """Return the place of the photo of a step, and the one it seems to have come from."""
    places = {target_of(step)}
    if step.origin:
        places.add(photo_key(*step.origin))
    return places


def _find_lost(
    step: Step, arrivals: Mapping[PhotoKey, Arrival]
) -> AbstractSet[PhotoKey]:
    """Return the places where the last run left the photo of a step, if it is missing
    there now or older.
    """
    left_at: set[PhotoKey] = set()
    taken_from: set[PhotoKey] = set()
    for place in find_places(step):
        if place not in arrivals:
            continue
        if arrivals[place].is_gone:
            taken_from.add(place)
        else:
            left_at.add(place)
    if step.comparison is _C.LOCAL_DELETED:
        return left_at
    if step.comparison is _C.LOCAL_MOVED:
        # The backup has it where it was before an earlier run moved it away.
        return left_at if taken_from else set()
    return {place for place in left_at if _is_older(step, arrivals[place])}


def _has_returned(step: Step, arrivals: Mapping[PhotoKey, Arrival]) -> bool:
    """Whether a photo is new at a place from which an earlier run took it."""
    arrival = arrivals.get(target_of(step))
    if arrival is None or step.comparison is not _C.LOCAL_ONLY:
        return False
    return arrival.is_gone


def _is_older(step: Step, arrival: Arrival) -> bool:
    """Whether a file is an earlier version than the one that came last."""
    local = step.local
    if local is None or step.comparison not in _EDITED:
        return False
    # A program that sets the date of each file from its picture makes no version older.
    if not arrival.is_edited:
        return False
    if arrival.modified_ns is not None:
        age_ns = arrival.modified_ns - local.modified_ns
        if age_ns > _CLOCKS_OF_DISKS:
            return True
    # The backup program may have given each file the date of today: then only the size
    # of an earlier version tells.
    earlier_sizes = arrival.sizes[:-1]
    return local.size in earlier_sizes


def _has_lost_the_last(
    lost: Iterable[PhotoKey],
    standing: Iterable[PhotoKey],
    arrivals: Mapping[PhotoKey, Arrival],
) -> bool:
    """Whether there is a run such that most photos that came since are lost."""
    lost_by_run = Counter(arrivals[place].run for place in lost)
    standing_by_run = Counter(arrivals[place].run for place in standing)
    more_lost_than_standing = 0
    for run in sorted(lost_by_run.keys() | standing_by_run.keys(), reverse=True):
        more_lost_than_standing += lost_by_run[run] - standing_by_run[run]
        if more_lost_than_standing > 0:
            return True
    return False


def withhold(step: Step, put_back: PutBack) -> Step:
    """Return a step as it may be done while nobody has said that the backup is right."""
    # A step that waits for another one passes on what a service has, not the backup.
    if step.waits_for is not None or step.is_duplicate:
        return step
    reason = _find_reason(step, put_back)
    if not reason:
        return step
    return report_instead(step, reason)


def _find_reason(step: Step, put_back: PutBack) -> str:
    """Return why a step is only reported; empty where it is done."""
    place = target_of(step)
    if place in put_back.returned:
        if step.action in {Actions.UPLOAD_LOCAL, Actions.REPORT}:
            return _RETURNED
        return ""
    if place in put_back.elsewhere:
        # The second disk of the library is as it should be.
        return ""
    withheld = _WITHHELD.get(step.comparison, _OLDER)
    if step.action is Actions.REPORT:
        # Else it would say `yours is newer`, and what to type to send the old version.
        is_lost = not put_back.lost.isdisjoint(find_places(step))
        return withheld if is_lost else ""
    changes_service = step.action in _DONE_THERE or _sends_details(step)
    if put_back.lost and changes_service:
        return withheld
    return ""


def _sends_details(step: Step) -> bool:
    """Whether titles or keywords of an old sidecar would go to the service."""
    sends = {Actions.UPDATE_REMOTE_METADATA, Actions.MERGE_METADATA}
    return step.details is not None and step.action in sends


def describe_put_back(steps: Iterable[Step], put_back: PutBack) -> Iterator[Problem]:
    """Yield the problem that an old backup is, with what to type, where it keeps any of
    the steps from being done.
    """
    # A photo may have a step for each service, and is counted once.
    reasons = {target_of(step): step.reason for step in steps}
    counts = Counter(reasons.values())
    told: list[str] = []
    for reason, what in _COUNTED.items():
        if counts[reason]:
            photos = count_nouns(counts[reason], "photo")
            told.append(f"{photos} {what}")
    if told:
        found = f"looks like {IN_BACKUP} that was put back, with {', '.join(told)}"
        subject = ", ".join(sorted(put_back.roots))
        yield Problem(subject, f"{found}; {_REMEDY}")
