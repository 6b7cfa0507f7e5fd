"""The page of `--report FILE.html`: one file that asks no network for anything; and the
same with boxes to tick for `--review`.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from photosync.cli import words
from photosync.cli.report.content import Entry, Report
from photosync.cli.short_names import ShortNames
from photosync.formatting import format_size, name_service, printable
from photosync.media import find_taken, format_local_time
from photosync.model import Comparisons, Plan, Step
from photosync.plan.selection import Choice, find_choices, find_needs, is_offered
from photosync.sync.forecast import measure_steps

_TEMPLATES = "photosync.cli.report.templates"
_STYLE = "report.css"
_SCRIPTS = ("report.js", "review.js")
_OPTION = re.compile("(?<!\\S)--\\S+")


@dataclass(frozen=True, slots=True)
class _Bar:
    label: str
    count: int
    percent: int


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
class _Choice:
    """One version of a photo that may be kept."""

    value: str
    text: str
    bytes: int


@dataclass(frozen=True, slots=True)
class _Tick:
    """What ticking a step brings along, and how many bytes it moves."""

    needs: str
    bytes: int
    choices: Sequence[_Choice]


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
    tick: _Tick | None = None


def write_html(report: Report, review: Review | None = None) -> str:
    """Return the page of a report, or of a review."""
    places = ShortNames(report.plan.counts)
    ticks = _make_ticks(report, review, places)
    cards = [
        _make_card(number, entry, ticks.get(number), places)
        for number, entry in enumerate(report.entries)
    ]
    actions = Counter(f"{card.mark} {card.verb}" for card in cards)
    months = _count_months(report)
    roots = [printable(root) for root in report.settings.root_paths]
    problems = [
        (printable(words.describe_problem(problem)), problem.failed)
        for problem in report.plan.problems
    ]
    when = report.when.astimezone()
    is_ahead = report.settings.test or review is not None
    return _get_template().render(
        report=report,
        review=_count_groups(review, cards),
        title="What would be done" if is_ahead else "What was done",
        when=when.strftime("%Y-%m-%d %H:%M"),
        roots=", ".join(roots),
        cards=cards,
        services=_count_services(report),
        problems=problems,
        is_all_seen=report.plan.exit_code == 0,
        wholes=list(_list_wholes(report.plan)),
        by_action=_make_bars(actions),
        by_month=_make_bars(months, by_label=True),
        choices=_list_filters(cards),
        policy=make_content_policy(is_served=review is not None),
        style=Markup(_read(_STYLE)),  # noqa: S704 - our own file
        scripts=_list_scripts(review),
    )


def _list_filters(cards: Sequence[_Card]) -> dict[str, list[str]]:
    """Return by what the cards can be filtered."""
    return {
        "service": sorted({card.service for card in cards}),
        "album": sorted({card.album for card in cards}),
        "action": sorted({card.verb for card in cards}),
        "result": sorted({card.result for card in cards}),
    }


def _list_scripts(review: Review | None) -> list[Markup]:
    # The second one sends what is ticked, which only a review takes.
    names = _SCRIPTS if review else _SCRIPTS[:1]
    return [Markup(_read(name)) for name in names]  # noqa: S704 - our own files


def make_content_policy(*, is_served: bool) -> str:
    """Return what a page may load: its own style and scripts and pictures, no more."""
    scripts = " ".join(_hash(_read(name)) for name in _SCRIPTS)
    rules = [
        "default-src 'none'",
        "img-src 'self' data:" if is_served else "img-src data:",
        f"style-src {_hash(_read(_STYLE))}",
        f"script-src {scripts}",
        "connect-src 'self'" if is_served else "connect-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return "; ".join(rules)


def _make_ticks(
    report: Report, review: Review | None, places: ShortNames
) -> dict[int, _Tick]:
    """Return what can be ticked, by the number of the step."""
    if review is None:
        return {}
    steps = report.plan.steps
    sizes = [size for _, size in measure_steps(report.plan)]
    ticks: dict[int, _Tick] = {}
    for number, needs in enumerate(find_needs(steps)):
        step = steps[number]
        choices = _list_choices(step, review, places)
        if not (choices or is_offered(step)):
            continue
        wanted = " ".join(map(str, sorted(needs)))
        ticks[number] = _Tick(wanted, sizes[number], choices)
    return ticks


def _list_choices(step: Step, review: Review, places: ShortNames) -> list[_Choice]:
    if not review.can_choose:
        return []
    read_only = step.service in review.read_only
    found = find_choices(step, read_only=read_only)
    return [_make_choice(step, choice, places) for choice in found]


def _make_choice(step: Step, choice: Choice, places: ShortNames) -> _Choice:
    service = places.shorten(name_service(step.service))
    texts = {
        Choice.MINE: f"mine, also on {service}",
        Choice.THEIRS: f"the one on {service}, also here",
        Choice.BOTH: "both, under two names",
    }
    # What is sent, or else what is fetched.
    photo = step.local if choice is Choice.MINE else step.remote
    size = photo.size if photo else 0
    return _Choice(str(choice), texts[choice], size or 0)


def _count_groups(review: Review | None, cards: Sequence[_Card]) -> Review | None:
    """Return a review with what can be ticked at once, by action and by album."""
    if review is None:
        return None
    ticked = [card for card in cards if card.tick and not card.tick.choices]
    actions = Counter((card.mark, card.verb) for card in ticked)
    albums = Counter(card.album for card in ticked)
    rows = [(mark, verb, count) for (mark, verb), count in actions.most_common()]
    return replace(review, actions=rows, albums=sorted(albums.items()))


def _list_wholes(plan: Plan) -> Iterator[_Whole]:
    for rename in plan.renames:
        yield _Whole(printable(words.describe(rename)))
    for number, purge in enumerate(plan.purges):
        yield _Whole(printable(words.describe(purge)), "purges", number)
    for number, trash in enumerate(plan.trash):
        yield _Whole(printable(words.describe(trash)), "trash", number)


def _get_template() -> Template:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["keep_options"] = _keep_options
    return environment.from_string(_read("report.html"))


def _keep_options(text: str) -> Markup:
    """Return a text whose options are not taken apart at the end of a line."""
    whole = Markup('<span class="option">{}</span>')
    parts = _OPTION.split(text)
    options = [whole.format(option) for option in _OPTION.findall(text)]
    return Markup("").join(
        part for pair in zip(parts, [*options, ""], strict=True) for part in pair
    )


def _read(name: str) -> str:
    path = files(_TEMPLATES) / name
    return path.read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Return the hash by which the page lets this one script or style in, and no other."""
    digest = hashlib.sha256(text.encode()).digest()
    encoded = base64.b64encode(digest).decode("ascii")
    return f"'sha256-{encoded}'"


def _make_card(
    number: int, entry: Entry, tick: _Tick | None, places: ShortNames
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
    if not (entry.before and entry.after):
        return [(picture, "") for picture in (entry.before, entry.after) if picture]
    there = places.shorten(name_service(entry.step.service))
    return [(entry.before, "here"), (entry.after, f"on {there}")]


def _count_services(report: Report) -> list[dict[str, str]]:
    return [_count_service(report, service) for service in report.plan.counts]


def _count_service(report: Report, service: str) -> dict[str, str]:
    mine = [entry for entry in report.entries if entry.step.service == service]
    results = Counter(entry.result for entry in mine)
    told = [f"{count:,} {result}" for result, count in results.items()]
    size = sum(entry.step.size for entry in mine)
    counts = report.plan.counts[service]
    equal = counts.get(Comparisons.SAME, 0)
    is_reached = service in report.plan.observations
    name = name_service(service)
    return {
        "name": printable(name),
        "equal": f"{equal:,}" if is_reached else "",
        "steps": ", ".join(told) or "nothing to do",
        "size": format_size(size) if size else "",
        "reached": "" if is_reached else "not reached",
    }


def _count_months(report: Report) -> Counter[str]:
    # The same photo may go to several services.
    photos: dict[tuple[str, str], Step] = {}
    for entry in report.entries:
        step = entry.step
        photos[step.album, step.name] = step
    return Counter(_find_month(step) for step in photos.values())


def _find_month(step: Step) -> str:
    taken = _find_taken(step)
    if not taken:
        return "unknown"
    return taken[:7]


def _find_taken(step: Step) -> str:
    """Return when the photo of a step was taken; empty where nobody tells."""
    local = step.local
    if local is not None:
        return find_taken(local.path, local.modified_ns)
    remote = step.remote
    if remote is None:
        return ""
    if remote.taken:
        return remote.taken
    # Some services tell only when the file was changed last.
    if remote.modified_ns is None:
        return ""
    return format_local_time(remote.modified_ns)


def _make_bars(counts: Counter[str], *, by_label: bool = False) -> list[_Bar]:
    rows = counts.most_common()
    if by_label:
        rows.sort()
    most = max(counts.values(), default=1)
    bars: list[_Bar] = []
    for label, count in rows:
        percent = 100 * count // most
        bars.append(_Bar(label, count, percent))
    return bars
