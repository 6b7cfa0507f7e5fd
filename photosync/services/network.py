"""Whether the services can be reached: what all services of a run share."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sized
from contextlib import contextmanager
from threading import Lock
from typing import NamedTuple

from photosync.errors import PutOff
from photosync.model import OnWait, ignore_wait

PATIENCE = 300.0
"""Seconds without an answer of anybody after which a run is not continued."""

LEAST_ANSWER_SECONDS = 20.0
"""Seconds that an answer may take even when the time of the run is over."""

LONE_PATIENCE = 30.0
"""Seconds that one service may keep the others waiting: gone, or with a wait of its own."""


class _Loss(NamedTuple):
    """When a service was not reached any more, by the clock of the network, and how many
    answers all services had given by then.
    """

    at: float
    answers: int


class Network:
    """Counts answers, and for how long there was none.

    A laptop wakes up, a router is started again: all services are gone at once, and one
    patience is enough for all of them. Where others are answered it is not the network
    that is gone: that service alone is given up soon. `patience` is in seconds of
    `clock`, which does not count those that the machine sleeps; with 0 nobody is waited
    for. `on_wait` is told of each wait, and none goes on after `until`, by the same
    clock. Any thread may use it.
    """

    def __init__(
        self,
        patience: float = PATIENCE,
        on_wait: OnWait = ignore_wait,
        clock: Callable[[], float] = time.monotonic,
        until: float = math.inf,
    ) -> None:
        self.on_wait = on_wait
        self.until = until
        self.clock = clock
        self._patience = patience
        self._lock = Lock()
        self._lost_at: float | None = None
        self._answers = 0
        self._known: set[str] = set()
        self._losses: dict[str, _Loss] = {}
        self._rests: dict[str, tuple[float, str]] = {}
        self._put_off: dict[str, PutOff] = {}
        self._asks_around = False

    def begin_asking_around(self, services: Sized) -> None:
        """Wait for none of these that was never reached, and long for none: the others
        are asked first, and whether they answer tells how long it is worth waiting for.
        """
        # One alone keeps nobody waiting, and would have to be read from the start again.
        self._asks_around = len(services) > 1

    @contextmanager
    def asking_around(self, services: Sized) -> Iterator[None]:
        """Ask around, where that has not begun, and end it once all were asked."""
        self.begin_asking_around(services)
        try:
            yield
        finally:
            self._asks_around = False
            # Who is asked once more is waited for from then on.
            self._losses.clear()
            self._put_off.clear()

    def note_answer(self, service: str) -> None:
        """Note that a service answered, whatever it said."""
        with self._lock:
            self._answers += 1
            self._lost_at = None
            self._known.add(service)
            self._losses.pop(service, None)

    def note_loss(self, service: str) -> None:
        """Note that a service could not be reached."""
        with self._lock:
            now = self.clock()
            if self._lost_at is None:
                self._lost_at = now
            self._losses.setdefault(service, _Loss(now, self._answers))

    def note_rest(self, service: str, seconds: float, reason: str) -> None:
        """Note that a service asked for no more calls for so many seconds."""
        with self._lock:
            rest = (self.clock() + seconds, reason)
            self._rests[service] = max(self._rests.get(service, rest), rest)

    def find_rest(self, service: str) -> tuple[float, str]:
        """Return the seconds until a service takes calls again, 0 or less if it does,
        and why it takes none.
        """
        until, reason = self._rests.get(service, (-math.inf, ""))
        return until - self.clock(), reason

    def let_others_first(self, service: str, reason: str) -> None:
        """Raise PutOff where others are to be asked before a service is waited for."""
        if self._asks_around:
            self._put_off[service] = PutOff(reason)
            raise self._put_off[service]

    def find_put_off(self, service: str) -> PutOff | None:
        """Return why others are asked before a service, None where it was not so."""
        return self._put_off.get(service)

    def bound_timeout(self, timeout: tuple[float, float]) -> tuple[float, float]:
        """Return the seconds to connect and to wait for an answer, of a call that begins
        now: not beyond the time of the run, but a while, as what runs may end; and no
        longer than others may be kept waiting, where they are asked first.
        """
        connect, answer = timeout
        if self._asks_around:
            answer = min(answer, LONE_PATIENCE)
        left = self.until - self.clock()
        return connect, min(answer, max(left, LEAST_ANSWER_SECONDS))

    def outlasts_run(self, seconds: float) -> bool:
        """Whether a wait of so many seconds ends after the time of the run."""
        return self.clock() + seconds >= self.until

    def is_put_off(self, service: str) -> bool:
        """Whether others are to be asked before a service is waited for."""
        return self._asks_around and service not in self._known

    def is_given_up(self, service: str) -> bool:
        """Whether a service that is mute was waited for long enough: others answered in
        this run, and it never did, though it was asked before they were read.
        """
        is_alone = bool(self._known) and service not in self._known
        return is_alone and not self._asks_around

    def is_alone(self, service: str) -> bool:
        """Whether a service was lost, and others were answered since; or all the time, as
        that one was never reached.
        """
        loss = self._losses.get(service)
        if loss is None:
            return False
        if service not in self._known:
            return bool(self._known)
        return loss.answers != self._answers

    def find_patience(self, service: str) -> float:
        """Return for how many seconds a service is waited for that is not reached."""
        alone = self.is_alone(service)
        return min(self._patience, LONE_PATIENCE) if alone else self._patience

    def lost_for(self, service: str) -> float:
        """Return the seconds since a service, or with it all of them, could not be
        reached; 0 where that is not so.
        """
        loss = self._losses.get(service)
        if loss is None:
            return 0.0
        lost_at = loss.at if self.is_alone(service) else self._lost_at
        return 0.0 if lost_at is None else self.clock() - lost_at
