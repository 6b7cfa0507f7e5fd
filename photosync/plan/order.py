"""What is done before what: the one place that orders steps. Pure.

The planner sorts the steps of a plan with it: what waits for another step comes after
it, and is left out with it. The executor carries them out by it, but for what belongs
to a photo: that goes ahead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from photosync.model import Actions, Step, StepKey
from photosync.naming import photo_key
from photosync.plan.policy import DELETES

Wave = tuple[int, int]
"""Steps of one wave may be done side by side, those of a later one after them."""

_TELL, _DO, _DELETE = range(3)
_ALONE, _COMPANION, _PASSED_ON, _DETAILS = range(4)
_GO_AHEAD, _GO_NEXT = -2, -1


def key_of(step: Step) -> StepKey:
    """Return the key by which other steps wait for this one."""
    return StepKey(step.service, *photo_key(step.album, step.name))


def is_passed_on(step: Step) -> bool:
    """Whether a step gets its local file from the one that it waits for."""
    return step.waits_for is not None and step.waits_for[1:] == key_of(step)[1:]


def is_companion(step: Step) -> bool:
    """Whether a step is about a file that goes with another photo."""
    return step.waits_for is not None and not is_passed_on(step)


def find_source(step: Step) -> str:
    """Return the service whose step leaves this one its local file, empty for none."""
    before = step.waits_for
    return before.service if before and is_passed_on(step) else ""


def wave_of(step: Step) -> Wave:
    """Reports come first and deletes last; what waits for another step comes after
    it.
    """
    return _find_phase(step), _find_rank(step)


def _find_phase(step: Step) -> int:
    if step.action is Actions.REPORT:
        return _TELL
    # A photo is deleted only once everything else has arrived where it belongs.
    return _DELETE if step.action in DELETES else _DO


def _find_rank(step: Step) -> int:
    if step.details is not None:
        # It writes to a sidecar that another service may be about to get.
        return _DETAILS
    if step.waits_for is None:
        return _ALONE
    # Flickr gets a photo and its sidecar once both have moved here.
    return _COMPANION if is_companion(step) else _PASSED_ON


def sort_steps(steps: Iterable[Step]) -> list[Step]:
    """Return the steps in the order of execution: by wave, then by album and name."""
    return sorted(steps, key=_sort_key)


def _sort_key(step: Step) -> tuple[Wave, str, str, str]:
    return wave_of(step), step.album, step.name, step.service


def split_into_waves(steps: Iterable[Step]) -> Iterator[list[Step]]:
    """Yield the steps of each wave, whatever order they are given in."""
    for _, wave in groupby(sorted(steps, key=_find_turn), key=_find_turn):
        yield list(wave)


def _find_turn(step: Step) -> Wave:
    """Return when a step is carried out."""
    phase, rank = wave_of(step)
    # Killed after the photo went, no run would know what sidecar was left behind. Killed
    # before, the next one finds the photo still to go, and what is left of its own.
    if rank == _COMPANION:
        return phase, _GO_AHEAD
    # The two are not to be apart for the hours that uploads take.
    if step.action is Actions.MOVE_LOCAL:
        return phase, _GO_NEXT
    return phase, rank


def limit_steps(steps: Iterable[Step], limit: int) -> tuple[list[Step], dict[str, int]]:
    """Return the first steps of each service, and how many of each are left out.

    A limit of 0 is none. Steps must be sorted: one that waits for a step left out is
    left out too. Reports do not count, nor does what belongs to a photo that goes.
    """
    kept: list[Step] = []
    taken: Counter[str] = Counter()
    postponed: Counter[str] = Counter()
    left_out: set[StepKey] = set()
    for step in steps:
        if step.action is Actions.REPORT:
            kept.append(step)
            continue
        is_counted = not is_companion(step)
        is_over_limit = is_counted and 0 < limit <= taken[step.service]
        if is_over_limit or step.waits_for in left_out:
            postponed[step.service] += 1
            # The photo that a duplicate repeats is not left out with it.
            if not step.is_duplicate:
                left_out.add(key_of(step))
        else:
            taken[step.service] += is_counted
            kept.append(step)
    return kept, dict(postponed)
