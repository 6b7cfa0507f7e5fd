"""The steps of a dry run folded by album, so that five thousand photos fit a screen."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from photosync.cli import words
from photosync.cli.dry_run_head import DANGERS
from photosync.cli.left_alone import describe_group, group_reasons, is_refused
from photosync.formatting import (
    align_columns,
    format_size,
    name_service,
    printable,
    shorten,
    shorten_path,
    wrap_line,
)
from photosync.model import Actions, Operation, Plan, Step
from photosync.naming import name_key
from photosync.sync.forecast import measure_steps

_MOST_ALBUMS = 8
_MOST_OF_A_KIND = 10
_MOST_REASONS = 3
_LEAST_ROWS = 6
_LEAST_TITLE = 16


def describe_albums(plan: Plan, lines: int, width: int) -> Iterator[str]:
    """Yield what is done to albums and their photos in about so many lines.

    What is removed comes first: a hundred renamed albums must not push it off.
    """
    removals: list[Operation] = [*plan.trash, *plan.purges]
    albums = [f"  {words.describe(operation)}" for operation in removals]
    albums += _fold_renames(plan, width)
    groups = list(_describe_left_alone(plan, width))
    yield from albums[:_MOST_ALBUMS]
    if len(albums) > _MOST_ALBUMS:
        yield f"  ... {len(albums) - _MOST_ALBUMS:,} more albums"
    taken = min(len(albums), _MOST_ALBUMS) + len(groups)
    rows = sorted(_fold_steps(plan), key=lambda row: DANGERS.index(row.phrase.mark))
    yield from _show_share(rows, max(_LEAST_ROWS, lines - taken), width)
    yield from groups


def _fold_renames(plan: Plan, width: int) -> list[str]:
    """Return a line for each album that gets another title, on one service or all."""
    services: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for rename in plan.renames:
        titles = rename.album.title, rename.title
        services[titles].append(name_service(rename.service))
    lines: list[str] = []
    for (old, new), names in services.items():
        line = f"  > {printable(old)} -> {printable(new)}"
        what = f"  rename album on {' and '.join(names)}, no bytes sent"
        fits = len(line) + len(what) <= width
        lines.append(f"{line}{what}" if fits else line)
    return lines


@dataclass(slots=True)
class _Row:
    """One album and what is done to its photos alike, on one service or several."""

    phrase: words.Phrase
    album: str
    reason: str
    photos: Counter[str] = field(default_factory=Counter)
    sizes: Counter[str] = field(default_factory=Counter)
    is_new: bool = True

    def add(self, step: Step, size: int, *, is_new: bool) -> None:
        service = name_service(step.service)
        self.photos[service] += 1
        self.sizes[service] += size
        self.is_new = self.is_new and is_new

    def cells(self) -> list[str]:
        """Return what stands beside the title; the same photos go to each service."""
        count = max(self.photos.values())
        most = max(self.sizes.values())
        size = format_size(most) if most else ""
        services = ", ".join(map(shorten_path, self.photos))
        reason = "new album" if self.is_new else self.reason
        return [words.count_photos(count), size, services, reason]

    @property
    def title(self) -> str:
        return f"  {self.phrase.mark} {self.phrase.brief} {printable(self.album)}"


def _fold_steps(plan: Plan) -> list[_Row]:
    renamed = {step for rename in plan.renames for step in rename.steps}
    rows: dict[tuple[str, str, str], _Row] = {}
    for step, size in measure_steps(plan):
        if step in renamed or step.action is Actions.REPORT:
            continue
        phrase, reason = words.phrase_of(step), words.reason_of(step)
        row = rows.setdefault(
            (phrase.brief, step.album, reason), _Row(phrase, step.album, reason)
        )
        known = plan.titles.get(step.service, frozenset())
        is_put_there = step.action is Actions.UPLOAD_LOCAL
        is_new = is_put_there and name_key(step.album) not in known
        row.add(step, size, is_new=is_new)
    return list(rows.values())


def _show_share(rows: Sequence[_Row], most: int, width: int) -> Iterator[str]:
    """Yield a few albums of each kind of work, and how many more there are of each: a
    hundred deletes must not hide one replacement.
    """
    kinds: defaultdict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        kinds[row.phrase.brief].append(row)
    share = min(_MOST_OF_A_KIND, max(1, most // max(1, len(kinds))))
    yield from _align([row for kind in kinds.values() for row in kind[:share]], width)
    more = {brief: len(kind) - share for brief, kind in kinds.items()}
    told = [f"{brief} {count:,}" for brief, count in more.items() if count > 0]
    if told:
        yield f"  ... and more albums: {', '.join(told)}; -v names each photo"


def _align(rows: Sequence[_Row], width: int) -> Iterator[str]:
    if not rows:
        return
    ends = list(align_columns([row.cells() for row in rows], left=True))
    room = max(_LEAST_TITLE, width - 2 - max(map(len, ends)))
    titles = [shorten(row.title, room) for row in rows]
    longest = max(map(len, titles))
    for title, end in zip(titles, ends, strict=True):
        yield f"{title:<{longest}}  {end}"


def _describe_left_alone(plan: Plan, width: int) -> Iterator[str]:
    """Yield what else is left alone and why; what a service does not take is told by its
    row of the head.
    """
    left = [step for step in plan.steps if step.action is Actions.REPORT]
    told = [step for step in left if not is_refused(step)]
    groups = list(group_reasons(told).items())
    for why, group in groups[:_MOST_REASONS]:
        for line in describe_group(why, group):
            yield from wrap_line(line, width)
    if len(groups) > _MOST_REASONS:
        yield f"... {len(groups) - _MOST_REASONS:,} more reasons; -v names each photo"
