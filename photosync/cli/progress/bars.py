"""Bars that leave nothing behind, with lines below them; and those for what is read."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.live import Live as RichLive
from rich.progress import Progress, ProgressColumn, TaskID, TextColumn
from rich.text import Text

from photosync.cli import words
from photosync.cli.colours import paint, takes_colour
from photosync.cli.program import spell_commands
from photosync.cli.progress.waits import Waits, describe_shortly
from photosync.compare.reading import Reading
from photosync.errors import SideError
from photosync.formatting import printable, wrap_line
from photosync.unforeseen import contain

_SPEED_SECONDS = 30.0


def make_console() -> Console:
    """Return what bars are drawn on; the one that rich shares remembers what went wrong
    in another display.
    """
    return Console(no_color=not takes_colour(sys.stdout))


class Bars(Progress):
    """Bars that leave nothing behind, with lines below them."""

    def __init__(
        self, waits: Waits, *columns: ProgressColumn, console: Console | None = None
    ) -> None:
        self._waits = waits
        self._ids: dict[str, TaskID] = {}
        super().__init__(
            *columns,
            console=console or make_console(),
            speed_estimate_period=_SPEED_SECONDS,
            transient=True,
            expand=False,
        )
        # Nothing is drawn before `start`.
        self._screen = _Screen(self)
        self.live = self._screen

    @property
    def failure(self) -> str:
        """What went wrong while they were drawn, empty while all is well."""
        return self._screen.failure

    def get_renderables(self) -> Iterator[RenderableType]:
        """Yield the table of bars, and the lines below it."""
        yield self.make_tasks_table(self.tasks)
        for line in self.describe():
            painted = paint(printable(line))
            yield Text.from_ansi(painted, no_wrap=True, overflow="ellipsis")

    def has_row(self, service: str) -> bool:
        """Whether a service is shown."""
        return service in self._ids

    def describe(self) -> Iterator[str]:
        """Yield the lines below the bars."""
        yield from ()

    def print_above(self, line: str) -> None:
        """Print a line above the bars."""
        if line:
            line = spell_commands(printable(line))
            for piece in wrap_line(line, self.console.width):
                painted = Text.from_ansi(paint(piece))
                self.console.print(painted, soft_wrap=True)

    def describe_waits(self, services: Iterator[str]) -> Iterator[str]:
        """Yield why services wait, as far as they do."""
        for service in services:
            wait = self._waits.find_running(service)
            if wait:
                yield f"  wait  {describe_shortly(wait)}"


class _Screen(RichLive):
    """Draws bars ten times a second in a thread of its own; never raises.

    What goes wrong in a thread would be told in the middle of the screen.
    """

    def __init__(self, bars: Bars) -> None:
        self.failure = ""
        super().__init__(
            console=bars.console,
            refresh_per_second=10,
            transient=True,
            get_renderable=bars.get_renderable,
        )

    def refresh(self) -> None:
        """Draw the bars, unless that went wrong before."""
        if self.failure:
            return
        try:
            with contain("the live display"):
                super().refresh()
        except SideError as error:
            self.failure = str(error)


class ReadingBars(Bars):
    """What is read before anything is done."""

    def __init__(self, waits: Waits) -> None:
        super().__init__(waits, TextColumn("{task.description}", markup=False))

    def show(self, place: str, reading: Reading) -> None:
        """Show that a side is read, and how far."""
        line = words.describe_reading(place, reading)
        if reading.albums:
            self._waits.end(place)
        if place in self._ids:
            self.update(self._ids[place], description=line)
        else:
            self._ids[place] = self.add_task(line, total=None)

    def describe(self) -> Iterator[str]:
        """Yield why a service that is read waits."""
        yield from self.describe_waits(iter(list(self._ids)))
