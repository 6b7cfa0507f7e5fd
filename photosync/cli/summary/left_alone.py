"""What was left alone, and what to type about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from photosync.cli import words
from photosync.formatting import name_service, name_some
from photosync.model import Comparisons, Step

MOST_NAMES = 3
"""How many photos of one reason are named; --last and the log name all."""

_THERE = "there"
"""How a service is called that the beginning of the line names."""


class Left(NamedTuple):
    """Photos that are left alone on some services, all for one reason."""

    services: Sequence[str]
    reason: str
    remedy: str
    photos: Sequence[str]

    @property
    def heading(self) -> str:
        """How many photos, where, and why."""
        where = " and ".join(self.services)
        count = words.count_photos(len(self.photos))
        return f"! {count} left alone on {where}: {self.reason}"


def is_refused(step: Step) -> bool:
    """Whether a photo is left alone as its service, or an option, does not take it."""
    return step.comparison is Comparisons.LOCAL_ONLY and step.reason != ""


def group_reasons(steps: Iterable[Step]) -> list[Left]:
    """Return what was left alone by reason; what holds of the same photos on several
    services is one thing to know.
    """
    services_of: defaultdict[_Description, list[str]] = defaultdict(list)
    for service, group in _group_alike(steps):
        services_of[_describe(group)].append(service)
    return [Left(services, *left) for left, services in services_of.items()]


class _Description(NamedTuple):
    """What is said of photos, wherever it holds."""

    reason: str
    remedy: str
    photos: tuple[str, ...]


def _group_alike(steps: Iterable[Step]) -> Iterator[tuple[str, Sequence[Step]]]:
    """Yield each service with the steps that are left alone on it for one reason."""
    alike: defaultdict[tuple[str, str, str], list[Step]] = defaultdict(list)
    for step in steps:
        service = name_service(step.service)
        reason = words.reason_of(step, there=_THERE)
        remedy = words.remedy_of(step)
        alike[service, reason, remedy].append(step)
    for (service, _, _), group in alike.items():
        yield service, group


def _describe(group: Sequence[Step]) -> _Description:
    # Of many it is said in other words than of one.
    count = len(group)
    reason = words.reason_of(group[0], count, there=_THERE)
    remedy = words.remedy_of(group[0], count)
    names = tuple(words.name_photo(step) for step in group)
    return _Description(reason, remedy, names)


def describe_left_alone(steps: Iterable[Step]) -> Iterator[str]:
    """Yield what was left alone, grouped by reason: three names and what to type."""
    for left in group_reasons(steps):
        yield from describe_group(left)


def describe_group(left: Left) -> Iterator[str]:
    """Yield the lines about photos that are left alone for one reason."""
    yield from list_first(left.heading, left.photos, left.remedy)


def list_first(heading: str, names: Sequence[str], remedy: str) -> Iterator[str]:
    """Yield a heading, the first names below it, and what to type about them."""
    yield ""
    yield heading
    first = names[:MOST_NAMES]
    yield f"    {name_some(first, len(names))}"
    if remedy:
        yield f"    -> {remedy}"
