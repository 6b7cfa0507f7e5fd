"""The date that the name of a photo or video tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from photosync.media.moments import (
    Moment,
    format_moment,
    make_moment,
    parse_parts,
    read_clock,
)
from photosync.naming import name_key

# How people say "at": macOS names its screenshots in the language of its owner.
_AT: Final = (
    r"at|um|à|às|a las|a la\(s\)|om|kl|klo|kello|alle|le ore|o|v|в|στις|saat|pukul"
)
_TIME: Final = (
    r"(?P<H>\d\d|\d(?=[.:]))(?P<s>[-_.:h]?)(?P<M>\d\d)(?P=s)(?P<S>\d\d)"
    r"(?:[-_.]?(?P<ms>\d{3}))?(?:\s?(?P<half>[AP]M))?(?!\d)"
)
# Compiled by their first use: most runs look into no file.
_NAME_DATE: Final = (
    r"(?<!\d)(?P<Y>(?:19|20)\d\d)(?P<sep>[-_.]?)(?P<m>\d\d)(?P=sep)(?P<d>\d\d)"
    rf"(?:(?:[-_ T]|,?[ _](?:(?:{_AT})\.?[ _])+)?{_TIME})?(?!\d)"
)
# Dashboard cameras write 2020_0202_020202.
_DASHCAM_DATE: Final = (
    rf"(?<!\d)(?P<Y>20\d\d)(?P<sep>[-_])(?P<m>\d\d)(?P<d>\d\d)(?P=sep){_TIME}"
)
# Telegram writes photo_1@31-01-2024_12-34-56.
_TELEGRAM_DATE: Final = (
    rf"@(?P<d>\d\d)(?P<sep>-)(?P<m>\d\d)-(?P<Y>(?:19|20)\d\d)_{_TIME}"
)
# Facebook, WeChat and others name what they save by the milliseconds since 1970.
_MILLIS: Final = r"(?:FB_IMG_|FB_VID_|mmexport|wx_camera_)(?P<millis>1\d{12})(?!\d)"
_UTC_NAME: Final = re.compile(r"PXL_", re.IGNORECASE)


def read_name(name: str, modified_ns: int) -> Moment | None:
    """Return the moment that a name tells, None if it tells none.

    The hour of a name with a day alone is that of the file, if it is of that day.
    """
    # Old disks of a Mac take the accent off the "à".
    name = name_key(name)
    millis = re.search(_MILLIS, name, re.IGNORECASE)
    if millis:
        saved = datetime.fromtimestamp(int(millis["millis"]) / 1000, tz=UTC)
        return make_moment(saved.astimezone(), "name", saved.microsecond)
    for found in _find_dates(name):
        year = found["Y"]
        month = found["m"]
        day = found["d"]
        when = _parse_time(found)
        if when:
            digits = int(found["ms"] or 0)
            return _make_named_moment(name, when, 1000 * digits)
        midnight = parse_parts(year, month, day)
        if midnight:
            return _add_time_of_day(format_moment(midnight), modified_ns)
    return None


def _find_dates(name: str) -> Iterator[re.Match[str]]:
    for pattern in (_NAME_DATE, _DASHCAM_DATE, _TELEGRAM_DATE):
        yield from re.finditer(pattern, name, re.IGNORECASE)


def _parse_time(found: re.Match[str]) -> datetime | None:
    if not found["H"]:
        return None
    hour, minute, second = _read_time_of_day(found)
    return parse_parts(found["Y"], found["m"], found["d"], hour, minute, second)


def _make_named_moment(name: str, when: datetime, micros: int) -> Moment:
    if not _UTC_NAME.match(name):
        return Moment(format_moment(when), None, "name", micros)
    # The one camera that names its files by UTC.
    in_utc = when.replace(tzinfo=UTC)
    return make_moment(in_utc.astimezone(), "name", micros)


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
    file = read_clock(modified_ns)
    if file.day == midnight[:10]:
        return Moment(file.text, file.offset, "name", file.micros)
    return Moment(midnight, None, "name")
