"""A photo moved onto a name that was taken meanwhile, as cameras count alike: it is
deleted nowhere while nobody said which of the two is to have that name.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.three_sides import Ended, Folder, Remote, World, picture, world_of

OLD, TAKEN = "Rome/IMG_1.jpg", "Oslo/IMG_1.jpg"
MOVED, NEW = picture("moved"), picture("another camera") + b"longer"

Sides = tuple[Folder | Remote, Folder | Remote]


@pytest.fixture(params=["folder", "drive", "flickr"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A photo that both sides know, and others."""
    with world_of(tmp_path, request.param) as world:
        world.local.add(OLD, MOVED)
        world.local.add("Rome/other.jpg", picture("other"))
        world.local.add("Oslo/other.jpg", picture("another"))
        assert world.sync().code == 0
        yield world


@pytest.fixture(params=["moved there", "moved here"])
def sides(request: pytest.FixtureRequest, world: World) -> Sides:
    """The side on which the photo is moved, and the one on which the name is taken."""
    here, there = world.local, world.remotes[0]
    return (there, here) if request.param == "moved there" else (here, there)


def is_told(ended: Ended) -> bool:
    return "not deleted: it stands as Oslo/IMG_1.jpg" in ended.out


def test_moved_onto_a_taken_name_it_is_deleted_nowhere(
    world: World, sides: Sides
) -> None:
    mover, taker = sides
    mover.move(OLD, "Oslo")
    taker.add(TAKEN, NEW)
    ended = world.sync()
    assert ended.code == 0
    assert is_told(ended)
    assert taker.photos()[OLD] == MOVED
    assert mover.photos()[TAKEN] == MOVED
    assert NEW in taker.photos().values()
    again = world.sync()
    assert again.actions == []
    assert is_told(again)


def test_once_the_name_is_free_the_move_is_followed(world: World, sides: Sides) -> None:
    mover, taker = sides
    mover.move(OLD, "Oslo")
    taker.add(TAKEN, NEW)
    world.sync()
    if taker is world.remotes[0] and world.remotes[0].service == "flickr":
        # A title there renames no photo.
        taker.move(TAKEN, "Rome 2")
    else:
        taker.rename(TAKEN, "IMG_2.jpg")
    world.sync()
    world.sync()
    assert world.sync().steps == []
    assert world.local.photos() == world.remotes[0].photos()
    assert OLD not in world.local.photos()
    assert world.local.photos()[TAKEN] == MOVED
    assert NEW in world.local.photos().values()


def test_renamed_onto_a_taken_name_too(world: World, sides: Sides) -> None:
    mover, taker = sides
    if mover is world.remotes[0] and world.remotes[0].service == "flickr":
        pytest.skip("a title there renames no photo")
    mover.rename(OLD, "IMG_2.jpg")
    taker.add("Rome/IMG_2.jpg", NEW)
    ended = world.sync()
    assert "not deleted: it stands as Rome/IMG_2.jpg" in ended.out
    assert taker.photos()[OLD] == MOVED


def test_another_service_that_lost_it_deletes_it_no_more(tmp_path: Path) -> None:
    with world_of(tmp_path, "folder", "drive") as world:
        disk, drive = world.remotes
        world.local.add(OLD, MOVED)
        world.local.add("Oslo/other.jpg", picture("another"))
        assert world.sync().code == 0
        drive.move(OLD, "Oslo")
        world.local.add(TAKEN, NEW)
        disk.delete(OLD)
        assert is_told(world.sync())
        assert world.local.photos()[OLD] == MOVED
        assert drive.photos()[TAKEN] == MOVED


def test_what_moved_on_one_service_and_was_edited_here_keeps_its_new_name_there(
    tmp_path: Path,
) -> None:
    with world_of(tmp_path, "drive", "flickr") as world:
        drive, flickr = world.remotes
        world.local.add(OLD, MOVED)
        world.local.add("Oslo/other.jpg", picture("another"))
        assert world.sync().code == 0
        drive.move(OLD, "Oslo")
        world.local.edit(OLD, picture("edited"))
        flickr.add(TAKEN, NEW)
        assert world.sync().code == 0
        # Drive would let two photos have one name, of which only one would be seen.
        assert drive.photos()[TAKEN] == picture("edited")
        assert world.local.photos()[TAKEN] == NEW
        assert world.local.photos()[OLD] == picture("edited")


def test_moved_over_another_photo_it_stays_where_that_cannot_be_compared(
    tmp_path: Path,
) -> None:
    with world_of(tmp_path, "drive", "flickr") as world:
        drive, flickr = world.remotes
        for path in (OLD, TAKEN, "Rome/other.jpg"):
            world.local.add(path, picture(path))
        flickr.add(TAKEN, NEW)
        assert world.sync().code == 0
        drive.delete(TAKEN)
        drive.move(OLD, "Oslo")
        for _ in range(2):
            assert "not deleted: it stands as Oslo/IMG_1.jpg" in world.sync().out
            assert world.local.photos() == drive.photos()
            assert world.local.photos()[TAKEN] == picture(OLD)
            assert flickr.photos()[OLD] == picture(OLD)
            assert flickr.photos()[TAKEN] == NEW


def test_moved_over_another_photo_it_is_so_on_all_sides(tmp_path: Path) -> None:
    with world_of(tmp_path, "drive", "flickr") as world:
        for path in (OLD, TAKEN, "Rome/other.jpg"):
            world.local.add(path, picture(path))
        assert world.sync().code == 0
        drive, flickr = world.remotes
        drive.delete(TAKEN)
        drive.move(OLD, "Oslo")
        assert world.sync().code == 0
        expected = {TAKEN: picture(OLD), "Rome/other.jpg": picture("Rome/other.jpg")}
        for side in (world.local, drive, flickr):
            assert side.photos() == expected
        assert world.sync().steps == []
