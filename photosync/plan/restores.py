"""What is done about damaged photos: only what the person asks for. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from photosync.formatting import name_service
from photosync.model import Actions, Comparisons, Problem, Side, Step

_REPAIRS: Mapping[Actions, frozenset[Side]] = {
    Actions.DOWNLOAD_REMOTE: frozenset({Side.LOCAL}),
    Actions.REPLACE_REMOTE_WITH_LOCAL: frozenset({Side.REMOTE}),
}
"""The actions that put a good copy in the place of a damaged one, and where that is."""


def judge_restore(action: Actions, damaged: frozenset[Side]) -> tuple[Actions, str]:
    """Return the action for a photo that is damaged on these sides, and a reason where
    it is not that of the table.
    """
    repairs = _REPAIRS.get(action)
    if repairs is None or repairs == damaged:
        return action, ""
    # Somebody asked for the photos of Drive, and the one there is the damaged one.
    repair = find_repair(damaged)
    return Actions.REPORT, f"not done: {remedy_of_damage(repair)}"


def find_repair(damaged: frozenset[Side]) -> Actions | None:
    """Return the action that repairs a photo damaged on these sides; None if none can."""
    for action, sides in _REPAIRS.items():
        if sides == damaged:
            return action
    return None


def remedy_of_damage(repair: Actions | None, count: int = 1) -> str:
    """Return what to type about `count` damaged photos, or what else to do."""
    if repair is None:
        return "no copy is known to be good; look at both"
    photos = "it" if count == 1 else "them"
    return f"--override ROTTEN={repair} restores {photos}"


def describe_damaged(steps: Iterable[Step]) -> Iterator[Problem]:
    """Yield a problem for each damaged photo that is not repaired: a report alone would
    go unnoticed where `-q` runs in cron.
    """
    for step in steps:
        is_left_alone = step.action is Actions.REPORT
        if step.comparison is Comparisons.ROTTEN and is_left_alone:
            remedy = remedy_of_damage(find_repair(step.damaged))
            subject = f"{step.album}/{step.name}"
            yield Problem(subject, f"{describe_damage(step)}; {remedy}")


def describe_damage(step: Step) -> str:
    """Return which copy of a photo is damaged, and which one is good."""
    if step.damaged == {Side.LOCAL}:
        return f"damaged here, good on {name_service(step.service)}"
    if step.damaged == {Side.REMOTE}:
        return f"damaged on {name_service(step.service)}, good here"
    return f"damaged here or on {name_service(step.service)}, nobody knows where"


def is_damaged_here(step: Step) -> bool:
    """Whether a step is about a local file that must not go anywhere."""
    return step.comparison is Comparisons.ROTTEN and Side.LOCAL in step.damaged
