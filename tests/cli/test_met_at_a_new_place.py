"""A photo that both sides have at one new place is known from its old one: an edit of it on
a service comes home.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from harness.photos_world import calm, flickr_of, side, went_well
from harness.three_sides import Drive, Flickr, World, picture, world_of

OLD, NEW, EDITED = "Rome/a.jpg", "Best/a.jpg", picture("edited there")
DRIVE, FLICKR = "drive", "flickr"


def begin(world: World, service: str) -> Drive | Flickr:
    """Photos that both sides have; the service."""
    for path in (OLD, "Rome/b.jpg", "Oslo/z.jpg"):
        world.local.add(path, picture(path))
    went_well(world.sync())
    there = side(world, service)
    assert isinstance(there, Drive | Flickr)
    wait(there)
    return there


def wait(there: Drive | Flickr) -> None:
    there.emulator.clock.advance(3600)


def move_both(world: World, there: Drive | Flickr, *, whole_album: bool) -> None:
    if whole_album:
        world.local.rename_album("Rome", "Best")
        there.rename_album("Rome", "Best")
    else:
        world.local.move(OLD, "Best")
        there.move(OLD, "Best")


@pytest.mark.parametrize("service", [DRIVE, FLICKR])
@pytest.mark.parametrize("whole_album", [True, False])
def test_an_edit_there_comes_home(
    tmp_path: Path, service: str, *, whole_album: bool
) -> None:
    with world_of(tmp_path, service) as world:
        there = begin(world, service)
        move_both(world, there, whole_album=whole_album)
        there.edit(NEW, EDITED)
        wait(there)
        went_well(world.sync())
        assert world.local.photos()[NEW] == there.photos()[NEW] == EDITED
        assert picture(OLD) in world.local.trash()
        calm(world)


def test_an_edit_that_is_left_alone_for_now_is_not_taken_for_equal(
    tmp_path: Path,
) -> None:
    with world_of(tmp_path, FLICKR) as world:
        there = begin(world, FLICKR)
        move_both(world, there, whole_album=False)
        there.edit(NEW, EDITED)
        for _ in range(2):
            wait(there)
            ended = world.sync(mode="upload", allow="")
            assert ended.steps == [f"flickr REPORT REMOTE_NEWER {NEW}"]
        went_well(world.sync())
        assert world.local.photos()[NEW] == EDITED
        calm(world)


def test_an_edit_here_as_well_is_a_conflict(tmp_path: Path) -> None:
    with world_of(tmp_path, FLICKR) as world:
        there = begin(world, FLICKR)
        move_both(world, there, whole_album=False)
        there.edit(NEW, EDITED)
        world.local.edit(NEW, picture("edited here"))
        wait(there)
        assert world.sync().steps == [f"flickr REPORT CONFLICT {NEW}"]
        assert world.local.photos()[NEW] == picture("edited here")
        assert there.photos()[NEW] == EDITED


def test_an_edit_of_what_both_sides_copied_comes_home_to_both_places(
    tmp_path: Path,
) -> None:
    with world_of(tmp_path, FLICKR) as world:
        there = flickr_of(world)
        begin(world, FLICKR)
        world.local.add(NEW, picture(OLD))
        old = (world.local.top / OLD).stat()
        os.utime(world.local.top / NEW, ns=(old.st_atime_ns, old.st_mtime_ns))
        there.emulator.web.album("Best", [there.ids()[OLD]])
        there.edit(OLD, EDITED)
        wait(there)
        went_well(world.sync())
        assert world.local.photos()[NEW] == world.local.photos()[OLD] == EDITED
        calm(world)


@pytest.mark.parametrize("service", [DRIVE, FLICKR])
@pytest.mark.parametrize("whole_album", [True, False])
def test_what_nobody_edited_is_equal_at_once(
    tmp_path: Path, service: str, *, whole_album: bool
) -> None:
    with world_of(tmp_path, service) as world:
        there = begin(world, service)
        move_both(world, there, whole_album=whole_album)
        calm(world)
        # What is known of it went along: an edit here is sent.
        world.local.edit(NEW, picture("edited here"))
        wait(there)
        went_well(world.sync())
        assert there.photos()[NEW] == picture("edited here")
        calm(world)
