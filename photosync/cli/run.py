"""A run as the person at the terminal sees it: with a display, to an exit code."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

from photosync.cli import words
from photosync.cli.carry_out import Start, carry_out, log_operations
from photosync.cli.dry_run.forecasts import describe_shortages
from photosync.cli.dry_run.page import (
    Look,
    describe_dry_run,
    list_operations,
    look_folded,
)
from photosync.cli.events import (
    end_events,
    report_error,
    report_plan,
    report_problem,
    report_warning,
)
from photosync.cli.judging import (
    check_copies,
    judge_copies,
    judge_differences,
    show_coverage,
)
from photosync.cli.new_folders import offer_folders
from photosync.cli.output import (
    complain,
    is_terminal,
    say,
)
from photosync.cli.plans import apply_plan, check_plan_place, read_plan, save_plan
from photosync.cli.progress.display import Display
from photosync.cli.progress.steady_display import choose_display
from photosync.cli.report.remote_pictures import RemotePictures
from photosync.cli.report.reporter import Reporter, check_report_places
from photosync.cli.signals import end_at_once
from photosync.cli.summary.ending import keep_ending
from photosync.cli.summary.left_alone import MOST_NAMES
from photosync.config.settings import Settings
from photosync.errors import GuardRefused, SideError, Unreachable
from photosync.formatting import name_service, printable
from photosync.history.journal.journal import Ending
from photosync.model import Plan
from photosync.plan.guards import NOTHING_CHANGED
from photosync.plan.saved import SavedPlan
from photosync.sync.photosync import PhotoSync

_log = logging.getLogger(__name__)


def synchronise(settings: Settings, notice: str = "", command: str = "") -> int:
    """Plan, and carry the plan out unless only a look is wanted; a service that would
    keep the others waiting comes after them, in a second plan of the same run.

    `notice` is said before anything is done, unless quiet is wanted; `command` is what
    was typed, or to be typed to have done what a dry run shows.
    """
    check_copies(settings)
    saved = _check_files(settings)
    display = _choose_display(settings)
    with PhotoSync.open(settings, warn, display.show_wait, leave_lost_disk) as sync:
        if not settings.test:
            offer_folders(sync)
        start = Start(command, notice, saved)
        first = _run(sync, display, start, waits=_wants_one_plan(settings))
        if not first.put_off:
            return first.exit_code
        # What was said before all else, and what was saved, is not for the second plan.
        start = Start(command, earlier=first.told, reporter=first.reporter)
        if not sync.has_time:
            return max(first.exit_code, _leave_for_next_run(sync, start, first.put_off))
        return max(first.exit_code, _go_on(sync, start))


def _go_on(sync: PhotoSync, start: Start) -> int:
    """Plan once more, with the services that were put off; return the exit code."""
    display = _choose_display(sync.settings)
    try:
        with sync.go_on(display.show_wait) as again:
            return _run(again, display, start, waits=True).exit_code
    except GuardRefused as error:
        text = str(error).replace(NOTHING_CHANGED, "Nothing more was changed")
        _keep_last_word(sync, start, text)
        raise GuardRefused(text) from error


def _leave_for_next_run(sync: PhotoSync, start: Start, services: frozenset[str]) -> int:
    """Tell of services that nobody has looked at by the end of the time of a run; return
    what a script is to know of that.

    It was to end before the morning. Told even if quiet is wanted: a service may be gone
    each night while the others take all of the time.
    """
    names = ", ".join(name_service(service) for service in sorted(services))
    text = (
        f"{names} kept this run waiting, and its time is over by now; the next run "
        "looks there"
    )
    warn(text)
    _keep_last_word(sync, start, text)
    return Unreachable.exit_code


def _keep_last_word(sync: PhotoSync, start: Start, text: str) -> None:
    """Let --last tell why a run did not go on, after what its first plan led to."""
    keep_ending(Ending(start.command, [*start.earlier, "", text]), sync.memories)


def _choose_display(settings: Settings) -> Display:
    return choose_display(
        verbose=settings.verbose,
        quiet=settings.quiet,
        live=not settings.no_progress,
        as_json=settings.as_json,
    )


def _wants_one_plan(settings: Settings) -> bool:
    """Whether all services have to be waited for: what is shown, kept or limited is one
    plan, and what reads all photos is not done twice.
    """
    is_shown = settings.test or settings.mode == "report"
    is_kept = settings.plan_file or settings.apply_file
    is_limited = settings.max_steps or settings.max_calls
    reads_all = settings.audit or settings.verify
    return bool(is_shown or is_kept or is_limited or reads_all)


class _Run(NamedTuple):
    """How a plan ended, what its end told, which services it put off, and what followed
    it.
    """

    exit_code: int
    told: Sequence[str] = ()
    put_off: frozenset[str] = frozenset()
    reporter: Reporter | None = None


def _run(sync: PhotoSync, display: Display, start: Start, *, waits: bool) -> _Run:
    """Make one plan, show it, and carry it out unless only a look is wanted; `waits`: for
    a service as well that keeps the others waiting.
    """
    # Who waited for an hour of reading is not told of two seconds.
    start = start._replace(began=time.monotonic())
    with display.reading() as on_read:
        plan = sync.plan(on_read, waits=waits)
    if start.saved:
        plan = apply_plan(start.saved, plan, sync)
    _show_plan(plan, sync, start)
    pictures = RemotePictures(sync.backends)
    reporter = Reporter(sync.settings, plan, pictures, start.reporter)
    if sync.settings.test:
        return _Run(_look(plan, sync, reporter, start.command))
    return _act(plan, sync, reporter, display, start)


def _show_plan(plan: Plan, sync: PhotoSync, start: Start) -> None:
    """Show of a plan all that needs no step of it to be done, but for the problems that
    an earlier one of the same run has told.
    """
    settings = sync.settings
    report_plan(plan)
    known = frozenset(start.earlier)
    show_problems(plan, known, quiet=settings.quiet, verbose=settings.verbose)
    if start.notice and not settings.quiet:
        say(start.notice)
    if settings.plan_file:
        save_plan(settings.plan_file, plan, sync)


def _act(
    plan: Plan, sync: PhotoSync, reporter: Reporter, display: Display, start: Start
) -> _Run:
    """Carry a plan out, and judge what a script is to know of it."""
    warn_of_shortages(plan, sync)
    ended = carry_out(plan, sync, reporter, display, start)
    show_coverage(plan, sync)
    codes = (
        plan.exit_code,
        ended.exit_code,
        judge_differences(plan, sync.settings),
        judge_copies(plan, sync),
        sync.memories.exit_code,
    )
    return _Run(max(codes), ended.told, plan.put_off, reporter)


def leave_lost_disk(root: str) -> None:
    """End the process, as a disk gives no answer and the time of the run is over.

    Who waits for the disk cannot be told, and to die at any moment is safe.
    """
    text = (
        f"{root}: no answer from its disk, and the time of this run is over; what is "
        "done stays done, the next run goes on"
    )
    _log.error("%s", printable(text))
    report_error(text)
    end_events(SideError.exit_code)
    end_at_once(printable(f"photosync: {text}"), SideError.exit_code)


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
    show_coverage(plan, sync)
    code = max(judge_differences(plan, sync.settings), judge_copies(plan, sync))
    return max(plan.exit_code, code)


def warn(text: str) -> None:
    """Say what the person should know before all else, or in the end."""
    _log.warning("%s", printable(text))
    report_warning(text)
    complain(f"photosync: {text}")


def show_problems(
    plan: Plan,
    known: Collection[str] = frozenset(),
    *,
    quiet: bool,
    verbose: bool,
) -> None:
    """Name what could not be looked at, and unless `quiet` what else is odd; not again
    what is `known`, as the same command told it before.

    Hundreds of albums that one service did not list are one thing to know, and so are
    files whose names mislead: unless `verbose` only the first are named, and the log
    names all.
    """
    counts: Counter[tuple[bool, str]] = Counter()
    for problem in plan.problems:
        line = words.describe_problem(problem)
        # The first plan of this run has told it.
        if line in known:
            continue
        _log.info("problem: %s", printable(line))
        report_problem(problem)
        key = (problem.failed, problem.reason)
        counts[key] += 1
        if verbose or counts[key] <= MOST_NAMES:
            _say_or_complain(line, failed=problem.failed, quiet=quiet)
    for (failed, reason), count in counts.items():
        more = count - MOST_NAMES
        if more > 0 and not verbose:
            _say_or_complain(
                f"... and {more:,} more: {reason}", failed=failed, quiet=quiet
            )


def _say_or_complain(line: str, *, failed: bool, quiet: bool) -> None:
    if failed:
        complain(line)
    elif not quiet:
        say(line)


def show_dry_run(plan: Plan, sync: PhotoSync, again: str) -> None:
    """Print what a run would do; on a terminal folded by album."""
    settings = sync.settings
    log_operations("planned", list_operations(plan, with_albums=settings.verbose))
    # A script has each step as an event.
    fold = (is_terminal() or settings.as_json) and not settings.verbose
    look = look_folded() if fold else Look(fold=False)
    forecasts = sync.forecast(plan)
    for line in describe_shortages(forecasts):
        report_warning(line.removeprefix("! "))
    for line in describe_dry_run(plan, settings, look, forecasts, again):
        say(line)


def warn_of_shortages(plan: Plan, sync: PhotoSync) -> None:
    """Say what will not fit, before hours are spent on it, to who may stop it still."""
    if not is_terminal() or sync.settings.quiet:
        return
    for line in describe_shortages(sync.forecast(plan)):
        report_warning(line.removeprefix("! "))
        complain(line)
