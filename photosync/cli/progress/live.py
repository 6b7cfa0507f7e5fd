"""The live display: a row for each service, what is on its way, and why it waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from photosync.cli import outcome_words
from photosync.cli.output import complain
from photosync.cli.progress.bars import Bars, ReadingBars
from photosync.cli.progress.display import Display, describe_failure
from photosync.cli.progress.transfer_bars import TransferBars
from photosync.cli.progress.waits import Waits
from photosync.cli.summary.page import Failures
from photosync.compare.reading import OnRead
from photosync.model import Actions, Outcome, Plan, Result, Step, Wait


class Live(Display):
    """Bars with count, bytes, rate and time left, and how much failed and why last."""

    def __init__(self, *, verbose: bool, console: Console | None = None) -> None:
        self._verbose = verbose
        self._console = console
        self._bars: Bars | None = None
        self._failures = Failures(verbose=verbose)
        self._waits = Waits()

    @property
    def failure(self) -> str:
        """What went wrong while the bars were drawn, which a thread does."""
        return self._bars.failure if self._bars else ""

    @contextmanager
    def reading(self) -> Iterator[OnRead]:
        """Show which side is read, and how many albums were."""
        bars = ReadingBars(self._waits)
        with bars:
            self._bars = bars
            yield bars.show
        self._bars = None

    def start(self, plan: Plan) -> None:
        """Show a bar for each service with something to do."""
        steps = [step for step in plan.steps if step.action is not Actions.REPORT]
        # Bars of nothing would come and go in one blink.
        if steps:
            order = tuple(plan.counts)
            self._bars = TransferBars(steps, self._waits, self._console, order)
            self._bars.start()

    def show_progress(self, step: Step, count: int) -> None:
        """Move the bar of a service."""
        if isinstance(self._bars, TransferBars):
            self._bars.move(step, count)

    def show_wait(self, wait: Wait) -> None:
        """Show why a service waits; where it has no row, tell it."""
        line = self._waits.note(wait)
        if not line:
            return
        if self._bars is None:
            # Nothing is drawn yet, or no longer.
            complain(line)
        elif not self._bars.has_row(wait.service):
            # It is the disk of a root.
            self._bars.print_above(line)

    def show_outcome(self, outcome: Outcome) -> None:
        """Count a step, and tell of one that failed."""
        line = self._describe(outcome)
        if isinstance(self._bars, TransferBars):
            self._bars.count(outcome)
            self._bars.print_above(line)
        elif line:
            # Nothing but an album to remove or a trash to empty.
            complain(line)

    @property
    def shows_failures(self) -> bool:
        """Whether each failure is named as it comes: the end of the run names them."""
        return self._verbose

    def _describe(self, outcome: Outcome) -> str:
        """Return the line that a step is worth, empty for none: the bars count all."""
        is_done = outcome.result is Result.DONE
        is_odd = bool(outcome.reason) if is_done else outcome.side_stopped
        if not self._verbose and not is_odd:
            return ""
        if is_done:
            return outcome_words.describe_done(outcome)
        return describe_failure(outcome, self._failures)

    def stop(self) -> None:
        """Take the bars away."""
        if self._bars:
            self._bars.stop()
