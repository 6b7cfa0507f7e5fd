"""When a photo or video was taken, from the best source that tells it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, BinaryIO, Final, Literal

from photosync.disk.reading import open_ordinary
from photosync.media.boxes import read_apple_time, read_header_time
from photosync.media.content import recognise_format
from photosync.media.exif import read_exif
from photosync.media.kinds import Kind

Source = Literal["exif", "video", "name", "file"]

_HEAD: Final = 512
_FORM: Final = "%Y-%m-%d %H:%M:%S"
_FIRST_PHOTO: Final = 1826
_FIRST_DIGITAL_VIDEO: Final = 1990
_PHOTO_MAGIC: Final = re.compile(
    rb"\xff\xd8\xff|\x89PNG|RIFF....WEBP|II|MM|FUJIFILM|....ftyp(?:crx |avi[fs]|he|m[is]f1)",
    re.DOTALL,
)
_VIDEO_MAGIC: Final = re.compile(
    rb"....(?:ftyp|moov|mdat|wide|free|skip|pnot)", re.DOTALL
)

# The tag of the time, with those of its offset and its fraction.
_EXIF_TIMES: Final = (
    ("EXIF DateTimeOriginal", "OffsetTimeOriginal", "SubSecTimeOriginal"),
    ("Image DateTimeOriginal", "OffsetTimeOriginal", "SubSecTimeOriginal"),
    ("EXIF DateTimeDigitized", "OffsetTimeDigitized", "SubSecTimeDigitized"),
    ("Image DateTimeDigitized", "OffsetTimeDigitized", "SubSecTimeDigitized"),
    ("Image DateTime", "OffsetTime", "SubSecTime"),
)
_EXIF_TIME: Final = re.compile(
    r"(\d{4})[:/.-](\d\d)[:/.-](\d\d)[ T](\d\d):(\d\d):(\d\d)"
)
_OFFSET: Final = re.compile(r"([+-])(\d\d):?(\d\d)")
# Compiled by its first use: most runs look into no file.
_NAME_DATE: Final = (
    r"(?<!\d)(?P<Y>(?:19|20)\d\d)(?P<sep>[-_.]?)(?P<m>\d\d)(?P=sep)(?P<d>\d\d)"
    r"(?:(?:[-_ T]|[ _]at[ _])?(?P<H>\d\d|\d(?=[.:]))(?P<s>[-_.:h]?)(?P<M>\d\d)(?P=s)(?P<S>\d\d)"
    r"(?:[-_.]?(?P<ms>\d{3}))?(?:\s?(?P<half>[AP]M))?(?!\d))?(?!\d)"
)
_UTC_NAME: Final = re.compile(r"PXL_", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was taken.

    `text` is `YYYY-MM-DD HH:MM:SS` by the clock of the camera; `offset` the minutes by
    which that clock was ahead of UTC, None where nobody knows; `source` who says so:
    EXIF, the header of a video, the file's name or its modification time. `micros` are
    the microseconds beyond.
    """

    text: str
    offset: int | None
    source: Source
    micros: int = 0

    @property
    def day(self) -> str:
        """`YYYY-MM-DD` by the clock of the camera."""
        return self.text[:10]

    @property
    def order(self) -> tuple[str, int]:
        """What the photos of an album are put in order by."""
        return self.text, self.micros


def find_moment(path: str, modified_ns: int, name: str = "") -> Moment:
    """Return when a photo or video was taken: by EXIF, video header, name or
    modification time.

    `name` is read for a date in place of the last part of `path`. A date that no
    calendar has, or that lies before photography or in the future, is passed over.
    Never raises, whatever the file holds, and reads only its headers.
    """
    from_file = _read_name(name or os.path.basename(path), modified_ns)  # noqa: PTH119
    return _read_content(path) or from_file or _read_clock(modified_ns)


def find_taken(path: str, modified_ns: int) -> str:
    """Return when a photo was taken, as `YYYY-MM-DD HH:MM:SS` in the camera's time."""
    return find_moment(path, modified_ns).text


def format_local_time(modified_ns: int) -> str:
    """Return a moment as `YYYY-MM-DD HH:MM:SS` by the clock on the wall here."""
    return _read_clock(modified_ns).text


def _read_clock(modified_ns: int) -> Moment:
    seconds, rest = divmod(modified_ns, 10**9)
    try:
        here = datetime.fromtimestamp(seconds, tz=UTC).astimezone()
    except (OverflowError, ValueError, OSError):
        # A file system may keep times that no calendar has.
        return Moment("1970-01-01 00:00:00", None, "file")
    return _make_moment(here, "file", rest // 1000)


def _make_moment(when: datetime, source: Source, micros: int = 0) -> Moment:
    """Return a moment whose zone is known, by its own clock."""
    offset = when.utcoffset() or timedelta()
    minutes = offset // timedelta(minutes=1)
    return Moment(_format(when), minutes, source, micros)


def _format(when: datetime) -> str:
    return f"{when.year:04}-{when:%m-%d %H:%M:%S}"


def _parse(*parts: str, first: int = _FIRST_PHOTO) -> datetime | None:
    """Return year to second as a date, None if it cannot be that of a photo."""
    try:
        numbers = [int(part) for part in parts]
        when = datetime(*numbers)  # type: ignore[arg-type]  # noqa: DTZ001 - the camera's
    except ValueError:
        return None
    # A camera abroad may be up to a day ahead of the clock here; more is a wrong clock.
    tomorrow = datetime.now() + timedelta(days=1)  # noqa: DTZ005 - by the same kind of clock
    if when.year < first or when > tomorrow:
        return None
    return when


def _parse_offset(text: str) -> int | None:
    found = _OFFSET.match(text)
    if not found:
        return None
    sign = found[1]
    hours = int(found[2])
    minutes = int(found[3])
    # No place on earth is further from UTC.
    if hours > 15 or minutes > 59:
        return None
    offset = 60 * hours + minutes
    return -offset if sign == "-" else offset


def _read_content(path: str) -> Moment | None:
    try:
        with open_ordinary(path) as file:
            head = file.read(_HEAD)
            file.seek(0)
            if _PHOTO_MAGIC.match(head) or _is_picture(head):
                tags = read_exif(file)
                return _read_exif(tags)
            if _VIDEO_MAGIC.match(head):
                return _read_video(file)
            return None
    except (OSError, ValueError):
        return None


def _is_picture(head: bytes) -> bool:
    # One brand among those behind the first tells a HEIF from a film.
    found = recognise_format(head)
    return found is not None and found.kind is Kind.PHOTO


def _read_exif(tags: Mapping[str, Any]) -> Moment | None:
    for time, offset, fraction in _EXIF_TIMES:
        text = str(tags.get(time, ""))
        when = _parse_exif_time(text)
        # A camera without a clock writes 0000:00:00; the next tag may know better.
        if not when:
            continue
        zone = _read_tag(tags, offset)
        digits = _read_tag(tags, fraction)
        return Moment(
            _format(when),
            _parse_offset(zone),
            "exif",
            _parse_fraction(digits),
        )
    return None


def _parse_exif_time(text: str) -> datetime | None:
    found = _EXIF_TIME.match(text)
    if not found:
        return None
    return _parse(*found.groups())


def _read_tag(tags: Mapping[str, Any], name: str) -> str:
    """Return the text of a tag, in whichever of the two blocks it stands."""
    main = tags.get(f"Image {name}", "")
    value = tags.get(f"EXIF {name}", main)
    return str(value)


def _parse_fraction(text: str) -> int:
    """Return the digits after the seconds as microseconds."""
    found = re.match(r"\d{1,6}", text)
    if not found:
        return 0
    # 5 are five tenths of a second.
    digits = found[0].ljust(6, "0")
    return int(digits)


def _read_video(file: BinaryIO) -> Moment | None:
    size = file.seek(0, os.SEEK_END)
    sources: tuple[Callable[[BinaryIO, int], datetime | None], ...] = (
        _read_apple_time,
        _read_local_header_time,
    )
    for read in sources:
        try:
            when = read(file, size)
        except (OverflowError, ValueError):
            continue
        # Cameras without a clock write the first second of 1904, or of 1970.
        if when and _parse(*_split(when), first=_FIRST_DIGITAL_VIDEO):
            return _make_moment(when, "video")
    return None


def _read_local_header_time(file: BinaryIO, size: int) -> datetime | None:
    """Return the moment in the header, which is in UTC, by the clock here."""
    when = read_header_time(file, size)
    return when.astimezone() if when else None


def _read_apple_time(file: BinaryIO, size: int) -> datetime | None:
    text = read_apple_time(file, size)
    when = _parse_exif_time(text)
    offset = _parse_offset(text[19:])
    if not when or offset is None:
        return None
    zone = timezone(timedelta(minutes=offset))
    return when.replace(tzinfo=zone)


def _split(when: datetime) -> Iterator[str]:
    return (str(part) for part in when.timetuple()[:6])


def _read_name(name: str, modified_ns: int) -> Moment | None:
    for found in re.finditer(_NAME_DATE, name, re.IGNORECASE):
        year, month, day = found["Y"], found["m"], found["d"]
        when = None
        if found["H"]:
            hour, minute, second = _read_time_of_day(found)
            when = _parse(year, month, day, hour, minute, second)
        if when:
            millis = int(found["ms"] or 0)
            return _make_named_moment(name, when, 1000 * millis)
        midnight = _parse(year, month, day)
        if midnight:
            return _add_time_of_day(_format(midnight), modified_ns)
    return None


def _make_named_moment(name: str, when: datetime, micros: int) -> Moment:
    if not _UTC_NAME.match(name):
        return Moment(_format(when), None, "name", micros)
    # The one camera that names its files by UTC.
    in_utc = when.replace(tzinfo=UTC)
    return _make_moment(in_utc.astimezone(), "name", micros)


def _read_time_of_day(found: re.Match[str]) -> tuple[str, str, str]:
    hour = int(found["H"])
    half = (found["half"] or "").upper()
    if half and 1 <= hour <= 12:
        # 12 AM is midnight, 12 PM is noon.
        hour %= 12
        if half == "PM":
            hour += 12
    return str(hour), found["M"], found["S"]


def _add_time_of_day(midnight: str, modified_ns: int) -> Moment:
    """Return the moment of a name that tells the day alone.

    Its hour is that of the file, if the file is of that day.
    """
    file = _read_clock(modified_ns)
    if file.day == midnight[:10]:
        return Moment(file.text, file.offset, "name", file.micros)
    return Moment(midnight, None, "name")
