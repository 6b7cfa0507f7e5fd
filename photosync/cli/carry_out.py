"""A plan carried out as the person at the terminal sees it, to the end that is told."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from typing import NamedTuple

from photosync.cli import words
from photosync.cli.events import report_problem
from photosync.cli.output import complain, find_width, say
from photosync.cli.progress.display import Display
from photosync.cli.report.reporter import Reporter
from photosync.cli.signals import catch_signals
from photosync.cli.summary.attention import report_attention
from photosync.cli.summary.ending import describe_all, keep_ending
from photosync.cli.summary.page import Tally
from photosync.config.settings import Settings
from photosync.errors import UsageError
from photosync.formatting import printable
from photosync.history.journal.journal import Ending
from photosync.model import Actions, Operation, Outcome, Plan, Problem
from photosync.plan.saved import SavedPlan
from photosync.sync.photosync import PhotoSync

_log = logging.getLogger(__name__)


class Start(NamedTuple):
    """How a plan begins.

    `command` is what was typed, for --last, and `notice` what is said before all else;
    `saved` is the plan of --apply, None without one. `began` is when the reading began,
    by the monotonic clock, None for now. `earlier` is what an earlier plan of the same
    run told, and `reporter` who reported it.
    """

    command: str
    notice: str = ""
    saved: SavedPlan | None = None
    began: float | None = None
    earlier: Sequence[str] = ()
    reporter: Reporter | None = None


class Ended(NamedTuple):
    """The exit code that the steps of a run led to, and what its end told."""

    exit_code: int
    told: Sequence[str]


def carry_out(
    plan: Plan,
    sync: PhotoSync,
    reporter: Reporter,
    display: Display,
    start: Start,
) -> Ended:
    """Carry out a plan on the display, and tell its end."""
    settings = sync.settings
    left_alone = [step for step in plan.steps if step.action is Actions.REPORT]
    log_operations("told", left_alone)
    tally = Tally.of_plan(plan, is_kept=not settings.stateless)
    if start.began is not None:
        tally.began = start.began
    display.start(plan)
    is_stopped = True
    try:
        with catch_signals() as is_signalled:
            outcomes = sync.run(plan, display.show_progress, is_signalled)
            _show_outcomes(outcomes, tally, reporter, display)
        is_stopped = False
    finally:
        display.stop()
        if not settings.quiet:
            _show_end(tally, display, is_stopped=is_stopped)
        odd = list(sync.describe_run())
        _report_oddities(odd, settings)
        report_attention(tally, sync.memories, quiet=settings.quiet)
        problems = [*plan.problems, *odd]
        lines = describe_all(tally, problems, start.earlier, is_stopped=is_stopped)
        keep_ending(Ending(start.command, lines), sync.memories)
        _log_counts(tally)
        code_of_reports = _write_reports(reporter)
    return Ended(max(tally.exit_code, code_of_reports), lines)


def _show_outcomes(
    outcomes: Generator[Outcome, None, None],
    tally: Tally,
    reporter: Reporter,
    display: Display,
) -> None:
    """Tell all who want to know what becomes of each step."""
    with closing(outcomes):
        for outcome in outcomes:
            tally.add(outcome)
            reporter.note(outcome)
            display.show_outcome(outcome)
            _log_outcome(outcome)


def _show_end(tally: Tally, display: Display, *, is_stopped: bool) -> None:
    lines = tally.describe(
        is_stopped=is_stopped,
        with_failures=not display.shows_failures,
        width=find_width(),
    )
    for line in lines:
        say(line)


def _report_oddities(problems: Iterable[Problem], settings: Settings) -> None:
    """Tell what is odd about the run as a whole."""
    for problem in problems:
        report_problem(problem)
        if not settings.quiet:
            say(words.describe_problem(problem))


def _write_reports(reporter: Reporter) -> int:
    """Write the reports of a run that is over; return 1 where one cannot be written."""
    try:
        reporter.write()
    except UsageError as error:
        # The disk is full by now: what was done stays done, and is told.
        complain(f"photosync: {error}")
        return 1
    return 0


def log_operations(how: str, operations: Iterable[Operation]) -> None:
    """Write to the log what is planned or told, in the constants of the table."""
    for operation in operations:
        _log.info("%s %s", how, printable(operation.summary))


def _log_outcome(outcome: Outcome) -> None:
    if not _log.isEnabledFor(logging.INFO):
        return
    line = outcome.step.summary
    if outcome.reason:
        line += f": {outcome.reason}"
    _log.info("%s %s", outcome.result, printable(line))


def _log_counts(tally: Tally) -> None:
    for line in tally.count():
        _log.info("counts %s", printable(line))
