"""The head of a dry run: for each side what would be done there, what that takes, and
whether it fits.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from photosync.cli import words
from photosync.cli.dry_run.forecasts import describe_forecast
from photosync.cli.summary.left_alone import is_refused
from photosync.formatting import (
    format_size,
    measure,
    name_service,
    pad,
    printable,
    wrap_line,
)
from photosync.model import (
    Actions,
    AlbumUpdate,
    Comparisons,
    EmptyTrash,
    Plan,
    Purge,
    Side,
    Step,
)
from photosync.plan.policy import DELETES
from photosync.sync.forecast import Forecast, list_updates, measure_steps

DANGERS = "-~!>+="
"""The marks in the order in which they are shown: what may cost a photo comes first."""

_HERE = "Here"
_INDENT = "  "
_MOST_REASONS = 3
_LONGEST_NAME = 10
_LEAST_NOTE = 24


class _Kind(NamedTuple):
    """What is done alike: a row of the head."""

    mark: str
    verb: str
    noun: str = "photo"
    note: str = ""

    @property
    def what(self) -> str:
        """How the row begins: `+ upload`."""
        return f"{self.mark} {self.verb}"

    @property
    def rank(self) -> int:
        """Where it stands: what may cost a photo first, what is equal last."""
        # An album that gets its dates is no danger to any photo.
        mark = "=" if self == _UPDATE else self.mark
        return DANGERS.index(mark)


_REMOVE = _Kind("-", "remove album", "album")
_UPDATE = _Kind("~", "update album", "album", "dates and order")


@dataclass(slots=True)
class _Block:
    """What is told of one side: rows that count, then what it takes."""

    name: str
    counts: Counter[_Kind] = field(default_factory=Counter)
    sizes: Counter[_Kind] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)

    def add(self, kind: _Kind, count: int = 1, size: int = 0) -> None:
        """Count what is done, if anything is."""
        if count:
            self.counts[kind] += count
            self.sizes[kind] += size

    @property
    def kinds(self) -> list[_Kind]:
        """The rows in their order: what may cost a photo comes first."""
        return sorted(self.counts, key=lambda kind: kind.rank)


def describe_head(
    plan: Plan, forecasts: Sequence[Forecast], width: int
) -> Iterator[str]:
    """Yield some lines about each service, and about what is here."""
    blocks = [_make_block(plan, service, forecasts) for service in plan.counts]
    blocks.append(_make_block_here(plan, forecasts))
    told = [block for block in blocks if block.counts or block.lines]
    yield from _format_blocks(told, width)


def _make_block(plan: Plan, service: str, forecasts: Iterable[Forecast]) -> _Block:
    block = _Block(printable(name_service(service)))
    if service not in plan.observations:
        block.lines.append("! not reached: nothing is known of it")
        return block
    _count_albums(block, plan, service)
    _count_photos(block, plan, service)
    _count_left_alone(block, plan, service)
    equal = plan.counts[service].get(Comparisons.SAME, 0)
    block.add(_Kind("=", "equal"), equal)
    waiting = plan.postponed.get(service, 0)
    block.add(_Kind("!", "left for the next run (-x)"), waiting)
    # Last what that takes: whoever waits for a quota has seen what for.
    for forecast in forecasts:
        if forecast.place == service:
            block.lines += describe_forecast(forecast)
    return block


def _count_albums(block: _Block, plan: Plan, service: str) -> None:
    purges = _count_on(service, plan.purges)
    block.add(_REMOVE, purges)
    _count_trash(block, plan, service)
    updates = _count_on(service, list_updates(plan))
    block.add(_UPDATE, updates)
    renames = [rename for rename in plan.renames if rename.service == service]
    photos = sum(len(rename.steps) for rename in renames)
    note = f"with {words.count_photos(photos)}, no bytes sent"
    rename_kind = _Kind(">", "rename album", "album", note)
    block.add(rename_kind, len(renames))


def _count_on(service: str, works: Iterable[Purge | AlbumUpdate]) -> int:
    return sum(work.service == service for work in works)


def _count_trash(block: _Block, plan: Plan, side: str) -> None:
    for trash in plan.trash:
        if trash.service == side:
            block.add(_make_trash_kind(trash), trash.files)


def _make_trash_kind(trash: EmptyTrash) -> _Kind:
    return _Kind("-", "empty trash", "file", f"older than {trash.days} days")


def _count_photos(block: _Block, plan: Plan, service: str) -> None:
    renamed = plan.find_renamed()
    for step, size in measure_steps(plan):
        is_mine = step.service == service and step not in renamed
        if is_mine and step.action is not Actions.REPORT:
            phrase = words.phrase_of(step)
            block.add(_Kind(phrase.mark, phrase.brief), size=size)


def _count_left_alone(block: _Block, plan: Plan, service: str) -> None:
    # Why a conflict is one is told below, with names; of what a service does not take a
    # row is all there is to know.
    reasons: Counter[str] = Counter()
    for step in plan.steps:
        if step.service == service and step.action is Actions.REPORT:
            reason = step.reason if is_refused(step) else ""
            reasons[reason] += 1
    more = reasons.total()
    for reason, count in reasons.most_common(_MOST_REASONS):
        block.add(_Kind("!", "left alone", note=reason), count)
        more -= count
    block.add(_Kind("!", "left alone", note="for other reasons"), more)


def _make_block_here(plan: Plan, forecasts: Iterable[Forecast]) -> _Block:
    block = _Block(_HERE)
    _count_trash(block, plan, Side.LOCAL)
    roots = [forecast for forecast in forecasts if forecast.place not in plan.counts]
    block.lines += _describe_needs(roots)
    grows = any(forecast.size > 0 for forecast in roots)
    is_changed = grows or any(_changes_here(step) for step in plan.steps)
    parts: list[str] = []
    if not block.counts and not is_changed:
        parts.append("nothing changes")
    # It is the first thing that people look for, so it is said where it is true.
    if not _deletes_anything(plan):
        parts.append("nothing is deleted anywhere")
    if parts:
        block.lines.append("; ".join(parts))
    return block


def _describe_needs(roots: Sequence[Forecast]) -> Iterator[str]:
    """Yield what the roots that grow take; one of several is named."""
    for forecast in roots:
        if forecast.size <= 0:
            continue
        where = ""
        if len(roots) > 1:
            where = f" ({printable(forecast.place)})"
        for line in describe_forecast(forecast):
            yield f"{line}{where}"


def _changes_here(step: Step) -> bool:
    return step.action in {
        Actions.DOWNLOAD_REMOTE,
        Actions.KEEP_BOTH,
        Actions.MOVE_LOCAL,
        Actions.DELETE_LOCAL,
        Actions.UPDATE_LOCAL_METADATA,
        Actions.MERGE_METADATA,
    }


def _deletes_anything(plan: Plan) -> bool:
    if plan.purges or plan.trash:
        return True
    return any(step.action in DELETES for step in plan.steps)


def _format_blocks(blocks: Sequence[_Block], width: int) -> Iterator[str]:
    """Yield all blocks with their columns below one another."""
    columns = _measure_columns(blocks)
    room = _measure_names(blocks)
    indent = " " * (len(_INDENT) + room)
    left = width - len(indent) - 2
    for block in blocks:
        begin = f"{_INDENT}{pad(block.name, room)}"
        if measure(block.name) > room:
            # The path of a folder stands above its rows.
            yield begin
            begin = ""
        for line in _format_block(block, columns, left):
            yield f"{begin or indent}  {line}".rstrip()
            begin = ""


class _Columns(NamedTuple):
    """How wide the columns are."""

    what: int
    number: int
    noun: int
    size: int


def _measure_columns(blocks: Iterable[_Block]) -> _Columns:
    what = number = noun = size = 0
    for block in blocks:
        for kind, count in block.counts.items():
            number_text = f"{count:,}"
            size_text = _format_size(block.sizes[kind])
            what = max(what, len(kind.what))
            number = max(number, len(number_text))
            # As of several: "photos".
            noun = max(noun, len(kind.noun) + 1)
            size = max(size, len(size_text))
    return _Columns(what, number, noun, size)


def _measure_names(blocks: Iterable[_Block]) -> int:
    """Return how wide the names of the sides are, those left out that stand above."""
    lengths = [measure(block.name) for block in blocks]
    short = [length for length in lengths if length <= _LONGEST_NAME]
    return max(short, default=len(_HERE))


def _format_size(size: int) -> str:
    return format_size(size) if size else ""


def _format_block(block: _Block, columns: _Columns, width: int) -> Iterator[str]:
    for kind in block.kinds:
        row = _format_row(kind, block.counts[kind], columns)
        size = _format_size(block.sizes[kind])
        note = printable(kind.note)
        if len(row) + 2 + columns.size <= width:
            row = f"{row}  {size:>{columns.size}}"
        else:
            # On the screen of a phone.
            note = ", ".join(part for part in (size, note) if part)
        yield from _append(row, note, width)
    for line in block.lines:
        yield from wrap_line(line, width)


def _format_row(kind: _Kind, count: int, columns: _Columns) -> str:
    noun = kind.noun if count == 1 else f"{kind.noun}s"
    what = kind.what.ljust(columns.what)
    number = f"{count:,}".rjust(columns.number)
    return f"{what}  {number} {noun.ljust(columns.noun)}"


def _append(row: str, note: str, width: int) -> Iterator[str]:
    """Yield a row with a note beside it, or below it where there is little room."""
    room = width - len(row) - 2
    if len(note) <= room or not note:
        yield f"{row}  {note}"
    elif room >= _LEAST_NOTE:
        first, *rest = textwrap.wrap(note, room)
        yield f"{row}  {first}"
        below = " " * len(row)
        for line in rest:
            yield f"{below}  {line}"
    else:
        yield row
        for line in textwrap.wrap(note, width - 4):
            yield f"    {line}"
