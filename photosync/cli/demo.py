"""`--demo`: the embedded services in place of the real ones, signed in already."""

from __future__ import annotations

import colorsys
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from photosync.config.settings import Home, Settings
from photosync.errors import UsageError
from photosync.services.auth.session import Session

_ACCOUNT = "demo@photosync.example"
_ALBUMS = (
    ("2023/Lisbon", 12),
    ("2023/Lisbon/_best", 3),
    ("2024/Winter walk", 15),
    ("2025/Birthday", 18),
    ("2025/Zoë's garden", 12),
)
_DATE_TAKEN, _DATE_ORIGINAL, _EXIF = 306, 36867, 0x8769


@contextmanager
def embed_services(settings: Settings) -> Iterator[Settings]:
    """The same settings with the embedded services, kept under HOME/demo between runs.

    Raises UsageError when the packages of the demo are not installed.
    """
    try:
        from photosync.emulators.drive import DriveEmulator  # noqa: PLC0415 - optional packages
        from photosync.emulators.flickr import FlickrEmulator  # noqa: PLC0415
    except ImportError as error:
        raise UsageError(
            f"--demo needs the package {error.name}; install photosync[demo]"
        ) from error
    folder = settings.home.state / "demo"
    home = Home(folder, folder)
    settings.check_home()
    try:
        roots = settings.roots or (str(_make_library(folder / "Photos")),)
    except OSError as error:
        raise UsageError(
            f"--demo: {folder} cannot be made ({error.strerror}); name another --home"
        ) from error
    with (
        DriveEmulator(folder / "drive", account=_ACCOUNT) as drive,
        FlickrEmulator(folder / "flickr") as flickr,
    ):
        session = Session(folder)
        session.store("drive", _ACCOUNT, drive.authorized_user())
        key = flickr.client_secrets()
        names = {"api_key": key["key"], "api_secret": key["secret"]}
        session.store("flickr", "demo", {**flickr.authorized_user(), **names})
        _bypass_proxies()
        yield replace(
            settings, home=home, roots=roots, drive_url=drive.url, flickr_url=flickr.url
        )


def _bypass_proxies() -> None:
    """Let no proxy stand between us and the embedded services, in either spelling."""
    for name in ("no_proxy", "NO_PROXY"):
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), "127.0.0.1")))


def _make_library(folder: Path) -> Path:
    """Sixty photos in five folders, made once: real files with dates in their EXIF."""
    if not folder.exists():
        number = 0
        for album, photos in _ALBUMS:
            (folder / album).mkdir(parents=True, exist_ok=True)
            for _ in range(photos):
                number += 1
                _make_photo(folder / album, number)
    return folder


def _make_photo(folder: Path, number: int) -> None:
    from PIL import Image, ImageDraw  # noqa: PLC0415 - an optional package

    taken = datetime(2023, 5, 1, 9, 30) + timedelta(  # noqa: DTZ001
        days=17 * number, minutes=7 * number
    )
    shade = tuple(
        int(255 * part) for part in colorsys.hsv_to_rgb(number / 60, 0.6, 0.8)
    )
    size = (640, 480) if number % 3 else (480, 640)
    image = Image.new("RGB", size, shade)
    draw = ImageDraw.Draw(image)
    for ring in range(number % 7 + 2):
        box = [20 + 30 * ring, 20 + 25 * ring, 320 + 10 * ring, 300 + 12 * ring]
        draw.ellipse(box, outline="white", width=4)
    draw.text((24, size[1] - 40), f"photosync demo {number}", fill="white")
    exif = image.getexif()
    text = taken.strftime("%Y:%m:%d %H:%M:%S")
    exif[_DATE_TAKEN] = text
    exif.get_ifd(_EXIF)[_DATE_ORIGINAL] = text
    ending = "png" if number % 10 == 0 else "jpg"
    path = folder / f"IMG_{number:04}.{ending}"
    image.save(path, exif=exif)
    os.utime(path, (taken.timestamp(), taken.timestamp()))
