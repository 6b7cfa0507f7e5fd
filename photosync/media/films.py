"""When a film was taken, by the header of its container.

Read here in a few lines for each container, because the libraries that know these
dates either need a C library, are not kept, or may not be passed on with a program
under our licence.
"""

from __future__ import annotations

import io
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import BinaryIO, Final

from photosync.media import boxes
from photosync.media.blocks import Blocks, read_blocks, read_chunks
from photosync.media.moments import Moment, make_film_moment, parse_stamp
from photosync.media.taken import find_taken_in

_HEAD: Final = 256 * 1024
_MOST_ELEMENTS: Final = 2_000
_XML_DATE: Final = re.compile(rb'<CreationDate value="([^"]{19,32})"')
_LOCAL_CLOCKS: Final = re.compile(rb"GoPro|FLIR|Insta360|Arashi Vision", re.IGNORECASE)
# Where Nikon, Fujifilm, Panasonic, Leica, Olympus and Pentax keep, among much else, what
# the clock of the camera showed.
_CLOCK_BOXES: Final = frozenset(
    {b"NCDT", b"MVTG", b"PANA", b"LEIC", b"OLYM", b"PENT", b"TAGS"}
)
_CLOCK: Final = re.compile(rb"\d{4}:\d\d:\d\d \d\d:\d\d:\d\d")
_FURTHEST_ZONE: Final = timedelta(hours=15)
_GOPRO_BOXES: Final = frozenset({b"FIRM", b"CAME", b"GPMF"})

_Notes = Sequence[tuple[bytes, bytes]]
"""What makers write beside the header, by the names of the boxes."""

_AVCHD_MONTH = 0x18
_AVCHD_TIME = 0x19
_SEGMENT = 0x18538067
_INFO = 0x1549A966
_DATE = 0x4461
_MATROSKA_EPOCH: Final = datetime(2001, 1, 1, tzinfo=UTC)

_ASF_PROPERTIES: Final = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_ASF_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)

_MONTHS: Final = "JanFebMarAprMayJunJulAugSepOctNovDec"
# Mon Mar 10 15:04:43 2003
_AVI_DATE: Final = re.compile(
    r"\w{3} (\w{3}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})", re.ASCII
)


def read_film(file: BinaryIO, family: str) -> Moment | None:
    """Return when a film was taken, None if its container tells nothing.

    Reads the header only, or the first 256 kB. Raises ValueError or OverflowError for
    what is beyond the calendar.
    """
    read = _READERS.get(family)
    return read(file) if read else None


# -- MP4 and MOV
# -----------------------------------------------------------------------


def _read_mp4(file: BinaryIO) -> Moment | None:
    size = file.seek(0, os.SEEK_END)
    for find in (_find_apple_moment, _find_own_moment, _find_xml_moment):
        found = find(file, size)
        if found:
            return found
    when = boxes.read_header_time(file, size)
    notes = list(boxes.read_user_data(file, size))
    clock = _find_clock_moment(notes, when)
    if clock or not when:
        return clock
    # By the standard the header is in UTC. These makers write what their clock shows.
    return make_film_moment(when, is_local=_has_local_clock(notes))


def _find_apple_moment(file: BinaryIO, size: int) -> Moment | None:
    for text in boxes.read_zoned_times(file, size):
        found = parse_stamp(text, "video")
        if found and found.offset is not None and len(text) > 19:
            return found
    return None


def _find_own_moment(file: BinaryIO, size: int) -> Moment | None:
    """Return what a camera says beside the header: EXIF of Canon, XMP."""
    own = Blocks()
    for block in boxes.read_canon_exif(file, size):
        own.add("exif", block)
    for kind, data in boxes.read_uuids(file, size):
        own.add(kind, data)
    for thumbnail in boxes.read_thumbnails(file, size):
        blocks = read_blocks(io.BytesIO(thumbnail))
        own.add_tags(blocks.tags)
    found = find_taken_in(own, is_film=True)
    if not found:
        return None
    return Moment(found.text, found.offset, "video", found.micros)


def _find_xml_moment(file: BinaryIO, size: int) -> Moment | None:
    """Return the moment with its zone that Sony's cameras write beside the header."""
    for data in boxes.read_camera_notes(file, size):
        found = _XML_DATE.search(data)
        if found:
            return parse_stamp(found[1].decode("ascii", "replace"), "video")
    return None


def _find_clock_moment(notes: _Notes, header: datetime | None) -> Moment | None:
    """Return what the clock of the camera showed, where that is the time of the header
    in some zone.
    """
    for name, data in notes:
        if name not in _CLOCK_BOXES:
            continue
        # Of start and end of the film the start comes first.
        for text in sorted(_CLOCK.findall(data)):
            found = parse_stamp(text.decode(), "video")
            if found and _is_in_some_zone(found, header):
                return found
    return None


def _is_in_some_zone(found: Moment, header: datetime | None) -> bool:
    if header is None:
        return True
    shown = datetime.fromisoformat(found.text).replace(tzinfo=UTC)
    return abs(shown - header) <= _FURTHEST_ZONE


def _has_local_clock(notes: _Notes) -> bool:
    """Whether the maker of a camera writes its clock where UTC belongs."""
    of_gopro = any(name in _GOPRO_BOXES for name, _ in notes)
    return of_gopro or any(_LOCAL_CLOCKS.search(data) for _, data in notes)


# -- Matroska and WebM
# -----------------------------------------------------------------


def _read_matroska(file: BinaryIO) -> Moment | None:
    size = file.seek(0, os.SEEK_END)
    for name, start, end in _read_elements(file, 0, size):
        if name != _SEGMENT:
            continue
        for inner, inner_start, inner_end in _read_elements(file, start, end):
            if inner == _INFO:
                return _read_matroska_date(file, inner_start, inner_end)
    return None


def _read_matroska_date(file: BinaryIO, start: int, end: int) -> Moment | None:
    for name, place, _ in _read_elements(file, start, end):
        if name == _DATE:
            file.seek(place)
            nanoseconds = int.from_bytes(file.read(8), "big", signed=True)
            when = _MATROSKA_EPOCH + timedelta(microseconds=nanoseconds // 1000)
            return make_film_moment(when, is_local=False)
    return None


def _read_elements(
    file: BinaryIO, start: int, end: int
) -> Iterator[tuple[int, int, int]]:
    """Yield name, start and end of the elements between two places."""
    for _ in range(_MOST_ELEMENTS):
        if start >= end:
            return
        file.seek(start)
        name = _read_variable(file, keeps_mark=True)
        length = _read_variable(file, keeps_mark=False)
        if name < 0 or length < 0:
            return
        place = file.tell()
        stop = min(place + length, end)
        yield name, place, stop
        start = stop


def _read_variable(file: BinaryIO, *, keeps_mark: bool) -> int:
    """Return a number whose first bits tell how long it is; -1 at the end.

    The first bit that is set is a mark: as many bytes follow as bits stand before it.
    """
    first = file.read(1)
    if not first or not first[0]:
        return -1
    width = 9 - first[0].bit_length()
    rest = file.read(width - 1)
    number = int.from_bytes(first + rest, "big")
    if keeps_mark:
        return number
    # Each byte gives one bit to the mark and to the noughts before it.
    own_bits = (1 << 7 * width) - 1
    return number & own_bits


# -- AVI, Windows Media, AVCHD
# ---------------------------------------------------------


def _read_avi(file: BinaryIO) -> Moment | None:
    created = None
    for name, place, size in _read_avi_chunks(file):
        if name not in {b"IDIT", b"ICRD"}:
            continue
        file.seek(place)
        text = file.read(min(size, 64)).decode("ascii", "replace")
        found = parse_stamp(_respell_avi(text), "video")
        if name == b"IDIT" and found:
            return found
        created = created or found
    return created


def _read_avi_chunks(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    end = file.seek(0, os.SEEK_END)
    for name, place, size in read_chunks(file, 12, end):
        file.seek(place)
        if name != b"LIST":
            yield name, place, size
        elif file.read(4) in {b"hdrl", b"INFO"}:
            yield from read_chunks(file, place + 4, place + size)


def _respell_avi(text: str) -> str:
    found = _AVI_DATE.match(text.strip())
    if not found:
        return text
    month = _MONTHS.find(found[1].title()) // 3 + 1
    day = int(found[2])
    return f"{found[4]}-{month:02}-{day:02} {found[3]}"


def _read_asf(file: BinaryIO) -> Moment | None:
    file.seek(0)
    head = file.read(_HEAD)
    place = head.find(_ASF_PROPERTIES)
    if place < 0:
        return None
    # Behind the name of the object its size, the file's name and the file's size.
    ticks = int.from_bytes(head[place + 48 : place + 56], "little")
    when = _ASF_EPOCH + timedelta(microseconds=ticks // 10)
    return make_film_moment(when, is_local=False)


def _read_avchd(file: BinaryIO) -> Moment | None:
    """Return what an AVCHD camera writes into its pictures, in a message `MDPM`."""
    file.seek(0)
    head = file.read(_HEAD)
    for stream in _join_packets(head):
        # A three stands where the stream would look like the start of a picture.
        message = stream.replace(b"\0\0\3", b"\0\0")
        place = message.find(b"MDPM")
        if place >= 0:
            return _parse_avchd(message[place + 5 : place + 5 + 64])
    return None


def _join_packets(head: bytes) -> Iterator[bytes]:
    """Yield the streams that the packets of a file hold."""
    # Cameras write the time in four bytes before each packet, which begins with a G.
    size = 192 if head[4:5] == b"G" else 188
    streams: defaultdict[int, bytearray] = defaultdict(bytearray)
    for start in range(size - 188, len(head) - 187, size):
        packet = head[start : start + 188]
        number = int.from_bytes(packet[1:3], "big") & 0x1FFF
        payload = 4
        if packet[3] & 0x20:
            # What else stands before the stream says how long it is.
            payload += 1 + packet[4]
        streams[number] += packet[payload:]
    for stream in streams.values():
        yield bytes(stream)


def _parse_avchd(data: bytes) -> Moment | None:
    entries: dict[int, bytes] = {}
    for start in range(0, len(data) - 4, 5):
        number = data[start]
        entries[number] = data[start + 1 : start + 5]
    # Each digit is half a byte: the zone, 2024, 01; and 31, 23, 59, 58.
    first = entries.get(_AVCHD_MONTH, b"").hex()
    second = entries.get(_AVCHD_TIME, b"").hex()
    if len(first) != 8 or len(second) != 8:
        return None
    date = f"{first[2:6]}-{first[6:]}-{second[:2]}"
    clock = f"{second[2:4]}:{second[4:6]}:{second[6:]}"
    zone = _format_avchd_zone(int(first[:2], 16))
    return parse_stamp(f"{date} {clock}{zone}", "video")


def _format_avchd_zone(zone: int) -> str:
    """Return a zone as `+02:00`: it is told in half hours, with a bit for west."""
    sign = "-" if zone & 0x20 else "+"
    hours = zone >> 1 & 15
    minutes = 30 * (zone & 1)
    return f"{sign}{hours:02}:{minutes:02}"


_READERS: Final[dict[str, Callable[[BinaryIO], Moment | None]]] = {
    "MP4": _read_mp4,
    "Matroska": _read_matroska,
    "AVI": _read_avi,
    "ASF": _read_asf,
    "MPEG": _read_avchd,
}
