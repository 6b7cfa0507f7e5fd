"""What a person sees of a run: a live bar on a terminal, plain lines everywhere
else.
"""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Protocol

from photosync.cli import report
from photosync.cli.output import complain, say
from photosync.model import Actions, Outcome, Plan, Result, Step

if TYPE_CHECKING:
    from rich.progress import Progress


class Display(Protocol):
    """Shows a run while it goes on."""

    def start(self, plan: Plan) -> None: ...

    def show_progress(self, step: Step, count: int) -> None:
        """Bytes of a step have moved; called from worker threads."""

    def show_outcome(self, outcome: Outcome) -> None: ...

    def stop(self) -> None: ...


class Lines:
    """One line per step done; quiet, only what went wrong."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet

    def start(self, plan: Plan) -> None:
        if not self._quiet:
            for step in plan.steps:
                if step.action is Actions.REPORT:
                    say(report.describe_step(step))

    def show_progress(self, step: Step, count: int) -> None:
        """Plain lines show whole steps only."""

    def show_outcome(self, outcome: Outcome) -> None:
        if outcome.result is not Result.DONE:
            complain(report.describe_failure(outcome))
        elif not self._quiet:
            say(report.describe_step(outcome.step))

    def stop(self) -> None:
        sys.stdout.flush()


class Live:
    """A bar with count, bytes, rate and time left, and one line per album that has
    work.
    """

    def __init__(self, *, verbose: bool) -> None:
        self._verbose = verbose
        self._bar: Progress | None = None

    def start(self, plan: Plan) -> None:
        steps = [step for step in plan.steps if step.action is not Actions.REPORT]
        for line in _describe_albums(steps):
            say(line)
        if not steps:
            return
        from rich import progress  # noqa: PLC0415 - only a terminal needs it

        self._bar = progress.Progress(
            progress.TextColumn("{task.fields[count]}/{task.fields[steps]}"),
            progress.BarColumn(),
            progress.DownloadColumn(),
            progress.TransferSpeedColumn(),
            progress.TimeRemainingColumn(),
            transient=True,
        )
        total = sum(step.size for step in steps) or None
        self._task = self._bar.add_task("", total=total, count=0, steps=len(steps))
        self._count = 0
        self._bar.start()

    def show_progress(self, step: Step, count: int) -> None:
        if self._bar:
            self._bar.advance(self._task, count)

    def show_outcome(self, outcome: Outcome) -> None:
        if self._bar:
            self._count += 1
            self._bar.update(self._task, count=self._count)
            failed = outcome.result is not Result.DONE
            if failed or self._verbose:
                line = report.describe_failure if failed else _describe_done
                # `:bomb:` and `[red]` may be part of a name.
                self._bar.console.print(
                    line(outcome),
                    markup=False,
                    emoji=False,
                    highlight=False,
                    soft_wrap=True,
                )

    def stop(self) -> None:
        if self._bar:
            self._bar.stop()


def _describe_done(outcome: Outcome) -> str:
    return report.describe_step(outcome.step)


def _describe_albums(steps: list[Step]) -> list[str]:
    """Return a line per album: what is to be done there, and how often."""
    work: dict[str, Counter[str]] = {}
    for step in steps:
        work.setdefault(step.album, Counter())[step.action] += 1
    lines: list[str] = []
    for album, counts in work.items():
        parts = [f"{count} {action}" for action, count in counts.items()]
        lines.append(f"{album}: {', '.join(parts)}")
    return lines


def choose_display(*, verbose: bool, quiet: bool, live: bool) -> Display:
    """Return the display for this run: live only where a person watches."""
    if live and not quiet and sys.stdout.isatty():
        return Live(verbose=verbose)
    return Lines(quiet=quiet)
