"""What can be ticked on the page of a review, and chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from photosync.cli.report.content import Report
from photosync.cli.short_names import ShortNames
from photosync.formatting import name_service
from photosync.model import Step
from photosync.plan.selection import Choice, find_choices, find_needs, is_offered
from photosync.sync.forecast import measure_steps


@dataclass(frozen=True, slots=True)
class Review:
    """What makes a page one whose steps can be ticked.

    `token` is what it sends along; `read_only` are the services that take nothing;
    without `can_apply` it can only be looked at, and where nothing is ever done there is
    nothing to choose (`can_choose`).
    """

    token: str
    read_only: frozenset[str] = frozenset()
    can_apply: bool = True
    can_choose: bool = True
    actions: Sequence[tuple[str, str, int]] = ()
    albums: Sequence[tuple[str, int]] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a photo that may be kept."""

    value: str
    text: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Tick:
    """What ticking a step brings along, and how many bytes it moves."""

    needs: str
    bytes: int
    choices: Sequence[Version]


def make_ticks(
    report: Report, review: Review | None, places: ShortNames
) -> dict[int, Tick]:
    """Return what can be ticked, by the number of the step."""
    if review is None:
        return {}
    steps = report.plan.steps
    sizes = [size for _, size in measure_steps(report.plan)]
    ticks: dict[int, Tick] = {}
    for number, needs in enumerate(find_needs(steps)):
        step = steps[number]
        choices = _list_choices(step, review, places)
        if not (choices or is_offered(step)):
            continue
        wanted = " ".join(map(str, sorted(needs)))
        ticks[number] = Tick(wanted, sizes[number], choices)
    return ticks


def _list_choices(step: Step, review: Review, places: ShortNames) -> list[Version]:
    if not review.can_choose:
        return []
    read_only = step.service in review.read_only
    found = find_choices(step, read_only=read_only)
    return [_make_choice(step, choice, places) for choice in found]


def _make_choice(step: Step, choice: Choice, places: ShortNames) -> Version:
    service = places.shorten(name_service(step.service))
    texts = {
        Choice.MINE: f"mine, also on {service}",
        Choice.THEIRS: f"the one on {service}, also here",
        Choice.BOTH: "both, under two names",
    }
    # What is sent, or else what is fetched.
    photo = step.local if choice is Choice.MINE else step.remote
    size = photo.size if photo else 0
    return Version(str(choice), texts[choice], size or 0)
