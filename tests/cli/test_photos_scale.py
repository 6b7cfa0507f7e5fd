"""An album as large as people have them goes to both services and comes back byte for
byte.
"""

from __future__ import annotations

import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from harness.photos_world import (
    KEEPING,
    aged,
    calm,
    counted,
    flickr_of,
    here,
    ids_in,
    shot,
    side,
    went_well,
)
from harness.pictures import exif
from harness.three_sides import World, world_of
from PIL import Image

from photosync.model import LocalPhoto
from photosync.services.flickr.records import tags

NIGHTLY = os.environ.get("TESTS_NIGHTLY", "") not in {"", "0"}
PHOTOS = 2500 if NIGHTLY else 150
BEGAN = datetime(2012, 5, 1, 12)  # noqa: DTZ001 - by the clock of the camera


def fill(world: World) -> dict[str, bytes]:
    """One folder of tiny pictures, no two alike, with the times of a day in no order of
    names.
    """
    taken = exif().tobytes()
    for number in range(PHOTOS):
        moment = BEGAN + timedelta(minutes=number * 7919 % PHOTOS)
        block = taken.replace(
            b"2024:01:31 12:34:56", f"{moment:%Y:%m:%d %H:%M:%S}".encode()
        )
        path = here(world, f"Drop Box/IMG_{number:04}.jpg")
        colour = (number % 256, number // 256, 99)
        Image.new("RGB", (16, 12), colour).save(path, exif=block)
        # A comment of its own: JPEG may round neighbouring colours to the same bytes.
        path.write_bytes(path.read_bytes() + f"{number}".encode())
        aged(path, 1_400_000_000 + number)
    photos = world.local.photos()
    assert len(set(photos.values())) == PHOTOS
    return photos


def test_a_large_album_goes_to_both_services_and_comes_back(tmp_path: Path) -> None:
    with world_of(tmp_path, *KEEPING) as world:
        photos = fill(world)
        went_well(world.sync())
        for service in KEEPING:
            assert side(world, service).photos() == photos, service
        by_capture = sorted(range(PHOTOS), key=lambda number: number * 7919 % PHOTOS)
        assert ids_in(world, "Drop Box") == [
            f"IMG_{number:04}.jpg" for number in by_capture
        ]
        for service in KEEPING:
            assert sum(counted(world, service, lambda: calm(world)).values()) < 15
        for service in KEEPING:
            alone = World(tmp_path, (side(world, service),))
            shutil.rmtree(world.local.top / "Drop Box")
            alone.forget()
            went_well(alone.sync())
            assert world.local.photos() == photos, service
            calm(alone)
            calm(alone, "-c", "7")
        world.forget()
        calm(world, "-c", "7")


def test_photos_sent_meanwhile_do_not_disturb_the_album_that_is_filled(
    tmp_path: Path,
) -> None:
    """With more than a page of them in no album, their list moves while it is read."""
    with world_of(tmp_path, "flickr") as world:
        emulator = flickr_of(world).emulator
        emulator.web.photos([{"title": f"{number}"} for number in range(600)])
        ours = tags.format_tags(
            LocalPhoto("x.jpg", "", "x.jpg", 1, 10**18), 32 * "0"
        ).split()

        def go_on(method: str) -> None:
            if method == "photos.getNotInSet" and emulator.calls["upload"]:
                emulator.web.photos([{"title": "x.jpg", "tags": ours}])

        emulator.traffic.listener = go_on
        for number in range(30):
            shot(world, f"Rome/{number}.jpg", size=(20 + number, 10))
        went_well(world.sync())
        emulator.traffic.listener = None
        assert emulator.calls["photosets.editPhotos"] == 1
        assert side(world, "flickr").photos() == world.local.photos()
