"""What a file holds besides its picture, which a smaller copy of this has not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from photosync.media import boxes
from photosync.media.shrink.xmp import find_claims

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
_PICTURES_HEADING: Final = b"MPF\0"
_PICTURE_ENTRIES: Final = 0xB002
_MOST_SEGMENTS: Final = 512 * 1024
_UNDEFINED: Final = "Undefined"
# How ISO 21496-1 marks a picture with a gain map, in JPEG and in HEIF and AVIF.
_ISO_HDR: Final = b"urn:iso:std:iso:ts:21496:-1\0"
_HDR_BRAND: Final = b"tmap"
_HEAD: Final = 64


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
        yield from _find_in_segments(image)
        yield from _find_pictures(image, file)
    if image.format in {"HEIF", "AVIF"}:
        file.seek(0)
        # The one picture of which another one makes HDR is named so in the head.
        if _HDR_BRAND in file.read(_HEAD):
            yield _GAIN_MAP
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
    kinds = [table[start + 2 : start + 4] for start in range(12, len(table), 12)]
    return _SAMSUNG_FILM in kinds


def _find_in_segments(image: Image) -> Iterator[str]:
    segments: list[tuple[str, bytes]] = getattr(image, "applist", [])
    if any(name == "APP2" and data.startswith(_ISO_HDR) for name, data in segments):
        yield _GAIN_MAP


def _find_pictures(image: Image, file: BinaryIO) -> Iterator[str]:
    """Yield what the further pictures of a multi-picture file are."""
    info: Any = getattr(image, "mpinfo", None) or {}
    entries = info.get(_PICTURE_ENTRIES) or ()
    # The first is the picture itself.
    for entry in entries[1:]:
        kind = str(entry["Attribute"]["MPType"])
        if kind.startswith(_PICTURES_OF_THEIR_OWN):
            yield _FURTHER
        elif kind == _UNDEFINED:
            head = _read_picture(file, entry["DataOffset"])
            yield _GAIN_MAP if _is_gain_map(head) else _FURTHER


def _read_picture(file: BinaryIO, place: int) -> bytes:
    """Return the head of a further picture, whose place is counted from the block that
    tells of it.
    """
    file.seek(0)
    segments = file.read(_MOST_SEGMENTS)
    block = segments.find(_PICTURES_HEADING) + len(_PICTURES_HEADING)
    file.seek(block + place)
    return file.read(_MOST_TRAILER)


def _is_gain_map(head: bytes) -> bool:
    """Whether a picture is one that makes another one HDR: Apple and others say so in
    this one alone.
    """
    return _ISO_HDR in head or _GAIN_MAP in find_claims(head)


def _find_in_heif(image: Image, file: BinaryIO) -> Iterator[str]:
    further = image.info.get("aux") or ()
    if any(_APPLE_GAIN_MAP in kind.lower() for kind in further):
        yield _GAIN_MAP
    if any(image.info.get("depth_images") or ()):
        yield _DEPTH
    if getattr(image, "n_frames", 1) > 1:
        yield _FURTHER
    size = file.seek(0, os.SEEK_END)
    names = [box.name for box in boxes.read_boxes(file, 0, size)]
    # Samsung's phones, and Google's.
    if b"mpvd" in names:
        yield MOVING
