"""A run as the person at the terminal sees it: with a display, to an exit code."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Generator, Iterable
from contextlib import closing

from photosync.cli import words
from photosync.cli.dry_run.forecasts import describe_shortages
from photosync.cli.dry_run.page import (
    Look,
    describe_dry_run,
    list_operations,
    look_folded,
)
from photosync.cli.events import tell_plan, tell_problem, tell_warning
from photosync.cli.new_folders import offer_folders
from photosync.cli.output import (
    complain,
    complain_wrapped,
    find_width,
    is_terminal,
    say,
    say_wrapped,
)
from photosync.cli.pages.coverage import describe_coverage
from photosync.cli.plans import apply_plan, check_plan_place, read_plan, save_plan
from photosync.cli.progress.display import Display
from photosync.cli.progress.steady_display import choose_display
from photosync.cli.report.remote_pictures import RemotePictures
from photosync.cli.report.reporter import Reporter, check_report_places
from photosync.cli.signals import catch_signals
from photosync.cli.summary.attention import tell_attention
from photosync.cli.summary.ending import keep_ending
from photosync.cli.summary.left_alone import MOST_NAMES
from photosync.cli.summary.page import Tally
from photosync.config.settings import Settings
from photosync.errors import UsageError
from photosync.formatting import printable
from photosync.model import (
    Actions,
    Comparisons,
    Operation,
    Outcome,
    Plan,
    Problem,
)
from photosync.plan.saved import SavedPlan
from photosync.sync import PhotoSync

_log = logging.getLogger(__name__)


def synchronise(settings: Settings, notice: str = "", command: str = "") -> int:
    """Plan, and carry the plan out unless only a look is wanted.

    `notice` is said before anything is done, unless quiet is wanted; `command` is what
    was typed, or to be typed to have done what a dry run shows.
    """
    _check_copies(settings)
    saved = _check_files(settings)
    display = choose_display(
        verbose=settings.verbose,
        quiet=settings.quiet,
        live=not settings.no_progress,
        as_json=settings.as_json,
    )
    with PhotoSync.open(settings, warn, display.show_wait) as sync:
        if not settings.test:
            offer_folders(sync)
        # Who waited for an hour of reading is not told of two seconds.
        began = time.monotonic()
        with display.reading() as on_read:
            plan = sync.plan(on_read)
        if saved:
            plan = apply_plan(saved, plan, sync)
        tell_plan(plan)
        show_problems(plan, quiet=settings.quiet, verbose=settings.verbose)
        if notice and not settings.quiet:
            say(notice)
        if settings.plan_file:
            save_plan(settings.plan_file, plan, sync)
        reporter = Reporter(settings, plan, RemotePictures(sync.backends))
        if settings.test:
            return _look(plan, sync, reporter, command)
        warn_of_shortages(plan, sync)
        code = carry_out(plan, sync, reporter, display, command, began)
        _tell_coverage(plan, sync)
        code = max(code, _judge_differences(plan, settings), _judge_copies(plan, sync))
        return max(plan.exit_code, code, sync.memories.exit_code)


def _check_files(settings: Settings) -> SavedPlan | None:
    """Return the plan that is to be applied, None where none is; raises UsageError for a
    file that cannot be used: what is mistyped is told before hours of reading.
    """
    if settings.plan_file:
        check_plan_place(settings.plan_file)
    check_report_places(settings.report)
    return read_plan(settings.apply_file) if settings.apply_file else None


def _look(plan: Plan, sync: PhotoSync, reporter: Reporter, command: str) -> int:
    """Show what a run would do, and return the exit code of a dry run."""
    reporter.write()
    show_dry_run(plan, sync, command)
    _tell_coverage(plan, sync)
    code = max(_judge_differences(plan, sync.settings), _judge_copies(plan, sync))
    return max(plan.exit_code, code)


def _judge_differences(plan: Plan, settings: Settings) -> int:
    """Return 1 where a script wants to know that the sides are not equal."""
    only_looks = settings.test or settings.mode == "report"
    if not (settings.fail_on_differences and only_looks):
        return 0
    is_different = (
        plan.steps or plan.renames or plan.purges or any(plan.postponed.values())
    )
    return 1 if is_different else 0


def _tell_coverage(plan: Plan, sync: PhotoSync) -> None:
    """Print the table of a report, which needs every difference to be told."""
    settings = sync.settings
    if settings.quiet or not _tells_all(settings):
        return
    albums = sync.cover_albums(plan)
    for line in describe_coverage(albums, verbose=settings.verbose):
        say(line)


def _tells_all(settings: Settings) -> bool:
    """Whether a run only looks and names every difference."""
    is_telling = all(
        action is Actions.REPORT
        for comparison, action in settings.table().items()
        if comparison is not Comparisons.SAME
    )
    return settings.mode == "report" and is_telling


def _check_copies(settings: Settings) -> None:
    """Raise UsageError where not every difference is told: one that is passed over
    would count as a copy.
    """
    if settings.copies is None:
        return
    if not _tells_all(settings):
        raise UsageError(
            "--copies looks only: use it with -m report, without --override"
        )


def _judge_copies(plan: Plan, sync: PhotoSync) -> int:
    """Name the photos with too few copies, if somebody asked; return 1 if there are
    any.
    """
    wanted = sync.settings.copies
    if wanted is None:
        return 0
    few = sync.find_few_copies(plan, wanted)
    if few or not sync.settings.quiet:
        # It lists what most runs do not: undone runs, files of a memory card.
        from photosync.cli.pages import listings  # noqa: PLC0415

        for line in listings.describe_few_copies(few, wanted):
            say(line)
    return 1 if few else 0


def warn(text: str) -> None:
    """Say what the person should know before all else, or in the end."""
    _log.warning("%s", printable(text))
    tell_warning(text)
    complain(f"photosync: {text}")


def show_problems(plan: Plan, *, quiet: bool, verbose: bool) -> None:
    """Name what could not be looked at, and unless `quiet` what else is odd.

    Hundreds of albums that one service did not list are one thing to know, and so are
    files whose names mislead: unless `verbose` only the first are named, and the log
    names all.
    """
    counts: Counter[tuple[bool, str]] = Counter()
    for problem in plan.problems:
        line = words.describe_problem(problem)
        _log.info("problem: %s", printable(line))
        tell_problem(problem)
        key = (problem.failed, problem.reason)
        counts[key] += 1
        if verbose or counts[key] <= MOST_NAMES:
            _tell(line, failed=problem.failed, quiet=quiet)
    for (failed, reason), count in counts.items():
        more = count - MOST_NAMES
        if more > 0 and not verbose:
            _tell(f"... and {more:,} more: {reason}", failed=failed, quiet=quiet)


def _tell(line: str, *, failed: bool, quiet: bool) -> None:
    if failed:
        complain_wrapped(line)
    elif not quiet:
        say_wrapped(line)


def show_dry_run(plan: Plan, sync: PhotoSync, again: str) -> None:
    """Print what a run would do; on a terminal folded by album."""
    settings = sync.settings
    _log_operations("planned", list_operations(plan, with_albums=settings.verbose))
    # A script has each step as an event.
    fold = (is_terminal() or settings.as_json) and not settings.verbose
    look = look_folded() if fold else Look(fold=False)
    forecasts = sync.forecast(plan)
    for line in describe_shortages(forecasts):
        tell_warning(line.removeprefix("! "))
    for line in describe_dry_run(plan, settings, look, forecasts, again):
        say(line)


def warn_of_shortages(plan: Plan, sync: PhotoSync) -> None:
    """Say what will not fit, before hours are spent on it, to who may stop it still."""
    if not is_terminal() or sync.settings.quiet:
        return
    for line in describe_shortages(sync.forecast(plan)):
        tell_warning(line.removeprefix("! "))
        complain(line)


def carry_out(
    plan: Plan,
    sync: PhotoSync,
    reporter: Reporter,
    display: Display,
    command: str = "",
    began: float | None = None,
) -> int:
    """Carry out a plan on the display; return the exit code its steps lead to.

    `command` is what was typed, for --last. `began` is when the
    reading began, by the monotonic clock; without it, now.
    """
    settings = sync.settings
    told = [step for step in plan.steps if step.action is Actions.REPORT]
    _log_operations("told", told)
    tally = Tally.of_plan(plan, is_kept=not settings.stateless)
    if began is not None:
        tally.began = began
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
            _tell_end(tally, display, is_stopped=is_stopped)
        found = list(sync.tell_run())
        _tell_run(found, settings)
        tell_attention(tally, sync.memories, quiet=settings.quiet)
        problems = [*plan.problems, *found]
        keep_ending(tally, problems, sync.memories, command, is_stopped=is_stopped)
        for line in tally.count():
            _log.info("counts %s", printable(line))
        written = _write_reports(reporter)
    return max(tally.exit_code, written)


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


def _tell_end(tally: Tally, display: Display, *, is_stopped: bool) -> None:
    lines = tally.describe(
        is_stopped=is_stopped,
        with_failures=not display.tells_failures,
        width=find_width(),
    )
    for line in lines:
        say_wrapped(line)


def _tell_run(problems: Iterable[Problem], settings: Settings) -> None:
    """Tell what is odd about the run as a whole."""
    for problem in problems:
        tell_problem(problem)
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


def _log_operations(how: str, operations: Iterable[Operation]) -> None:
    """Write to the log what is planned or told, in the constants of the table."""
    for operation in operations:
        _log.info("%s %s", how, printable(operation.summary))


def _log_outcome(outcome: Outcome) -> None:
    reason = f": {outcome.reason}" if outcome.reason else ""
    line = printable(f"{outcome.step.summary}{reason}")
    _log.info("%s %s", outcome.result, line)
