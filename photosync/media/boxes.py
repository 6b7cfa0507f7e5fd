"""The boxes of MP4, MOV, CR3, HEIF, AVIF and JPEG 2000 files: when a video was made, and
where the EXIF and XMP of a picture lie.

Read here in a few lines because the libraries that know these dates either need a C
library, are not kept, or are ten times the size of this program.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
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
_UUIDS = {
    bytes.fromhex("be7acfcb97a942e89c71999491e3afac"): "xmp",
    b"JpgTiffExif->JP2": "exif",
}
_OUTERMOST = {b"Exif": "exif", b"xml ": "xmp"}
_MOST_ITEM = 4 * 1024 * 1024


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


def read_zoned_times(file: BinaryIO, size: int) -> Iterator[str]:
    """Yield the moments with a zone that cameras write beside the header: Apple's key,
    and the day of QuickTime.
    """
    for way in _APPLE_WAYS:
        for box in _find_boxes(file, 0, size, *way):
            start = box.start
            data = _read_content(file, box)
            # In MP4 a version stands before the first box inside, in MOV it does not.
            if data.startswith(bytes(4)):
                start += 4
            yield _read_apple_value(file, start, box.end)
    for name, data in read_user_data(file, size):
        if name == b"\xa9day":
            # Its length and its language stand before the text.
            yield data[4:].decode("ascii", "replace")


def read_user_data(file: BinaryIO, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield what makers write beside the header, by the name of its box."""
    for udta in _find_boxes(file, 0, size, b"moov", b"udta"):
        for box in read_boxes(file, udta.start, udta.end):
            yield box.name, _read_content(file, box)


def read_thumbnails(file: BinaryIO, size: int) -> Iterator[bytes]:
    """Yield the JPEG with EXIF that Canon's cameras put beside a film."""
    way = (b"moov", b"udta", b"CNTH", b"CNDA")
    for box in _find_boxes(file, 0, size, *way):
        yield _read_content(file, box)


def read_camera_notes(file: BinaryIO, size: int) -> Iterator[bytes]:
    """Yield the XML that Sony's cameras write beside a film."""
    for meta in _find_boxes(file, 0, size, b"meta"):
        for box in read_boxes(file, meta.start + 4, meta.end):
            if box.name == b"xml ":
                yield _read_content(file, box)


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
    """Return the blocks of a CR3 that hold its EXIF, each as a small TIFF file.

    Canon's films have them as well.
    """
    for box in _find_boxes(file, 0, size, b"moov", b"uuid"):
        file.seek(box.start)
        if file.read(16) != _CANON:
            continue
        inner_boxes = read_boxes(file, box.start + 16, box.end)
        blocks = [inner for inner in inner_boxes if inner.name in _CANON_EXIF]
        return [_read_content(file, block) for block in blocks]
    return []


def read_uuids(file: BinaryIO, size: int) -> Iterator[tuple[str, bytes]]:
    """Yield the `exif` and `xmp` of a JPEG 2000, CR3 or film, in boxes of their own."""
    for box in read_boxes(file, 0, size):
        if box.name != b"uuid":
            continue
        file.seek(box.start)
        uuid = file.read(16)
        kind = _UUIDS.get(uuid, "")
        if kind:
            size_left = box.end - box.start - 16
            yield kind, file.read(min(size_left, _MOST_ITEM))


def read_outermost(file: BinaryIO, size: int) -> Iterator[tuple[str, bytes]]:
    """Yield the `exif` and `xmp` of a JPEG XL, in boxes of its own beside its pixels.

    What was packed by Brotli (`brob`) is passed by.
    """
    for box in read_boxes(file, 0, size):
        kind = _OUTERMOST.get(box.name, "")
        if kind:
            file.seek(box.start)
            data = file.read(min(box.end - box.start, _MOST_ITEM))
            yield kind, _strip_exif_head(kind, data)


# -- the items of HEIF and AVIF
# ------------------------------------------------------


def read_items(file: BinaryIO, size: int) -> Iterator[tuple[str, bytes]]:
    """Yield the `exif` and `xmp` of a HEIF or AVIF file, wherever they lie in it."""
    for meta in _find_boxes(file, 0, size, b"meta"):
        inner = {box.name: box for box in read_boxes(file, meta.start + 4, meta.end)}
        if b"iinf" in inner and b"iloc" in inner:
            yield from _read_items_within(file, inner)


def _read_items_within(
    file: BinaryIO, inner: Mapping[bytes, Box]
) -> Iterator[tuple[str, bytes]]:
    kinds = _read_item_kinds(file, inner[b"iinf"])
    ground = 0
    if b"idat" in inner:
        # The places of some items count from the start of this box.
        ground = inner[b"idat"].start
    places = _read_content(file, inner[b"iloc"])
    for number, extents in _read_item_places(places, ground):
        kind = kinds.get(number)
        if kind:
            data = _read_extents(file, extents)
            yield kind, _strip_exif_head(kind, data)


def read_coding(file: BinaryIO, size: int) -> tuple[int, int] | None:
    """Return the numbers of the primary colours and of the light of a HEIF or AVIF.

    None where no box tells them. The first does: it is that of the picture itself.
    """
    for meta in _find_boxes(file, 0, size, b"meta"):
        way = (b"iprp", b"ipco", b"colr")
        for box in _find_boxes(file, meta.start + 4, meta.end, *way):
            data = _read_content(file, box)
            if data.startswith(b"nclx"):
                return _read_number(data[4:6]), _read_number(data[6:8])
    return None


def _read_item_kinds(file: BinaryIO, iinf: Box) -> dict[int, str]:
    file.seek(iinf.start)
    version = file.read(1)
    # Behind version and flags stands how many there are.
    count_width = 2 if version == b"\0" else 4
    start = iinf.start + 4 + count_width
    kinds: dict[int, str] = {}
    for box in read_boxes(file, start, iinf.end):
        data = _read_content(file, box)
        # A wider number, since version 3.
        width = 4 if data[:1] == b"\3" else 2
        number = _read_number(data[4 : 4 + width])
        name = data[6 + width : 10 + width]
        if name == b"Exif":
            kinds[number] = "exif"
        elif name == b"mime" and b"application/rdf+xml" in data:
            kinds[number] = "xmp"
    return kinds


class _Widths(NamedTuple):
    """How many bytes each number has in a table of places."""

    offset: int
    length: int
    base: int
    extent_index: int

    @classmethod
    def read(cls, reader: io.BytesIO) -> _Widths:
        """Read them from the head of a table, where each has four bits."""
        sizes = _take(reader, 2)
        return cls(
            offset=sizes >> 12,
            length=sizes >> 8 & 15,
            base=sizes >> 4 & 15,
            extent_index=sizes & 15,
        )


def _read_item_places(
    data: bytes, ground: int
) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Yield the number of each item with start and length of its parts."""
    reader = io.BytesIO(data)
    version = _take(reader, 4) >> 24
    widths = _Widths.read(reader)
    if version == 0:
        # There these four bits mean nothing.
        widths = widths._replace(extent_index=0)
    number_width = 4 if version == 2 else 2
    count = _take(reader, number_width)
    for _ in range(min(count, _MOST_BOXES)):
        number = _take(reader, number_width)
        method = 0
        if version > 0:
            method = _take(reader, 2) & 15
        # Which file an item lies in: always this one.
        _take(reader, 2)
        base = _take(reader, widths.base)
        if method == 1:
            base += ground
        yield number, _read_parts(reader, widths, base)


def _read_parts(
    reader: io.BytesIO, widths: _Widths, base: int
) -> list[tuple[int, int]]:
    """Return start and length of each part of an item, which begin behind `base`."""
    extents: list[tuple[int, int]] = []
    count = _take(reader, 2)
    for _ in range(min(count, _MOST_BOXES)):
        _take(reader, widths.extent_index)
        offset = _take(reader, widths.offset)
        length = _take(reader, widths.length)
        extents.append((base + offset, length))
    return extents


def _take(reader: io.BytesIO, size: int) -> int:
    return _read_number(reader.read(size))


def _read_extents(file: BinaryIO, extents: list[tuple[int, int]]) -> bytes:
    parts: list[bytes] = []
    for start, length in extents:
        file.seek(start)
        parts.append(file.read(min(length, _MOST_ITEM)))
    return b"".join(parts)


def _strip_exif_head(kind: str, data: bytes) -> bytes:
    if kind != "exif":
        return data
    # How far behind its own four bytes the EXIF begins; many cameras say 0.
    gap = _read_number(data[:4])
    return data[4 + gap :]
