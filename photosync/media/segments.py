"""The segments before the pixels of a JPEG, in which stands what it says of itself."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, Final

_BARE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers that nothing belongs to."""

_LAST: Final = frozenset({0xD9, 0xDA})
"""The marker of the end, and that of the pixels."""

_MOST_SEGMENTS: Final = 1000
_MOST_JUNK: Final = 64
"""Bytes that a camera may leave between two segments."""


def read_segments(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield the segments of a JPEG, each with its marker; where it is cut off, what
    there is.
    """
    file.seek(2)
    for _ in range(_MOST_SEGMENTS):
        marker = _find_marker(file)
        if marker in _LAST or not marker:
            return
        if marker not in _BARE:
            size = int.from_bytes(file.read(2), "big")
            yield marker, file.read(max(0, size - 2))


def _find_marker(file: BinaryIO) -> int:
    """Return the next marker; 0 where there is none."""
    before = b""
    for _ in range(_MOST_JUNK):
        byte = file.read(1)
        # Any number of 255 may stand before it, and none is 0.
        is_marker = before == b"\xff" and byte not in {b"\xff", b"\0"}
        if is_marker or not byte:
            return int.from_bytes(byte, "big")
        before = byte
    return 0


def read_resources(block: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield what Photoshop keeps in a segment of its own, each with its number.

    Raises struct.error where it is cut off.
    """
    place = block.find(b"8BIM")
    while block[place : place + 4] == b"8BIM":
        number, name_size = struct.unpack_from(">HB", block, place + 4)
        place += _round_up(7 + name_size)
        (size,) = struct.unpack_from(">L", block, place)
        place += 4
        yield number, block[place : place + size]
        place += _round_up(size)


def _round_up(size: int) -> int:
    """Return a size as it is there: each thing begins at an even place."""
    return size + size % 2
