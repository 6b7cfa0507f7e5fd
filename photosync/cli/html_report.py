"""The page of `--report FILE.html`: one file that asks no network for anything."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from photosync.cli import words
from photosync.cli.report import Entry, Report
from photosync.formatting import format_size, printable
from photosync.media import find_taken, format_local_time
from photosync.model import Comparisons, Step

_TEMPLATES = "photosync.cli.templates"


@dataclass(frozen=True, slots=True)
class _Bar:
    label: str
    count: int
    percent: int


@dataclass(frozen=True, slots=True)
class _Card:
    """One step as the page shows it."""

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
    before: str
    after: str


def write_html(report: Report) -> str:
    """Return the page of a report."""
    cards = [_make_card(entry) for entry in report.entries]
    actions = Counter(f"{card.mark} {card.verb}" for card in cards)
    months = _count_months(report)
    roots = [printable(root) for root in report.settings.root_paths]
    problems = [str(problem) for problem in report.plan.problems]
    when = report.when.astimezone()
    script = _read("report.js")
    template = _get_template()
    return template.render(
        report=report,
        when=when.strftime("%Y-%m-%d %H:%M"),
        roots=", ".join(roots),
        cards=cards,
        services=_count_services(report),
        problems=[printable(problem) for problem in problems],
        by_action=_make_bars(actions),
        by_month=_make_bars(months, by_label=True),
        choices={
            "service": sorted({card.service for card in cards}),
            "album": sorted({card.album for card in cards}),
            "action": sorted({card.verb for card in cards}),
            "result": sorted({card.result for card in cards}),
        },
        style=Markup(_read("report.css")),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        script_hash=_hash_script(script),
    )


def _get_template() -> Template:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.from_string(_read("report.html"))


def _read(name: str) -> str:
    path = files(_TEMPLATES) / name
    return path.read_text(encoding="utf-8")


def _hash_script(script: str) -> str:
    """Return the hash by which the page lets this one script run, and no other."""
    digest = hashlib.sha256(script.encode()).digest()
    return base64.b64encode(digest).decode("ascii")


def _make_card(entry: Entry) -> _Card:
    step = entry.step
    phrase = words.phrase_of(step)
    return _Card(
        mark=phrase.mark,
        words=printable(str(phrase)),
        verb=phrase.verb,
        service=printable(words.name_service(step.service)),
        album=printable(step.album),
        name=printable(words.name_photo(step)),
        reason=printable(words.reason_of(step)),
        remedy=words.remedy_of(step),
        size=format_size(step.size) if step.size else "",
        result=entry.result,
        failure=printable(entry.failure),
        before=entry.before,
        after=entry.after,
    )


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
    name = words.name_service(service)
    return {
        "name": printable(name),
        "equal": f"{equal:,}",
        "steps": ", ".join(told) or "nothing to do",
        "size": format_size(size),
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
