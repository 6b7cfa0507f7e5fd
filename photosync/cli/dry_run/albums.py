"""The steps of a dry run folded by album, so that five thousand photos fit a screen."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress, islice

from photosync.cli import words
from photosync.cli.dry_run.head import DANGERS
from photosync.cli.summary.left_alone import describe_group, group_reasons, is_refused
from photosync.formatting import (
    align_columns,
    align_titles,
    format_size,
    measure,
    name_service,
    printable,
    shorten_path,
    wrap_line,
)
from photosync.model import Actions, Plan, Step
from photosync.naming import name_key
from photosync.sync.forecast import measure_steps

_MOST_RENAMES = 5
_MOST_OF_A_KIND = 10
_MOST_REASONS = 3
_LEAST_ROWS = 6
_LEAST_TITLE = 24
_LONGEST_NAMES = 22
_PAIR = 2


def describe_albums(plan: Plan, lines: int, width: int) -> Iterator[str]:
    """Yield what is done to albums and their photos, in about so many lines.

    What is removed comes first: a hundred renamed albums must not push it off. What is
    left alone comes last, as somebody has to decide about it.
    """
    trash = [f"  {words.describe(trash)}" for trash in plan.trash]
    renames = list(_describe_renames(plan, width))
    left_alone = list(_describe_left_alone(plan, width))
    rows = [*_fold_purges(plan), *_fold_steps(plan)]
    rows.sort(key=_rank)
    others = len(trash) + len(renames) + len(left_alone)
    most = max(_LEAST_ROWS, lines - others)
    # Of a service that was not reached no row speaks.
    reached = [service for service in plan.counts if service in plan.observations]
    places = [name_service(service) for service in reached]
    share = _show_share(rows, most, width, places)
    done = [*trash, *share, *renames]
    yield from done
    if not done:
        # It begins with a line that parts it from what is done.
        left_alone = left_alone[1:]
    yield from left_alone


def _rank(row: _Row) -> int:
    return DANGERS.index(row.phrase.mark)


def _describe_renames(plan: Plan, width: int) -> Iterator[str]:
    """Yield what is told of each album that gets another title, on one service or all."""
    services: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for rename in plan.renames:
        names = services[rename.album.title, rename.title]
        names.append(name_service(rename.service))
    for (old, new), names in islice(services.items(), _MOST_RENAMES):
        titles = f"  > {printable(old)} -> {printable(new)}"
        where = " and ".join(names)
        what = f"rename album on {where}, no bytes sent"
        line = f"{titles}  {what}"
        if measure(line) <= width:
            yield line
        else:
            yield titles
            yield f"      {what}"
    more = len(services) - _MOST_RENAMES
    if more > 0:
        yield f"  ... and more albums: rename {more:,}"


def _fold_purges(plan: Plan) -> list[_Row]:
    """Return a row for each album that is removed, on one service or all."""
    # It is empty by then: its photos are rows of deletes or of moves.
    rows: dict[str, _Row] = {}
    phrase = words.Phrase("-", "remove album")
    for purge in plan.purges:
        title = purge.album.title
        if title not in rows:
            rows[title] = _Row(phrase, title, "empty by then", is_known=True)
        service = name_service(purge.service)
        rows[title].photos[service] = 0
    return list(rows.values())


@dataclass(slots=True)
class _Row:
    """One album and what is done to its photos alike, on one service or several."""

    phrase: words.Phrase
    album: str
    reason: str
    photos: Counter[str] = field(default_factory=Counter)
    sizes: Counter[str] = field(default_factory=Counter)
    is_known: bool = False

    def add(self, step: Step, size: int, *, is_new: bool) -> None:
        """Count a step of so many bytes; `is_new`: it makes the album there."""
        service = name_service(step.service)
        self.photos[service] += 1
        self.sizes[service] += size
        self.is_known = self.is_known or not is_new
        # Of many it is said in other words than of one.
        self.reason = _explain(step, max(self.photos.values()))

    def cells(self, services: str) -> list[str]:
        """Return what stands beside the title; the same photos go to each service."""
        photos = ""
        count = max(self.photos.values())
        if count:
            photos = words.count_photos(count)
        size = ""
        most = max(self.sizes.values(), default=0)
        if most:
            size = format_size(most)
        reason = self.reason if self.is_known else "new album"
        return [photos, size, services, reason]

    @property
    def title(self) -> str:
        """What is done to which album: `+ upload 2024 - Rome`."""
        return f"  {self.phrase.mark} {self.phrase.brief} {printable(self.album)}"


def _fold_steps(plan: Plan) -> list[_Row]:
    renamed = plan.find_renamed()
    rows: dict[tuple[str, str, str], _Row] = {}
    for step, size in measure_steps(plan):
        # Photos that go with their album, and what is left alone, are told elsewhere.
        if step in renamed or step.action is Actions.REPORT:
            continue
        phrase = words.phrase_of(step)
        reason = _explain(step)
        # The same photos on their way to two services make one row.
        alike = (phrase.brief, step.album, reason)
        if alike not in rows:
            rows[alike] = _Row(phrase, step.album, reason)
        is_new = _makes_album(step, plan)
        rows[alike].add(step, size, is_new=is_new)
    return list(rows.values())


def _makes_album(step: Step, plan: Plan) -> bool:
    """Whether a step puts a photo into an album that its service does not have yet."""
    if step.action is not Actions.UPLOAD_LOCAL:
        return False
    known = plan.titles.get(step.service, frozenset())
    return name_key(step.album) not in known


def _explain(step: Step, count: int = 1) -> str:
    """Return why something is done about some photos, with no more of the path of a disk
    than a row has room for.
    """
    name = name_service(step.service)
    # A path stands beside it already.
    there = "" if shorten_path(name) == name else "there"
    reason = words.reason_of(step, count, there=there)
    if step.waits_for:
        origin = name_service(step.waits_for.service)
        reason = reason.replace(f"on {origin}", f"on {shorten_path(origin)}")
    return reason


def _show_share(
    rows: Sequence[_Row], most: int, width: int, places: Sequence[str]
) -> Iterator[str]:
    """Yield a few albums of each kind of work, and how many more there are of each: a
    hundred deletes must not hide one replacement.
    """
    kinds: defaultdict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        kinds[row.phrase.brief].append(row)
    if not kinds:
        return
    # Each kind gets the same part of the screen, and one row at least.
    part = max(1, most // len(kinds))
    share = min(_MOST_OF_A_KIND, part)
    shown: list[_Row] = []
    told: list[str] = []
    for brief, kind in kinds.items():
        shown += kind[:share]
        more = len(kind) - share
        if more > 0:
            told.append(f"{brief} {more:,}")
    yield from _align(shown, width, places)
    if told:
        yield f"  ... and more albums: {', '.join(told)}; -v names each photo"


def _align(rows: Sequence[_Row], width: int, places: Sequence[str]) -> Iterator[str]:
    """Yield rows as columns, those left out in which nothing stands."""
    cells: list[list[str]] = []
    for row in rows:
        names = _name_services(row.photos, places)
        cells.append(row.cells(names))
    columns = zip(*cells, strict=True)
    used = [any(column) for column in columns]
    filled = [list(compress(row, used)) for row in cells]
    while len(filled[0]) > 1 and _measure(filled) > width - _LEAST_TITLE:
        # On the screen of a phone: -v and a wider one tell more.
        filled = [row[:-1] for row in filled]
    titles = [row.title for row in rows]
    yield from align_titles(titles, filled, width=width, least=_LEAST_TITLE)


def _measure(rows: Sequence[Sequence[str]]) -> int:
    """Return how wide rows are as columns, with the gap before them."""
    widths = [measure(line) for line in align_columns(rows, left=True)]
    return 2 + max(widths)


def _name_services(some: Collection[str], places: Sequence[str]) -> str:
    """Return the names of some of these places, in their order; of a single one it is
    clear.
    """
    if len(places) == 1:
        return ""
    names = [shorten_path(place) for place in places if place in some]
    text = ", ".join(names)
    if len(names) < len(places) or len(text) <= _LONGEST_NAMES:
        return text
    # The paths of several disks leave no room for the name of an album.
    return "both" if len(names) == _PAIR else f"all {len(names)}"


def _describe_left_alone(plan: Plan, width: int) -> Iterator[str]:
    """Yield what else is left alone and why; what a service does not take is told by its
    row of the head.
    """
    left = [step for step in plan.steps if step.action is Actions.REPORT]
    told = [step for step in left if not is_refused(step)]
    groups = group_reasons(told)
    for group in groups[:_MOST_REASONS]:
        for line in describe_group(group):
            yield from wrap_line(line, width)
    more = len(groups) - _MOST_REASONS
    if more > 0:
        yield f"... {more:,} more reasons; -v names each photo"
