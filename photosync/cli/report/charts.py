"""The bars of a report: how many steps of each kind, how many photos of each month."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from photosync.cli.report.content import Report
from photosync.media import find_taken, format_local_time
from photosync.model import Step


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar; its length is in percent of the longest."""

    label: str
    count: int
    percent: int


def count_months(report: Report) -> Counter[str]:
    """Count the photos of each month by when they were taken."""
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


def make_bars(counts: Counter[str], *, by_label: bool = False) -> list[Bar]:
    """Return a bar for each count, the longest first or in the order of labels."""
    rows = counts.most_common()
    if by_label:
        rows.sort()
    most = max(counts.values(), default=1)
    bars: list[Bar] = []
    for label, count in rows:
        # One delete beside a thousand uploads can be seen.
        percent = max(1, 100 * count // most)
        bars.append(Bar(label, count, percent))
    return bars
