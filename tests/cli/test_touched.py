"""A pair adopted in a first run and then only touched: that is no edit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.three_sides import Folder, World, picture, world_of

A, B = "Rome/a.jpg", "Rome/b.jpg"


@pytest.fixture(params=["folder", "drive", "flickr"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A world in which all was found equal by date and size, and nothing was read."""
    with world_of(tmp_path, request.param) as world:
        world.local.add(A, picture("IMG_1"))
        world.local.add(B, picture("b"))
        for _ in range(2):
            assert world.sync().code == 0
        world.forget()
        for _ in range(2):
            assert world.sync().steps == []
        yield world


def what_follows(world: World) -> list[str]:
    """What a run does, each as `ACTION COMPARISON SUBJECT`."""
    ended = world.sync()
    assert (ended.code, ended.err) == (0, "")
    assert world.sync().steps == []
    return [step.partition(" ")[2] for step in ended.steps]


def tells_md5(world: World) -> bool:
    # A disk would have to be read for it.
    return not isinstance(world.remotes[0], Folder)


def test_what_was_touched_here_and_deleted_there_is_deleted(world: World) -> None:
    world.local.touch(A)
    world.remotes[0].delete(A)
    deleted = f"DELETE_LOCAL REMOTE_DELETED {A}"
    kept = f"UPLOAD_LOCAL LOCAL_ONLY {A}"
    assert what_follows(world) == [deleted if tells_md5(world) else kept]


def test_what_was_touched_there_and_deleted_here_is_deleted(world: World) -> None:
    world.remotes[0].touch(A)
    world.local.delete(A)
    deleted = f"DELETE_REMOTE LOCAL_DELETED {A}"
    kept = f"DOWNLOAD_REMOTE REMOTE_ONLY {A}"
    assert what_follows(world) == [deleted if tells_md5(world) else kept]


def test_what_was_touched_here_and_edited_there_comes_home(world: World) -> None:
    world.local.touch(A)
    world.remotes[0].edit(A, picture("IMG_2"))
    if tells_md5(world):
        assert what_follows(world) == [f"DOWNLOAD_REMOTE REMOTE_NEWER {A}"]
        assert world.local.photos()[A] == picture("IMG_2")
    else:
        assert [step.split()[1] for step in world.sync().steps] == ["REPORT"]


def test_what_was_touched_on_both_sides_moves_no_bytes(world: World) -> None:
    world.local.touch(A)
    world.remotes[0].touch(A)
    steps = world.sync().actions
    assert {step.split()[1] for step in steps} <= {"UPDATE_REMOTE_METADATA"}


def test_what_was_moved_there_and_then_touched_here_and_deleted_there_is_deleted(
    world: World,
) -> None:
    remote = world.remotes[0]
    remote.move(A, "Oslo")
    assert what_follows(world) == [f"MOVE_LOCAL REMOTE_MOVED Oslo/a.jpg <- {A}"]
    world.local.touch("Oslo/a.jpg")
    remote.delete("Oslo/a.jpg")
    assert what_follows(world) == ["DELETE_LOCAL REMOTE_DELETED Oslo/a.jpg"]
