"""A run that is killed while an album that was renamed on Drive follows on Flickr, whose
lists lag: there is one album of the new title, and each photo is there once.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from harness.photos_world import calm, went_well
from harness.three_sides import Drive, Flickr, World, environment, started, world_of
from harness.three_sides import picture as make_picture

LAG = 600.0
NAMES = ("a.jpg", "b.jpg", "c.jpg")


def let_lists_lag(flickr: Flickr) -> None:
    settings = flickr.emulator.settings
    settings.updated_lag = settings.index_lag = settings.sets_lag = LAG
    settings.members_lag = settings.left_lag = settings.not_in_set_lag = LAG


def run_until(world: World, flickr: Flickr, method: str) -> None:
    """A run that is killed as it calls a method of Flickr for the first time."""
    calls: list[str] = []

    def listen(called: str) -> None:
        if called == method and method not in calls:
            process.kill()
        calls.append(called)

    with started(world.ready(), environment()) as process:
        flickr.emulator.traffic.listener = listen
        process.communicate(timeout=60)
    flickr.emulator.traffic.listener = None
    assert method in calls


@pytest.mark.parametrize(
    "method", ["photosets.create", "photosets.removePhoto", "photosets.addPhoto"]
)
def test_an_album_renamed_on_drive_is_one_on_flickr_after_a_kill(
    tmp_path: Path, method: str
) -> None:
    with world_of(tmp_path, "drive", "flickr") as world:
        drive, flickr = world.remotes
        assert isinstance(drive, Drive)
        assert isinstance(flickr, Flickr)
        for name in NAMES:
            world.local.add(f"Rome/{name}", make_picture(name))
        went_well(world.sync())
        drive.emulator.clock.advance(3600)
        flickr.emulator.clock.advance(3600)
        drive.rename_album("Rome", "Roma")
        let_lists_lag(flickr)
        run_until(world, flickr, method)
        world.sync()
        flickr.emulator.clock.advance(3600)
        went_well(world.sync())
        calm(world)
        expected = {f"Roma/{name}": make_picture(name) for name in NAMES}
        for side in (world.local, *world.remotes):
            assert side.photos() == expected, side.service
        assert len(flickr.emulator.web.everything()) == len(NAMES)
        assert [album["title"] for album in flickr.emulator.web.all_albums()] == [
            "Roma"
        ]
