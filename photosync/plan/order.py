"""What is done before what: the one place that orders steps. Pure.

The planner sorts the steps of a plan with it: a step that waits for another one comes
after it, and is left out where that one is. The executor carries them out in this order,
except that the companions of a photo go ahead of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from photosync.model import Actions, Step, StepKey
from photosync.naming import photo_key
from photosync.plan.policy import DELETES

Wave = tuple[int, int]
"""Steps of one wave may be done at once, those of a later wave after all of them."""

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
    """Return the service whose step brings the local file of this one; empty if none."""
    if step.waits_for is None or not is_passed_on(step):
        return ""
    return step.waits_for.service


def wave_of(step: Step) -> Wave:
    """Return the wave of a step: reports first, deletes last, and each step after the
    one that it waits for.
    """
    return _find_phase(step), _find_rank(step)


def _find_phase(step: Step) -> int:
    if step.action is Actions.REPORT:
        return _TELL
    # A photo is deleted only once everything else has arrived where it belongs.
    if step.action in DELETES:
        return _DELETE
    return _DO


def _find_rank(step: Step) -> int:
    if step.details is not None:
        # It writes to a sidecar that another service may be about to get.
        return _DETAILS
    if step.waits_for is None:
        return _ALONE
    if is_companion(step):
        return _COMPANION
    # Flickr gets a photo and its sidecar once both have moved here.
    return _PASSED_ON


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
    """Return the wave in which the executor carries out a step."""
    phase, rank = wave_of(step)
    # If a run is killed after the photo went, no later run knows that its sidecar was
    # left behind. Killed before that, the next run finds the photo and what is left of
    # its companions.
    if rank == _COMPANION:
        return phase, _GO_AHEAD
    # The photo follows at once: it and its companions must not be apart for the hours
    # that uploads take.
    if step.action is Actions.MOVE_LOCAL:
        return phase, _GO_NEXT
    return phase, rank


def limit_steps(steps: Iterable[Step], limit: int) -> tuple[list[Step], dict[str, int]]:
    """Return the first steps of each service, and how many of each are left out.

    A limit of 0 means no limit. Steps must be sorted, as one that waits for a step that
    is left out is left out, too. Reports do not count, nor do companions of a photo.
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
            # A duplicate shares its key with the photo that stays, and what waits for
            # that one is to be done.
            if not step.is_duplicate:
                left_out.add(key_of(step))
        else:
            taken[step.service] += is_counted
            kept.append(step)
    return kept, dict(postponed)
