"""What a file holds besides its picture, which a smaller copy of this has not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from photosync.media import boxes
from photosync.media.shrink_xmp import find_claims

if TYPE_CHECKING:
    from PIL.Image import Image

MOVING = "moving part"
_GAIN_MAP = "HDR gain map"
_DEPTH = "depth map"
_FURTHER = "further pictures"

_SAMSUNG_FILM: Final = b"\x30\x0a"
_MOST_TRAILER: Final = 64 * 1024
_APPLE_GAIN_MAP: Final = "hdrgainmap"
# Of the kinds of a multi-picture file: the other eye, a part of a panorama. A large
# thumbnail is nothing that anybody misses.
_PICTURES_OF_THEIR_OWN: Final = "Multi-Frame"


def find_parts(image: Image, file: BinaryIO, xmp: bytes) -> tuple[str, ...]:
    """Return the names of what a file holds besides its picture.

    `xmp` is what the picture says of itself. The place in the file is kept.
    """
    place = file.tell()
    try:
        found = [*find_claims(xmp), *_find_in_file(image, file)]
    finally:
        file.seek(place)
    return tuple(dict.fromkeys(found))


def _find_in_file(image: Image, file: BinaryIO) -> Iterator[str]:
    if image.format in {"JPEG", "MPO"}:
        if _has_samsung_film(file):
            yield MOVING
        if _has_own_pictures(image):
            yield _FURTHER
    if image.format == "HEIF":
        yield from _find_in_heif(image, file)


def _has_samsung_film(file: BinaryIO) -> bool:
    """Whether a moving part stands behind a JPEG, in Samsung's own trailer.

    Phones before the Galaxy S20 say nothing of it in their XMP.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _MOST_TRAILER))
    tail = file.read()
    if not tail.endswith(b"SEFT"):
        return False
    length = int.from_bytes(tail[-8:-4], "little")
    table = tail[-8 - length : -8]
    if not table.startswith(b"SEFH"):
        return False
    # Behind the heading twelve bytes for each part: two of nothing, two of its kind.
    rows = [table[start : start + 12] for start in range(12, len(table), 12)]
    return any(row[2:4] == _SAMSUNG_FILM for row in rows)


def _has_own_pictures(image: Image) -> bool:
    info: Any = getattr(image, "mpinfo", None) or {}
    entries = info.get(0xB002) or ()
    kinds = [entry["Attribute"]["MPType"] for entry in entries[1:]]
    return any(str(kind).startswith(_PICTURES_OF_THEIR_OWN) for kind in kinds)


def _find_in_heif(image: Image, file: BinaryIO) -> Iterator[str]:
    if any(_APPLE_GAIN_MAP in kind.lower() for kind in image.info.get("aux") or ()):
        yield _GAIN_MAP
    if any(image.info.get("depth_images") or ()):
        yield _DEPTH
    if getattr(image, "n_frames", 1) > 1:
        yield _FURTHER
    size = file.seek(0, os.SEEK_END)
    # Samsung's phones, and Google's.
    if any(box.name == b"mpvd" for box in boxes.read_boxes(file, 0, size)):
        yield MOVING
