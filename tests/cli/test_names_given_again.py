"""A name that a photo on one service still has is not given to a second photo there."""

from __future__ import annotations

from pathlib import Path

from harness.photos_world import calm, drive_of, flickr_of, went_well
from harness.three_sides import World, picture, world_of

OLD, NEW = "Rome/a.jpg", "Oslo/a.jpg"


def test_a_photo_that_has_yet_to_move_on_flickr_keeps_its_name_from_a_new_one(
    tmp_path: Path,
) -> None:
    with world_of(tmp_path, "drive", "flickr") as world:
        for path in (OLD, "Rome/stays.jpg", "Oslo/other.jpg"):
            world.local.add(path, picture(path))
        went_well(world.sync())
        # Flickr is away for a night, and Drive alone follows a move.
        world.local.move(OLD, "Oslo")
        drive = drive_of(world)
        went_well(World(tmp_path, (drive,)).sync())
        drive.delete(NEW)
        drive.add(OLD, picture("another photo"))
        for _ in range(2):
            assert world.sync().code == 0
            # It fails for a name that is there twice.
            assert flickr_of(world).photos()
        calm(world)
        expected = {
            path: picture(path) for path in ("Rome/stays.jpg", "Oslo/other.jpg")
        }
        expected[OLD] = picture("another photo")
        for one in (world.local, *world.remotes):
            assert one.photos() == expected
