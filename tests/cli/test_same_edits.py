"""The same edit on several services: it comes home once, and nobody is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness.photos_world import calm, went_well
from harness.three_sides import Drive, Flickr, World, picture, world_of

TOLD = "Rome/a.jpg"
PAIRS = [("folder", "drive"), ("drive", "flickr"), ("folder", "flickr")]


def begin(world: World) -> None:
    for path in (TOLD, "Rome/b.jpg"):
        world.local.add(path, picture(path))
    went_well(world.sync())
    for side in world.remotes:
        if isinstance(side, Drive | Flickr):
            side.emulator.clock.advance(3600)


@pytest.mark.parametrize("services", PAIRS)
def test_what_an_undo_put_back_on_two_services_comes_home(
    tmp_path: Path, services: tuple[str, str]
) -> None:
    with world_of(tmp_path, *services) as world:
        begin(world)
        before = world.local.photos()
        world.local.edit(TOLD, picture("edited"))
        went_well(world.sync())
        went_well(world.sync("--undo"))
        went_well(world.sync())
        calm(world)
        for side in (world.local, *world.remotes):
            assert side.photos() == before, side.service


def test_what_was_saved_to_a_disk_and_to_drive_comes_home(tmp_path: Path) -> None:
    with world_of(tmp_path, "folder", "drive") as world:
        begin(world)
        for side in world.remotes:
            side.edit(TOLD, picture("edited"))
        went_well(world.sync())
        calm(world)
        assert world.local.photos()[TOLD] == picture("edited")


def test_other_edits_of_one_size_are_still_a_conflict(tmp_path: Path) -> None:
    with world_of(tmp_path, "folder", "drive") as world:
        begin(world)
        before = world.local.photos()
        for number, side in enumerate(world.remotes):
            side.edit(TOLD, picture(f"edited {number}"))
        ended = world.sync()
        assert "edited differently on two services" in ended.out
        assert world.local.photos() == before
