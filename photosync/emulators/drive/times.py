"""Times as the Drive API writes them: RFC 3339, UTC, milliseconds."""

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_FULL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_LOOSE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?)?")


def write(milliseconds: int) -> str:
    moment = _EPOCH + milliseconds * _MILLISECOND
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{milliseconds % 1000:03d}Z"


def read(text: str) -> int:
    """Give the milliseconds of a complete RFC 3339 time; raise ValueError for
    others.
    """
    if not _FULL.fullmatch(text):
        raise ValueError(text)
    return _milliseconds(text)


def read_loosely(text: str) -> int:
    """Like `read`, but the time and the zone (UTC) may be missing, as in search
    terms.
    """
    if not _LOOSE.fullmatch(text):
        raise ValueError(text)
    return _milliseconds(text)


def _milliseconds(text: str) -> int:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // _MILLISECOND
