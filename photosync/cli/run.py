"""A run as the person at the terminal sees it: with a display, to an exit code."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from photosync.cli import report
from photosync.cli.display import choose_display
from photosync.cli.output import complain, say
from photosync.config.settings import Settings
from photosync.model import Actions, Plan, Purge, Rename, Step
from photosync.sync import PhotoSync

_log = logging.getLogger(__name__)


def synchronise(settings: Settings) -> int:
    """Plan, and carry the plan out unless only a look is wanted."""
    with PhotoSync.open(settings, warn) as sync:
        plan = sync.plan()
        show_problems(plan, quiet=settings.quiet)
        if settings.test:
            show_dry_run(plan, settings)
            return plan.exit_code
        code = carry_out(plan, sync)
        return max(plan.exit_code, code, sync.memories.exit_code)


def warn(text: str) -> None:
    """Say what the person should know before all else, or in the end."""
    complain(f"photosync: {text}")


def show_problems(plan: Plan, *, quiet: bool) -> None:
    """Name what could not be looked at, and unless `quiet` what else is odd."""
    for problem in plan.problems:
        line = report.describe_problem(problem)
        if problem.failed:
            complain(line)
        elif not quiet:
            say(line)


def show_dry_run(plan: Plan, settings: Settings) -> None:
    """Print every step a run would take, in the order of the run."""
    steps: list[Step | Purge | Rename] = [*plan.renames, *plan.steps, *plan.purges]
    for step in steps:
        say(report.describe_step(step))
    # Nearly every step touches its album: that is worth a line only to who asks.
    if settings.verbose and not settings.no_album_metadata:
        for update in plan.updates:
            say(report.describe_step(update))
    for line in report.describe_trash(plan):
        say(line)
    if not settings.quiet:
        count = sum(step.action is not Actions.REPORT for step in plan.steps)
        say(f"dry run: {count} steps, nothing was changed")


def carry_out(plan: Plan, sync: PhotoSync) -> int:
    """Carry out a plan on the display; return the exit code its steps lead to."""
    settings = sync.settings
    tally = report.Tally.of_plan(plan)
    display = choose_display(
        verbose=settings.verbose, quiet=settings.quiet, live=not settings.no_progress
    )
    display.start(plan)
    with _catch_signals() as is_signalled:
        outcomes = sync.run(plan, display.show_progress, is_signalled)
        try:
            for outcome in outcomes:
                tally.add(outcome)
                display.show_outcome(outcome)
                line = report.describe_step(outcome.step)
                _log.info("%s: %s %s", line, outcome.result, outcome.reason)
        finally:
            outcomes.close()
            display.stop()
    if not settings.quiet:
        for line in (*report.describe_trash(plan), *tally.table()):
            say(line)
    return tally.exit_code


@contextmanager
def _catch_signals() -> Iterator[Callable[[], bool]]:
    """Yield a predicate that tells whether a signal to end has come.

    An exception raised by a signal amid a lock could leave it locked for ever.
    """
    caught: list[int] = []
    handlers = {
        number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)
    }
    for number, handler in handlers.items():
        # `nohup` and a shell's background jobs ignore Ctrl-C, and go on doing so.
        if handler is not signal.SIG_IGN:
            signal.signal(number, lambda number, _: caught.append(number))
    try:
        yield lambda: bool(caught)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
