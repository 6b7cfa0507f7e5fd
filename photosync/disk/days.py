"""The folders of a trash, each for a day: what they are called, and how old they are."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

_DAY = re.compile(r"\d{4}-\d\d-\d\d")

_FIRST = date(2001, 1, 1)
"""No day before is believed: a clock that has lost its battery begins in 1970, 1980 or
2000, and what was put into the trash then may have been put there a minute ago.
"""


def name_days() -> Iterator[str]:
    """Yield the folder names for what is put here today: DATE, DATE.2, DATE.3, ..."""
    today = _find_today().isoformat()
    yield today
    for number in itertools.count(2):
        yield f"{today}.{number}"


def find_day(name: str, status: os.stat_result) -> date | None:
    """Return the last day on which something was put into a folder of the trash.

    That is the later one of its name and of its own change: one of the two clocks, that
    of this machine and that of a share, may have been wrong. None for a folder that
    only looks like a day: it is somebody's own.
    """
    if not _DAY.match(name):
        return None
    try:
        named = date.fromisoformat(name[:10])
        changed = datetime.fromtimestamp(status.st_mtime, tz=UTC).date()
    except (ValueError, OverflowError, OSError):
        return None
    return max(named, changed)


def is_believed(day: date) -> bool:
    """Whether a clock that said so may have been right."""
    return day >= _FIRST


def is_past(day: date, days: int) -> bool:
    """Whether a day is more than `days` ago.

    Of one that no right clock has said nobody knows it.
    """
    return is_believed(day) and day < _find_today() - timedelta(days=days)


def _find_today() -> date:
    return datetime.now(tz=UTC).date()
