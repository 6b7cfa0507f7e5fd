"""The end of a run: what was done, what was not and why, and what to type next."""

from __future__ import annotations

import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from photosync.cli import outcome_words, words
from photosync.cli.dry_run.page import describe_equal, describe_unread, has_work
from photosync.cli.summary.left_alone import (
    MOST_NAMES,
    describe_left_alone,
    group_reasons,
    list_first,
)
from photosync.formatting import (
    align_columns,
    format_duration,
    format_size,
    measure,
    name_service,
    shorten_path,
)
from photosync.model import (
    Actions,
    AlbumUpdate,
    Comparisons,
    EmptyTrash,
    Outcome,
    Plan,
    Purge,
    Result,
    Step,
)

_LEAST_NAME = 9
_REMOVED = "albums removed"
_EQUAL = "equal"
_LEFT_ALONE = "left alone"
_POSTPONED = "left for the next run"
_FAILED = "failed"
_COLUMNS = (
    *words.DONE_AS.values(),
    _REMOVED,
    _EQUAL,
    _LEFT_ALONE,
    _POSTPONED,
    _FAILED,
)


@dataclass(slots=True)
class Tally:
    """What a run did, counted per service; `is_kept`: for --last, too."""

    plan: Plan
    is_kept: bool = True
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    moved: Counter[str] = field(default_factory=Counter)
    left: list[Step] = field(default_factory=list)
    refused: list[Step] = field(default_factory=list)
    failed: list[Outcome] = field(default_factory=list)
    stopped: list[Outcome] = field(default_factory=list)
    exit_code: int = 0
    began: float = field(default_factory=time.monotonic)

    @classmethod
    def of_plan(cls, plan: Plan, *, is_kept: bool = True) -> Tally:
        """Return what holds before any step is taken."""
        tally = cls(plan, is_kept)
        for service, counts in plan.counts.items():
            mine: Counter[str] = Counter()
            mine[_EQUAL] = counts.get(Comparisons.SAME, 0)
            mine[_POSTPONED] = plan.postponed.get(service, 0)
            tally.counts[service] = mine
        for step in plan.steps:
            if step.action is Actions.REPORT:
                mine = tally.counts[step.service]
                mine[_LEFT_ALONE] += 1
        return tally

    def add(self, outcome: Outcome) -> None:
        """Count what became of a step."""
        step = outcome.step
        column = _find_column(outcome)
        if outcome.result is not Result.DONE:
            self.exit_code = max(self.exit_code, outcome.exit_code)
            # What stopped a whole side was told of that, not of this photo.
            if outcome.side_stopped:
                self.stopped.append(outcome)
            elif outcome.exit_code:
                self.failed.append(outcome)
        if isinstance(step, Step) and outcome.result is Result.LEFT:
            # Why it was left is told, and not what was to be done about its details.
            told = replace(step, action=Actions.REPORT, reason=outcome.reason)
            self.left.append(replace(told, details=None))
        if isinstance(step, Step) and outcome.refused_under is not None:
            self.refused.append(step)
        if isinstance(step, Step) and outcome.result is Result.DONE:
            self.moved[step.service] += outcome.moved
        if column:
            # The trash here is no service's.
            counts = self.counts.setdefault(step.service, Counter())
            counts[column] += 1

    def describe(
        self,
        *,
        is_stopped: bool,
        with_failures: bool = False,
        width: int = sys.maxsize,
    ) -> Iterator[str]:
        """Yield the end of the run: a sentence, a table, and what needs attention.

        `with_failures`: nobody told them as they came. The table fits into `width`
        columns.
        """
        yield from self.describe_result(is_stopped=is_stopped, width=width)
        if with_failures:
            yield from describe_failures(self.failed)
        yield from describe_left_alone(self.find_left_alone())
        if self.is_kept and self._is_shortened():
            # No line more than that: the first ones are to stay on a small screen.
            yield "All names: photosync --last"

    def _is_shortened(self) -> bool:
        """Whether more failed, or is left alone, for one reason than is named."""
        groups = [left.photos for left in group_reasons(self.find_left_alone())]
        groups += [alike.names for alike in group_failures(self.failed)]
        return any(len(names) > MOST_NAMES for names in groups)

    def describe_result(self, *, is_stopped: bool, width: int) -> Iterator[str]:
        """Yield how the run ended, and the table of what was done."""
        if not is_stopped and self.is_idle():
            yield describe_equal(self.plan)
            return
        yield self._say_how_it_ended(is_stopped=is_stopped)
        yield ""
        yield from self._describe_table(width)

    def is_idle(self) -> bool:
        """Whether there was nothing to do, and nothing is left alone."""
        return not has_work(self.plan) and not self.find_left_alone()

    def find_left_alone(self) -> list[Step]:
        """Return what is left alone by the plan, and what turned out to be."""
        told = [step for step in self.plan.steps if step.action is Actions.REPORT]
        return told + self.left

    def count(self) -> Iterator[str]:
        """Yield one line per service with what its table would show, for the log."""
        columns = self._list_columns()
        for service, counts in self.counts.items():
            numbers = [f"{counts[column]} {column}" for column in columns]
            numbers.append(f"{self.moved[service]} bytes transferred")
            yield f"{service}: {', '.join(numbers)}"

    def _say_how_it_ended(self, *, is_stopped: bool) -> str:
        seconds = time.monotonic() - self.began
        duration = format_duration(seconds)
        if is_stopped:
            return f"Stopped after {duration}; what is done stays done, the next run goes on."
        # All steps may be done and an album not have been listed.
        if self.exit_code or self.plan.exit_code:
            return f"Finished in {duration}, but not everything went well."
        postponed = sum(counts[_POSTPONED] for counts in self.counts.values())
        if postponed:
            return f"Done in {duration}; {postponed:,} left for the next run."
        return f"Done in {duration}."

    def _describe_table(self, width: int) -> Iterator[str]:
        """Yield one row per service, or where that is too wide one column; what is zero
        everywhere is left out.
        """
        columns = self._list_columns()
        rows = [["", *columns]]
        # Of moves and deletes no byte goes over the wire.
        has_moved = any(self.moved.values())
        if has_moved:
            rows[0].append("transferred")
        unreached: list[str] = []
        for service in self.plan.counts:
            if service not in self.plan.observations:
                unreached.append(self._describe_unreached(service))
                continue
            counts = self.counts[service]
            row = [name_service(service)]
            row += [f"{counts[column]:,}" for column in columns]
            if has_moved:
                row.append(format_size(self.moved[service]))
            rows.append(row)
        if len(rows) > 1:
            yield from _fit_table(rows, width)
        yield from unreached

    def _describe_unreached(self, service: str) -> str:
        unread = describe_unread(self.plan, service)
        if service in self.plan.put_off:
            return unread
        return f"{unread}; it is left for the next run"

    def _list_columns(self) -> list[str]:
        # What is equal is told even if it is nothing: then the table has a number.
        used = {_EQUAL}
        for counts in self.counts.values():
            used.update(column for column, count in counts.items() if count)
        return [column for column in _COLUMNS if column in used]


def _fit_table(rows: Sequence[Sequence[str]], width: int) -> Iterable[str]:
    """Return a table in lines, its rows as columns where it is too wide."""
    lines = list(align_columns(rows))
    if max(measure(line) for line in lines) <= width:
        return lines
    services, *numbers = zip(*rows, strict=True)
    # The path of a folder has to fit, too.
    widest = max(len(row[0]) for row in numbers)
    count = len(rows) - 1
    room = max(_LEAST_NAME, (width - widest) // count - 2)
    head = [shorten_path(name, room) for name in services]
    return align_columns([head, *numbers])


def _find_column(outcome: Outcome) -> str:
    """Return the column that counts an outcome; nobody counts albums that are only
    tidied.
    """
    step = outcome.step
    if outcome.result is Result.POSTPONED:
        return _POSTPONED
    # What turned out to be changed meanwhile is no failure.
    if outcome.result is Result.LEFT and isinstance(step, Step):
        return _LEFT_ALONE
    if outcome.result is not Result.DONE:
        return _FAILED
    if isinstance(step, AlbumUpdate | EmptyTrash):
        return ""
    if isinstance(step, Purge):
        return _REMOVED
    return words.DONE_AS[step.action]


def describe_failures(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """Yield what failed, grouped by reason, with the first names of each."""
    for alike in group_failures(outcomes):
        yield from list_first(alike.heading, alike.names, alike.remedy)


class Alike(NamedTuple):
    """What was not done for one reason: how much, what and why; its names; and what to
    type, empty for nothing.
    """

    heading: str
    names: Sequence[str]
    remedy: str


def group_failures(outcomes: Iterable[Outcome]) -> Iterator[Alike]:
    """Yield what failed, by its reason."""
    first: dict[tuple[str, str], Outcome] = {}
    names: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for outcome in outcomes:
        what, name = outcome_words.split_failure(outcome)
        alike = (what, outcome.reason)
        first.setdefault(alike, outcome)
        names[alike].append(name)
    for (what, reason), outcome in first.items():
        count = len(names[what, reason])
        heading = f"! {count:,} {what}: {reason}"
        remedy = ""
        if outcome.refused_under is not None:
            remedy = words.remedy_of_unfit(outcome.step.service, count)
        yield Alike(heading, names[what, reason], remedy)


@dataclass(slots=True)
class Failures:
    """What was not done; of one reason only the first few are told one by one.

    A full account is one thing to know, not five hundred. `verbose`: name them all.
    """

    verbose: bool = False
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    stopped: set[str] = field(default_factory=set)

    def add(self, outcome: Outcome) -> str:
        """Return the line that tells of an outcome, empty once enough were told."""
        if outcome.side_stopped and not self.verbose:
            # A reason that names its disk reads as one that does not.
            line = outcome_words.describe_stop(outcome)
            is_told = line in self.stopped
            self.stopped.add(line)
            return "" if is_told else line
        key = (outcome.step.service, outcome.reason)
        self.counts[key] += 1
        # The rest is counted, and told by its number in the end.
        if self.counts[key] > MOST_NAMES and not self.verbose:
            return ""
        return outcome_words.describe_failure(outcome)

    def describe_rest(self) -> Iterator[str]:
        """Yield how many more there were of each reason."""
        if self.verbose:
            return
        for (service, reason), count in self.counts.items():
            more = count - MOST_NAMES
            if more > 0:
                name = name_service(service)
                yield f"... and {more:,} more on {name}: {reason}"
