"""What a person sees on a terminal of 80x24 and one of 200x50, as files to be read with
an eye for calm: tests/golden/NAME-COLUMNSxLINES.txt.

`python tests/cli/test_screens.py` takes them anew. Whatever differs from run to run is
masked by `harness.terminal.mask`.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.console import Console

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from harness.spread import NIGHTLY
from harness.terminal import LARGE, SMALL, Size, Terminal, a_home, mask, run_at, type_in
from harness.three_sides import Drive, Flickr, Folder, World, picture, world_of

from photosync.cli.dry_run.page import describe_dry_run, look_folded
from photosync.cli.output import say
from photosync.cli.progress.live import Live
from photosync.config.settings import Settings
from photosync.emulators.traffic import Fault
from photosync.model import (
    Actions,
    Comparisons,
    LocalPhoto,
    Observations,
    Outcome,
    Plan,
    RemoteAlbum,
    RemotePhoto,
    Rename,
    Result,
    Step,
    Wait,
)
from photosync.services.costs import Allowance, Room
from photosync.sync.forecast import Forecast

GOLDEN = Path(__file__).parents[1] / "golden"
A, C = Actions, Comparisons
MB = 10**6


# -- the demo
# -------------------------------------------------------------------------------


def first_demo(size: Size) -> str:
    with a_home() as home:
        return run_at(size, home, "--demo", "-m", "sync")


# -- runs with both services
# ---------------------------------------------------------------


@contextmanager
def both(photos: int) -> Iterator[tuple[Path, World]]:
    """A home with some photos in `Photos`, and both services, which have them."""
    with a_home() as home, world_of(home, "drive", "flickr") as world:
        add_photos(home, range(photos))
        world.configure()
        # One after the other, they fail in their order.
        text = 'transfers = 1\ndirectory = ["Photos"]\nscope = ["both"]\n'
        with (world.home / "config.toml").open("a") as config:
            config.write(text)
        # A screen that differs must not come from a first run that went another way.
        first = run_at(SMALL, home, "-m", "sync")
        assert first.endswith("(exit code 0)"), first
        yield home, world


def add_photos(home: Path, numbers: Iterable[int]) -> None:
    library = Folder(home / "Photos")
    for number in numbers:
        # In one album: when another one is made depends on what else goes on.
        library.add(f"2016 - Trip/IMG_{number:04}.jpg", picture(f"{number}"))


def end_with_failures(size: Size) -> str:
    """The account of Drive is full, Flickr finds some photos too large, and one was
    edited on both sides.
    """
    with both(3) as (home, world):
        drive, flickr = world.remotes
        assert isinstance(drive, Drive)
        assert isinstance(flickr, Flickr)
        edited = "2016 - Trip/IMG_0001.jpg"
        flickr.edit(edited, picture("edited there"))
        Folder(home / "Photos").edit(edited, picture("edited here"))
        add_photos(home, range(3, 16))
        full = "storageQuotaExceeded"
        refused = Fault("files.create", "status", None, 4, status=403, reason=full)
        drive.emulator.traffic.plan(refused)
        flickr.emulator.traffic.plan(Fault("upload", "fail", times=5, after=3, code=8))
        return run_at(size, home, "-m", "sync")


def nothing_to_do(size: Size) -> str:
    with both(3) as (home, _):
        return run_at(size, home, "-m", "sync")


def check(size: Size) -> str:
    """Both services work, and a disk is away."""
    with both(3) as (home, _):
        return run_at(size, home, "--check", "-p", "both,folder:/mnt/backup")


# -- the display of a run
# -------------------------------------------------------------------


def make_step(
    service: str,
    number: int,
    action: Actions = A.UPLOAD_LOCAL,
    comparison: Comparisons = C.LOCAL_ONLY,
    reason: str = "",
) -> Step:
    """A step about photo `number` of 50 in each album, of 4 MB and more."""
    name, album = f"IMG_{number:04}.jpg", f"2015 - Trip {number // 50}"
    size = 4 * MB + 1000 * number
    local = LocalPhoto(f"/p/{name}", "", name, size, 10**18)
    is_there = comparison is not C.LOCAL_ONLY
    remote = RemotePhoto(name, str(number), size, 10**18) if is_there else None
    return Step(service, action, comparison, album, name, local, remote, reason)


def live_display(size: Size) -> str:
    """Drive is half done, Flickr waits for its hour, and a photo failed."""
    drive, flickr = (
        [make_step(service, n) for n in range(300)] for service in ("drive", "flickr")
    )
    seconds = [0.0]
    terminal = Terminal(size)
    with terminal.attached():
        display = Live(verbose=False, console=Console(get_time=lambda: seconds[0]))
        display.start(Plan((*drive, *flickr)))
        for step in [*flickr[:60], *drive[:173]]:
            seconds[0] += 1
            display.show_progress(step, step.size)
            display.show_outcome(Outcome(step, Result.DONE))
        for step in drive[173:176]:
            display.show_progress(step, step.size // 3)
        now = time.time()
        used_up = "the calls of this hour are used up"
        display.show_wait(Wait("flickr", used_up, now - 9, now + 900))
        failed = Outcome(flickr[60], Result.FAILED, "the photo is too large for Flickr")
        display.show_outcome(failed)
        terminal.wait_for("1 failed so far")
        seen = terminal.see()
        display.stop()
    return mask(seen)


# -- a dry run of 5,000 photos
# --------------------------------------------------------------


def make_plan() -> Plan:
    steps = [make_step("drive", n) for n in range(5000)]
    steps += [make_step("flickr", n) for n in range(4988)]
    raw = "Flickr takes no .cr2"
    steps += [make_step("flickr", n, A.REPORT, reason=raw) for n in range(4988, 5000)]
    steps += [
        make_step("drive", n, A.REPLACE_REMOTE_WITH_LOCAL, C.REMOTE_OLDER)
        for n in range(6000, 6003)
    ]
    steps += [make_step("drive", 6100, A.DELETE_REMOTE, C.LOCAL_DELETED)]
    steps += [make_step("flickr", 6200, A.REPORT, C.CONFLICT)]
    moved = tuple(make_step("drive", n, A.MOVE_REMOTE, C.LOCAL_MOVED) for n in range(9))
    rename = Rename("drive", RemoteAlbum("2016 - Rom", "1"), "2016 - Rome", moved)
    return Plan(
        (*steps, *moved),
        (rename,),
        counts={"drive": {C.SAME: 8123}, "flickr": {C.SAME: 8000}},
        observations={"drive": Observations(), "flickr": Observations()},
    )


FORECASTS = (
    Forecast(
        "drive", 32_530 * MB, photos=5000, calls=5200, room=Room(free=48_000 * MB)
    ),
    Forecast(
        "flickr",
        32_380 * MB,
        photos=4988,
        calls=5200,
        seconds=5200,
        allowance=Allowance(3600, 3600, 3600, counts_calls=True),
    ),
)


def dry_run_of_five_thousand(size: Size) -> str:
    terminal = Terminal(size)
    command = "photosync -d ~/Photos -p both -m sync --allowDelete remote"
    with terminal.attached():
        type_in(f"{command} --dry-run")
        settings = Settings(roots=("/home/anna/Photos",), mode="sync")
        lines = describe_dry_run(
            make_plan(), settings, look_folded(), FORECASTS, command
        )
        for line in lines:
            say(line)
    return mask(terminal.see())


SCENES: Mapping[str, Callable[[Size], str]] = {
    scene.__name__: scene
    for scene in (
        first_demo,
        dry_run_of_five_thousand,
        live_display,
        end_with_failures,
        nothing_to_do,
        check,
    )
}
_LOOKS_ALIKE = frozenset({"first_demo", "end_with_failures", "nothing_to_do", "check"})
"""What the suite takes at one size, as it takes seconds: the nightly form takes both."""

SCREENS = [
    (name, size)
    for name in SCENES
    for size in (SMALL, LARGE)
    if NIGHTLY or size is SMALL or name not in _LOOKS_ALIKE
]


@pytest.fixture(autouse=True)
def _services_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")


@pytest.mark.parametrize(("name", "size"), SCREENS, ids=str)
def test_a_person_sees_what_is_kept(name: str, size: Size) -> None:
    kept = GOLDEN / f"{name}-{size}.txt"
    seen = SCENES[name](size) + "\n"
    assert seen == kept.read_text()
    assert max(map(len, seen.splitlines())) <= size.columns


def test_each_screen_that_is_kept_is_of_a_scene() -> None:
    wanted = {f"{name}-{size}.txt" for name in SCENES for size in (SMALL, LARGE)}
    assert {file.name for file in GOLDEN.iterdir()} == wanted


def _write_all() -> None:
    for name, scene in SCENES.items():
        for size in (SMALL, LARGE):
            (GOLDEN / f"{name}-{size}.txt").write_text(scene(size) + "\n")


if __name__ == "__main__":
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    _write_all()
