"""Counting calls against a limit in a sliding window."""

import threading
from collections import defaultdict, deque

from photosync.emulators.clock import Clock
from photosync.emulators.flickr.errors import TooManyCallsError


class Quota:
    """Times of the recent calls, apart for each user of the limit."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._times: defaultdict[str, deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()

    def count(self, user: str, limit: int | None, window: float) -> None:
        """Note a call; raise TooManyCallsError for one beyond `limit` in `window`
        seconds.
        """
        if limit is None:
            return
        now = self._clock.now()
        with self._lock:
            times = self._times[user]
            while times and times[0] <= now - window:
                times.popleft()
            if len(times) >= limit:
                raise TooManyCallsError
            times.append(now)

    def used(self, user: str) -> int:
        """Give the calls of the last window that was asked for."""
        with self._lock:
            return len(self._times[user])
