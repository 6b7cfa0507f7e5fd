"""Runs that are killed or interrupted lose nothing, and the next one finishes the
work.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import pytest

from cli.command import COMMAND, environment, judged
from cli.conftest import World
from cli.trees import SECOND, WHEN, Photo, files, parts, trashed

SYNC = ("-m", "sync", "--accept", "all-changed")
NIGHTLY = os.environ.get("TESTS_NIGHTLY") == "1"
# So many that something is left to do after the last kill.
PHOTOS = 1200 if NIGHTLY else 300
KILLS = 60 if NIGHTLY else 12


def old_photo(number: int) -> Photo:
    return Photo(b"old %d" % number, WHEN - 3600 * SECOND)


def path_of(number: int) -> str:
    return f"album {number % 7}/{number:03}.jpg"


def fill(world: World, dice: random.Random) -> dict[str, Photo]:
    """Photos: a third only here, a third only there, a third edited here.

    What both sides are to hold in the end.
    """
    for number in range(2, PHOTOS, 3):
        for side in (world.local, world.remote):
            old_photo(number).write(side / path_of(number))
    assert world.sync(*SYNC).actions == []
    wanted: dict[str, Photo] = {}
    for number in range(PHOTOS):
        path = path_of(number)
        data = dice.randbytes(dice.choice([0, 100, 30_000, 300_000])) + b"%d" % number
        photo = wanted[path] = Photo(data, WHEN + number * SECOND)
        if number % 3 != 1:
            photo.write(world.local / path)
        if number % 3 == 1:
            photo.write(world.remote / path)
    return wanted


def check_whole(world: World, wanted: dict[str, Photo]) -> None:
    """What was there is there still, in its old or its new version, and none in
    part.
    """
    for place, rest in ((world.local, 1), (world.remote, 0)):
        found = files(place)
        for number, (path, photo) in enumerate(wanted.items()):
            assert path in found or number % 3 == rest
            assert found.get(path, photo) in {photo, old_photo(number)}


def check_finished(world: World, wanted: dict[str, Photo]) -> None:
    """A last full run has nothing lost, nothing twice, and nothing left over."""
    assert world.sync(*SYNC).code == 0
    assert files(world.local) == wanted
    assert files(world.remote) == wanted
    assert trashed(world.local) == {}
    assert trashed(world.remote) == {
        path: old_photo(number) for number, path in enumerate(wanted) if number % 3 == 2
    }
    assert parts(world.local, world.remote) == []
    assert world.sync(*SYNC).steps == []


def heed_interrupts() -> None:
    # Whoever runs the tests in the background may have them ignored.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def running(world: World, *argv: str) -> Iterator[subprocess.Popen[bytes]]:
    """A run that says each step at once; killed at the end if it is still there."""
    places = ("--home", world.home, "-d", world.local, "-p", f"folder:{world.remote}")
    with subprocess.Popen(
        [*COMMAND, *map(str, places), *SYNC, "-v", *argv],
        env=environment({"PYTHONUNBUFFERED": "1"}),
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=heed_interrupts,  # noqa: PLW1509 - no thread runs here
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def read_lines(stream: IO[bytes] | None, count: int) -> None:
    assert stream
    for _ in range(count):
        assert stream.readline()


def test_a_run_killed_many_times_loses_nothing(world: World) -> None:
    dice = random.Random(20)
    wanted = fill(world, dice)
    for number in range(KILLS):
        # Of sixteen, many wait for one flush of the disk and have no name yet.
        with running(world, "--transfers", "16" if number % 2 else "4") as process:
            if number % 6 == 0:
                time.sleep(dice.uniform(0.0, 0.25))
            else:
                read_lines(process.stdout, dice.randint(1, 9))
                time.sleep(dice.uniform(0.0, 0.005))
            process.kill()
            assert process.wait() == -signal.SIGKILL
        check_whole(world, wanted)
    check_finished(world, wanted)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_an_interrupted_run_stops_cleanly_and_the_next_goes_on(
    world: World, stop: signal.Signals
) -> None:
    dice = random.Random(int(stop))
    wanted = fill(world, dice)
    for _ in range(5 if NIGHTLY else 2):
        with running(world) as process:
            read_lines(process.stdout, dice.randint(1, 20))
            process.send_signal(stop)
            out, err = process.communicate(timeout=60)
        result = judged(process.returncode, out, err)
        assert result.code == 130
        message = (
            "photosync: interrupted; what is done stays done, the next run goes on\n"
        )
        assert result.err == message
        assert parts(world.local, world.remote) == []
        check_whole(world, wanted)
    check_finished(world, wanted)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_resting_run_is_interrupted_at_once(
    world: World, stop: signal.Signals
) -> None:
    for number in range(3):
        world.here(f"album/{number}.jpg")
    with running(world, "-w", "3600") as process:
        read_lines(process.stdout, 1)
        process.send_signal(stop)
        assert process.wait(timeout=60) == 130
    assert list(files(world.remote)) == ["album/0.jpg"]


def test_what_a_killed_run_left_is_removed_even_if_nothing_else_is_to_do(
    world: World,
) -> None:
    for make in (world.here, world.there):
        make("album/photo.jpg")
        make("album/.photosync-part-99999999-0", b"half a photo")
    result = world.sync("-m", "sync")
    assert (result.code, result.steps) == (0, [])
    assert parts(world.local, world.remote) == []


def test_what_a_living_run_is_writing_is_left_alone(world: World) -> None:
    world.here("album/photo.jpg")
    with running(world, "--test") as process:
        part = world.there(f"album/.photosync-part-{process.pid}-0", b"half a photo")
        process.send_signal(signal.SIGSTOP)
        assert world.sync("-m", "sync").code == 0
    assert part.read_bytes() == b"half a photo"
