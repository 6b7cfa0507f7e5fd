"""When a picture was taken, by what it says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from photosync.media.blocks import Blocks
from photosync.media.moments import Moment, parse_stamp
from photosync.media.packets import read_packet, read_records

# The tag of the time, with those of its offset and its fraction.
_EXIF_TIMES: Final = (
    ("EXIF DateTimeOriginal", "OffsetTimeOriginal", "SubSecTimeOriginal"),
    ("Image DateTimeOriginal", "OffsetTimeOriginal", "SubSecTimeOriginal"),
    ("EXIF DateTimeDigitized", "OffsetTimeDigitized", "SubSecTimeDigitized"),
    ("Image DateTimeDigitized", "OffsetTimeDigitized", "SubSecTimeDigitized"),
)
# What programs write whenever they save; the last that counts.
_EXIF_CHANGED: Final = (("Image DateTime", "OffsetTime", "SubSecTime"),)
# In the order in which they count.
_XMP_TIMES: Final = (
    "exif:DateTimeOriginal",
    "photoshop:DateCreated",
    "xmp:CreateDate",
    "exif:DateTimeDigitized",
)
_IPTC_TIMES: Final = (((2, 55), (2, 60)), ((2, 62), (2, 63)))
_PARTIAL: Final = re.compile(r"\s*\d{4}(?:-\d\d)?\s*")
_TEXT_TIMES: Final = ("exif:datetimeoriginal", "date:create", "creation time")


def find_taken_in(found: Blocks, *, is_film: bool = False) -> Moment | None:
    """Return when a picture was taken, None if its blocks tell nothing.

    The capture dates of EXIF, XMP, IPTC and of the texts of a PNG come before the date
    of the last change in EXIF: a scan from 1985 that was edited today is of 1985.
    """
    for moment in _find_moments(found):
        if moment:
            return moment
    return None if is_film else _read_times(found.tags, _EXIF_CHANGED)


def _find_moments(found: Blocks) -> Iterator[Moment | None]:
    yield _read_times(found.tags, _EXIF_TIMES)
    for packet in found.xmp:
        yield _read_xmp(packet)
    for block in found.iptc:
        yield _read_iptc(block)
    texts = {name.lower(): text for name, text in found.texts.items()}
    for name in _TEXT_TIMES:
        yield parse_stamp(texts.get(name, ""), "exif")


def _read_times(
    tags: Mapping[str, Any], times: tuple[tuple[str, str, str], ...]
) -> Moment | None:
    for time, offset, fraction in times:
        # A camera without a clock writes 0000:00:00; the next tag may know better.
        moment = parse_stamp(
            str(tags.get(time, "")),
            "exif",
            offset=_read_tag(tags, offset),
            fraction=_read_tag(tags, fraction),
        )
        if moment:
            return moment
    return None


def _read_tag(tags: Mapping[str, Any], name: str) -> str:
    """Return the text of a tag, in whichever of the two blocks it stands."""
    main = tags.get(f"Image {name}", "")
    value = tags.get(f"EXIF {name}", main)
    return str(value)


def _read_xmp(packet: bytes) -> Moment | None:
    try:
        texts = dict(read_packet(packet, {name: name for name in _XMP_TIMES}))
    except Exception:  # noqa: BLE001 - a packet may hold whatever brings a parser to raise
        return None
    for name in _XMP_TIMES:
        moment = parse_stamp(_complete(texts.get(name, "")), "exif")
        if moment:
            return moment
    return None


def _complete(text: str) -> str:
    """Return the day that a text tells: of an old print people know the year alone, or
    the month, and mean its first day.
    """
    if not _PARTIAL.fullmatch(text):
        return text
    # `1985-01-01`, and of `1985-07` the first ten letters of `1985-07-01-01`.
    return f"{text.strip()}-01-01"[:10]


def _read_iptc(block: bytes) -> Moment | None:
    texts = dict(read_records(block))
    for day, time in _IPTC_TIMES:
        date = _spell_iptc_day(texts.get(day, ""))
        clock = _spell_iptc_time(texts.get(time, ""))
        moment = parse_stamp(f"{date} {clock}", "exif")
        if moment:
            return moment
    return None


def _spell_iptc_day(text: str) -> str:
    """Return `2024-01-31` of `20240131`, and of a month or a year its first day."""
    year, month, day = text[:4], text[4:6], text[6:8]
    # Noughts stand for what is not known.
    return f"{year}-{month}-{day}".replace("-00", "-01")


def _spell_iptc_time(text: str) -> str:
    """Return `12:34:56+0200` of `123456+0200`, midnight of an empty text."""
    digits = text.ljust(6, "0")
    hour, minute, rest = digits[:2], digits[2:4], digits[4:]
    return f"{hour}:{minute}:{rest}"
