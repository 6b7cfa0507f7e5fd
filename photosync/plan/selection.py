"""A selection of a plan is a plan again: what a person ticked, and nothing else. Pure.

A step is known by its number, which is its index in `Plan.steps`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeVar

from photosync.model import (
    Actions,
    Comparisons,
    EmptyTrash,
    Plan,
    Problem,
    Purge,
    Step,
    StepKey,
)
from photosync.modes import possible
from photosync.naming import PhotoKey, name_key, photo_key
from photosync.plan.order import key_of, sort_steps
from photosync.plan.policy import DELETES
from photosync.plan.saved import (
    describe_stale,
    encode_step,
    identify_step,
    select_renames,
    select_updates,
)
from photosync.plan.steps import (
    LOCAL_WRITES,
    find_winner,
    index_steps,
    place_of,
    wait_for,
)

_DISPUTES = frozenset(
    {Comparisons.CONFLICT, Comparisons.DIFFERENT, Comparisons.REMOTE_NEWER}
)
_Operation = TypeVar("_Operation", Purge, EmptyTrash)


class Choice(StrEnum):
    """Which version of a photo is to be kept, where both sides have one."""

    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "both"


_ACTIONS: Mapping[Choice, Actions] = {
    Choice.MINE: Actions.REPLACE_REMOTE_WITH_LOCAL,
    Choice.THEIRS: Actions.DOWNLOAD_REMOTE,
    Choice.BOTH: Actions.KEEP_BOTH,
}


@dataclass(frozen=True, slots=True)
class Selection:
    """What is ticked in a plan, by number; a choice ticks the report that it settles.

    `purges` and `trash` are the numbers of albums to remove and of trashes to empty.
    """

    steps: frozenset[int] = frozenset()
    choices: Mapping[int, Choice] = field(default_factory=dict)
    purges: frozenset[int] = frozenset()
    trash: frozenset[int] = frozenset()


def is_offered(step: Step) -> bool:
    """Whether a step does something, so that it can be ticked."""
    return step.action is not Actions.REPORT


def find_choices(step: Step, *, read_only: bool = False) -> Sequence[Choice]:
    """Return what a person may choose where both versions of a photo were left alone.

    `read_only`: nothing may be written to the service.
    """
    if is_offered(step) or step.comparison not in _DISPUTES:
        return ()
    has_both = step.local is not None and step.remote is not None
    is_moved = step.origin is not None
    # A duplicate is settled once the first photo of its name is.
    if step.is_duplicate or is_moved or not has_both:
        return ()
    allowed = possible(step.comparison)
    choices = [choice for choice, action in _ACTIONS.items() if action in allowed]
    if read_only:
        choices.remove(Choice.MINE)
    return tuple(choices)


def find_needs(steps: Sequence[Step]) -> list[frozenset[int]]:
    """Return for each step the numbers of the steps that must be done with it."""
    index = _Index(steps)
    return [frozenset(index.find_needs(step)) for step in steps]


class _Index:
    """The numbers of the steps that do something, by their key and by their place."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self._by_key: dict[StepKey | None, int] = {}
        self._by_place: dict[PhotoKey, list[tuple[int, Step]]] = {}
        for number, step in enumerate(steps):
            if not is_offered(step):
                continue
            self._by_place.setdefault(place_of(step), []).append((number, step))
            if not step.is_duplicate:
                self._by_key[key_of(step)] = number

    def find_needs(self, step: Step) -> Iterator[int]:
        if step.waits_for in self._by_key:
            yield self._by_key[step.waits_for]
        if step.action not in DELETES:
            return
        # The photo has moved on its side, and comes from its new place first.
        for place in step.stands_at:
            for number, other in self._by_place.get(photo_key(*place), ()):
                if other.service == step.service or other.action in LOCAL_WRITES:
                    yield number


def select(plan: Plan, selection: Selection) -> Plan:
    """Return the plan of what is ticked.

    A step is left out, with a problem that says so, where another step that it needs is
    not ticked. A selection never permits more than the plan: a delete without
    permission is a report there, and stays one.
    """
    chosen = dict(_find_chosen(plan.steps, selection))
    kept = _keep_whole(chosen.keys(), find_needs(plan.steps))
    decided = frozenset(chosen[number] for number in kept & selection.choices.keys())
    kept_steps = [chosen[number] for number in sorted(kept)]
    steps = _settle(kept_steps, decided)
    dropped = sorted(chosen.keys() - kept)
    problems = [_describe_dropped(chosen[number]) for number in dropped]
    left = [step for number, step in enumerate(plan.steps) if number not in kept]
    return replace(
        plan,
        steps=tuple(sort_steps(steps)),
        renames=select_renames(plan.renames, steps),
        updates=select_updates(plan.updates, steps),
        # What an earlier run owes to other albums is left to the next whole run.
        owed=select_updates(plan.owed, steps),
        purges=_select_purges(plan.purges, selection.purges, left),
        trash=_pick(plan.trash, selection.trash),
        problems=(*plan.problems, *problems),
        postponed={},
    )


def _find_chosen(
    steps: Sequence[Step], selection: Selection
) -> Iterator[tuple[int, Step]]:
    for number, step in enumerate(steps):
        choice = selection.choices.get(number)
        if choice is not None and choice in find_choices(step):
            yield number, replace(step, action=_ACTIONS[choice], reason="you chose it")
        elif number in selection.steps and is_offered(step):
            yield number, step


def _keep_whole(
    numbers: Collection[int], needs: Sequence[AbstractSet[int]]
) -> frozenset[int]:
    """Return the numbers of the steps whose needs are met by steps that are kept."""
    kept = set(numbers)
    while True:
        lacking = {number for number in kept if not needs[number] <= kept}
        if not lacking:
            return frozenset(kept)
        # Each step that goes may have been what another one needs.
        kept -= lacking


def _settle(steps: Sequence[Step], decided: AbstractSet[Step]) -> list[Step]:
    """Let at most one step write to a local file; the others about that file wait.

    Only what was decided by hand can be in the way of another step: all else was
    reconciled when the plan was made.
    """
    settled: list[Step] = []
    for rivals in index_steps(steps).values():
        if decided.isdisjoint(rivals):
            settled += rivals
        else:
            settled += _settle_rivals(rivals)
    return settled


def _settle_rivals(rivals: Sequence[Step]) -> Iterator[Step]:
    winner = find_winner(rivals)
    if winner.action not in LOCAL_WRITES:
        yield from rivals
        return
    for step in rivals:
        if step is winner or step.waits_for is not None:
            yield step
        else:
            # `theirs` was chosen for Drive and `mine` for Flickr: first the one, and
            # the other in the next run.
            yield wait_for(winner, step)


def _select_purges(
    purges: Sequence[Purge], numbers: AbstractSet[int], left: Iterable[Step]
) -> tuple[Purge, ...]:
    """Return the albums to remove, without those in which a photo is left."""
    in_use: set[tuple[str, str]] = set()
    for step in left:
        for album in _find_albums(step):
            in_use.add((step.service, name_key(album)))
    kept: list[Purge] = []
    for purge in _pick(purges, numbers):
        place = (purge.service, name_key(purge.album.title))
        if place not in in_use:
            kept.append(purge)
    return tuple(kept)


def _find_albums(step: Step) -> Iterator[str]:
    yield step.album
    if step.origin:
        yield step.origin[0]


def _pick(
    operations: Sequence[_Operation], numbers: AbstractSet[int]
) -> tuple[_Operation, ...]:
    return tuple(
        operation for number, operation in enumerate(operations) if number in numbers
    )


def _describe_dropped(step: Step) -> Problem:
    reason = "left alone: what it waits for is not among what was chosen"
    return Problem(f"{step.album}/{step.name}", reason)


def carry_over(
    selection: Selection, shown: Plan, now: Plan
) -> tuple[Selection, Sequence[Problem]]:
    """Return what was ticked in the plan that was shown as a selection of the plan of
    now, and the problems of steps that are stale.

    A step is stale where its photos have changed since it was shown.
    """
    numbers = {_identify(step): number for number, step in enumerate(now.steps)}
    steps: set[int] = set()
    choices: dict[int, Choice] = {}
    stale: list[Problem] = []
    for old in sorted(selection.steps | selection.choices.keys()):
        step = shown.steps[old]
        new = numbers.get(_identify(step))
        if new is None:
            stale.append(describe_stale(encode_step(step), now))
            continue
        if old in selection.steps:
            steps.add(new)
        if old in selection.choices:
            choices[new] = selection.choices[old]
    moved = Selection(
        steps=frozenset(steps),
        choices=choices,
        purges=_find_again(selection.purges, shown.purges, now.purges),
        trash=_find_again(selection.trash, shown.trash, now.trash),
    )
    return moved, stale


def _identify(step: Step) -> str:
    return identify_step(encode_step(step))


def _find_again(
    numbers: AbstractSet[int],
    shown: Sequence[_Operation],
    now: Sequence[_Operation],
) -> frozenset[int]:
    picked = _pick(shown, numbers)
    return frozenset(
        place for place, operation in enumerate(now) if operation in picked
    )
