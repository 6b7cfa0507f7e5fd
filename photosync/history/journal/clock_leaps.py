"""Leaps of the clock, as the times of the remembered runs show them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from photosync.history.storage.database import Database
from photosync.model import TRASH_DAYS

_DAY = 86_400
_LEAP_DAYS = 180
"""From how many days without a run on the clock may have leapt."""

_LAST_BEFORE = "SELECT max(began) FROM runs WHERE began <= ?"
_FIRST_AFTER = "SELECT min(began) FROM runs WHERE began > ? AND began <= ?"


class Leap(NamedTuple):
    """The clock went on by half a year or more between two runs, from `before` to
    `after`, in seconds since 1970.
    """

    before: int
    after: int

    def describe(self) -> str:
        """Return why no trash is emptied, and until when."""
        end = _format_day(self.after + TRASH_DAYS * _DAY)
        return (
            f"not emptied, as the clock went from {_format_day(self.before)} to "
            f"{_format_day(self.after)} between two runs; if it is right, what is old "
            f"goes from {end} on"
        )


def find_leap(database: Database, now: int) -> Leap | None:
    """Return the leap that the clock made in the last month, up to now; None where it
    made none.

    An empty battery of a NAS, or a fault of its firmware, may put the clock ahead by
    years: then all files in the trash would be old at once. That cannot be told from
    half a year without a run, so either counts as a leap for one month. Runs of a clock
    that was set back since do not count. Raises StateUnusable.
    """
    month_ago = now - TRASH_DAYS * _DAY
    ((before,),) = database.read(_LAST_BEFORE, (month_ago,))
    if before is None:
        # There was no run yet that the clock could have leapt from.
        return None
    ((after,),) = database.read(_FIRST_AFTER, (month_ago, now))
    if after is None:
        after = now
    if after - before < _LEAP_DAYS * _DAY:
        return None
    return Leap(before, after)


def _format_day(moment: int) -> str:
    return datetime.fromtimestamp(moment, tz=UTC).astimezone().date().isoformat()
