"""`--demo`: the embedded services in place of the real ones, signed in already."""

from __future__ import annotations

import colorsys
import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from photosync import __version__
from photosync.cli.output import say, say_whole
from photosync.cli.program import quote_program
from photosync.cli.words import count_albums, count_photos
from photosync.config.settings import Home, Settings
from photosync.errors import UsageError
from photosync.history.storage.database import FILE
from photosync.services.auth.session import Session

if TYPE_CHECKING:
    from PIL.Image import Image

    from photosync.emulators.drive import DriveEmulator
    from photosync.emulators.flickr import FlickrEmulator

_LIBRARY = "Photos"
_ACCOUNT = "demo@photosync.example"
_ALBUMS = (
    ("2023/Lisbon", 12),
    ("2023/Lisbon/_best", 3),
    ("2024/Winter walk", 15),
    ("2025/Birthday", 18),
    ("2025/Zoë's garden", 12),
)
_PHOTOS = sum(photos for _, photos in _ALBUMS)
# What begins with "_" belongs to the album above it.
_TITLES = sum("/_" not in name for name, _ in _ALBUMS)
_FIRST_PHOTO = datetime(2023, 5, 1, 9, 30)  # noqa: DTZ001 - by the camera's clock
_TO_DELETE = "2025/Birthday/IMG_0041.jpg"
"""The photo that the demo proposes to delete."""
_DATE_TAKEN = 306
_DATE_ORIGINAL = 36867
_EXIF = 0x8769


@contextmanager
def embed_services(settings: Settings) -> Iterator[Settings]:
    """Yield the same settings with the embedded services, kept under HOME/demo.

    Raises UsageError where these cannot be kept there.
    """
    from photosync.emulators.drive import DriveEmulator  # noqa: PLC0415 - large
    from photosync.emulators.flickr import FlickrEmulator  # noqa: PLC0415

    folder = settings.home.state / "demo"
    home = Home(folder, folder)
    settings.check_home()
    try:
        roots = settings.roots or (str(_make_library(folder / _LIBRARY)),)
    except OSError as error:
        raise UsageError(
            f"--demo: {folder} cannot be made ({error.strerror}); name another --home"
        ) from error
    with (
        DriveEmulator(folder / "drive", account=_ACCOUNT) as drive,
        FlickrEmulator(folder / "flickr") as flickr,
    ):
        if drive.began_anew or flickr.began_anew:
            # Another version of photosync came with other services: what is remembered
            # of the old ones would make the new ones look as if they had lost it all.
            for file in folder.glob(f"{FILE}*"):
                file.unlink()
        _sign_in(folder, drive, flickr)
        _bypass_proxies()
        yield replace(
            settings,
            home=home,
            roots=roots,
            drive_url=drive.url,
            flickr_url=flickr.url,
        )


def greet(settings: Settings) -> None:
    """Say that nothing can happen to anybody's photos, and where those of the demo are."""
    say(
        f"photosync {__version__} demo: no account needed, nothing leaves this computer."
    )
    where = ", ".join(settings.roots)
    # Later runs have a memory, and a library that the person may have changed.
    if _has_own_library(settings) and not (settings.home.state / FILE).exists():
        made = f"{count_photos(_PHOTOS)} in {count_albums(_TITLES)}"
        say(f"Made {made}: {where}")
    else:
        say(f"The photos are in {where}")
    say("")


def _has_own_library(settings: Settings) -> bool:
    """Whether the photos are those that the demo makes, and no folder of the person's."""
    return settings.roots == (str(settings.home.state / _LIBRARY),)


def suggest_next(settings: Settings) -> None:
    """Say what to try after a run of the demo, with its real paths."""
    program = quote_program()
    again = f"{program} --demo"
    folder = settings.home.state.parent
    # Who keeps the demo in a folder of its own finds it again by naming that.
    usual = Home.at(None)
    found_by_itself = Home.at(os.getenv("PHOTOSYNC_HOME"))
    if folder not in {usual.state, found_by_itself.state}:
        again += f" --home {shlex.quote(str(folder))}"
    if not _has_own_library(settings):
        # Without it the next line would send the photos of the demo as well.
        again += f" -d {shlex.join(settings.roots)}"
    root = settings.roots[0]
    # True of every run before it, a dry one and one that left photos alone as well.
    lines = [f"  {again} -m sync", "      what is equal is not sent again"]
    photo = Path(root, _TO_DELETE)
    # A library of the person's own is not what to try deleting on.
    if photo.exists():
        lines += [f"  rm {shlex.quote(str(photo))}"]
        lines += [f"  {again} -m sync --dry-run"]
        lines += ["      what would happen about it"]
    lines += [f"  {program} -d ~/Photos -p folder:/mnt/backup --dry-run"]
    lines += ["      your own photos"]
    say("")
    say("Try next:")
    for line in lines:
        say_whole(line)


def _sign_in(folder: Path, drive: DriveEmulator, flickr: FlickrEmulator) -> None:
    """Keep the sign-ins as `photosync -a` would."""
    session = Session(folder)
    session.store("drive", _ACCOUNT, drive.authorized_user())
    client = flickr.client_secrets()
    user = flickr.authorized_user()
    # Sign-in stores the key of the application beside the user's token.
    user = user | {"api_key": client["key"], "api_secret": client["secret"]}
    session.store("flickr", "demo", user)


def _bypass_proxies() -> None:
    """Let no proxy stand between us and the embedded services, in either spelling."""
    for name in ("no_proxy", "NO_PROXY"):
        hosts = ["127.0.0.1"]
        own_hosts = os.environ.get(name)
        if own_hosts:
            hosts.insert(0, own_hosts)
        os.environ[name] = ",".join(hosts)


def _make_library(folder: Path) -> Path:
    """Sixty photos in five folders, made once: real files with dates in their EXIF."""
    # What a person changed in the demo stays changed.
    if folder.exists():
        return folder
    number = 0
    for name, photos in _ALBUMS:
        album = folder / name
        album.mkdir(parents=True, exist_ok=True)
        for _ in range(photos):
            number += 1
            _make_photo(album, number)
    return folder


def _make_photo(folder: Path, number: int) -> None:
    image = _draw_picture(number)
    later = timedelta(days=17 * number, minutes=7 * number)
    taken = _FIRST_PHOTO + later
    text = taken.strftime("%Y:%m:%d %H:%M:%S")
    exif = image.getexif()
    exif[_DATE_TAKEN] = text
    block = exif.get_ifd(_EXIF)
    block[_DATE_ORIGINAL] = text
    ending = "png" if number % 10 == 0 else "jpg"
    path = folder / f"IMG_{number:04}.{ending}"
    image.save(path, exif=exif)
    seconds = taken.timestamp()
    os.utime(path, (seconds, seconds))


def _draw_picture(number: int) -> Image:
    """White rings on a colour of its own, so that no two pictures look the same."""
    from PIL import Image as Images  # noqa: PLC0415 - an optional package
    from PIL import ImageDraw  # noqa: PLC0415

    parts = colorsys.hsv_to_rgb(number / 60, 0.6, 0.8)
    colour = tuple(int(255 * part) for part in parts)
    is_upright = number % 3 == 0
    width, height = (480, 640) if is_upright else (640, 480)
    image = Images.new("RGB", (width, height), colour)
    draw = ImageDraw.Draw(image)
    for ring in range(number % 7 + 2):
        left = 20 + 30 * ring
        top = 20 + 25 * ring
        right = 320 + 10 * ring
        bottom = 300 + 12 * ring
        draw.ellipse(
            (left, top, right, bottom),
            outline="white",
            width=4,
        )
    text = f"photosync demo {number}"
    draw.text((24, height - 40), text, fill="white")
    return image
