"""A service that comes after the others: to a person that is one run, whatever becomes of
it.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from harness.three_sides import (
    Drive,
    Flickr,
    World,
    picture,
    run_here,
    started,
    world_of,
)

from photosync.cli.arguments import parse
from photosync.config.loading import load
from photosync.emulators.traffic import Fault
from photosync.errors import AlreadyRunning
from photosync.sync.photosync import PhotoSync


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Flickr and Drive, equal with two photos here."""
    with world_of(tmp_path, "drive", "flickr") as world:
        world.local.add("Rome/a.jpg", picture("a"))
        world.local.add("Rome/b.jpg", picture("b"))
        assert world.sync().code == 0
        yield world


def drive_of(world: World) -> Drive:
    drive = world.remotes[0]
    assert isinstance(drive, Drive)
    return drive


def flickr_of(world: World) -> Flickr:
    flickr = world.remotes[1]
    assert isinstance(flickr, Flickr)
    return flickr


def let_drive_rest(world: World, seconds: float, times: int | None = 1) -> None:
    headers = {"Retry-After": f"{seconds}"}
    fault = Fault("*", "status", times, status=429, headers=headers)
    drive_of(world).emulator.traffic.plan(fault)


def look_back(world: World, *words: str) -> str:
    return run_here(["--home", str(world.home), *words]).out


def last_line_of(world: World) -> str:
    return look_back(world, "--runs").splitlines()[0]


@contextmanager
def waiting(world: World) -> Iterator[subprocess.Popen[bytes]]:
    """A run whose Flickr is done, and which waits for Drive."""
    world.local.add("Rome/c.jpg", picture("c"))
    let_drive_rest(world, 600, times=None)
    process = started(world.ready())
    assert process.stderr is not None
    with process:
        try:
            for line in process.stderr:
                if b"goes on at" in line:
                    break
            assert "Rome/c.jpg" in flickr_of(world).photos()
            yield process
        finally:
            process.kill()


def test_a_command_that_was_killed_before_a_service_had_its_turn_is_not_well(
    world: World,
) -> None:
    with waiting(world) as process:
        process.kill()
    assert "was cut off; Drive was not reached  1 uploaded" in last_line_of(world)
    last = look_back(world, "--last")
    assert "was cut off; Drive was not reached" in last
    assert "Drive comes next" in last
    # Of a service that asks for a pause it waits half a minute to hear.
    drive_of(world).emulator.traffic.clear_faults()
    check = look_back(world, "--check")
    assert "was cut off; Drive was not reached" in " ".join(check.split())
    assert "the last run did not end well" in check
    words = ("-d", str(world.local.top), "--is-saved", str(world.top / "card"))
    (world.top / "card").mkdir()
    (world.top / "card/a.jpg").write_bytes(picture("a"))
    saved = look_back(world, *words)
    assert "on Drive, by memory alone, as of run 1 " in saved
    assert "on Flickr, by memory alone, as of run 2 " in saved
    assert world.sync().code == 0
    assert "all well" in last_line_of(world)
    assert "Rome/c.jpg" in drive_of(world).photos()


def test_so_is_one_that_was_interrupted(world: World) -> None:
    with waiting(world) as process:
        os.kill(process.pid, signal.SIGTERM)
        process.wait(60)
        assert process.returncode == 130
    line = last_line_of(world)
    assert "interrupted after" in line
    assert "Drive was not reached  1 uploaded" in line


def test_no_other_run_comes_in_between(world: World) -> None:
    with waiting(world):
        assert world.sync().code == 4


def test_nor_between_the_two_plans(world: World) -> None:
    world.local.add("Rome/c.jpg", picture("c"))
    let_drive_rest(world, 1)
    settings = load(parse(world.ready()))
    with PhotoSync.open(settings) as sync:
        plan = sync.plan(waits=False)
        assert plan.put_off == {"drive"}
        list(sync.run(plan))
        with pytest.raises(AlreadyRunning), PhotoSync.open(settings):
            pass
        assert "was cut off; Drive was not reached" in last_line_of(world)
        with sync.go_on() as again:
            list(again.run(again.plan()))
    assert "all well" in last_line_of(world)
    assert "Rome/c.jpg" in drive_of(world).photos()


def test_both_parts_are_one_run_and_are_undone_together(world: World) -> None:
    flickr_of(world).edit("Rome/a.jpg", picture("a of Flickr"))
    drive_of(world).edit("Rome/b.jpg", picture("b of Drive"))
    let_drive_rest(world, 1)
    ended = world.sync("-m", "download")
    assert ended.code == 0
    assert "Drive comes next" in ended.out
    runs = look_back(world, "--runs").splitlines()
    assert len(runs) == 2
    assert "all well" in runs[0]
    assert "2 downloaded" in runs[0]
    assert "Drive was not reached" not in runs[0]
    assert look_back(world, "--history", "Rome").count("run 2, download") == 2
    undone = look_back(world, "--undo")
    assert "undo of run 2" in undone
    assert "2 photos are back" in undone
    assert world.local.photos()["Rome/a.jpg"] == picture("a")
    assert world.local.photos()["Rome/b.jpg"] == picture("b")


def test_a_limit_of_deletes_holds_for_the_command(world: World) -> None:
    world.local.add("Rome/c.jpg", picture("c"))
    assert world.sync().code == 0
    flickr_of(world).delete("Rome/a.jpg")
    drive_of(world).delete("Rome/b.jpg")
    let_drive_rest(world, 1)
    ended = world.sync("--max-delete", "1")
    assert ended.code == 5
    assert set(world.local.photos()) == {"Rome/b.jpg", "Rome/c.jpg"}
    said = " ".join(ended.err.split())
    assert (
        "2 of 3 photos would be deleted locally, 1 of them in this run already" in said
    )
    assert (
        "Nothing more was changed; if that is right, allow it with --max-delete 2"
        in said
    )
    line = last_line_of(world)
    assert "refused by a safety guard" in line
    assert "Drive was not reached" in line
    last = look_back(world, "--last")
    assert "Drive comes next" in last
    assert "more than --max-delete 1" in last
    assert world.sync("--max-delete", "1").code == 0
