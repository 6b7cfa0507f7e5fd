"""The limit of bytes a second for all transfers together."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from threading import Lock

from photosync.model import Timetable

_PULSE = 0.2
"""The longest sleep in seconds: a signal is heard after it."""


class Bandwidth:
    """A line shared by all transfers: whoever moves bytes waits until they fit.

    Any thread may call it. Bytes are counted one after the other, so that the rate
    holds exactly over any longer time, however many transfers there are.
    """

    def __init__(
        self,
        timetable: Timetable,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        self._timetable = timetable
        self._clock = clock
        self._sleep = sleep
        self._now = now
        self._lock = Lock()
        self._free_at = 0.0

    def spend(self, count: int, check_stop: Callable[[], None]) -> None:
        """Wait until so many bytes fit; `check_stop` raises where the run is to end."""
        rate = self._find_rate()
        if not rate or not count:
            return
        with self._lock:
            # Time in which nothing was sent is not saved up for later.
            begin = max(self._clock(), self._free_at)
            self._free_at = begin + count / rate
            until = self._free_at
        rest = until - self._clock()
        while rest > 0:
            check_stop()
            self._sleep(min(rest, _PULSE))
            rest = until - self._clock()

    def _find_rate(self) -> float:
        """Return the bytes a second at this time of day; 0 means no limit."""
        if not self._timetable:
            return 0.0
        now = self._now()
        minute = 60 * now.hour + now.minute
        begun = [row for row in self._timetable if row[0] <= minute]
        # Before the first row of a day the last one of yesterday still holds.
        _, rate = max(begun or self._timetable)
        return rate
