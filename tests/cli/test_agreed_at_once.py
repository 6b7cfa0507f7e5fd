"""Several services in one run: what one brings and another holds as well is remembered
for both, and a delete goes on only to what is known to be the same photo.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import pytest
from harness.three_sides import WHEN, Folder, World, picture, world_of

PHOTO, DATA = "Rome/a.jpg", picture("a")


PAIRS = [
    *permutations(["drive", "flickr"]),
    *permutations(["drive", "folder"]),
    *permutations(["flickr", "folder"]),
]


@pytest.fixture(params=PAIRS, ids=" then ".join)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with world_of(tmp_path, *request.param) as world:
        for path in (PHOTO, "Rome/other.jpg"):
            world.local.add(path, DATA if path == PHOTO else picture(path))
        assert world.sync().code == 0
        yield world


def begin_anew(world: World) -> None:
    """A new computer: the folder is empty, the memory lost."""
    world.forget()
    for path in world.local.photos():
        world.local.delete(path)
    assert world.sync().code == 0
    assert world.local.photos()[PHOTO] == DATA


def is_gone_everywhere(world: World) -> bool:
    sides = (world.local, *world.remotes)
    return not any(PHOTO in side.photos() for side in sides)


def test_what_came_home_to_a_new_computer_can_be_deleted_at_once(world: World) -> None:
    begin_anew(world)
    world.local.delete(PHOTO)
    assert world.sync().code == 0
    assert is_gone_everywhere(world)
    assert world.sync().actions == []


def test_deleted_on_one_service_it_is_deleted_on_the_other(world: World) -> None:
    begin_anew(world)
    world.remotes[1].delete(PHOTO)
    assert world.sync().code == 0
    assert is_gone_everywhere(world)
    assert world.sync().actions == []


def test_what_both_services_sorted_alike_can_be_deleted_at_once(world: World) -> None:
    for remote in world.remotes:
        remote.move(PHOTO, "Oslo")
    assert world.sync().code == 0
    world.local.delete("Oslo/a.jpg")
    assert world.sync().code == 0
    assert all("Oslo/a.jpg" not in side.photos() for side in world.remotes)
    assert "Oslo/a.jpg" not in world.local.photos()
    assert world.sync().actions == []


def test_a_delete_does_not_go_on_to_another_photo_of_its_name_and_size(
    tmp_path: Path,
) -> None:
    with world_of(tmp_path, "drive") as world:
        world.local.add(PHOTO, DATA)
        world.local.add("Rome/other.jpg", picture("other"))
        assert world.sync().code == 0
        disk = Folder(tmp_path / "disk")
        unrelated = DATA[:-1] + b"?"
        disk.add(PHOTO, unrelated)
        os.utime(world.local.top / PHOTO, (WHEN, WHEN))
        (drive,) = world.remotes
        drive.delete(PHOTO)
        both = World(tmp_path, (drive, disk))
        ended = both.sync()
        assert "not known to be the photo that was deleted on Drive" in ended.out
        assert disk.photos()[PHOTO] == unrelated
        assert both.sync().code == 0
        # It is a photo that is new here.
        assert both.local.photos()[PHOTO] == unrelated
        assert drive.photos()[PHOTO] == unrelated
        assert both.sync().actions == []


def test_a_delete_goes_on_to_a_new_service_that_holds_its_bytes(tmp_path: Path) -> None:
    with world_of(tmp_path, "folder", "drive") as world:
        disk, drive = world.remotes
        alone = World(tmp_path, (disk,))
        for path in (PHOTO, "Rome/other.jpg"):
            alone.local.add(path, DATA if path == PHOTO else picture(path))
            drive.add(path, alone.local.photos()[path])
        assert alone.sync("-c", "7").code == 0
        disk.delete(PHOTO)
        assert world.sync().code == 0
        assert PHOTO not in {**world.local.photos(), **drive.photos()}
        assert world.sync().actions == []


def test_another_photo_of_its_name_and_size_is_not_taken_for_it(tmp_path: Path) -> None:
    with world_of(tmp_path, "drive", "folder") as world:
        drive, disk = world.remotes
        unrelated = DATA[:-1] + b"?"
        drive.add(PHOTO, DATA)
        disk.add(PHOTO, unrelated)
        for side in world.remotes:
            side.add("Rome/other.jpg", picture("other"))
        assert world.sync().code == 0
        assert world.local.photos()[PHOTO] == DATA
        world.local.delete(PHOTO)
        assert world.sync().code == 0
        assert disk.photos()[PHOTO] == unrelated
