"""Renderings of a plan and its outcomes as text. Every name passes `printable` on its
way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from photosync.formatting import align_columns, format_size, printable
from photosync.history.database import RESTORED, Event, Run
from photosync.history.undo import Restored
from photosync.local.explorer import Explorer
from photosync.media import format_local_time
from photosync.model import (
    Actions,
    AlbumUpdate,
    Comparisons,
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


def step_line(operation: Operation) -> str:
    """One operation as the dry run shows it and as the run repeats it."""
    return printable(operation.summary)


def problem_line(problem: Problem) -> str:
    return printable(str(problem))


def failure_line(outcome: Outcome) -> str:
    """A step that was not done, and why."""
    step = outcome.step
    subject = f"{step.album}/{step.name}" if isinstance(step, Step) else step.subject
    said = f"{outcome.result.upper()} {step.verb} {step.service}"
    return f"{said}  {printable(subject)}: {printable(outcome.reason)}"


def trash_lines(plan: Plan) -> Iterator[str]:
    """What of the trash is to be emptied."""
    yield from map(step_line, plan.trash)


@dataclass(slots=True)
class Tally:
    """What a run did, counted per service."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    sent: Counter[str] = field(default_factory=Counter)
    exit_code: int = 0

    @classmethod
    def of_plan(cls, plan: Plan) -> Tally:
        """What holds before any step is taken."""
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
            column = _column(step)
            self.sent[step.service] += step.size if isinstance(step, Step) else 0
        else:
            self.exit_code = max(self.exit_code, outcome.exit_code)
        if column:
            self.counts[step.service][column] += 1

    def table(self) -> Iterator[str]:
        """One row per service; columns that are zero everywhere are left out."""
        columns = [
            name
            for name in _COLUMNS
            if name == "same" or any(counts[name] for counts in self.counts.values())
        ]
        rows = [
            [
                service,
                *(str(counts[name]) for name in columns),
                format_size(self.sent[service]),
            ]
            for service, counts in self.counts.items()
        ]
        yield from align_columns([["", *columns, "transferred"], *rows])


def _column(step: Step | Purge | AlbumUpdate) -> str:
    """The column that counts what was done; nobody counts albums that are only
    tidied.
    """
    if isinstance(step, AlbumUpdate):
        return ""
    return _PURGED if isinstance(step, Purge) else _DONE_AS[step.action]


def modes_lines(tables: Mapping[str, Table]) -> Iterator[str]:
    """The mode tables, one column per mode, as a Markdown table."""
    heads = ["", *tables]
    rows = [
        [f"{c}", *(f"{table[c]}" for table in tables.values())] for c in Comparisons
    ]
    widths = [max(len(row[n]) for row in (heads, *rows)) for n in range(len(heads))]
    for row in (heads, ["-" * width for width in widths], *rows):
        yield (
            "| "
            + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True))
            + " |"
        )


def history_lines(events: Iterable[Event], runs: Mapping[int, Run]) -> Iterator[str]:
    """What happened to a photo, a line per step."""
    for event in events:
        run = runs[event.run]
        when = format_local_time(run.began * 10**9)
        ending = f"{event.result}: {event.reason}" if event.reason else event.result
        why = "; ".join(filter(None, (event.comparison, f"mode {run.mode}")))
        subject = f"{event.album}/{event.name}"
        yield printable(
            f"run {run.id}  {when}  {event.service}  {subject}  {event.action} ({why}) {ending}"
        )


def restored_line(restored: Restored) -> str:
    """What became of a photo that was to be brought back."""
    ending = f": {restored.problem}" if restored.problem else ""
    verb = "NOT_RESTORED" if restored.problem else RESTORED
    return printable(f"{verb:<25} {_restorable(restored.event)}{ending}")


def restorable_line(event: Event) -> str:
    """A photo that an undo would bring back."""
    return printable(f"{'RESTORE':<25} {_restorable(event)}")


def _restorable(event: Event) -> str:
    where = "here" if event.action in _DONE_HERE else f"on {event.service}"
    return f"{event.album}/{event.name} {where}"


def names_lines(explorer: Explorer, problems: Iterable[Problem]) -> Iterator[str]:
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
        yield f"problem: {problem_line(problem)}"
