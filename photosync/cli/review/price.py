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
        work = list(_describe_work(plan, service))
        needs = _describe_needs(forecasts, service)
        if work:
            yield f"{printable(name_service(service))}: {'; '.join([*work, *needs])}"
    here = [
        need
        for forecast in forecasts
        if forecast.place not in plan.counts and forecast.size > 0
        for need in describe_forecast(forecast)
    ]
    trash = [
        words.count_files(one.files) for one in plan.trash if _is_here(one.service)
    ]
    parts = [*(f"empty the trash of {count}" for count in trash), *here]
    if parts:
        yield f"Here: {'; '.join(parts)}"


def _is_here(service: str) -> bool:
    return service == Side.LOCAL


def _describe_needs(forecasts: Sequence[Forecast], service: str) -> list[str]:
    mine = [forecast for forecast in forecasts if forecast.place == service]
    return [need for forecast in mine for need in describe_forecast(forecast)]


def _describe_work(plan: Plan, service: str) -> Iterator[str]:
    """Yield what is done, what may cost a photo first: `delete 2 photos`."""
    purges = sum(purge.service == service for purge in plan.purges)
    if purges:
        yield f"remove {words.count_albums(purges)}"
    for trash in plan.trash:
        if trash.service == service:
            yield f"empty the trash of {words.count_files(trash.files)}"
    counts: Counter[words.Phrase] = Counter()
    sizes: Counter[words.Phrase] = Counter()
    for step, size in measure_steps(plan):
        if step.service == service and step.action is not Actions.REPORT:
            phrase = words.phrase_of(step)
            counts[phrase] += 1
            sizes[phrase] += size
    for phrase in sorted(counts, key=lambda phrase: DANGERS.index(phrase.mark)):
        amount = f" ({format_size(sizes[phrase])})" if sizes[phrase] else ""
        yield f"{phrase.brief} {words.count_photos(counts[phrase])}{amount}"
