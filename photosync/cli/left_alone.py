"""What was left alone, and what to type about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from photosync.cli import words
from photosync.formatting import name_service
from photosync.model import Comparisons, Step

MOST_NAMES = 3
"""How many photos of one reason are named; the log names all."""

Reason = tuple[str, str, str]
"""The service, why, and what to type."""


def is_refused(step: Step) -> bool:
    """Whether a photo is left alone as its service, or an option, does not take it."""
    return step.comparison is Comparisons.LOCAL_ONLY and step.reason != ""


def group_reasons(steps: Iterable[Step]) -> dict[Reason, list[Step]]:
    """Return what was left alone by service, reason and remedy."""
    groups: defaultdict[Reason, list[Step]] = defaultdict(list)
    for step in steps:
        service = name_service(step.service)
        key = (service, words.reason_of(step), words.remedy_of(step))
        groups[key].append(step)
    return dict(groups)


def describe_left_alone(steps: Iterable[Step]) -> Iterator[str]:
    """Yield what was left alone, grouped by reason: three names and what to type."""
    for reason, group in group_reasons(steps).items():
        yield from describe_group(reason, group)


def describe_group(why: Reason, group: Sequence[Step]) -> Iterator[str]:
    """Yield the lines about photos that are left alone for one reason."""
    service, reason, remedy = why
    yield ""
    yield f"! {words.count_photos(len(group))} left alone on {service}: {reason}"
    yield f"    {name_some(group)}"
    if remedy:
        yield f"    -> {remedy}"


def name_some(steps: Sequence[Step]) -> str:
    """Return the first photos by name, and how many more there are."""
    first = [words.name_photo(step) for step in steps[:MOST_NAMES]]
    names = ", ".join(first)
    more = len(steps) - MOST_NAMES
    if more <= 0:
        return names
    return f"{names} and {more:,} more"
