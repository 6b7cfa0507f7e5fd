"""What a person sees of a run: live bars on a terminal, plain lines everywhere else."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Protocol

from photosync.cli import words
from photosync.cli.output import complain, flush, is_terminal, say
from photosync.cli.summary import Failures
from photosync.formatting import printable
from photosync.model import Actions, AlbumUpdate, Outcome, Plan, Result, Step

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Display(Protocol):
    """Shows a run while it goes on."""

    def start(self, plan: Plan) -> None: ...

    def show_progress(self, step: Step, count: int) -> None:
        """Bytes of a step have moved; called from worker threads."""

    def show_outcome(self, outcome: Outcome) -> None: ...

    def stop(self) -> None:
        """End the display; what was told in part is told to its end."""


class Lines:
    """One line per step done; quiet, only what went wrong."""

    def __init__(self, *, quiet: bool, verbose: bool = False) -> None:
        self._quiet = quiet
        self._verbose = verbose
        self._failures = Failures(verbose=verbose)

    def start(self, plan: Plan) -> None:
        """What is left alone is told at the end, by its reasons."""

    def show_progress(self, step: Step, count: int) -> None:
        """Plain lines show whole steps only."""

    def show_outcome(self, outcome: Outcome) -> None:
        if outcome.result is not Result.DONE and not outcome.exit_code:
            # Told at the end, together with all that is left alone for this reason.
            return
        if outcome.result is not Result.DONE:
            line = self._failures.add(outcome)
            if line:
                complain(line)
            return
        # Nearly every step touches its album: that is worth a line only to who asks.
        is_album = isinstance(outcome.step, AlbumUpdate)
        if not self._quiet and (self._verbose or not is_album):
            say(words.describe_done(outcome))

    def stop(self) -> None:
        for line in self._failures.describe_rest():
            complain(line)
        flush()


class Live:
    """A bar for each service with count, bytes, rate and time left, and what is being
    done now.
    """

    def __init__(self, *, verbose: bool) -> None:
        self._verbose = verbose
        self._bars: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._counts: Counter[str] = Counter()
        self._failures = Failures(verbose=verbose)

    def start(self, plan: Plan) -> None:
        steps: Counter[str] = Counter()
        sizes: Counter[str] = Counter()
        for step in plan.steps:
            if step.action is not Actions.REPORT:
                steps[step.service] += 1
                sizes[step.service] += step.size
        if steps:
            self._bars = _make_bars()
            for service, count in steps.items():
                self._tasks[service] = self._bars.add_task(
                    printable(words.name_service(service)),
                    total=sizes[service] or None,
                    count=0,
                    steps=count,
                    now="",
                )
            self._bars.start()

    def show_progress(self, step: Step, count: int) -> None:
        if self._bars:
            task = self._tasks[step.service]
            self._bars.update(
                task, advance=count, now=printable(words.name_photo(step))
            )

    def show_outcome(self, outcome: Outcome) -> None:
        line = self._describe(outcome)
        if self._bars is None:
            # Nothing but an album to remove or a trash to empty.
            if line:
                complain(line)
            return
        service = outcome.step.service
        if isinstance(outcome.step, Step):
            self._counts[service] += 1
            self._bars.update(self._tasks[service], count=self._counts[service])
        if line:
            # `:bomb:` and `[red]` may be part of a name.
            self._bars.console.print(
                printable(line),
                markup=False,
                emoji=False,
                highlight=False,
                soft_wrap=True,
            )

    def _describe(self, outcome: Outcome) -> str:
        if outcome.result is not Result.DONE and not outcome.exit_code:
            return ""
        if outcome.result is not Result.DONE:
            return self._failures.add(outcome)
        is_told = self._verbose or bool(outcome.reason)
        return words.describe_done(outcome) if is_told else ""

    def stop(self) -> None:
        if self._bars:
            self._bars.stop()
        for line in self._failures.describe_rest():
            complain(line)


def _make_bars() -> Progress:
    from rich import progress  # noqa: PLC0415 - only a terminal needs it
    from rich.table import Column  # noqa: PLC0415

    rest = Column(ratio=1, no_wrap=True, overflow="ellipsis")
    return progress.Progress(
        progress.TextColumn("{task.description}", markup=False),
        progress.BarColumn(bar_width=20),
        progress.TextColumn("{task.fields[count]}/{task.fields[steps]}"),
        progress.DownloadColumn(),
        progress.TransferSpeedColumn(),
        progress.TimeRemainingColumn(compact=True),
        progress.TextColumn("{task.fields[now]}", markup=False, table_column=rest),
        speed_estimate_period=30,
        transient=True,
        expand=True,
    )


def choose_display(*, verbose: bool, quiet: bool, live: bool) -> Display:
    """Return the display for this run: live only where a person watches."""
    if live and not quiet and is_terminal():
        return Live(verbose=verbose)
    return Lines(quiet=quiet, verbose=verbose)
