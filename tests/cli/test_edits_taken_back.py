"""An edit that broke off on a free account of Flickr, where a new photo takes the place of
the old one, and what becomes of it in the next run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.photos_world import calm, flickr_of, here, went_well
from harness.three_sides import WHEN, World, picture, world_of

from photosync.emulators.flickr import Fault

TOLD = "Rome/a.jpg"


@pytest.fixture
def broken_off(tmp_path: Path) -> Iterator[World]:
    """A library whose edited photo stands beside the old one on Flickr."""
    with world_of(tmp_path, "flickr") as world:
        flickr = flickr_of(world).emulator
        flickr.web.change_account(pro=0)
        for path in (TOLD, "Rome/b.jpg"):
            world.local.add(path, picture(path))
        went_well(world.sync())
        flickr.clock.advance(3600)
        world.local.edit(TOLD, picture("edited"))
        flickr.plan(Fault("photosets.removePhoto", "status", None, status=500))
        assert world.sync().code == 1
        flickr.traffic.clear_faults()
        flickr.clock.advance(3600)
        yield world


def test_the_next_run_goes_on_with_it(broken_off: World) -> None:
    went_well(broken_off.sync())
    calm(broken_off)
    flickr = flickr_of(broken_off)
    assert flickr.photos() == broken_off.local.photos()
    assert flickr.loose() == []


def test_the_new_photo_is_told_once_the_edit_was_taken_back(broken_off: World) -> None:
    file = here(broken_off, TOLD)
    file.write_bytes(picture(TOLD))
    os.utime(file, (WHEN, WHEN))
    web = flickr_of(broken_off).emulator.web
    before = {one["id"] for one in web.everything()}
    for _ in range(2):
        ended = went_well(broken_off.sync())
        assert (
            f"{TOLD}: the sending of an edit broke off; id {max(before)}" in ended.out
        )
        flickr_of(broken_off).emulator.clock.advance(3600)
    assert {one["id"] for one in web.everything()} == before
