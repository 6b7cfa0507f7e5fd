"""The live display: a row for each service, what is on its way, and why it waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock

from rich.console import Console, RenderableType
from rich.live import Live as RichLive
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.text import Text

from photosync.cli import outcome_words, words
from photosync.cli.output import complain
from photosync.cli.program import spell_commands
from photosync.cli.progress.display import Display, tell_failure
from photosync.cli.progress.waits import Waits, describe_shortly
from photosync.cli.summary.page import Failures
from photosync.compare.reading import OnRead, Reading
from photosync.errors import SideError
from photosync.formatting import (
    format_duration,
    format_size,
    name_service,
    printable,
    wrap_line,
)
from photosync.model import Actions, Outcome, Plan, Result, Step, Wait
from photosync.unforeseen import contain

_BAR_WIDTH = 16
_NAME_WIDTH = 18
_SPEED_SECONDS = 30.0


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
            complain(line)
        elif not self._bars.has_row(wait.service):
            # It is the disk of a root.
            self._bars.tell(line)

    def show_outcome(self, outcome: Outcome) -> None:
        """Count a step, and tell of one that failed."""
        line = self._describe(outcome)
        if isinstance(self._bars, TransferBars):
            self._bars.count(outcome)
            self._bars.tell(line)
        elif line:
            # Nothing but an album to remove or a trash to empty.
            complain(line)

    @property
    def tells_failures(self) -> bool:
        """Whether each failure is named as it comes: the end of the run names them."""
        return self._verbose

    def _describe(self, outcome: Outcome) -> str:
        if outcome.result is not Result.DONE:
            is_told = self._verbose or outcome.side_stopped
            return tell_failure(outcome, self._failures) if is_told else ""
        is_told = self._verbose or bool(outcome.reason)
        return outcome_words.describe_done(outcome) if is_told else ""

    def stop(self) -> None:
        """Take the bars away."""
        if self._bars:
            self._bars.stop()


class Bars(Progress):
    """Bars that leave nothing behind, with lines below them."""

    def __init__(
        self, waits: Waits, *columns: ProgressColumn, console: Console | None = None
    ) -> None:
        self._waits = waits
        self._ids: dict[str, TaskID] = {}
        super().__init__(
            *columns,
            # The one that rich shares remembers what went wrong in another display.
            console=console or Console(),
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
            yield Text(printable(line), no_wrap=True, overflow="ellipsis")

    def has_row(self, service: str) -> bool:
        """Whether a service is shown."""
        return service in self._ids

    def describe(self) -> Iterator[str]:
        """Yield the lines below the bars."""
        yield from ()

    def tell(self, line: str) -> None:
        """Print a line above the bars."""
        if line:
            line = spell_commands(printable(line))
            for piece in wrap_line(line, self.console.width):
                # `:bomb:` and `[red]` may be part of a name.
                self.console.print(
                    piece, markup=False, emoji=False, highlight=False, soft_wrap=True
                )

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


class TransferBars(Bars):
    """What is on its way."""

    def __init__(
        self,
        steps: Sequence[Step],
        waits: Waits,
        console: Console | None = None,
        order: Sequence[str] = (),
    ) -> None:
        """`order` is that of the services, as the plan and the end of the run name
        them.
        """
        # They are described from the first moment on.
        self._guard = Lock()
        self._on_their_way: Counter[tuple[str, str]] = Counter()
        self._to_come = Counter(step.album for step in steps)
        self._albums = len(self._to_come)
        self._failed = 0
        self._last_reason = ""
        super().__init__(
            waits,
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=_BAR_WIDTH),
            TextColumn(
                "{task.fields[count]:,}/{task.fields[steps]:,}", justify="right"
            ),
            _Bytes(),
            _Rate(),
            _TimeLeft(),
            console=console,
        )
        counts = Counter(step.service for step in steps)
        sizes: Counter[str] = Counter()
        for step in steps:
            sizes[step.service] += step.size
        for service in dict.fromkeys((*order, *counts)):
            if counts[service]:
                self._add_bar(service, counts[service], sizes[service])

    def _add_bar(self, service: str, count: int, size: int) -> None:
        self._ids[service] = self.add_task(
            _shorten(name_service(service)),
            total=size or count,
            counts_bytes=size > 0,
            count=0,
            steps=count,
        )

    def move(self, step: Step, count: int) -> None:
        """Move a bar by some bytes of a step."""
        task = self._ids[step.service]
        if self.tasks[task].fields["counts_bytes"]:
            self.update(task, advance=count)
        self._waits.end(step.service)
        photo = (step.service, words.name_photo(step))
        with self._guard:
            self._on_their_way[photo] += count
            if self._on_their_way[photo] >= step.size:
                # Flickr lets it wait for the others of its album.
                del self._on_their_way[photo]

    def count(self, outcome: Outcome) -> None:
        """Count a step that is over, done or not."""
        step = outcome.step
        with self._guard:
            if outcome.result is not Result.DONE and outcome.exit_code:
                self._failed += 1
                self._last_reason = outcome.reason
            if not isinstance(step, Step):
                return
            photo = (step.service, words.name_photo(step))
            self._on_their_way.pop(photo, None)
            self._to_come[step.album] -= 1
        task = self._ids[step.service]
        fields = self.tasks[task].fields
        self.update(task, count=fields["count"] + 1)
        if not fields["counts_bytes"]:
            self.update(task, advance=1)

    def describe(self) -> Iterator[str]:
        """Yield what is on its way, why who waits, and how much failed."""
        with self._guard:
            names = list(self._on_their_way)
            done = sum(not left for left in self._to_come.values())
            failed = self._failed
            reason = self._last_reason
        yield f"  now   {_name_some(names)}{done:,} of {words.count_albums(self._albums)} done"
        yield from self.describe_waits(iter(self._ids))
        if failed:
            last = "" if failed == 1 else " (the last one)"
            yield f"  !     {failed:,} failed so far: {reason}{last}"


def _shorten(name: str) -> str:
    """Return a name that leaves room for the rest: of a path its end tells most."""
    name = printable(name)
    return name if len(name) <= _NAME_WIDTH else f"…{name[1 - _NAME_WIDTH :]}"


def _name_some(photos: list[tuple[str, str]]) -> str:
    """Return a few photos that are on their way, and to or from where."""
    if not photos:
        return ""
    service, first = photos[-1]
    more = f" and {len(photos) - 1} more" if len(photos) > 1 else ""
    return f"{first} ({name_service(service)}){more}; "


class _Bytes(ProgressColumn):
    """How many bytes of all have moved."""

    def render(self, task: Task) -> Text:
        if not task.fields["counts_bytes"]:
            return Text("")
        total = format_size(task.total or 0)
        return Text(f"{format_size(task.completed)}/{total}", justify="right")


class _Rate(ProgressColumn):
    """How many bytes a second, over the last half minute."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        if not task.fields["counts_bytes"] or not speed:
            return Text("")
        return Text(f"{format_size(speed)}/s", justify="right")


class _TimeLeft(ProgressColumn):
    """How long it takes at this rate."""

    max_refresh = 0.5

    def render(self, task: Task) -> Text:
        if task.finished:
            return Text("done")
        left = task.time_remaining
        return Text("" if left is None else f"{format_duration(left)} left")
