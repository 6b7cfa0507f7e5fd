"""A run as the person at the terminal sees it: under the lock, with a display, to an
exit code.
"""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from photosync.cli import report
from photosync.cli.display import choose, complain, say
from photosync.config.settings import Home, Settings
from photosync.errors import (
    AlreadyRunning,
    Interrupted,
    UsageError,
)
from photosync.formatting import printable
from photosync.history.database import open_state
from photosync.model import Actions, Plan
from photosync.services import connect
from photosync.services.auth.session import Session
from photosync.services.base import Backend
from photosync.sync import PhotoSync


@contextmanager
def locked(home: Home) -> Iterator[None]:
    """One run at a time per home; raises AlreadyRunning with the other run's process
    number.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 - a dry run takes no lock

    path = home.state / "lock"
    try:
        home.state.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path, timeout=0)
        lock.acquire()
    except Timeout as error:
        owner = path.read_text().strip() or "unknown"
        raise AlreadyRunning(
            f"another photosync run (process {owner}) is using {home.state}; wait for it to end"
        ) from error
    except OSError as error:
        raise UsageError(
            f"--home: {home.state} cannot be written ({error.strerror})"
        ) from error
    try:
        # The lock holds without the number too, which a full disk may not take.
        with suppress(OSError):
            path.write_text(f"{os.getpid()}\n")
        yield
    finally:
        lock.release()


def _show_problems(plan: Plan, *, quiet: bool) -> int:
    for problem in plan.problems:
        if problem.failed:
            complain(report.problem_line(problem))
        elif not quiet:
            say(report.problem_line(problem))
    return max(
        (problem.exit_code for problem in plan.problems if problem.failed), default=0
    )


def _show_dry_run(plan: Plan, settings: Settings) -> int:
    code = _show_problems(plan, quiet=settings.quiet)
    for rename in plan.renames:
        say(report.step_line(rename))
    for step in plan.steps:
        say(report.step_line(step))
    for purge in plan.purges:
        say(report.step_line(purge))
    for update in (
        plan.updates if settings.verbose and not settings.no_album_metadata else ()
    ):
        say(report.step_line(update))
    for line in report.trash_lines(plan):
        say(line)
    if not settings.quiet:
        steps = sum(step.action is not Actions.REPORT for step in plan.steps)
        say(f"dry run: {steps} steps, nothing was changed")
    return code


@contextmanager
def _signals_noted() -> Iterator[Callable[[], bool]]:
    """Whether a signal came, to be asked: one raised amid a lock could leave it locked
    for ever.
    """
    noted: list[int] = []
    heeded = (signal.SIGINT, signal.SIGTERM)
    handlers = {one: signal.getsignal(one) for one in heeded}
    for one, handler in handlers.items():
        if handler is not signal.SIG_IGN:
            signal.signal(one, lambda number, _: noted.append(number))
    try:
        yield lambda: bool(noted)
    finally:
        for one, handler in handlers.items():
            signal.signal(one, handler)


def _run(plan: Plan, sync: PhotoSync, settings: Settings) -> int:
    code = _show_problems(plan, quiet=settings.quiet)
    tally = report.Tally.of_plan(plan)
    live = not settings.no_progress
    display = choose(verbose=settings.verbose, quiet=settings.quiet, live=live)
    display.start(plan)
    log = logging.getLogger(__name__)
    with _signals_noted() as should_stop:
        outcomes = sync.run(plan, display.moved, should_stop)
        try:
            for outcome in outcomes:
                tally.add(outcome)
                display.ended(outcome)
                line = report.step_line(outcome.step)
                log.info("%s: %s %s", line, outcome.result, outcome.reason)
        finally:
            outcomes.close()
            display.stop()
    if not settings.quiet:
        for line in (*report.trash_lines(plan), *tally.table()):
            say(line)
    return max(code, tally.exit_code)


def synchronise(settings: Settings) -> int:
    """Plan, and carry the plan out unless only a look is wanted."""
    session = Session(settings.home.config)
    if session.warning:
        complain(f"photosync: {session.warning}")
    backends = connect(settings, session)
    if settings.test:
        with _remembering(settings, backends, read_only=True) as sync:
            return _show_dry_run(sync.plan(), settings)
    with (
        locked(settings.home),
        _remembering(settings, backends, read_only=False) as sync,
    ):
        code = Interrupted.exit_code
        plan = sync.plan()
        try:
            code = _run(plan, sync, settings)
        finally:
            sync.end(code)
        return code


@contextmanager
def _remembering(
    settings: Settings, backends: Sequence[Backend], *, read_only: bool
) -> Iterator[PhotoSync]:
    """A PhotoSync with the memory of earlier runs, if there is one to be used."""
    state, warning = None, ""
    if not settings.stateless:
        state, warning = open_state(settings.home.state, read_only=read_only)
    if warning:
        complain(printable(f"photosync: {warning}"))
    sync = PhotoSync(settings, backends, state)
    try:
        yield sync
        if sync.memories.problem:
            complain(printable(f"photosync: {sync.memories.problem}"))
    finally:
        sync.close()
