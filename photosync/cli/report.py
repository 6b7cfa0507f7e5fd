"""Renderings of a plan and its outcomes as text. Every name passes `printable` on its
way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from photosync.formatting import align_columns, format_size, printable
from photosync.history.journal import RESTORED, Event, Run
from photosync.history.undo import Restored
from photosync.local.explorer import Explorer
from photosync.media import format_local_time
from photosync.model import (
    Actions,
    AlbumUpdate,
    Comparisons,
    EmptyTrash,
    Operation,
    Outcome,
    Plan,
    Problem,
    Purge,
    Result,
    Step,
)
from photosync.modes import Table
from photosync.naming import name_key

_DONE_AS: Mapping[Actions, str] = {
    Actions.UPLOAD_LOCAL: "uploaded",
    Actions.REPLACE_REMOTE_WITH_LOCAL: "replaced",
    Actions.DOWNLOAD_REMOTE: "downloaded",
    Actions.UPDATE_REMOTE_METADATA: "updated",
    Actions.TAG_REMOTE: "tagged",
    Actions.MOVE_REMOTE: "moved there",
    Actions.MOVE_LOCAL: "moved here",
    Actions.KEEP_BOTH: "kept twice",
    Actions.DELETE_LOCAL: "deleted here",
    Actions.DELETE_REMOTE: "deleted there",
}
_DONE_HERE = frozenset({Actions.DELETE_LOCAL, Actions.DOWNLOAD_REMOTE})
_PURGED = "albums removed"
_COLUMNS = (*_DONE_AS.values(), _PURGED, "reported", "postponed", "failed", "same")


def describe_step(operation: Operation) -> str:
    """Return one operation as the dry run shows it and as the run repeats it."""
    return printable(operation.summary)


def describe_problem(problem: Problem) -> str:
    return printable(str(problem))


def describe_failure(outcome: Outcome) -> str:
    """Return a step that was not done, and why."""
    step = outcome.step
    subject = f"{step.album}/{step.name}" if isinstance(step, Step) else step.subject
    said = f"{outcome.result.upper()} {step.verb} {step.service}"
    return f"{said}  {printable(subject)}: {printable(outcome.reason)}"


def describe_trash(plan: Plan) -> Iterator[str]:
    """Yield what of the trash is to be emptied."""
    yield from map(describe_step, plan.trash)


@dataclass(slots=True)
class Tally:
    """What a run did, counted per service."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    sent: Counter[str] = field(default_factory=Counter)
    exit_code: int = 0

    @classmethod
    def of_plan(cls, plan: Plan) -> Tally:
        """Return what holds before any step is taken."""
        tally = cls({service: Counter() for service in plan.counts})
        for service, counts in plan.counts.items():
            tally.counts[service]["same"] = counts.get(Comparisons.SAME, 0)
            tally.counts[service]["postponed"] = plan.postponed.get(service, 0)
        for step in plan.steps:
            if step.action is Actions.REPORT:
                tally.counts[step.service]["reported"] += 1
        return tally

    def add(self, outcome: Outcome) -> None:
        step = outcome.step
        column = "failed"
        if outcome.result is Result.DONE:
            column = _find_column(step)
            self.sent[step.service] += step.size if isinstance(step, Step) else 0
        else:
            self.exit_code = max(self.exit_code, outcome.exit_code)
        if column:
            # The trash here is no service's.
            self.counts.setdefault(step.service, Counter())[column] += 1

    def table(self) -> Iterator[str]:
        """Yield one row per service; columns that are zero everywhere are left out."""
        used = {"same"}
        for counts in self.counts.values():
            used |= {name for name, count in counts.items() if count}
        columns = [name for name in _COLUMNS if name in used]
        rows = [["", *columns, "transferred"]]
        for service, counts in self.counts.items():
            cells = [str(counts[name]) for name in columns]
            rows.append([service, *cells, format_size(self.sent[service])])
        yield from align_columns(rows)


def _find_column(step: Step | Purge | AlbumUpdate | EmptyTrash) -> str:
    """Return the column that counts what was done; nobody counts albums that are only
    tidied.
    """
    if isinstance(step, AlbumUpdate | EmptyTrash):
        return ""
    return _PURGED if isinstance(step, Purge) else _DONE_AS[step.action]


def format_modes(tables: Mapping[str, Table]) -> Iterator[str]:
    """Yield the mode tables, one column per mode, as a Markdown table."""
    rows = [["", *tables]]
    for comparison in Comparisons:
        actions = [str(table[comparison]) for table in tables.values()]
        rows.append([str(comparison), *actions])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rows.insert(1, ["-" * width for width in widths])
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        yield f"| {' | '.join(cells)} |"


def describe_history(events: Iterable[Event], runs: Mapping[int, Run]) -> Iterator[str]:
    """Yield what happened to a photo, a line per step."""
    for event in events:
        run = runs[event.run]
        when = format_local_time(run.began * 10**9)
        ending = f"{event.result}: {event.reason}" if event.reason else event.result
        why = "; ".join(filter(None, (event.comparison, f"mode {run.mode}")))
        subject = f"{event.album}/{event.name}"
        yield printable(
            f"run {run.id}  {when}  {event.service}  {subject}  {event.action} ({why}) {ending}"
        )


def describe_restored(restored: Restored) -> str:
    """Return what became of a photo that was to be brought back."""
    ending = f": {restored.problem}" if restored.problem else ""
    verb = "NOT_RESTORED" if restored.problem else RESTORED
    return printable(f"{verb:<25} {_name_photo(restored.event)}{ending}")


def describe_restorable(event: Event) -> str:
    """Return a photo that an undo would bring back."""
    return printable(f"{'RESTORE':<25} {_name_photo(event)}")


def _name_photo(event: Event) -> str:
    where = "here" if event.action in _DONE_HERE else f"on {event.service}"
    return f"{event.album}/{event.name} {where}"


def describe_names(explorer: Explorer, problems: Iterable[Problem]) -> Iterator[str]:
    """Folder -> album under the rules in force, and what collides."""
    titles = explorer.list_folders()
    for folder, title in titles:
        yield f"{printable(folder)} -> {printable(title)}"
    sharing = Counter(name_key(title) for _, title in titles)
    for title, count in sharing.items():
        if count > 1:
            yield f"collision: {count} folders make up the album {printable(title)}"
    for photo in explorer.list_qualified():
        yield f"collision: {printable(photo.path)} is named {printable(photo.name)} in its album"
    for problem in problems:
        yield f"problem: {describe_problem(problem)}"
