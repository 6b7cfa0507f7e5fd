"""What the tests of photos share: one library, all three sides, and a few words to ask
them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness.pictures import exif, picture
from harness.three_sides import WHEN, Drive, Ended, Flickr, Remote, World

SERVICES = ("folder", "drive", "flickr")
KEEPING = ("drive", "flickr")
"""The services that keep more of a photo than its file."""

SMALL = "32"
"""Pixels of a smaller copy of the pictures of these tests, as the command line has
them.
"""


def side(world: World, service: str) -> Remote:
    """The remote side of a service."""
    return next(one for one in world.remotes if one.service.startswith(service))


def drive_of(world: World) -> Drive:
    found = side(world, "drive")
    assert isinstance(found, Drive)
    return found


def flickr_of(world: World) -> Flickr:
    found = side(world, "flickr")
    assert isinstance(found, Flickr)
    return found


def here(world: World, path: str) -> Path:
    """Where a photo of the library lies, in a folder made if need be."""
    place = world.local.top / path
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def aged(path: Path, when: float = WHEN) -> Path:
    """The file, as last changed long ago."""
    os.utime(path, (when, when))
    return path


def shot(world: World, path: str, taken: str = "", **how: Any) -> Path:
    """A real picture in the library, taken at `YYYY:MM:DD HH:MM:SS` if that is
    given.
    """
    if taken:
        how["exif"] = exif(taken)
    return aged(picture(here(world, path), **how))


def brought(world: World, file: Path, path: str) -> Path:
    """A file from elsewhere, in the library."""
    return aged(Path(shutil.copy(file, here(world, path))))


def file_of(world: World, service: str, path: str, top: Path) -> Path:
    """What lies on a service, as a file that others can judge."""
    place = top / f"{service} {Path(path).name}"
    place.write_bytes(side(world, service).photos()[path])
    return place


def ids_in(world: World, album: str) -> list[str]:
    """The names in an album of Flickr, in its order."""
    flickr = flickr_of(world)
    (found,) = flickr.emulator.web.titled(album)
    names = {one: path.partition("/")[2] for path, one in flickr.ids().items()}
    return [names[one] for one in flickr.emulator.web.photos_in(found)]


def album_on_drive(world: World, album: str) -> dict[str, Any]:
    """The folder of an album."""
    found = [
        one for one in drive_of(world).emulator.web.named(album) if not one["trashed"]
    ]
    (folder,) = found
    return folder


def album_on_flickr(world: World, album: str) -> dict[str, Any]:
    web = flickr_of(world).emulator.web
    (found,) = [one for one in web.all_albums() if one["title"] == album]
    return found


def calm(world: World, *argv: str, mode: str = "sync") -> None:
    """A further run has nothing to do and nothing to say."""
    ended = world.sync(*argv, mode=mode)
    assert (ended.code, ended.actions, ended.err) == (0, [], ""), ended.out + ended.err


def went_well(ended: Ended) -> Ended:
    assert (ended.code, ended.err) == (0, ""), ended.out[-2000:] + ended.err[-2000:]
    return ended


def counted(world: World, service: str, run: Callable[[], object]) -> dict[str, int]:
    """The calls that a service gets meanwhile."""
    emulator = (
        drive_of(world).emulator if service == "drive" else flickr_of(world).emulator
    )
    emulator.traffic.reset()
    run()
    return dict(emulator.calls)
