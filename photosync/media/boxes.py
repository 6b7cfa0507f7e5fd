"""The boxes of MP4, MOV and CR3 files: when a video was made, and where the EXIF of a
CR3 lies.

Read here in a few lines because the libraries that know these dates either need a C
library, are not kept, or are ten times the size of this program.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import BinaryIO, NamedTuple

_MOST_BOXES = 1000
_MOST_BYTES = 64 * 1024
_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
_APPLE_DATE = b"com.apple.quicktime.creationdate"
_CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")


class Box(NamedTuple):
    """A box: its four letters, and where its content lies in the file."""

    name: bytes
    start: int
    end: int


def read_boxes(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """Yield the boxes between two places of a file, as far as they are sound."""
    for _ in range(_MOST_BOXES):
        file.seek(start)
        head = file.read(16)
        if start + 8 > end or len(head) < 8:
            return
        size = int.from_bytes(head[:4], "big")
        name = head[4:8]
        content = start + 8
        if size == 1:
            # Of a video above 4 GB the size stands behind the name.
            size = int.from_bytes(head[8:16], "big")
            content = start + 16
        stop = start + size if size else end
        if not content <= stop <= end:
            return
        yield Box(name, content, stop)
        start = stop


def _find_boxes(file: BinaryIO, start: int, end: int, *names: bytes) -> Iterator[Box]:
    """Yield the boxes found by this way of names from the outside to the inside."""
    for box in read_boxes(file, start, end):
        if box.name == names[0]:
            if names[1:]:
                yield from _find_boxes(file, box.start, box.end, *names[1:])
            else:
                yield box


def _read_content(file: BinaryIO, box: Box) -> bytes:
    file.seek(box.start)
    return file.read(min(box.end - box.start, _MOST_BYTES))


def read_header_time(file: BinaryIO, size: int) -> datetime | None:
    """Return the moment in the header of an MP4 or MOV file; None if there is none.

    Raises OverflowError for one beyond the calendar.
    """
    for box in _find_boxes(file, 0, size, b"moov", b"mvhd"):
        data = _read_content(file, box)
        seconds = int.from_bytes(data[4:12] if data[:1] == b"\1" else data[4:8], "big")
        return _EPOCH + timedelta(seconds=seconds) if seconds else None
    return None


def read_apple_time(file: BinaryIO, size: int) -> str:
    """Return the moment with its zone that Apple's cameras write beside the header.

    Empty without it.
    """
    for way in ((b"moov", b"meta"), (b"moov", b"udta", b"meta")):
        for box in _find_boxes(file, 0, size, *way):
            # In MP4 a version stands before the first box inside, in MOV it does not.
            skip = 4 if _read_content(file, box)[:4] == bytes(4) else 0
            if text := _read_apple_value(file, box.start + skip, box.end):
                return text
    return ""


def _read_apple_value(file: BinaryIO, start: int, end: int) -> str:
    """Return the value that belongs to the key of the date.

    One list holds the keys, another the values.
    """
    for box in _find_boxes(file, start, end, b"keys"):
        keys = read_boxes(file, box.start + 8, box.end)
        for number, key in enumerate(keys, start=1):
            if _read_content(file, key) == _APPLE_DATE:
                way = (b"ilst", number.to_bytes(4, "big"), b"data")
                for item in _find_boxes(file, start, end, *way):
                    return _read_content(file, item)[8:].decode("ascii", "replace")
    return ""


def read_canon_exif(file: BinaryIO, size: int) -> list[bytes]:
    """Return the blocks of a CR3 that hold its EXIF, each as a small TIFF file."""
    for box in _find_boxes(file, 0, size, b"moov", b"uuid"):
        file.seek(box.start)
        if file.read(16) == _CANON:
            inner_boxes = read_boxes(file, box.start + 16, box.end)
            names = {b"CMT1", b"CMT2"}
            return [
                _read_content(file, box) for box in inner_boxes if box.name in names
            ]
    return []
