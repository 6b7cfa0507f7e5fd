"""Moments: when something was taken, and how files spell it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

Source = Literal["exif", "video", "name", "file"]

FIRST_PHOTO: Final = 1826
FIRST_DIGITAL_VIDEO: Final = 1990

# 2024:01:31 12:34:56, 2024-01-31T12:34, and the day alone; what is behind is the zone.
# Old cameras write 2002: 1: 5  9: 3: 7.
_STAMP: Final = re.compile(
    r"(\d{4})[:/.-]([ \d]?\d)[:/.-]([ \d]?\d)(?!\d)"
    r"(?:[ T]([ \d]?\d):([ \d]?\d)(?::([ \d]?\d)(?:\.(\d{1,6}))?)?)?"
)
_OFFSET: Final = re.compile(r"([+-])(\d\d):?(\d\d)")


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was taken.

    `text` is `YYYY-MM-DD HH:MM:SS` by the clock of the camera; `offset` the minutes by
    which that clock was ahead of UTC, None where nobody knows; `source` who says so:
    what a picture says of itself (EXIF, XMP, IPTC), the header of a video, the file's
    name or its modification time. `micros` are the microseconds beyond.
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


def make_moment(when: datetime, source: Source, micros: int = 0) -> Moment:
    """Return a moment whose zone is known, by its own clock."""
    offset = when.utcoffset() or timedelta()
    minutes = offset // timedelta(minutes=1)
    return Moment(format_moment(when), minutes, source, micros)


def format_moment(when: datetime) -> str:
    """Return a moment as `YYYY-MM-DD HH:MM:SS`, by whatever clock it is of."""
    return f"{when.year:04}-{when:%m-%d %H:%M:%S}"


def read_clock(modified_ns: int) -> Moment:
    """Return a modification time by the clock on the wall here."""
    seconds, rest = divmod(modified_ns, 10**9)
    try:
        here = datetime.fromtimestamp(seconds, tz=UTC).astimezone()
    except (OverflowError, ValueError, OSError):
        # A file system may keep times that no calendar has.
        return Moment("1970-01-01 00:00:00", None, "file")
    return make_moment(here, "file", rest // 1000)


def parse_parts(*parts: str, first: int = FIRST_PHOTO) -> datetime | None:
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


def parse_stamp(
    text: str, source: Source, *, offset: str = "", fraction: str = ""
) -> Moment | None:
    """Return the moment that a text tells, whose offset and fraction may stand apart.

    None for a text without a day, or with one that cannot be.
    """
    found = _STAMP.match(text.strip())
    if not found:
        return None
    year, month, day, hour, minute, second, digits = found.groups()
    when = parse_parts(year, month, day, hour or "0", minute or "0", second or "0")
    if not when:
        return None
    rest = text.strip()[found.end() :]
    zone = parse_offset(rest)
    # A text of its own about the zone says what the clock showed.
    if offset:
        zone = parse_offset(offset)
    micros = parse_fraction(fraction or digits or "")
    return Moment(format_moment(when), zone, source, micros)


def parse_offset(text: str) -> int | None:
    """Return the minutes ahead of UTC of a text as `+02:00`, None if it tells none."""
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


def parse_fraction(text: str) -> int:
    """Return the digits after the seconds as microseconds."""
    found = re.match(r"\d{1,6}", text)
    if not found:
        return 0
    # 5 are five tenths of a second.
    digits = found[0].ljust(6, "0")
    return int(digits)


def make_film_moment(when: datetime, *, is_local: bool) -> Moment | None:
    """Return the moment of a film by the clock here, or by that of its camera.

    `when` is in UTC, or, if `is_local`, what the clock of the camera showed. None for
    what no film can have: cameras without a clock write the first second of 1904, or
    of 1970.
    """
    parts = [str(part) for part in when.timetuple()[:6]]
    if not parse_parts(*parts, first=FIRST_DIGITAL_VIDEO):
        return None
    if is_local:
        return Moment(format_moment(when), None, "video", when.microsecond)
    return make_moment(when.astimezone(), "video", when.microsecond)
