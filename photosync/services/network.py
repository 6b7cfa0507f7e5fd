"""Whether the network and the services can be reached; shared by all services of a run."""

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
"""After how many seconds without any answer a run is given up."""

LEAST_ANSWER_SECONDS = 20.0
"""How many seconds an answer may take even when the time of the run is over."""

LONE_PATIENCE = 30.0
"""How many seconds a single service may keep the others waiting."""


class _Loss(NamedTuple):
    """When a service could not be reached any more, by the clock of the network, and how
    many answers all services had given by then.
    """

    at: float
    answers: int


class Network:
    """Counts the answers of all services, and for how long there has been none.

    When a laptop wakes up, or a router restarts, all services are gone at once, and they
    share one patience. Where other services answer, the network is there: then the one
    that does not is given up soon. `patience` is in seconds of `clock`, which stands
    still while the machine sleeps; with 0 there is no waiting. `on_wait` is called for
    each wait, and none goes on after `until`, by the same clock. Any thread may use it.
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
        """From now on, wait for no service that was never reached, and for none of them
        long: the others are asked first, and whether they answer shows how long it is
        worth waiting.
        """
        # A single service keeps no other waiting; put off, it would be read twice.
        self._asks_around = len(services) > 1

    @contextmanager
    def asking_around(self, services: Sized) -> Iterator[None]:
        """Ask around in this block, and wait as usual after it."""
        self.begin_asking_around(services)
        try:
            yield
        finally:
            self._asks_around = False
            # A service that is asked again from now on is waited for.
            self._losses.clear()
            self._put_off.clear()

    def note_answer(self, service: str) -> None:
        """Note that a service answered, even with a refusal."""
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
        """Return in how many seconds a service takes calls again, 0 or less if it does
        now, and why it takes none.
        """
        until, reason = self._rests.get(service, (-math.inf, ""))
        return until - self.clock(), reason

    def let_others_first(self, service: str, reason: str) -> None:
        """Raise PutOff where other services are asked before waiting for this one."""
        if self._asks_around:
            self._put_off[service] = PutOff(reason)
            raise self._put_off[service]

    def find_put_off(self, service: str) -> PutOff | None:
        """Return why a service was put off; None where it was not."""
        return self._put_off.get(service)

    def bound_timeout(self, timeout: tuple[float, float]) -> tuple[float, float]:
        """Return in how many seconds a call that begins now must connect, and answer.

        An answer must come within the time of the run, or soon after it; and while other
        services are asked first, soon.
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
        """Whether other services are asked before waiting for this one."""
        return self._asks_around and service not in self._known

    def is_given_up(self, service: str) -> bool:
        """Whether a service without an answer was waited for long enough: other services
        have answered in this run, and it never has.
        """
        is_alone = bool(self._known) and service not in self._known
        return is_alone and not self._asks_around

    def is_alone(self, service: str) -> bool:
        """Whether only this service cannot be reached: others have answered since, or,
        if it was never reached, at any time.
        """
        loss = self._losses.get(service)
        if loss is None:
            return False
        if service not in self._known:
            return bool(self._known)
        return loss.answers != self._answers

    def find_patience(self, service: str) -> float:
        """Return for how many seconds to wait for a service that cannot be reached."""
        if self.is_alone(service):
            return min(self._patience, LONE_PATIENCE)
        return self._patience

    def lost_for(self, service: str) -> float:
        """Return for how many seconds a service, or all of them with it, could not be
        reached; 0 where it can.
        """
        loss = self._losses.get(service)
        if loss is None:
            return 0.0
        lost_at = self._lost_at
        if self.is_alone(service):
            lost_at = loss.at
        if lost_at is None:
            return 0.0
        return self.clock() - lost_at
