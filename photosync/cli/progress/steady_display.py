"""Which display a run has; one that goes wrong ends no run, plain lines take its place."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import ParamSpec

from photosync.cli.events import Events
from photosync.cli.output import complain, is_redrawn, note_loss
from photosync.cli.progress.display import Display, Lines
from photosync.compare.reading import OnRead, Reading, ignore_reading
from photosync.errors import SideError
from photosync.model import Outcome, Plan, Step, Wait
from photosync.unforeseen import contain

P = ParamSpec("P")

_BROKE = "photosync: what you see of the run broke: {failure}; the run itself goes on"


class SteadyDisplay(Display):
    """Shows a run on a display; if that breaks, on the `stand_in`.

    Photos are on their way: a terminal that was closed, or a fault in a bar, is no
    reason to stop in the middle. The log has the traceback.
    """

    def __init__(self, display: Display, stand_in: Display | None = None) -> None:
        self._display = display
        self._stand_in = stand_in
        self._failure = ""
        self._plan: Plan | None = None
        self._over: list[Step] = []
        # What a display told no one before it broke, its stand-in does not tell either.
        self._shows_failures = display.shows_failures

    @property
    def shows_failures(self) -> bool:
        """Whether every failure was named as it came."""
        return self._shows_failures

    @property
    def failure(self) -> str:
        """What went wrong with the display in use, empty while all is well."""
        return self._failure or self._display.failure

    @contextmanager
    def reading(self) -> Iterator[OnRead]:
        """Show what is read, while the sides are compared."""
        context = self._display.reading()
        shows: list[OnRead] = []

        def enter() -> None:
            shows.append(context.__enter__())

        def show(place: str, reading: Reading) -> None:
            on_read = shows[0] if shows else ignore_reading
            self._contain(on_read, place, reading)

        self._contain(enter)
        try:
            yield show
        finally:
            if shows:
                self._leave(context)
            self._replace_broken()

    def start(self, plan: Plan) -> None:
        """Show that a plan is carried out from now on."""
        self._plan = plan
        self._show(lambda display: display.start(plan))

    def show_progress(self, step: Step, count: int) -> None:
        """Bytes of a step have moved; called from worker threads."""
        if not self._failure:
            self._contain(self._display.show_progress, step, count)

    def show_wait(self, wait: Wait) -> None:
        """A service is waited for; called from any thread."""
        self._contain(self._display.show_wait, wait)

    def show_outcome(self, outcome: Outcome) -> None:
        """Show what became of a step."""
        self._show(lambda display: display.show_outcome(outcome))
        if isinstance(outcome.step, Step):
            self._over.append(outcome.step)

    def stop(self) -> None:
        """End the display; what nobody could read is told of."""
        self._show(lambda display: display.stop())
        if self.failure:
            note_loss()
            complain(_BROKE.format(failure=self.failure))

    # -- what may go wrong
    # ----------------------------------------------------------------------

    def _show(self, show: Callable[[Display], None]) -> None:
        """Show something from the main thread, on the stand-in if the display breaks."""
        self._replace_broken()
        self._contain(show, self._display)
        if self._replace_broken():
            self._contain(show, self._display)

    def _contain(
        self, show: Callable[P, None], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Show something; what goes wrong is noted, and the display is broken."""
        try:
            with contain("what is shown"):
                show(*args, **kwargs)
        except SideError as error:
            self._failure = str(error)

    def _leave(self, context: AbstractContextManager[OnRead]) -> None:
        # What was raised while the sides were read goes its way all the same.
        raised = sys.exc_info()

        def leave() -> None:
            context.__exit__(*raised)

        self._contain(leave)

    def _replace_broken(self) -> bool:
        """Let the stand-in go on where a display broke; return whether it does so now."""
        failure = self.failure
        stand_in = self._stand_in
        if not failure or stand_in is None:
            return False
        # That gives the terminal back.
        self._contain(self._display.stop)
        self._display = stand_in
        self._stand_in = None
        self._failure = ""
        complain(_BROKE.format(failure=failure))
        if self._plan is not None:
            over = set(self._over)
            steps = tuple(step for step in self._plan.steps if step not in over)
            rest = replace(self._plan, steps=steps)
            self._contain(stand_in.start, rest)
        return True


def choose_display(
    *, verbose: bool, quiet: bool, live: bool, as_json: bool = False
) -> Display:
    """Return the display for this run: live only where a person watches."""
    if as_json:
        return SteadyDisplay(Events(quiet=quiet, verbose=verbose))
    lines = Lines(quiet=quiet, verbose=verbose)
    if not live or quiet or not is_redrawn():
        return SteadyDisplay(lines)
    from photosync.cli.progress.live import Live  # noqa: PLC0415 - only a terminal needs rich

    return SteadyDisplay(Live(verbose=verbose), lines)
