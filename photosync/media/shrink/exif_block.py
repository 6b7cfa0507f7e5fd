"""EXIF taken apart and put together again, each value byte for byte.

A TIFF has no block of EXIF to copy: its tags stand among those of its pixels. And a
block of another format may be longer than a JPEG has room for.
"""

from __future__ import annotations

import io
import struct
from typing import IO, Final, NamedTuple

from photosync.media.shrink.smaller import NoSmallerCopy

MOST_EXIF: Final = 65_527
"""Bytes of EXIF in a JPEG: the length of its block has two bytes, a heading six."""

MAKER_NOTE: Final = 37_500
LAYERS: Final = 37_724

_EXIF: Final = 34_665
_GPS: Final = 34_853
_INTEROPERABILITY: Final = 40_965
_WITHIN: Final = {
    0: frozenset({_EXIF, _GPS}),
    _EXIF: frozenset({_INTEROPERABILITY}),
}
_LONG: Final = 4
# Bytes of one value of each type that EXIF knows.
_WIDTHS: Final = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
}


class Value(NamedTuple):
    """The value of a tag: the number of its type, and its bytes as they are stored."""

    type: int
    data: bytes


class Directory(dict[int, "Value | Directory"]):
    """The tags of one directory; one of them may stand for a further directory."""


def read_directory(file: IO[bytes]) -> tuple[str, Directory]:
    """Return the byte order of a TIFF or a block of EXIF, and its first directory.

    The second one, of a thumbnail, is not read.
    """
    file.seek(0)
    head = file.read(8)
    if b"+" in head[2:4]:
        # A BigTIFF tells later where its directory is.
        head += file.read(8)
    order = ">" if head.startswith(b"MM") else "<"
    return order, _read(file, head, None, 0)


def _read(file: IO[bytes], head: bytes, place: int | None, number: int) -> Directory:
    from PIL.TiffImagePlugin import ImageFileDirectory_v1  # noqa: PLC0415

    loaded = ImageFileDirectory_v1(head)
    file.seek(loaded.next if place is None else place)
    loaded.load(file)
    found = Directory()
    for tag, data in loaded.tagdata.items():
        value = Value(loaded.tagtype[tag], data)
        # Of a type that no camera writes nobody knows how long its values are.
        if value.type not in _WIDTHS:
            continue
        if tag in _WITHIN.get(number, ()):
            is_big = head.startswith(b"MM")
            inner = int.from_bytes(data, "big" if is_big else "little")
            found[tag] = _read(file, head, inner, tag)
        else:
            found[tag] = value
    return found


def encode_directory(order: str, directory: Directory) -> bytes:
    """Return a block of EXIF, without its heading, that holds this directory."""
    mark = b"MM" if order == ">" else b"II"
    head = mark + struct.pack(f"{order}HL", 42, 8)
    return head + _encode(order, directory, len(head))


def _encode(order: str, directory: Directory, place: int) -> bytes:
    """Return a directory as it is to stand at a place of its block: its table, and
    behind it all that is too long for this.
    """
    table = struct.pack(f"{order}H", len(directory))
    behind = place + 2 + 12 * len(directory) + 4
    long_values = b""
    for tag, value in sorted(directory.items()):
        here = behind + len(long_values)
        if isinstance(value, Directory):
            table += struct.pack(f"{order}HHLL", tag, _LONG, 1, here)
            long_values += _encode(order, value, here)
            continue
        size = len(value.data)
        count = size // _WIDTHS[value.type]
        table += struct.pack(f"{order}HHL", tag, value.type, count)
        if size <= 4:
            table += value.data.ljust(4, b"\0")
        else:
            table += struct.pack(f"{order}L", here)
            # Each value begins at an even place.
            long_values += value.data + bytes(size % 2)
    no_next = bytes(4)
    return table + no_next + long_values


def fit_block(block: bytes) -> tuple[bytes, list[str]]:
    """Return a block of EXIF that a JPEG has room for, and what it lost for that."""
    if len(block) <= MOST_EXIF:
        return block, []
    # Without the thumbnail, which nobody misses in a picture that is small itself.
    order, directory = read_directory(io.BytesIO(block))
    return fit_directory(order, directory)


def fit_directory(order: str, directory: Directory) -> tuple[bytes, list[str]]:
    """Return a block of this directory that a JPEG has room for, and what it lost.

    Raises NoSmallerCopy if there is no such.
    """
    lost: list[str] = []
    if directory.pop(LAYERS, None):
        lost.append("layers of Photoshop")
    block = encode_directory(order, directory)
    inner = directory.get(_EXIF)
    # Then what the maker alone can read, which may take all of the room.
    if len(block) > MOST_EXIF and isinstance(inner, Directory):
        if inner.pop(MAKER_NOTE, None):
            lost.append("maker note")
        block = encode_directory(order, directory)
    if len(block) > MOST_EXIF:
        raise NoSmallerCopy("a JPEG has no room for its EXIF data")
    return block, lost
