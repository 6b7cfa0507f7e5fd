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
    script = _read("report.js")
    return _get_template().render(
        report=report,
        when=report.when.astimezone().strftime("%Y-%m-%d %H:%M"),
        roots=", ".join(map(printable, report.settings.root_paths)),
        cards=cards,
        services=_count_services(report),
        problems=[printable(str(problem)) for problem in report.plan.problems],
        by_action=_make_bars(Counter(f"{card.mark} {card.verb}" for card in cards)),
        by_month=_make_bars(_count_months(report), by_label=True),
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
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_read("report.html"))


def _read(name: str) -> str:
    return (files(_TEMPLATES) / name).read_text(encoding="utf-8")


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
    rows: list[dict[str, str]] = []
    for service, counts in report.plan.counts.items():
        mine = [entry for entry in report.entries if entry.step.service == service]
        results = Counter(entry.result for entry in mine)
        size = sum(entry.step.size for entry in mine)
        told = ", ".join(f"{count:,} {name}" for name, count in results.items())
        rows.append(
            {
                "name": printable(words.name_service(service)),
                "equal": f"{counts.get(Comparisons.SAME, 0):,}",
                "steps": told or "nothing to do",
                "size": format_size(size),
                "reached": "" if service in report.plan.observations else "not reached",
            }
        )
    return rows


def _count_months(report: Report) -> Counter[str]:
    # The same photo may go to several services.
    photos = {
        (entry.step.album, entry.step.name): entry.step for entry in report.entries
    }
    return Counter(_find_month(step) for step in photos.values())


def _find_month(step: Step) -> str:
    if step.local is not None:
        return find_taken(step.local.path, step.local.modified_ns)[:7]
    remote = step.remote
    if remote is None:
        return "unknown"
    if remote.taken:
        return remote.taken[:7]
    known = remote.modified_ns
    return format_local_time(known)[:7] if known is not None else "unknown"


def _make_bars(counts: Counter[str], *, by_label: bool = False) -> list[_Bar]:
    most = max(counts.values(), default=1)
    rows = sorted(counts.items()) if by_label else counts.most_common()
    return [_Bar(label, count, 100 * count // most) for label, count in rows]
