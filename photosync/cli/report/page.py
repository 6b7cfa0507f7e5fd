"""The page of `--report FILE.html`: one file that asks no network for anything; and the
same with boxes to tick for `--review`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from photosync.cli import words
from photosync.cli.dry_run.head import DANGERS
from photosync.cli.report.assets import (
    get_template,
    list_scripts,
    make_content_policy,
    read_style,
)
from photosync.cli.report.charts import count_months, make_bars
from photosync.cli.report.content import Entry, Report
from photosync.cli.report.ticks import Review, Tick, make_ticks
from photosync.cli.short_names import ShortNames
from photosync.formatting import format_size, name_service, printable
from photosync.model import Comparisons, Plan, Result

_NOT_DONE = frozenset({Result.FAILED, Result.SKIPPED, Result.POSTPONED})


@dataclass(frozen=True, slots=True)
class _Whole:
    """What happens to a whole album or trash; without a kind it comes with its photos."""

    text: str
    kind: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class _Card:
    """One step as the page shows it; `pictures` are pairs of an address and whose it is."""

    number: int
    mark: str
    words: str
    verb: str
    service: str
    album: str
    name: str
    reason: str
    remedy: str
    size: str
    result: str
    failure: str
    pictures: Sequence[tuple[str, str]]
    tick: Tick | None = None


def write_html(report: Report, review: Review | None = None) -> str:
    """Return the page of a report, or of a review."""
    cards = _make_cards(report, review)
    actions = Counter(map(_name_kind, cards))
    months = count_months(report)
    roots = [printable(root) for root in report.settings.root_paths]
    when = report.when.astimezone()
    # A page that somebody finds a year later has to say whether it was done.
    is_ahead = report.settings.test or review is not None
    return get_template().render(
        report=report,
        review=_count_groups(review, cards),
        title="What would be done" if is_ahead else "What was done",
        when=when.strftime("%Y-%m-%d %H:%M"),
        roots=", ".join(roots),
        cards=cards,
        services=_count_services(report),
        problems=list(_list_problems(report.plan)),
        is_all_seen=report.plan.exit_code == 0,
        wholes=list(_list_wholes(report.plan)),
        by_action=make_bars(actions),
        by_month=make_bars(months, by_label=True),
        choices=_list_filters(cards),
        policy=make_content_policy(is_served=review is not None),
        style=read_style(),
        scripts=list_scripts(is_review=review is not None),
    )


def _make_cards(report: Report, review: Review | None) -> list[_Card]:
    """Return the cards of all steps, in the order of the page."""
    places = ShortNames(report.plan.counts)
    ticks = make_ticks(report, review, places)
    cards: list[_Card] = []
    for number, entry in enumerate(report.entries):
        cards.append(_make_card(number, entry, ticks.get(number), places))
    return sorted(cards, key=_rank)


def _rank(card: _Card) -> tuple[bool, int]:
    """Return where a card stands: who has hundreds of photos looks for what went wrong,
    and for what may cost one.
    """
    return card.result != Result.FAILED, DANGERS.index(card.mark)


def _list_problems(plan: Plan) -> Iterator[tuple[str, bool]]:
    """Yield what was odd, and whether that is a failure."""
    for problem in plan.problems:
        yield printable(words.describe_problem(problem)), problem.failed


def _name_kind(card: _Card) -> str:
    """Return what a bar counts a card as: what was done, or why it was not."""
    if card.result in _NOT_DONE:
        return f"! {card.result}"
    return f"{card.mark} {card.verb}"


def _list_filters(cards: Sequence[_Card]) -> dict[str, list[str]]:
    """Return by what the cards can be filtered."""
    return {
        "service": sorted({card.service for card in cards}),
        "album": sorted({card.album for card in cards}),
        "action": sorted({card.verb for card in cards}),
        "result": sorted({card.result for card in cards}),
    }


def _count_groups(review: Review | None, cards: Sequence[_Card]) -> Review | None:
    """Return a review with what can be ticked at once, by action and by album."""
    if review is None:
        return None
    ticked = [card for card in cards if card.tick and not card.tick.choices]
    actions = Counter((card.mark, card.verb) for card in ticked)
    albums = Counter(card.album for card in ticked)
    commonest_first = [(*action, count) for action, count in actions.most_common()]
    by_title = sorted(albums.items())
    return replace(review, actions=commonest_first, albums=by_title)


def _list_wholes(plan: Plan) -> Iterator[_Whole]:
    for rename in plan.renames:
        yield _Whole(printable(words.describe(rename)))
    for number, purge in enumerate(plan.purges):
        yield _Whole(printable(words.describe(purge)), "purges", number)
    for number, trash in enumerate(plan.trash):
        yield _Whole(printable(words.describe(trash)), "trash", number)


def _make_card(
    number: int, entry: Entry, tick: Tick | None, places: ShortNames
) -> _Card:
    step = entry.step
    phrase = words.phrase_of(step)
    return _Card(
        number=number,
        mark=phrase.mark,
        words=places.shorten(str(phrase)),
        verb=phrase.verb,
        service=printable(name_service(step.service)),
        album=printable(step.album),
        name=printable(words.name_photo(step)),
        reason=places.shorten(words.reason_of(step)),
        remedy=words.remedy_of(step),
        size=format_size(step.size) if step.size else "",
        result=entry.result,
        failure=printable(entry.failure),
        pictures=_list_pictures(entry, places),
        tick=tick,
    )


def _list_pictures(entry: Entry, places: ShortNames) -> list[tuple[str, str]]:
    """Return the pictures of a step, and whose each is where there are two."""
    # Side by side only what may be two different pictures: a conflict, a replacement.
    if entry.before and entry.after:
        there = places.shorten(name_service(entry.step.service))
        return [(entry.before, "here"), (entry.after, f"on {there}")]
    only = entry.before or entry.after
    return [(only, "")] if only else []


def _count_services(report: Report) -> list[dict[str, str]]:
    return [_count_service(report, service) for service in report.plan.counts]


def _count_service(report: Report, service: str) -> dict[str, str]:
    mine = [entry for entry in report.entries if entry.step.service == service]
    results = Counter(entry.result for entry in mine)
    steps = [f"{count:,} {result}" for result, count in results.items()]
    size = sum(entry.step.size for entry in mine if entry.result not in _NOT_DONE)
    row = {
        "name": printable(name_service(service)),
        "equal": "",
        "steps": ", ".join(steps) or "nothing to do",
        "size": format_size(size) if size else "",
        "reached": "not reached",
    }
    if service in report.plan.observations:
        equal = report.plan.counts[service].get(Comparisons.SAME, 0)
        row["equal"] = f"{equal:,}"
        row["reached"] = ""
    return row
