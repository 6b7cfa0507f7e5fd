"""What a picture of any kind says of itself: the blocks of EXIF, XMP, IPTC and texts
at its head.

Pillow walks PNG and Photoshop files, exifread TIFF and the raw kinds. Pillow reads WebP,
HEIF and AVIF as a whole, and of a JPEG much that tells no date: these are walked here.
"""

from __future__ import annotations

import io
import logging
import os
import re
import struct
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any, BinaryIO, Final

from photosync.media import boxes
from photosync.media.content import recognise_format
from photosync.media.exif import MOST_BYTES, Tags, read_tags
from photosync.media.segments import read_resources, read_segments

_HEAD: Final = 512
_MOST_CHUNKS: Final = 10_000
_LARGEST_TEXT: Final = 4 * 1024 * 1024
_RAF_JPEG: Final = 84
_EXIF_HEADING: Final = b"Exif\0\0"
_XMP_HEADING: Final = b"http://ns.adobe.com/xap/1.0/\0"
_PHOTOSHOP_HEADING: Final = b"Photoshop 3.0\0"
_APP1: Final = 0xE1
_APP13: Final = 0xED
_PHOTOSHOP: Final = {0x0404: "iptc", 0x0422: "exif", 0x0424: "xmp"}
_TIFF_BLOCKS: Final = {700: "xmp", 33723: "iptc", 34377: "iptc"}
_TIFF_ORDERS: Final = {b"II": "<", b"MM": ">"}
# Photoshop writes IPTC as long numbers.
_TIFF_WIDTHS: Final = {3: 2, 4: 4, 8: 2, 9: 4, 13: 4}
_GIF_XMP: Final = b"XMP DataXMP"
_MOST_PACKET: Final = 256 * 1024
_GIF_XMP_END: Final = b"\x01\xff\xfe\xfd"
_PNG_XMP: Final = "XML:com.adobe.xmp"
# How ImageMagick packs the blocks of other formats into the texts of a PNG.
_RAW_PROFILE: Final = re.compile(r"Raw profile type (\w+)", re.IGNORECASE)
_PROFILE_HEX: Final = re.compile(r"\s*[^\n]*\n\s*\d+\s+([0-9a-fA-F\s]*)")


@dataclass(slots=True)
class Blocks:
    """What was found: tags of EXIF by exifread's names, packets of XMP, records of IPTC,
    and texts of a PNG or GIF by their names.
    """

    tags: dict[str, Any] = field(default_factory=dict)
    xmp: list[bytes] = field(default_factory=list)
    iptc: list[bytes] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)

    def add(self, kind: str, data: bytes) -> None:
        """Take a block of this kind; what stands first counts."""
        if kind == "xmp":
            self.xmp.append(data.removeprefix(_XMP_HEADING))
        elif kind == "iptc":
            self.iptc.append(data)
        elif data.startswith(_XMP_HEADING):
            # In a JPEG, and what is made of one, both stand in segments of one name.
            self.xmp.append(data.removeprefix(_XMP_HEADING))
        else:
            exif = io.BytesIO(data.removeprefix(_EXIF_HEADING))
            self.add_tags(read_tags(exif))

    def add_tags(self, tags: Tags) -> None:
        """Take the tags of a block of EXIF; of two of one name the first counts."""
        self.tags = {**tags, **self.tags}


def read_blocks(file: BinaryIO) -> Blocks:
    """Return what a picture says of itself, reading little but its head.

    Never raises for what the file holds: what was found by then is returned.
    """
    found = Blocks()
    head = file.read(_HEAD)
    file.seek(0)
    kind = recognise_format(head)
    walk = _choose_walk(head, kind.name if kind else "")
    _silence_pillow()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            walk(file, found)
        except Exception:  # noqa: BLE001 - broken files bring libraries to raise anything
            return found
    return found


@cache
def _silence_pillow() -> None:
    """Let Pillow log nothing of what is broken: to set that anew for each photo would
    let all loggers of the program look up their levels again.
    """
    logging.getLogger("PIL").setLevel(logging.CRITICAL)


def _choose_walk(head: bytes, name: str) -> Callable[[BinaryIO, Blocks], None]:
    if head.startswith(b"FUJIFILM"):
        return _walk_raf
    return _WALKS.get(name, _walk_plain)


def _walk_plain(file: BinaryIO, found: Blocks) -> None:
    """TIFF and the raw kinds: exifread knows them."""
    tags = read_tags(file)
    found.add_tags(tags)
    file.seek(0)
    for kind, start, size in _find_long_values(file):
        file.seek(start)
        found.add(kind, file.read(min(size, MOST_BYTES)))


def _find_long_values(file: BinaryIO) -> Iterator[tuple[str, int, int]]:
    """Yield where the XMP and the IPTC of a TIFF lie: exifread passes values as long as
    these by, and Pillow reads the layers of Photoshop, too.
    """
    head = file.read(8)
    order = _TIFF_ORDERS.get(head[:2])
    if order is None or len(head) < 8:
        return
    (start,) = struct.unpack(f"{order}4xL", head)
    file.seek(start)
    number = file.read(2)
    if len(number) < 2:
        return
    (count,) = struct.unpack(f"{order}H", number)
    row = struct.Struct(f"{order}HHLL")
    table = file.read(row.size * count)
    whole = len(table) - len(table) % row.size
    for tag, kind, values, place in row.iter_unpack(table[:whole]):
        size = values * _TIFF_WIDTHS.get(kind, 1)
        # Up to four bytes stand in the table itself.
        if tag in _TIFF_BLOCKS and size > 4:
            yield _TIFF_BLOCKS[tag], place, size


def _walk_jpeg(file: BinaryIO, found: Blocks) -> None:
    exif = b""
    for marker, data in read_segments(file):
        if marker == _APP1 and data.startswith(_EXIF_HEADING):
            # What one segment has no room for goes on in the next.
            exif += data.removeprefix(_EXIF_HEADING)
        elif marker == _APP1 and data.startswith(_XMP_HEADING):
            found.add("xmp", data)
        elif marker == _APP13 and data.startswith(_PHOTOSHOP_HEADING):
            with suppress(struct.error):
                _add_resources(read_resources(data), found)
    if exif:
        found.add("exif", exif)


def _add_resources(resources: Any, found: Blocks) -> None:
    for number, data in resources:
        if number in _PHOTOSHOP and isinstance(data, bytes):
            found.add(_PHOTOSHOP[number], data)


def _walk_raf(file: BinaryIO, found: Blocks) -> None:
    """The JPEG inside a Fujifilm raw file holds what there is."""
    # Four bytes in its head say where that JPEG begins.
    file.seek(_RAF_JPEG)
    place = int.from_bytes(file.read(4), "big")
    file.seek(place)
    jpeg = io.BytesIO(file.read(256 * 1024))
    _walk_jpeg(jpeg, found)


def _walk_photoshop(file: BinaryIO, found: Blocks) -> None:
    from PIL import Image  # noqa: PLC0415

    with Image.open(file, formats=("PSD",)) as image:
        resources = getattr(image, "resources", [])
    _add_resources([(number, data) for number, _, data in resources], found)


def _walk_gif(file: BinaryIO, found: Blocks) -> None:
    from PIL import Image  # noqa: PLC0415

    with Image.open(file, formats=("GIF",)) as image:
        info = image.info
    packet = read_gif_packet(file, info)
    if packet:
        found.add("xmp", packet)
    comment = info.get("comment", b"")
    found.texts["Comment"] = comment.decode("utf-8", "replace")


def read_gif_packet(file: BinaryIO, info: Mapping[Any, Any]) -> bytes:
    """Return the XMP of a GIF whose `info` Pillow has read, empty if it has none."""
    name, place = info.get("extension", (b"", 0))
    if name != _GIF_XMP:
        return b""
    file.seek(place)
    data = file.read(_MOST_PACKET)
    # It stands as it is, where others have blocks with a length. Who reads blocks is
    # led out of it by what follows.
    return data[: data.find(_GIF_XMP_END)]


def _walk_png(file: BinaryIO, found: Blocks) -> None:
    from PIL.PngImagePlugin import PngStream  # noqa: PLC0415

    file.seek(8)
    png: Any = PngStream(file)
    for _ in range(_MOST_CHUNKS):
        name, place, size = png.read()
        if name == b"IEND":
            break
        if name == b"eXIf":
            found.add("exif", file.read(min(size, MOST_BYTES)))
        elif name in {b"tEXt", b"zTXt", b"iTXt"} and size <= _LARGEST_TEXT:
            png.call(name, place, size)
        # The pixels are passed by: programs add what they say at the end, too.
        file.seek(place + size + 4)
    found.texts |= {name: str(text) for name, text in png.im_text.items()}
    _unpack_texts(found)


def _unpack_texts(found: Blocks) -> None:
    """Take the blocks of other formats out of the texts of a PNG."""
    for name, text in list(found.texts.items()):
        profile = _RAW_PROFILE.fullmatch(name)
        if name == _PNG_XMP:
            found.add("xmp", text.encode())
        elif profile:
            _add_profile(profile[1].lower(), text, found)
        else:
            continue
        del found.texts[name]


def _add_profile(kind: str, text: str, found: Blocks) -> None:
    """Take a block that ImageMagick wrote as the digits of its bytes."""
    digits = _PROFILE_HEX.match(text)
    data = bytes.fromhex(digits[1]) if digits else b""
    # It names the block of Photoshop that holds IPTC by what that begins with.
    found.add("iptc" if kind == "8bim" else kind, data)


def _walk_webp(file: BinaryIO, found: Blocks) -> None:
    kinds = {b"EXIF": "exif", b"XMP ": "xmp"}
    file.seek(4)
    end = 8 + int.from_bytes(file.read(4), "little")
    for name, place, size in read_chunks(file, 12, end):
        if name in kinds:
            file.seek(place)
            found.add(kinds[name], file.read(min(size, MOST_BYTES)))


def read_chunks(
    file: BinaryIO, start: int, end: int
) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, place and size of the chunks of a RIFF file, as WebP and AVI are."""
    for _ in range(_MOST_CHUNKS):
        if start >= end:
            return
        file.seek(start)
        head = file.read(8)
        if len(head) < 8:
            return
        size = int.from_bytes(head[4:], "little")
        yield head[:4], start + 8, size
        start += 8 + size + size % 2


def _walk_heif(file: BinaryIO, found: Blocks) -> None:
    size = file.seek(0, os.SEEK_END)
    for kind, data in boxes.read_items(file, size):
        found.add(kind, data)


def _walk_canon(file: BinaryIO, found: Blocks) -> None:
    size = file.seek(0, os.SEEK_END)
    for block in boxes.read_canon_exif(file, size):
        found.add("exif", block)
    _add_uuids(file, size, found)


def _walk_jpeg_xl(file: BinaryIO, found: Blocks) -> None:
    size = file.seek(0, os.SEEK_END)
    for kind, data in boxes.read_outermost(file, size):
        found.add(kind, data)


def _walk_jpeg2000(file: BinaryIO, found: Blocks) -> None:
    _add_uuids(file, file.seek(0, os.SEEK_END), found)


def _add_uuids(file: BinaryIO, size: int, found: Blocks) -> None:
    for kind, data in boxes.read_uuids(file, size):
        found.add(kind, data)


_WALKS: Final = {
    "JPEG": _walk_jpeg,
    "PNG": _walk_png,
    "GIF": _walk_gif,
    "WebP": _walk_webp,
    "HEIC": _walk_heif,
    "AVIF": _walk_heif,
    "CR3": _walk_canon,
    "JPEG 2000": _walk_jpeg2000,
    "JPEG XL": _walk_jpeg_xl,
    "Photoshop": _walk_photoshop,
}
