"""Whether an old backup was put back here: a library that stands as it did some time
ago. Pure.

Somebody who edits a photo or deletes it does it to that photo. Where a disk died and a
backup took its place, all files were written anew, and what came last is missing, or
older than it was. Taken for the work of a person, that would go on to all services.
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
"""How far off a disk may keep a date, in nanoseconds."""

_SUSPICIOUS = frozenset(
    {_C.LOCAL_DELETED, _C.LOCAL_MOVED, _C.LOCAL_ONLY, _C.REMOTE_OLDER, _C.CONFLICT}
)
_FEWEST = 5
_EDITED = frozenset({_C.REMOTE_OLDER, _C.CONFLICT})
_DONE_THERE = frozenset(
    {Actions.REPLACE_REMOTE_WITH_LOCAL, Actions.DELETE_REMOTE, Actions.MOVE_REMOTE}
)

IN_BACKUP = "an old backup"
"""How the reason of a step begins that is not done as one may have been put back."""

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

    `run` is the one that brought its last version; `modified_ns` is the date of that,
    and `sizes` are those of all its versions in their order, as far as they are known.
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
    """What an old backup that was put back in roots lacks or has as it was before, and
    what it brought back that was deleted since.

    Where nothing is lost, what was deleted may be there again all the same. `elsewhere`
    are the places of photos that are known to lie in other roots.
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
    """Whether a step is of a kind that a backup which was put back leads to."""
    return step.comparison in _SUSPICIOUS


def has_stayed(here: Iterable[PhotoKey], steps: Iterable[Step]) -> bool:
    """Whether enough of the photos that are in roots all of whose files are new are as
    they were.

    In a backup that was put back most photos are. Of a handful a person may well delete
    some and touch all others in one day; and a folder that a camera fills holds only
    new ones, each time that somebody has sorted those before into their albums.
    """
    suspects = {target_of(step) for step in steps if is_suspicious(step)}
    return len(set(here) - suspects) >= _FEWEST


def find_put_back(
    steps: Iterable[Step],
    arrivals: Mapping[PhotoKey, Arrival],
    here: Iterable[PhotoKey],
    roots: AbstractSet[str] = frozenset(),
) -> PutBack:
    """Return what an old backup brought back to roots all of whose files are new.

    `here` are the photos that are there now. What is lost counts only where most of
    what came since some run is: a person who deletes or edits some photos leaves others
    of their day.
    """
    suspects = [step for step in steps if is_suspicious(step)]
    standing = arrivals.keys() & set(here).difference(*map(find_places, suspects))
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
    """Return where the photo of a step is, and whence it seems to have come."""
    places = {target_of(step)}
    if step.origin:
        places.add(photo_key(*step.origin))
    return places


def _find_lost(
    step: Step, arrivals: Mapping[PhotoKey, Arrival]
) -> AbstractSet[PhotoKey]:
    """Return where the photo of a step stood after the last run, if it is not there as
    it was.
    """
    places = find_places(step)
    came = {place for place in places if _is_there(place, arrivals)}
    if step.comparison is _C.LOCAL_DELETED:
        return came
    if step.comparison is _C.LOCAL_MOVED:
        # It is where it was before an earlier run moved it away.
        is_back = bool(arrivals.keys() & places - came)
        return came if is_back else set()
    return {place for place in came if _is_older(step, arrivals[place])}


def _is_there(place: PhotoKey, arrivals: Mapping[PhotoKey, Arrival]) -> bool:
    """Whether the last run left a photo at a place, as far as that is known."""
    return place in arrivals and not arrivals[place].is_gone


def _has_returned(step: Step, arrivals: Mapping[PhotoKey, Arrival]) -> bool:
    """Whether a photo is new at a place from which an earlier run took it."""
    place = target_of(step)
    is_new = step.comparison is _C.LOCAL_ONLY
    return is_new and place in arrivals and arrivals[place].is_gone


def _is_older(step: Step, arrival: Arrival) -> bool:
    """Whether a file is an earlier version than the one that came last."""
    local = step.local
    is_other = step.comparison in _EDITED
    # A program that dates all files by their pictures makes no earlier version.
    if local is None or not is_other or not arrival.is_edited:
        return False
    if arrival.modified_ns is not None:
        before = arrival.modified_ns - local.modified_ns
        if before > _CLOCKS_OF_DISKS:
            return True
    # Put back by a program that gives each file the date of today.
    return local.size in arrival.sizes[:-1]


def _has_lost_the_last(
    lost: Iterable[PhotoKey],
    standing: Iterable[PhotoKey],
    arrivals: Mapping[PhotoKey, Arrival],
) -> bool:
    """Whether of what came since some run most is lost."""
    balance = Counter(arrivals[place].run for place in lost)
    balance.subtract(arrivals[place].run for place in standing)
    total = 0
    for run in sorted(balance, reverse=True):
        total += balance[run]
        if total > 0:
            return True
    return False


def withhold(step: Step, put_back: PutBack) -> Step:
    """Return a step as it may be done while nobody said that the backup is right."""
    reason = _find_reason(step, put_back)
    # What waits for another step brings on what a service has of today.
    if not reason or step.waits_for is not None or step.is_duplicate:
        return step
    return report_instead(step, reason)


def _find_reason(step: Step, put_back: PutBack) -> str:
    """Return why a step is only told, empty where it is done."""
    is_told = step.action is Actions.REPORT
    if target_of(step) in put_back.returned:
        is_sent = step.action is Actions.UPLOAD_LOCAL
        return _RETURNED if is_sent or is_told else ""
    # Without a guard the table would say `yours is newer` and what to type to send it.
    if target_of(step) in put_back.elsewhere:
        # The second disk of the library is as it should be.
        return ""
    is_told_wrongly = is_told and not put_back.lost.isdisjoint(find_places(step))
    is_done_there = step.action in _DONE_THERE or _sends_details(step)
    if is_told_wrongly or (put_back.lost and is_done_there):
        return _WITHHELD.get(step.comparison, _OLDER)
    return ""


def _sends_details(step: Step) -> bool:
    """Whether titles or keywords of an old sidecar would go there."""
    sends = {Actions.UPDATE_REMOTE_METADATA, Actions.MERGE_METADATA}
    return step.details is not None and step.action in sends


def tell_put_back(steps: Iterable[Step], put_back: PutBack) -> Iterator[Problem]:
    """Yield what the person should know of it, with what to type, where any of the
    steps is not done for it.
    """
    reasons = {target_of(step): step.reason for step in steps}
    counts = Counter(reasons.values())
    told = [
        f"{count_nouns(counts[reason], 'photo')} {what}"
        for reason, what in _COUNTED.items()
        if counts[reason]
    ]
    if told:
        found = f"looks like {IN_BACKUP} that was put back, with {', '.join(told)}"
        subject = ", ".join(sorted(put_back.roots))
        yield Problem(subject, f"{found}; {_REMEDY}")
