"""How many files are fetched from Flickr's file hosts at once: what these put up with
is nowhere documented, so it is found out.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition

_TOGETHER_SECONDS = 1.0
"""Fetches that were on their way together are refused together, which counts once."""

_FILES_BETWEEN = 20
"""So many files must arrive before one more is fetched at once."""


class FetchSlots:
    """Slots for fetches at once: `most` at first, half as many after a refusal, and
    one more for every twenty files that arrive then.

    `slots` are those that there are now. Any thread may call it. `clock` gives seconds.
    """

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self.slots = most
        self._taken = 0
        self._arrived = 0
        self._lowered_at = -math.inf
        self._changed = Condition()

    @contextmanager
    def take(self) -> Iterator[None]:
        """Wait for a slot and hold it; a file that arrives lets there be more."""
        with self._changed:
            self._changed.wait_for(lambda: self._taken < self.slots)
            self._taken += 1
        try:
            yield
            self._note_arrival()
        finally:
            with self._changed:
                self._taken -= 1
                self._changed.notify_all()

    def lower(self) -> None:
        """Let there be half as many slots: a host refused a fetch."""
        with self._changed:
            now = self._clock()
            if now >= self._lowered_at + _TOGETHER_SECONDS:
                self.slots = max(1, self.slots // 2)
            self._lowered_at = now
            self._arrived = 0

    def _note_arrival(self) -> None:
        with self._changed:
            self._arrived += 1
            if self._arrived >= _FILES_BETWEEN:
                self._arrived = 0
                self.slots = min(self._most, self.slots + 1)
