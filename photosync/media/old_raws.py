"""When a picture of three old raw kinds was taken: Canon's CRW, Sigma's X3F and
Minolta's MRW, which are no TIFF as all others are.

Read here in a few lines, as exifread knows none of them.
"""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import BinaryIO, Final

from photosync.media.blocks import Blocks, read_blocks
from photosync.media.moments import Moment, format_moment, parse_stamp
from photosync.media.taken import find_taken_in

_MOST_BYTES: Final = 256 * 1024
_MOST_ENTRIES: Final = 1_000
# Of CRW: a directory within, and what holds the seconds.
_IMAGE_PROPERTIES: Final = 0x300A
_TIME: Final = 0x180E
# Of X3F: what may tell the time, and where the picture begins in one of the sections.
_SECTIONS: Final = frozenset({b"PROP", b"IMA2"})
_PICTURE: Final = 28
# Where the rows of its properties begin.
_ROWS: Final = 24


def read_old_raw(file: BinaryIO, name: str) -> Moment | None:
    """Return when a picture of the format of this name was taken, None if it tells
    nothing or is of another format.
    """
    read = _READERS.get(name)
    return read(file) if read else None


def _read_crw(file: BinaryIO) -> Moment | None:
    # Behind its byte order stands where the outermost heap begins.
    file.seek(2)
    (start,) = struct.unpack("<L", file.read(4))
    end = file.seek(0, os.SEEK_END)
    for tag, place, size in _read_heap(file, start, end):
        if tag != _IMAGE_PROPERTIES:
            continue
        for inner, inner_place, _ in _read_heap(file, place, place + size):
            if inner == _TIME:
                file.seek(inner_place)
                (seconds,) = struct.unpack("<L", file.read(4))
                return _make_moment(seconds)
    return None


def _read_heap(file: BinaryIO, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield tag, place and size of what a heap of CRW holds; it is listed at its end."""
    file.seek(end - 4)
    (table,) = struct.unpack("<L", file.read(4))
    file.seek(start + table)
    (count,) = struct.unpack("<H", file.read(2))
    rows = file.read(10 * min(count, _MOST_ENTRIES))
    for row in range(0, len(rows) - 9, 10):
        tag, size, offset = struct.unpack_from("<HLL", rows, row)
        yield tag, start + offset, size


def _read_x3f(file: BinaryIO) -> Moment | None:
    # The last four bytes say where the list of its sections is, and that begins with its
    # mark, its version and their number.
    file.seek(-4, os.SEEK_END)
    (table,) = struct.unpack("<L", file.read(4))
    file.seek(table + 8)
    (count,) = struct.unpack("<L", file.read(4))
    rows = file.read(12 * min(count, _MOST_ENTRIES))
    for row in range(0, len(rows) - 11, 12):
        place, size, name = struct.unpack_from("<LL4s", rows, row)
        if name not in _SECTIONS:
            continue
        file.seek(place)
        section = file.read(min(size, _MOST_BYTES))
        found = _read_section(name, section)
        if found:
            return found
    return None


def _read_section(name: bytes, section: bytes) -> Moment | None:
    """Return when a picture was taken by one section of X3F."""
    if name == b"PROP":
        # The first cameras wrote it there, later ones into a JPEG of full size.
        seconds = _read_properties(section).get("TIME", "")
        return _make_moment(int(seconds)) if seconds else None
    jpeg = section[_PICTURE:]
    if not jpeg.startswith(b"\xff\xd8"):
        return None
    return find_taken_in(read_blocks(io.BytesIO(jpeg)))


def _read_properties(section: bytes) -> dict[str, str]:
    """Return the names and values of a section of X3F, which are texts of 16 bits."""
    (count,) = struct.unpack_from("<L", section, 8)
    # Each row has the places of its two texts, counted in letters from their beginning.
    texts = section[_ROWS + 8 * count :]
    found: dict[str, str] = {}
    for row in range(min(count, _MOST_ENTRIES)):
        name_place, value_place = struct.unpack_from("<LL", section, _ROWS + 8 * row)
        name = _read_text(texts, 2 * name_place)
        found[name] = _read_text(texts, 2 * value_place)
    return found


def _read_text(texts: bytes, place: int) -> str:
    text = texts[place : place + 512].decode("utf-16-le", "replace")
    return text.partition("\0")[0]


def _read_mrw(file: BinaryIO) -> Moment | None:
    file.seek(4)
    (size,) = struct.unpack(">L", file.read(4))
    head = file.read(min(size, _MOST_BYTES))
    # Its EXIF follows the name and the size of a block among some others.
    _, name, block = head.partition(b"\0TTW")
    found = Blocks()
    if name:
        found.add("exif", block[4:])
    return find_taken_in(found)


def _make_moment(seconds: int) -> Moment | None:
    """Return what the clock of a camera showed, which is stored as if it were UTC."""
    when = datetime.fromtimestamp(seconds, tz=UTC)
    return parse_stamp(format_moment(when), "exif")


_READERS: Final[dict[str, Callable[[BinaryIO], Moment | None]]] = {
    "CRW": _read_crw,
    "X3F": _read_x3f,
    "MRW": _read_mrw,
}
