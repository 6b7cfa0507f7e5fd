"""The live display as a person sees it, at 80 and at 200 columns."""

from __future__ import annotations

import io
import time

import pytest
from rich.console import Console

from photosync.cli.progress.album_lines import ReadingLines
from photosync.cli.progress.bars import ReadingBars
from photosync.cli.progress.steady_display import choose_display
from photosync.cli.progress.transfer_bars import TransferBars
from photosync.cli.progress.waits import Waits
from photosync.compare.reading import Reading
from photosync.formatting import measure
from photosync.model import (
    Actions,
    Comparisons,
    LocalPhoto,
    Outcome,
    Result,
    Side,
    Step,
    Wait,
)

SIZE = 1_000_000


def make_step(service: str, number: int) -> Step:
    name = f"IMG_{number:04}.jpg"
    photo = LocalPhoto(f"/p/{name}", "", name, SIZE, 10**18)
    action, comparison = Actions.UPLOAD_LOCAL, Comparisons.LOCAL_ONLY
    album = f"2017 - Trip {number // 10}"
    return Step(service, action, comparison, album, name, photo)


def seen(bars: TransferBars | ReadingBars, width: int) -> str:
    console = Console(width=width, file=io.StringIO(), color_system=None)
    with console.capture() as captured:
        for part in bars.get_renderables():
            console.print(part)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


@pytest.mark.parametrize("width", [80, 200])
def test_both_services_are_shown_with_what_is_on_its_way_and_why_one_waits(
    width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    waits = Waits()
    steps = [make_step("drive", number) for number in range(30)]
    steps += [make_step("flickr", number) for number in range(1200)]
    seconds = [0.0]
    console = Console(width=width, file=io.StringIO(), get_time=lambda: seconds[0])
    bars = TransferBars(steps, waits, console)
    for number, step in enumerate(steps[:13]):
        seconds[0] += 1
        bars.move(step, SIZE)
        result = Result.FAILED if number == 0 else Result.DONE
        bars.count(Outcome(step, result, "too large"))
    bars.move(steps[13], SIZE // 2)
    bars.move(steps[40], SIZE // 4)
    now = time.time()
    waits.note(Wait("flickr", "the calls of this hour are used up", now - 9, now + 900))
    clock = time.strftime("%H:%M", time.localtime(now + 900))
    assert seen(bars, width) == (
        "Drive  ━━━━━━━            13/30 13.5 MB/30.0 MB 1.0 MB/s 16 s left\n"
        "Flickr                  0/1,200 250.0 kB/1.2 GB\n"
        "  now   2017 - Trip 1/IMG_0010.jpg (Flickr) and 1 more; 0 of 120 albums done\n"
        f"  wait  Flickr goes on at {clock}: the calls of this hour are used up\n"
        "  !     1 failed so far: too large"
    )


def test_services_stand_in_the_order_of_the_plan_and_albums_count_once() -> None:
    steps = [make_step(one, 1) for one in ("drive", "flickr")]
    console = Console(width=80, file=io.StringIO())
    bars = TransferBars(steps, Waits(), console, ("flickr", "folder:/x", "drive"))
    bars.count(Outcome(steps[0], Result.DONE))
    first, second, last = seen(bars, 80).splitlines()
    assert (first[:6], second[:5]) == ("Flickr", "Drive")
    assert last == "  now   0 of 1 album done"
    bars.count(Outcome(steps[1], Result.DONE))
    assert seen(bars, 80).endswith("1 of 1 album done")


class Terminal(io.StringIO):
    """A stream that a person watches."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("term", "is_live"), [("xterm", True), ("dumb", False), ("unknown", False)]
)
def test_where_lines_cannot_be_drawn_anew_they_are_plain(
    term: str,
    is_live: bool,  # noqa: FBT001 - a row of the table
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", term)
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    display = choose_display(verbose=False, quiet=False, live=True)
    with display.reading() as show:
        show("drive", Reading(albums=3))
    assert ("Reading Drive" in terminal.getvalue()) is is_live


def test_long_names_are_cut_and_do_nothing_to_a_terminal() -> None:
    step = make_step("folder:/mnt/a very long way to/the \x1b[2Jbackup", 1)
    bars = TransferBars([step], Waits(), Console(width=80, file=io.StringIO()))
    bars.move(step, 5)
    lines = seen(bars, 80).splitlines()
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in "".join(lines)
    assert lines[0].startswith("...")


@pytest.mark.parametrize("width", [40, 60, 80])
@pytest.mark.parametrize(
    "path", ["/mnt/a long way/to the backup", "/mnt/日本旅行の写真"]
)
def test_each_service_has_one_row_however_narrow_the_terminal(
    width: int, path: str
) -> None:
    service = f"folder:{path}"
    steps = [make_step(service, number) for number in range(1200)]
    seconds = [0.0]
    console = Console(width=width, file=io.StringIO(), get_time=lambda: seconds[0])
    bars = TransferBars(steps, Waits(), console)
    for step in steps[:9]:
        seconds[0] += 1
        bars.move(step, SIZE)
        bars.count(Outcome(step, Result.DONE))
    row, below = seen(bars, width).splitlines()
    assert below == "  now   0 of 120 albums done"
    assert measure(row) <= width
    assert "9/1,200" in row
    assert row.endswith(" left")
    assert ("9.0 MB/1.2 GB" in row) is (width >= 60)


def test_of_several_failures_the_last_reason_is_shown() -> None:
    steps = [make_step("drive", number) for number in range(3)]
    console = Console(width=80, file=io.StringIO())
    bars = TransferBars(steps, Waits(), console)
    for step, reason in zip(steps, ("too large", "gone"), strict=False):
        bars.count(Outcome(step, Result.FAILED, reason))
    assert seen(bars, 80).endswith("  !     2 failed so far: gone (the last one)")


def test_what_is_read_is_shown_with_why_it_waits() -> None:
    waits = Waits()
    bars = ReadingBars(waits)
    bars.show(Side.LOCAL, Reading())
    bars.show("flickr", Reading())
    bars.show("flickr", Reading(albums=1))
    bars.show("drive", Reading())
    now = time.time()
    waits.note(Wait("drive", "no network", now - 11, now + 289, 4, gives_up=True))
    clock = time.strftime("%H:%M", time.localtime(now + 289))
    assert seen(bars, 80).splitlines() == [
        "Reading your folders ...",
        "Reading Flickr: 1 album",
        "Reading Drive ...",
        f"  wait  try 4, until {clock}: Drive: no network",
    ]


def test_photos_that_are_read_again_are_counted() -> None:
    bars = ReadingBars(Waits())
    bars.show("drive", Reading(albums=2, verified=340, due=1200))
    assert seen(bars, 80) == "Reading Drive: 2 albums, 340 of 1,200 photos read again"


def test_where_plain_lines_are_shown_what_is_read_long_is_told_each_minute() -> None:
    seconds = [0.0]
    lines = ReadingLines(clock=lambda: seconds[0])
    told = []
    for number in range(181):
        seconds[0] = float(number)
        told.append(lines.note("drive", Reading(albums=1, verified=number, due=180)))
    assert list(filter(None, told)) == [
        f"Reading Drive: 1 album, {number} of 180 photos read again"
        for number in (60, 120, 180)
    ]
