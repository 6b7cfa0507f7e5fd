"""What a run would do, before it does it: a head for each service, then the steps.

On a terminal the steps are folded by album, so that five thousand photos fit a screen;
`-v` and a pipe name every one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from photosync.cli import words
from photosync.config.settings import Settings
from photosync.formatting import align_columns, format_size, name_service, printable
from photosync.model import Actions, Comparisons, Operation, Plan, Step

_MOST_ROWS = 20
_MOST_ALBUMS = 8
_DANGERS = "-~!>+"
"""The marks in the order in which they are shown: what may cost a photo comes first."""


def describe_dry_run(plan: Plan, settings: Settings, *, fold: bool) -> Iterator[str]:
    """Yield the lines of a dry run."""
    if not has_work(plan) and not _left_alone(plan):
        yield f"{describe_equal(plan)} (dry run: nothing was changed)"
        return
    roots = ", ".join(settings.roots)
    yield f"What -m {settings.mode} of {roots} would do (nothing was changed):"
    yield ""
    yield from _describe_services(plan)
    yield ""
    if fold:
        yield from _fold(plan)
        return
    for operation in list_operations(plan, with_albums=settings.verbose):
        yield f"  {words.describe(operation)}"


def has_work(plan: Plan) -> bool:
    """Whether a plan does anything but tell."""
    if plan.renames or plan.purges or plan.trash:
        return True
    return any(step.action is not Actions.REPORT for step in plan.steps)


def list_operations(plan: Plan, *, with_albums: bool) -> list[Operation]:
    """Return all that a run would do, in the order of the run."""
    operations: list[Operation] = [*plan.renames, *plan.steps, *plan.purges]
    # Nearly every step touches its album: that is worth a line only to who asks.
    if with_albums:
        operations += dict.fromkeys((*plan.updates, *plan.owed))
    operations += plan.trash
    return operations


def describe_equal(plan: Plan) -> str:
    """Return the one line of a plan that has nothing to do."""
    parts: list[str] = []
    for service, counts in plan.counts.items():
        name = name_service(service)
        if service not in plan.observations:
            parts.append(f"{name} was not reached")
            continue
        equal = counts.get(Comparisons.SAME, 0)
        parts.append(f"{words.count_photos(equal)} equal on {name}")
    equal_ones = ", ".join(parts)
    if plan.exit_code:
        return (
            "Nothing to do as far as could be seen, but not everything went well "
            f"(exit code {plan.exit_code}): {equal_ones}."
        )
    return f"Nothing to do: {equal_ones}."


def _left_alone(plan: Plan) -> list[Step]:
    return [step for step in plan.steps if step.action is Actions.REPORT]


def _describe_services(plan: Plan) -> Iterator[str]:
    rows: list[list[str]] = []
    for service, counts in plan.counts.items():
        name = name_service(service)
        if service not in plan.observations:
            rows.append([f"  {name}", "! not reached: nothing is known of it", "", ""])
            continue
        mine = [step for step in plan.steps if step.service == service]
        rows += _describe_service(name, mine)
        equal = counts.get(Comparisons.SAME, 0)
        if equal:
            rows.append([f"  {name}", "= equal", words.count_photos(equal), ""])
        waiting = plan.postponed.get(service, 0)
        if waiting:
            count = words.count_photos(waiting)
            rows.append([f"  {name}", "! left for the next run (-x)", count, ""])
    yield from align_columns(rows, left=True)


def _describe_service(name: str, steps: Sequence[Step]) -> Iterator[list[str]]:
    photos: Counter[words.Phrase] = Counter()
    sizes: Counter[words.Phrase] = Counter()
    for step in steps:
        phrase = words.phrase_of(step)
        photos[phrase] += 1
        sizes[phrase] += step.size
    for phrase in sorted(photos, key=_rank):
        size = format_size(sizes[phrase]) if sizes[phrase] else ""
        count = words.count_photos(photos[phrase])
        yield [f"  {name}", f"{phrase.mark} {phrase.brief}", count, size]


def _rank(phrase: words.Phrase) -> int:
    return _DANGERS.index(phrase.mark)


@dataclass(slots=True)
class _Row:
    """One album and what is done to its photos alike, on one service or several."""

    phrase: words.Phrase
    album: str
    reason: str
    photos: Counter[str] = field(default_factory=Counter)
    size: int = 0

    def add(self, step: Step) -> None:
        self.photos[name_service(step.service)] += 1
        self.size += step.size

    def cells(self) -> list[str]:
        count = max(self.photos.values(), default=0)
        size = format_size(self.size) if self.size else ""
        photos = words.count_photos(count) if count else ""
        services = ", ".join(self.photos)
        subject = f"{self.phrase.brief} {printable(self.album)}"
        return [f"  {self.phrase.mark} {subject}", photos, size, services, self.reason]


def _fold(plan: Plan) -> Iterator[str]:
    renamed = {step for rename in plan.renames for step in rename.steps}
    steps = [step for step in plan.steps if step not in renamed]
    rows = _fold_steps(steps)
    # What is removed comes first: a hundred renamed albums must not push it off.
    albums: list[Operation] = [*plan.trash, *plan.purges, *plan.renames]
    for operation in albums[:_MOST_ALBUMS]:
        yield f"  {words.describe(operation)}"
    if len(albums) > _MOST_ALBUMS:
        yield f"  ... {len(albums) - _MOST_ALBUMS:,} more albums"
    rows.sort(key=lambda row: _rank(row.phrase))
    yield from _show_share(rows)
    yield ""
    yield "Do it: the same command without --test. -v names each photo, --plan keeps it."


def _show_share(rows: Sequence[_Row]) -> Iterator[str]:
    """Yield a few albums of each kind of work, and how many more there are of each: a
    hundred deletes must not hide one conflict.
    """
    kinds: defaultdict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        kinds[row.phrase.brief].append(row)
    share = max(1, _MOST_ROWS // max(1, len(kinds)))
    shown = [row.cells() for kind in kinds.values() for row in kind[:share]]
    if shown:
        yield from align_columns(shown, left=True)
    more = {brief: len(kind) - share for brief, kind in kinds.items()}
    told = [f"{brief} {count:,}" for brief, count in more.items() if count > 0]
    if told:
        yield f"  ... and more albums: {', '.join(told)}"


def _fold_steps(steps: Iterable[Step]) -> list[_Row]:
    rows: dict[tuple[str, str, str], _Row] = {}
    for step in steps:
        phrase = words.phrase_of(step)
        reason = words.reason_of(step)
        key = (phrase.brief, step.album, reason)
        if key not in rows:
            rows[key] = _Row(phrase, step.album, reason)
        rows[key].add(step)
    return list(rows.values())


def group_reasons(steps: Iterable[Step]) -> dict[tuple[str, str, str], list[Step]]:
    """Return what was left alone by service, reason and remedy."""
    groups: defaultdict[tuple[str, str, str], list[Step]] = defaultdict(list)
    for step in steps:
        service = name_service(step.service)
        key = (service, words.reason_of(step), words.remedy_of(step))
        groups[key].append(step)
    return dict(groups)
