"""What a run owes to the albums it changed: dates, order and description. The next run
does what one that ended early did not come to.
"""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from harness import drive_world, stalls
from harness.flickr_world import FlickrWorld, take_calls, world_below

from photosync.emulators.traffic import Fault

UPDATE = "photosets.editMeta"
ARGV = ("-p", "flickr", "-m", "sync")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[FlickrWorld]:
    for world in world_below(tmp_path):
        # A new album has its description from the beginning. These have lost theirs.
        world.here("Rome/a.jpg")
        world.here("Oslo/b.jpg")
        assert world.sync() == 0
        for album in world.flickr.web.all_albums():
            world.flickr.web.edit_album(album["id"], description="")
        world.flickr.traffic.reset()
        world.here("Rome/c.jpg")
        world.here("Oslo/d.jpg")
        yield world


def descriptions(world: FlickrWorld) -> dict[str, str]:
    return {one["title"]: one["description"] for one in world.flickr.web.all_albums()}


def debts(world: FlickrWorld) -> list[str]:
    with closing(sqlite3.connect(world.home / "state.sqlite")) as db:
        return [album for (album,) in db.execute("SELECT album FROM debts")]


def check_done_once(world: FlickrWorld) -> None:
    """The next run does what was left, and the one after it has nothing to do."""
    world.flickr.traffic.clear_faults()
    result = world.run("-d", world.local, *ARGV)
    assert (result.code, result.err) == (0, "")
    assert all(descriptions(world).values())
    assert debts(world) == []
    take_calls(world)
    assert world.run("-d", world.local, *ARGV).code == 0
    assert take_calls(world).get(UPDATE, 0) == 0


def test_what_a_service_out_of_order_did_not_take_is_done_by_the_next_run(
    world: FlickrWorld,
) -> None:
    world.flickr.plan(Fault(UPDATE, "fail", None, code=105, after=1))
    assert world.run("-d", world.local, *ARGV).code == 1
    assert len(debts(world)) == 1
    looked = world.run("-d", world.local, *ARGV, "-t", "-v")
    assert "nothing was changed" in looked.out
    # Who only fetches writes nothing there.
    world.flickr.traffic.clear_faults()
    take_calls(world)
    assert world.run("-d", world.local, "-p", "flickr", "-m", "download").code == 0
    assert take_calls(world).get(UPDATE, 0) == 0
    check_done_once(world)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_what_a_run_that_was_ended_had_not_come_to_is_done_by_the_next(
    world: FlickrWorld, number: signal.Signals
) -> None:
    world.flickr.plan(Fault(UPDATE, "stall", None))
    calls = world.flickr.traffic.calls
    with world.started("-d", world.local, *ARGV) as process:
        stalls.wait_until(process, lambda: calls[UPDATE] > 0)
        os.kill(process.pid, number)
        process.communicate(timeout=stalls.PATIENCE)
    assert len(world.photos()) == 4
    assert sorted(debts(world)) == ["Oslo", "Rome"]
    check_done_once(world)


def test_an_album_that_no_step_changed_is_owed_nothing(world: FlickrWorld) -> None:
    world.flickr.plan(Fault("upload", "fail", None, code=5))
    assert world.run("-d", world.local, *ARGV).code == 1
    assert debts(world) == []


def test_so_is_what_drive_did_not_take(tmp_path: Path) -> None:
    for drive in drive_world.world_below(tmp_path):
        drive.sign_in()
        drive.here("Rome/a.jpg")
        drive.here("Oslo/b.jpg")
        argv = ("-d", drive.local, "-p", "drive", "-m", "sync")
        calls, update = drive.drive.traffic.calls, "files.update"
        drive.drive.plan(Fault(update, "status", None, status=503, after=1))
        assert drive.run(*argv).code == 1
        assert set(drive.photos()) == {"Rome/a.jpg", "Oslo/b.jpg"}
        drive.drive.traffic.clear_faults()
        calls.clear()
        result = drive.run(*argv)
        assert (result.code, result.err, calls[update]) == (0, "", 1)
        folders = [one for one in drive.drive.web.everything() if is_album(one)]
        assert len(folders) == 2
        assert all(folder["description"] for folder in folders)
        calls.clear()
        assert drive.run(*argv).code == 0
        assert calls[update] == 0


def is_album(file: dict[str, Any]) -> bool:
    return file["name"] in {"Rome", "Oslo"}
