"""What a run would do, before it does it: what does not fit, a head for each side, the
steps, and what to type to have it done.

On a terminal the steps are folded by album; `-v` and a pipe name every one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from photosync.cli import words
from photosync.cli.dry_run.albums import describe_albums
from photosync.cli.dry_run.forecasts import describe_shortages
from photosync.cli.dry_run.head import describe_head
from photosync.cli.terminal import find_columns
from photosync.config.settings import Settings
from photosync.formatting import name_service, wrap_line
from photosync.model import Actions, Comparisons, Operation, Plan, Step
from photosync.sync.forecast import Forecast, list_updates

_MOST_LINES = 36
"""With what else may be said around it, a dry run is no longer than forty lines."""

_NARROWEST = 40


class Look(NamedTuple):
    """How a dry run is shown: folded by album or not, and in how many columns."""

    fold: bool
    width: int = sys.maxsize


def look_folded() -> Look:
    """Return how a dry run is shown to a person at a terminal."""
    columns = find_columns()
    return Look(fold=True, width=max(_NARROWEST, columns))


def describe_dry_run(
    plan: Plan,
    settings: Settings,
    look: Look,
    forecasts: Sequence[Forecast] = (),
    again: str = "",
) -> Iterator[str]:
    """Yield the lines of a dry run; `again` is the command that does what they show."""
    # Most nights: one line, as a run would say it.
    if not has_work(plan) and not _list_left_alone(plan):
        line = f"{describe_equal(plan)} (dry run: nothing was changed)"
        yield from wrap_line(line, look.width)
        return
    top = list(_describe_top(plan, settings, look, forecasts))
    yield from top
    yield from _describe_steps(plan, settings, look, _MOST_LINES - len(top))
    if again and has_work(plan):
        yield ""
        yield f"Do it:  {again}"


def _describe_top(
    plan: Plan, settings: Settings, look: Look, forecasts: Sequence[Forecast]
) -> Iterator[str]:
    shortages = list(describe_shortages(forecasts))
    for line in shortages:
        yield from wrap_line(line, look.width)
    # What is odd about files was said just before.
    if shortages or plan.problems:
        yield ""
    run = f"-m {settings.mode} of {', '.join(settings.roots)}"
    if has_work(plan) or settings.mode == "report":
        line = f"What {run} would do (nothing was changed):"
    else:
        line = f"Nothing to do for {run}, but some photos are left alone:"
    yield from wrap_line(line, look.width)
    yield ""
    yield from describe_head(plan, forecasts, look.width)
    yield ""


def _describe_steps(
    plan: Plan, settings: Settings, look: Look, lines: int
) -> Iterator[str]:
    if look.fold:
        yield from describe_albums(plan, lines, look.width)
        return
    # An album that gets another title is one line, unless each photo is asked for.
    renamed = plan.find_renamed()
    for operation in list_operations(plan, with_albums=settings.verbose):
        if settings.verbose or operation not in renamed:
            yield f"  {words.describe(operation)}"


def has_work(plan: Plan) -> bool:
    """Whether a plan does anything but tell."""
    if plan.renames or plan.purges or plan.trash or plan.owed:
        return True
    return any(step.action is not Actions.REPORT for step in plan.steps)


def list_operations(plan: Plan, *, with_albums: bool) -> list[Operation]:
    """Return all that a run would do, in the order of the run."""
    operations: list[Operation] = [*plan.renames, *plan.steps, *plan.purges]
    # Nearly every step touches its album: that is worth a line only to who asks.
    if with_albums:
        operations += list_updates(plan)
    operations += plan.trash
    return operations


def describe_equal(plan: Plan) -> str:
    """Return the one line of a plan that has nothing to do."""
    parts: list[str] = []
    for service, counts in plan.counts.items():
        if service not in plan.observations:
            parts.append(describe_unread(plan, service))
            continue
        equal = counts.get(Comparisons.SAME, 0)
        parts.append(f"{words.count_photos(equal)} equal on {name_service(service)}")
    equal_ones = ", ".join(parts)
    if plan.exit_code:
        return (
            "Nothing to do as far as could be seen, but not everything went well: "
            f"{equal_ones}."
        )
    return f"Nothing to do: {equal_ones}."


def describe_unread(plan: Plan, service: str) -> str:
    """Return what is said of a service of which nothing is known."""
    name = name_service(service)
    if service in plan.put_off:
        return f"{name} comes next"
    return f"{name} was not reached"


def _list_left_alone(plan: Plan) -> list[Step]:
    return [step for step in plan.steps if step.action is Actions.REPORT]
