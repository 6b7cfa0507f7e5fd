"""What is a photo and what is a video."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from enum import Flag
from typing import Final

_EXIF_IFD, _DATE_ORIGINAL, _DATE_TIME = 0x8769, 36867, 306
_EXIF_TIME = re.compile(r"(\d{4}):(\d{2}):(\d{2}) (\d{2}:\d{2}:\d{2})")


class Kind(Flag):
    """The kinds of media that `--format` chooses from."""

    NONE = 0
    PHOTO = 1
    VIDEO = 2
    BOTH = 3


_PHOTO: Final = """
    jpg jpeg jpe png gif bmp tif tiff webp heic heif avif
    dng cr2 cr3 nef arw raf orf rw2
"""
_VIDEO: Final = """
    mov mp4 m4v avi mkv webm 3gp 3g2 mts m2ts mpg mpeg mpe wmv asf flv qt divx ogv
"""
_KINDS: Final = dict.fromkeys(_PHOTO.split(), Kind.PHOTO) | dict.fromkeys(
    _VIDEO.split(), Kind.VIDEO
)


def kind_of(name: str) -> Kind:
    """The kind that the ending of a file name promises, in any case of letters."""
    stem, _, ending = name.rpartition(".")
    return _KINDS.get(ending.lower(), Kind.NONE) if stem else Kind.NONE


def endings_of(kind: Kind) -> frozenset[str]:
    """The lower-case endings, without the dot, that promise one of these kinds."""
    return frozenset(ending for ending, one in _KINDS.items() if one in kind)


def taken(path: str, modified_ns: int) -> str:
    """When a photo was taken, as `YYYY-MM-DD HH:MM:SS` in the camera's own time.

    From EXIF (DateTimeOriginal, else DateTime); without it the file's modification time.
    """
    return _exif_time(path) or local_time(modified_ns)


def local_time(modified_ns: int) -> str:
    """A moment as `YYYY-MM-DD HH:MM:SS` by the clock on the wall here."""
    moment = datetime.fromtimestamp(modified_ns // 10**9, tz=UTC).astimezone()
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _exif_time(path: str) -> str:
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - only uploads need it

    try:
        with Image.open(path) as image:
            exif = image.getexif()
            text = str(exif.get_ifd(_EXIF_IFD).get(_DATE_ORIGINAL) or exif.get(_DATE_TIME) or "")
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError):
        return ""
    found = _EXIF_TIME.match(text)
    return f"{found[1]}-{found[2]}-{found[3]} {found[4]}" if found else ""
