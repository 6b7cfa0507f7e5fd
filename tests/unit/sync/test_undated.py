"""How many dates a service has to be told is estimated, without opening every file."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from harness.pictures import exif
from PIL import Image

from photosync.emulators.flickr import pictures
from photosync.errors import NotFound
from photosync.model import LocalPhoto
from photosync.sync.undated import estimate_undated

WHEN = 1_500_030_000 * 10**9
NAMED = "IMG-20190401-WA0001.jpg"
TODAY = f"IMG-{datetime.now():%Y%m%d}-WA0001.jpg"  # noqa: DTZ005 - as a phone names it
YESTERYEAR = f"{datetime.now() - timedelta(days=400):%Y-%m-%d}.jpg"  # noqa: DTZ005 - as above


@pytest.mark.parametrize(
    ("name", "taken", "is_undated"),
    [
        (NAMED, "", True),
        (YESTERYEAR, "", True),
        # It tells its date, and so does Flickr.
        (NAMED, "2019:04:01 10:00:00", False),
        # The time of the file is told by our tags, that of the upload by Flickr.
        ("DSC01.jpg", "", False),
        (TODAY, "", False),
        ("IMG_2017-07-14.mp4", "", False),
        ("IMG_2019-04-01.mp4", "", True),
    ],
)
def test_what_no_service_can_read_is_counted(
    tmp_path: Path, name: str, taken: str, *, is_undated: bool
) -> None:
    path = tmp_path / name
    Image.new("RGB", (8, 8)).save(
        path, "JPEG", **({"exif": exif(taken)} if taken else {})
    )
    photo = LocalPhoto(name, str(tmp_path), name, 1, WHEN)
    assert estimate_undated([photo], lambda _: str(path)) == is_undated


def test_of_thousands_some_are_opened(tmp_path: Path) -> None:
    (tmp_path / NAMED).write_bytes(pictures.jpeg("a"))
    photo = LocalPhoto(NAMED, str(tmp_path), NAMED, 1, WHEN)
    opened: list[LocalPhoto] = []

    def resolve(found: LocalPhoto) -> str:
        opened.append(found)
        if len(opened) % 2:
            raise NotFound("gone")
        return str(tmp_path / NAMED)

    assert estimate_undated([photo] * 10_000, resolve) == 5_000
    assert len(opened) == 100
