"""KEEP_BOTH brings each version once, whatever is remembered of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.three_sides import World, picture, world_of

PHOTO = "Rome/a.jpg"
MINE, THEIRS = picture("mine"), picture("theirs") + b"longer"
KEEP = ("--override", "CONFLICT=KEEP_BOTH", "--override", "DIFFERENT=KEEP_BOTH")


@pytest.fixture(params=["folder", "drive", "flickr"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with world_of(tmp_path, request.param) as world:
        world.local.add(PHOTO, picture("before"))
        assert world.sync().code == 0
        settle(world)
        world.local.edit(PHOTO, MINE)
        world.remotes[0].edit(PHOTO, THEIRS)
        yield world


def settle(world: World) -> None:
    """Let a service tell the versions of what it was sent."""
    assert world.sync().code == 0


def test_without_a_memory_it_is_brought_once(world: World) -> None:
    if world.remotes[0].service == "flickr":
        pytest.skip("without a memory nothing is known there of what it holds")
    argv = (*KEEP, "--stateless", "-c", "2", "--override", "LOCAL_ONLY=REPORT")
    for _ in range(3):
        assert world.sync(*argv).code == 0
    assert sorted(world.local.photos().values()) == sorted([MINE, THEIRS])


def test_a_run_that_was_killed_before_it_could_remember_it_brought_it_once(
    world: World,
) -> None:
    states = list(world.home.glob("state.sqlite*"))
    before = world.top / "before"
    before.mkdir()
    for file in states:
        shutil.copy(file, before)
    assert world.sync(*KEEP).code == 0
    world.forget()
    for file in before.iterdir():
        shutil.copy(file, world.home)
    for _ in range(3):
        assert world.sync(*KEEP).code == 0
    assert world.sync(*KEEP).actions == []
    assert sorted(world.local.photos().values()) == sorted([MINE, THEIRS])
    assert world.local.photos() == world.remotes[0].photos()


def test_two_services_bring_a_version_each(tmp_path: Path) -> None:
    with world_of(tmp_path, "drive", "flickr") as world:
        world.local.add(PHOTO, picture("before"))
        assert world.sync().code == 0
        settle(world)
        world.local.edit(PHOTO, MINE)
        for number, remote in enumerate(world.remotes):
            remote.edit(PHOTO, THEIRS + b"%d" % number)
        for _ in range(4):
            assert world.sync(*KEEP).code == 0
        assert world.sync(*KEEP).actions == []
        versions = sorted([MINE, THEIRS + b"0", THEIRS + b"1"])
        for side in (world.local, *world.remotes):
            assert sorted(side.photos().values()) == versions
