"""What a smaller copy says of itself: all that its original says, as far as it is still
true.
"""

from __future__ import annotations

import io
import os
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, Final

from photosync.media import boxes
from photosync.media.blocks import read_gif_packet
from photosync.media.exif import read_tags
from photosync.media.shrink.exif_block import (
    Directory,
    Value,
    encode_directory,
    fit_block,
    fit_directory,
    read_directory,
)
from photosync.media.shrink.extended_xmp import read_extension
from photosync.media.shrink.xmp import LONGEST_PART

if TYPE_CHECKING:
    from PIL.Image import Image

_EXIF_HEADING: Final = b"Exif\0\0"
_SIZES: Final = {
    "Image ImageWidth": 0,
    "Image ImageLength": 1,
    "EXIF ExifImageWidth": 0,
    "EXIF ExifImageLength": 1,
}
# By this tag Xiaomi's phones tell that a film stands behind the picture.
_CLAIMS: Final = {"Image Tag 0x8897": 0, "EXIF Tag 0x8897": 0}
_EXTENDED: Final = b"HasExtendedXMP"
_ORIENTATION: Final = 274
_SHORT: Final = 3
_XMP: Final = 700
_IPTC: Final = 33_723
_PHOTOSHOP: Final = 34_377
_PROFILE: Final = 34_675
# Of the tags of a TIFF these tell how its pixels lie in the file, or come over in
# another way. Its orientation does: Pillow turns its pixels as it reads them.
_TIFF_LAYOUT: Final = frozenset(
    {
        *range(254, 260),
        *range(262, 267),
        *range(273, 275),
        *range(277, 282),
        284,
        *range(288, 294),
        317,
        320,
        *range(322, 326),
        330,
        *range(338, 342),
        347,
        *range(512, 522),
        *range(529, 533),
        _XMP,
        _IPTC,
        _PHOTOSHOP,
        _PROFILE,
    }
)
# The pixels of these are upright once they are read.
_TURNED: Final = frozenset({"TIFF", "HEIF"})


@dataclass(slots=True)
class Metadata:
    """What a picture says of itself, each in its own form, empty where it does not.

    `exif` has its heading, `extension` are segments of a JPEG with the rest of its XMP,
    `photoshop` is a block with IPTC as a JPEG has it; `lacks` names what a JPEG has no
    room for. `is_turned`: the picture is upright by itself.
    """

    exif: bytes = b""
    xmp: bytes = b""
    extension: tuple[bytes, ...] = ()
    photoshop: bytes = b""
    lacks: list[str] = field(default_factory=list)
    is_turned: bool = False


def read_metadata(image: Image, file: BinaryIO) -> Metadata:
    """Return what a picture says of itself, once its pixels are loaded.

    Raises NoSmallerCopy where no JPEG has room for its EXIF.
    """
    if image.format == "TIFF":
        return _read_tiff(file)
    found = Metadata(xmp=_read_xmp(image, file))
    found.is_turned = image.format in _TURNED
    found.extension = read_extension(image)
    block = _read_exif(image, file)
    # The copy of a PNG is a PNG, which has room for any.
    if block and image.format != "PNG":
        block, found.lacks = fit_block(block)
    if block:
        found.exif = _EXIF_HEADING + block
    # It says that more of it follows, which is not taken along.
    if _EXTENDED in found.xmp and not found.extension:
        found.lacks.append(LONGEST_PART)
    return found


def _read_xmp(image: Image, file: BinaryIO) -> bytes:
    if image.format == "GIF":
        return read_gif_packet(file, image.info)
    # Of some formats Pillow gives it as text.
    xmp: str | bytes = image.info.get("xmp") or b""
    return xmp.encode() if isinstance(xmp, str) else xmp


def _read_exif(image: Image, file: BinaryIO) -> bytes:
    """Return the block of EXIF without its heading, empty for none."""
    block: bytes = image.info.get("exif") or b""
    if image.format == "AVIF":
        block = _read_avif(image, file)
    return block.removeprefix(_EXIF_HEADING)


def _read_avif(image: Image, file: BinaryIO) -> bytes:
    """Return the block that stands in the file: of what Pillow says, it wrote the
    letters of the world as `?` to note that the picture lies on its side.
    """
    orientation = int(image.getexif().get(_ORIENTATION, 1))
    size = file.seek(0, os.SEEK_END)
    for kind, data in boxes.read_items(file, size):
        if kind == "exif":
            return _orient(data.removeprefix(_EXIF_HEADING), orientation)
    return _orient(b"", orientation)


def _orient(block: bytes, orientation: int) -> bytes:
    """Return a block with an orientation, which an AVIF may tell outside of it."""
    if "Image Orientation" in read_tags(io.BytesIO(block)):
        return _patch(block, {"Image Orientation": orientation})
    if orientation == 1:
        return block
    order = "<"
    directory = Directory()
    if block:
        order, directory = read_directory(io.BytesIO(block))
    directory[_ORIENTATION] = Value(_SHORT, struct.pack(f"{order}H", orientation))
    return encode_directory(order, directory)


def _read_tiff(file: BinaryIO) -> Metadata:
    """Return what stands among the tags of a TIFF: it has no block for this alone."""
    order, directory = read_directory(file)
    found = Metadata(is_turned=True)
    said: dict[int, bytes] = {}
    for tag in _TIFF_LAYOUT & directory.keys():
        value = directory.pop(tag)
        if isinstance(value, Value):
            said[tag] = value.data
    found.xmp = said.get(_XMP, b"")
    if _IPTC in said:
        found.photoshop = _wrap_iptc(said[_IPTC])
    elif _PHOTOSHOP in said:
        found.photoshop = b"Photoshop 3.0\0" + said[_PHOTOSHOP]
    if directory:
        block, found.lacks = fit_directory(order, directory)
        found.exif = _EXIF_HEADING + block
    return found


def _wrap_iptc(records: bytes) -> bytes:
    """Return records of IPTC as the one resource of a block of Photoshop."""
    # Programs fill up to whole numbers of four bytes.
    records = records.rstrip(b"\0")
    length = len(records).to_bytes(4, "big")
    filler = bytes(len(records) % 2)
    return b"Photoshop 3.0\x008BIM\x04\x04\0\0" + length + records + filler


def set_sizes(exif: bytes, size: tuple[int, int]) -> bytes:
    """Return a block of EXIF, with the size of a copy in place of its own, and no film
    behind it.
    """
    block = exif.removeprefix(_EXIF_HEADING)
    if not block:
        return b""
    numbers = {name: size[side] for name, side in _SIZES.items()}
    # Pillow writes the heading itself where the format has none.
    return _EXIF_HEADING + _patch(block, numbers | _CLAIMS)


def _patch(block: bytes, numbers: dict[str, int]) -> bytes:
    """Return a block with these numbers, by exifread's names, where it has some."""
    patched = bytearray(block)
    is_big = block.startswith(b"MM")
    tags = read_tags(io.BytesIO(block))
    for name, number in numbers.items():
        tag = tags.get(name)
        if tag is None or tag.field_length not in {1, 2, 4}:
            continue
        length = tag.field_length
        start = tag.field_offset
        value = number.to_bytes(length, "big" if is_big else "little")
        patched[start : start + length] = value
    return bytes(patched)
