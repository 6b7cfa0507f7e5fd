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
_APPLE_WAYS = (
    (b"moov", b"meta"),
    (b"moov", b"udta", b"meta"),
)
_APPLE_DATE = b"com.apple.quicktime.creationdate"
_CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
_CANON_EXIF = frozenset({b"CMT1", b"CMT2"})


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
        size = _read_number(head[:4])
        name = head[4:8]
        content = start + 8
        if size == 1:
            # Of a video above 4 GB the size stands behind the name.
            size = _read_number(head[8:16])
            content = start + 16
        stop = start + size
        if size == 0:
            # A camera that was cut off while filming never knew the size.
            stop = end
        if not content <= stop <= end:
            return
        yield Box(name, content, stop)
        start = stop


def _read_number(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _find_boxes(file: BinaryIO, start: int, end: int, *names: bytes) -> Iterator[Box]:
    """Yield the boxes found by this way of names from the outside to the inside."""
    name, *inner_names = names
    for box in read_boxes(file, start, end):
        if box.name != name:
            continue
        if inner_names:
            yield from _find_boxes(file, box.start, box.end, *inner_names)
        else:
            yield box


def _read_content(file: BinaryIO, box: Box) -> bytes:
    size = box.end - box.start
    file.seek(box.start)
    return file.read(min(size, _MOST_BYTES))


def read_header_time(file: BinaryIO, size: int) -> datetime | None:
    """Return the moment in the header of an MP4 or MOV file; None if there is none.

    Raises OverflowError for one beyond the calendar.
    """
    for box in _find_boxes(file, 0, size, b"moov", b"mvhd"):
        data = _read_content(file, box)
        # The second version of the header has room for dates after 2040.
        length = 8 if data[:1] == b"\1" else 4
        seconds = _read_number(data[4 : 4 + length])
        if seconds == 0:
            return None
        return _EPOCH + timedelta(seconds=seconds)
    return None


def read_apple_time(file: BinaryIO, size: int) -> str:
    """Return the moment with its zone that Apple's cameras write beside the header.

    Empty without it.
    """
    for way in _APPLE_WAYS:
        for box in _find_boxes(file, 0, size, *way):
            start = box.start
            data = _read_content(file, box)
            # In MP4 a version stands before the first box inside, in MOV it does not.
            if data.startswith(bytes(4)):
                start += 4
            text = _read_apple_value(file, start, box.end)
            if text:
                return text
    return ""


def _read_apple_value(file: BinaryIO, start: int, end: int) -> str:
    """Return the value that belongs to the key of the date.

    One list holds the keys, another the values.
    """
    for box in _find_boxes(file, start, end, b"keys"):
        keys = read_boxes(file, box.start + 8, box.end)
        for number, key in enumerate(keys, start=1):
            if _read_content(file, key) != _APPLE_DATE:
                continue
            name = number.to_bytes(4, "big")
            for item in _find_boxes(file, start, end, b"ilst", name, b"data"):
                data = _read_content(file, item)
                # The type and the language of the text stand before it.
                text = data[8:]
                return text.decode("ascii", "replace")
    return ""


def read_canon_exif(file: BinaryIO, size: int) -> list[bytes]:
    """Return the blocks of a CR3 that hold its EXIF, each as a small TIFF file."""
    for box in _find_boxes(file, 0, size, b"moov", b"uuid"):
        file.seek(box.start)
        if file.read(16) != _CANON:
            continue
        inner_boxes = read_boxes(file, box.start + 16, box.end)
        blocks = [inner for inner in inner_boxes if inner.name in _CANON_EXIF]
        return [_read_content(file, block) for block in blocks]
    return []
