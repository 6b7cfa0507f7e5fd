"""A bar for each service with what is on its way, its rate and the time left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from threading import Lock

from rich.console import Console
from rich.progress import BarColumn, ProgressColumn, Task, TextColumn
from rich.table import Column
from rich.text import Text

from photosync.cli import words
from photosync.cli.progress.bars import Bars, make_console
from photosync.cli.progress.waits import Waits
from photosync.formatting import (
    format_duration,
    format_size,
    name_service,
    name_some,
    printable,
    shorten_path,
)
from photosync.model import Outcome, Result, Step

_WIDTH = 80
_NARROW = 60
"""Columns that all takes, and all but the bar and the rate."""

_BAR_WIDTH = 16
_NAME_WIDTH = 18


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
        console = console or make_console()
        super().__init__(waits, *_choose_columns(console.width), console=console)
        counts = Counter(step.service for step in steps)
        sizes: Counter[str] = Counter()
        for step in steps:
            sizes[step.service] += step.size
        in_order = dict.fromkeys((*order, *counts))
        for service in in_order:
            if counts[service]:
                self._add_bar(service, counts[service], sizes[service])

    def _add_bar(self, service: str, count: int, size: int) -> None:
        # It leaves room for the rest: of a path its end tells most.
        room = min(_NAME_WIDTH, self.console.width // 4)
        self._ids[service] = self.add_task(
            shorten_path(printable(name_service(service)), room),
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
        # Of deletes and moves no byte is on its way: the bar counts photos.
        if not fields["counts_bytes"]:
            self.update(task, advance=1)

    def describe(self) -> Iterator[str]:
        """Yield what is on its way, why who waits, and how much failed."""
        with self._guard:
            names = list(self._on_their_way)
            done = sum(not left for left in self._to_come.values())
            failed = self._failed
            reason = self._last_reason
        albums = words.count_albums(self._albums)
        yield f"  now   {_name_last(names)}{done:,} of {albums} done"
        yield from self.describe_waits(iter(self._ids))
        if failed:
            last = "" if failed == 1 else " (the last one)"
            yield f"  !     {failed:,} failed so far: {reason}{last}"


def _choose_columns(width: int) -> Iterator[ProgressColumn]:
    """Yield the columns of the bars that so many columns of a terminal have room for:
    how many photos are done, and when all are, is what counts.
    """
    # What is too wide for a row of numbers is taken from the bar.
    whole = Column(no_wrap=True)
    count = "{task.fields[count]:,}/{task.fields[steps]:,}"
    yield TextColumn("{task.description}", markup=False, table_column=whole)
    if width >= _WIDTH:
        yield BarColumn(bar_width=_BAR_WIDTH)
    yield TextColumn(count, justify="right", table_column=whole)
    if width >= _NARROW:
        yield _Bytes(whole)
    if width >= _WIDTH:
        yield _Rate(whole)
    yield _TimeLeft(whole)


def _name_last(photos: list[tuple[str, str]]) -> str:
    """Return the last photo that is on its way, to or from where, and how many more."""
    if not photos:
        return ""
    service, name = photos[-1]
    last = f"{name} ({name_service(service)})"
    return f"{name_some([last], len(photos))}; "


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
