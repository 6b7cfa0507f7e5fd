"""What is ticked in a review, and what it takes of each side: the head of a dry run in a
few sentences.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from photosync.cli import words
from photosync.cli.dry_run.forecasts import describe_forecast, describe_shortages
from photosync.cli.dry_run.head import DANGERS
from photosync.formatting import format_size, name_service, printable
from photosync.model import Actions, Plan, Side
from photosync.sync.forecast import Forecast, measure_steps


def describe_price(plan: Plan, forecasts: Sequence[Forecast]) -> Iterator[str]:
    """Yield what does not fit, then a line for each side that something is done on."""
    yield from describe_shortages(forecasts)
    for service in plan.counts:
        parts = list(_describe_work(plan, service))
        if not parts:
            continue
        for forecast in forecasts:
            if forecast.place == service:
                parts += describe_forecast(forecast)
        name = printable(name_service(service))
        yield f"{name}: {'; '.join(parts)}"
    parts = list(_describe_trash(plan, Side.LOCAL))
    # A place that is no service is a root here, which downloads fill.
    roots = [forecast for forecast in forecasts if forecast.place not in plan.counts]
    for forecast in roots:
        if forecast.size > 0:
            parts += describe_forecast(forecast)
    if parts:
        yield f"Here: {'; '.join(parts)}"


def _describe_work(plan: Plan, service: str) -> Iterator[str]:
    """Yield what is done, what may cost a photo first: `delete 2 photos`."""
    purges = sum(purge.service == service for purge in plan.purges)
    if purges:
        yield f"remove {words.count_albums(purges)}"
    yield from _describe_trash(plan, service)
    counts: Counter[words.Phrase] = Counter()
    sizes: Counter[words.Phrase] = Counter()
    for step, size in measure_steps(plan):
        if step.service == service and step.action is not Actions.REPORT:
            phrase = words.phrase_of(step)
            counts[phrase] += 1
            sizes[phrase] += size
    # Deletes first: a number of uploads must not hide one.
    for phrase in sorted(counts, key=_rank):
        photos = words.count_photos(counts[phrase])
        size = sizes[phrase]
        amount = f" ({format_size(size)})" if size else ""
        yield f"{phrase.brief} {photos}{amount}"


def _describe_trash(plan: Plan, side: str) -> Iterator[str]:
    for trash in plan.trash:
        if trash.service == side:
            yield f"empty the trash of {words.count_files(trash.files)}"


def _rank(phrase: words.Phrase) -> int:
    return DANGERS.index(phrase.mark)
