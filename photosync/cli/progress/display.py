"""What a person sees of a run: live bars on a terminal, plain lines everywhere else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from photosync.cli import outcome_words
from photosync.cli.output import complain, flush, say
from photosync.cli.progress.album_lines import AlbumLines, ReadingLines
from photosync.cli.progress.waits import Waits
from photosync.cli.summary.page import Failures
from photosync.compare.reading import OnRead, Reading, ignore_reading
from photosync.model import AlbumUpdate, Outcome, Plan, Result, Step, Wait


class Display:
    """Shows a run while it goes on; what a display has no room for is not shown."""

    @property
    def failure(self) -> str:
        """What went wrong inside, empty while all is well; by default nothing does."""
        return ""

    @property
    def shows_failures(self) -> bool:
        """Whether failures are named as they come, so that the end need not do it.

        By default they are: who reads a log wants to know when.
        """
        return True

    @contextmanager
    def reading(self) -> Iterator[OnRead]:
        """Show what is read, while the sides are compared."""
        yield ignore_reading

    def start(self, plan: Plan) -> None:
        """Show that a plan is carried out from now on."""

    def show_progress(self, step: Step, count: int) -> None:
        """Bytes of a step have moved; called from worker threads."""

    def show_outcome(self, outcome: Outcome) -> None:
        """Show what became of a step."""

    def show_wait(self, wait: Wait) -> None:
        """A service is waited for; called from any thread, also while it is read."""

    def stop(self) -> None:
        """End the display; what was told in part is told to its end."""


class Lines(Display):
    """One line for each album and kind of work, or `verbose` for each step; quiet, only
    what went wrong.
    """

    def __init__(self, *, quiet: bool, verbose: bool = False) -> None:
        self._quiet = quiet
        self._verbose = verbose
        self._failures = Failures(verbose=verbose)
        self._waits = Waits()
        self._albums = AlbumLines()

    @contextmanager
    def reading(self) -> Iterator[OnRead]:
        """Tell how far the sides are read, where that takes its time."""
        lines = ReadingLines()

        def show(place: str, reading: Reading) -> None:
            line = lines.note(place, reading)
            if line and not self._quiet:
                say(line)

        yield show

    def start(self, plan: Plan) -> None:
        """Count what is to come; what is left alone is told at the end."""
        self._albums.start(plan)

    def show_wait(self, wait: Wait) -> None:
        """Tell of a wait that takes its time."""
        line = self._waits.note(wait)
        if line and not self._quiet:
            complain(line)

    def show_outcome(self, outcome: Outcome) -> None:
        """Tell of a step that was done, or of one that failed."""
        is_done = outcome.result is Result.DONE
        is_worth_a_mail = outcome.exit_code != 0 or not self._quiet
        if not is_done and is_worth_a_mail:
            line = describe_failure(outcome, self._failures)
            if line:
                complain(line)
        if not self._quiet:
            for line in self._describe(outcome, is_done=is_done):
                say(line)

    def _describe(self, outcome: Outcome, *, is_done: bool) -> Iterator[str]:
        """Yield what is worth a line of a step that is over."""
        step = outcome.step
        # Nearly every step touches its album: that is worth a line only to who asks.
        is_worth = self._verbose or bool(outcome.reason)
        if self._verbose or not isinstance(step, Step):
            if is_done and (is_worth or not isinstance(step, AlbumUpdate)):
                yield outcome_words.describe_done(outcome)
            return
        folded = outcome if is_done else None
        if folded and outcome.reason:
            # What the person should know of a photo is told with its name.
            yield outcome_words.describe_done(outcome)
            folded = None
        yield from self._albums.add(step, folded)

    def stop(self) -> None:
        """Tell what was not told yet, and how many failures were not named."""
        if not self._quiet:
            for line in self._albums.finish():
                say(line)
        for line in self._failures.describe_rest():
            complain(line)
        flush()


def describe_failure(outcome: Outcome, failures: Failures) -> str:
    """Return the line for a step that was not done; empty where it is told later."""
    # What is left alone is told at the end, together with all of its reason.
    if not outcome.exit_code and not outcome.side_stopped:
        return ""
    return failures.add(outcome)
