"""Whether the services can be reached: what all services of a run share."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from threading import Lock

from photosync.model import OnWait, ignore_wait

PATIENCE = 300.0
"""Seconds without an answer of anybody after which a run is not continued."""


class Network:
    """Counts answers, and for how long there was none.

    A laptop wakes up, a router is started again: all services are gone at once, and one
    patience is enough for all of them. `patience` is in seconds of `clock`, which does
    not count those that the machine sleeps; with 0 nobody is waited for. `on_wait` is
    told of each wait, and none goes on after `until`, by the same clock. Any thread may
    use it.
    """

    def __init__(
        self,
        patience: float = PATIENCE,
        on_wait: OnWait = ignore_wait,
        clock: Callable[[], float] = time.monotonic,
        until: float = math.inf,
    ) -> None:
        self.patience = patience
        self.on_wait = on_wait
        self.until = until
        self.clock = clock
        self._lock = Lock()
        self._lost_at: float | None = None
        self.answers = 0

    def note_answer(self) -> None:
        """Note that a service answered, whatever it said."""
        with self._lock:
            self.answers += 1
            self._lost_at = None

    def note_loss(self) -> None:
        """Note that a service could not be reached."""
        with self._lock:
            if self._lost_at is None:
                self._lost_at = self.clock()

    def outlasts_run(self, seconds: float) -> bool:
        """Whether a wait of so many seconds ends after the time of the run."""
        return self.clock() + seconds >= self.until

    @property
    def is_lost(self) -> bool:
        """Whether the last that was tried reached nobody."""
        return self._lost_at is not None

    @property
    def lost_for(self) -> float:
        """Seconds since nobody could be reached; 0 where that is not so."""
        lost_at = self._lost_at
        return 0.0 if lost_at is None else self.clock() - lost_at
