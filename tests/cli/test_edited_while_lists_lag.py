"""A photo that is edited here while the lists of a service do not show it yet is not sent a
second time.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from harness.photos_world import calm, flickr_of, went_well
from harness.three_sides import World, picture, world_of

A = "Rome/a.jpg"
LAG = 3600


def let_lists_lag(world: World, seconds: int) -> None:
    there = flickr_of(world).emulator.settings
    there.updated_lag = there.index_lag = there.sets_lag = seconds
    there.members_lag = there.not_in_set_lag = seconds


@pytest.mark.parametrize("others", [[], ["Rome/stays.jpg"]])
def test_a_photo_that_was_just_sent_and_edited_is_there_once(
    tmp_path: Path, others: list[str]
) -> None:
    with world_of(tmp_path, "flickr") as world:
        flickr = flickr_of(world)
        for path in ("Oslo/other.jpg", *others):
            world.local.add(path, picture(path))
        went_well(world.sync())
        flickr.emulator.clock.advance(2 * LAG)
        let_lists_lag(world, LAG)
        world.local.add(A, picture("a"))
        went_well(world.sync())
        world.local.edit(A, picture("edited"))
        ended = world.sync()
        assert (ended.code, ended.actions) == (0, [])
        flickr.emulator.clock.advance(2 * LAG)
        went_well(world.sync())
        assert flickr.photos()[A] == picture("edited")
        assert len(flickr.emulator.web.everything()) == len(flickr.photos())
        flickr.emulator.clock.advance(2 * LAG)
        calm(world)


def test_an_edited_photo_that_was_deleted_there_is_sent_again(tmp_path: Path) -> None:
    with world_of(tmp_path, "flickr") as world:
        flickr = flickr_of(world)
        for path in (A, "Rome/stays.jpg"):
            world.local.add(path, picture(path))
        went_well(world.sync())
        flickr.delete(A)
        flickr.emulator.clock.advance(2 * LAG)
        world.local.edit(A, picture("edited"))
        went_well(world.sync())
        assert flickr.photos()[A] == picture("edited")
