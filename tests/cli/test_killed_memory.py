"""A run over both services is killed at any of its calls: the next one finishes its
work.

`TESTS_NIGHTLY=1` stops it at every single call, the suite at a spread of them.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest
from harness.three_sides import Drive, Flickr, World, picture, started, world_of

from photosync.emulators.drive import DriveEmulator
from photosync.emulators.flickr import FlickrEmulator

NIGHTLY = os.environ.get("TESTS_NIGHTLY") == "1"
STOPS = 7
EACH = 3
"""Photos to which the same thing happened."""

ALBUMS = ("Rome", "Oslo", "Bergen")


class Stopped(NamedTuple):
    """How far a run came: whether it was killed, and how many calls were done."""

    killed: bool
    calls: int


class Filled(NamedTuple):
    """Where a world in which all is still to do is kept, and what it is to become.

    `calls` are those that a run takes for it.
    """

    top: Path
    wanted: dict[str, bytes]
    calls: int


def path_of(kind: str, number: int) -> str:
    return f"{ALBUMS[number % len(ALBUMS)]}/{kind} {number}.jpg"


def fill(world: World) -> dict[str, bytes]:
    """Sixty steps to do and some photos to leave alone; what all sides are to hold in
    the end.
    """
    local, (drive, flickr) = world.local, world.remotes
    kinds = (
        "gone here",
        "gone on drive",
        "gone on flickr",
        "edited",
        "edited there",
        "moved",
    )
    wanted: dict[str, bytes] = {}
    for kind in (*kinds, "still"):
        for number in range(EACH):
            wanted[path_of(kind, number)] = picture(path_of(kind, number))
    for number, (path, data) in enumerate(wanted.items()):
        local.add(path, data, 1_500_000_000 + 100 * number)
    for _ in range(2):
        assert world.sync().code == 0
    for number in range(EACH):
        for kind, side in zip(kinds, (local, drive, flickr), strict=False):
            side.delete(path_of(kind, number))
            del wanted[path_of(kind, number)]
        wanted[path_of("edited", number)] = picture(f"edited {number}")
        local.edit(path_of("edited", number), picture(f"edited {number}"))
        wanted[path_of("edited there", number)] = picture(f"edited there {number}")
        drive.edit(path_of("edited there", number), picture(f"edited there {number}"))
        name = path_of("moved", number).partition("/")[2]
        local.move(path_of("moved", number), "New")
        wanted[f"New/{name}"] = wanted.pop(path_of("moved", number))
        for kind, side in (("here", local), ("on drive", drive), ("on flickr", flickr)):
            path = path_of(f"new {kind}", number)
            wanted[path] = picture(path)
            side.add(path, wanted[path])
    return wanted


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """A world in which all is still to do, and how many calls doing it takes."""
    top = tmp_path_factory.mktemp("filled")
    with world_of(top / "work", "drive", "flickr") as world:
        wanted = fill(world)
        steps = len(world.sync("--test").actions)
    (top / "work").rename(top / "saved")
    assert 50 <= steps <= 70
    filled = Filled(top, wanted, 0)
    with again(filled) as world:
        whole = run_killed_after(world, 0)
        assert not whole.killed
        check_finished(world, wanted)
    return filled._replace(calls=whole.calls)


@contextmanager
def again(filled: Filled) -> Iterator[World]:
    """The world with all still to do, once more in the same place: paths are
    remembered.
    """
    place = filled.top / "work"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(filled.top / "saved", place)
    with world_of(place, "drive", "flickr") as world:
        yield world


def emulators(world: World) -> list[DriveEmulator | FlickrEmulator]:
    return [one.emulator for one in world.remotes if isinstance(one, Drive | Flickr)]


def run_killed_after(world: World, stop: int) -> Stopped:
    """A run that dies once its call number `stop` is done, before it learns of that; 0:
    never.
    """
    world.configure()
    seen = count(1)
    with started([*world.arguments, "-m", "sync"]) as process:

        def heed(_: str) -> None:
            if next(seen) == stop:
                process.kill()

        for one in emulators(world):
            one.traffic.listener = heed
        process.communicate(timeout=120)
    for one in emulators(world):
        one.traffic.listener = None
    return Stopped(process.returncode == -signal.SIGKILL, next(seen) - 1)


def check_finished(world: World, wanted: dict[str, bytes]) -> None:
    """One more run does the rest, and then there is nothing left to do."""
    second = world.sync()
    assert second.code == 0, second.err
    assert world.local.photos() == wanted
    for remote in world.remotes:
        assert remote.photos() == wanted
        assert not isinstance(remote, Flickr) or not remote.loose()
    assert not list(world.local.top.rglob(".photosync-part-*"))
    third = world.sync()
    assert (third.code, third.steps) == (0, []), second.steps


@pytest.mark.timeout(3600 if NIGHTLY else 300)
def test_a_run_killed_after_any_call_is_finished_by_the_next_one(
    filled: Filled,
) -> None:
    stops = range(1, filled.calls + 1, 1 if NIGHTLY else max(filled.calls // STOPS, 1))
    killed = 0
    for stop in stops:
        with again(filled) as world:
            killed += run_killed_after(world, stop).killed
            try:
                check_finished(world, filled.wanted)
            except AssertionError as error:
                error.add_note(f"killed after call {stop} of {filled.calls}")
                raise
    # How many calls a run takes differs by a few, as its threads come in each other's
    # way.
    assert killed >= len(stops) - 3
