"""The libraries that are measured, here and on the services."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from photosync.emulators.drive import DriveEmulator
from photosync.emulators.flickr import FlickrEmulator
from photosync.model import LocalPhoto
from photosync.services.flickr.records import tags

WHEN = 1_500_000_000
LONG_AGO = "2017-07-14T02:40:00.000Z"
EMPTY_MD5 = "d41d8cd98f00b204e9800998ecf8427e"
JPEG = b"\xff\xd8\xff\xe0"


def name_photos(photos: int, albums: int) -> Iterator[tuple[str, str]]:
    for number in range(photos):
        yield f"album {number % albums:03}", f"IMG_{number:06}.jpg"


def make_library(
    root: Path, photos: int, albums: int, content: Callable[[str], bytes]
) -> Path:
    for album, name in name_photos(photos, albums):
        path = root / album / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content(name))
    return root


def make_empty_photos(root: Path, photos: int, albums: int) -> Path:
    """Make a large library of files that take no room."""
    for album, name in name_photos(photos, albums):
        path = root / album / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (WHEN, WHEN))
    return root


def make_noise(size: int, _: str) -> bytes:
    """Bytes that begin as those of a picture and cannot be made smaller."""
    return JPEG + os.urandom(size - len(JPEG))


def fill_drive(photos: int, albums: int, drive: DriveEmulator) -> None:
    """Let Drive hold a large library, without a single call."""
    app = str(drive.client_secrets()["installed"]["client_id"])
    base = drive.web.folder("photosync", app=app)
    facts = {
        "size": 0,
        "md5Checksum": EMPTY_MD5,
        "modifiedTime": LONG_AGO,
        "createdTime": LONG_AGO,
    }
    folders: dict[str, str] = {}
    for album, _ in name_photos(albums, albums):
        folders[album] = drive.web.folder(album, base, app=app)
    rows = (
        {"name": name, "parent": folders[album], **facts}
        for album, name in name_photos(photos, albums)
    )
    drive.web.files(rows, app=app)


def fill_flickr(photos: int, albums: int, flickr: FlickrEmulator) -> None:
    """Let Flickr hold a large library, without a single call."""
    names = list(name_photos(photos, albums))
    ids = flickr.web.photos(
        {
            "title": name,
            "size": 0,
            "tags": tags.format_tags(
                LocalPhoto(name, "", name, 0, WHEN * 10**9), EMPTY_MD5
            ).split(),
        }
        for _, name in names
    )
    members: dict[str, list[str]] = {}
    for (album, _), photo in zip(names, ids, strict=True):
        members.setdefault(album, []).append(photo)
    flickr.web.albums(members.items())
    flickr.clock.advance(3600)
