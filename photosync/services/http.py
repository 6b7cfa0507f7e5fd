"""One HTTP call: how long it may take, how often it is tried.

Retrying happens here and nowhere else, one call at a time; each try is made anew, so
that it can be signed anew.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from threading import Event, Lock
from typing import TypeVar

import tenacity

from photosync.errors import (
    Interrupted,
    Mute,
    PageInstead,
    RateLimited,
    ServiceRefused,
    SideError,
    SideStopped,
    TimeOver,
    Transient,
    Unreachable,
)
from photosync.formatting import count_nouns
from photosync.model import Wait
from photosync.services.network import LONE_PATIENCE, Network
from photosync.services.pace import ANSWER_SECONDS
from photosync.services.silence import TELLING_SECONDS
from photosync.services.unreachable import NETWORK_HINT

T = TypeVar("T")

CONNECT_SECONDS = 15
TIMEOUT = (CONNECT_SECONDS, ANSWER_SECONDS)
"""Seconds to connect, or to send a block, and to wait for the next bytes."""

_LONGEST_WAIT = 64.0
_LONGEST_LOST = 15.0
"""The longest wait in seconds between two tries to reach a network that is gone."""

_LONGEST_ASKED = 15 * 60.0
"""How many seconds a service may make us wait for one call, at once or bit by bit; a longer
wait counts as a refusal.
"""

_LIMITED_SECONDS = 125
"""How many seconds a call is repeated in all where a service asks for fewer calls and the
first wait is a second: two of the minutes by which Drive counts, and a little more.
"""

_A_MINUTE = 60.0

_NO_ANSWER = "no answer yet"

_MUTE_ATTEMPTS = 3
"""How often a call is tried that gets no answer."""

_PAGE_ATTEMPTS = 2
"""How often a call is tried that is refused with a web page."""

SENT_ANSWER = 3
"""How many times longer than usual an answer may take after a photo was sent: some of its
bytes are still on a slow line, and the service has work to do. After these three minutes
it is not sent again: the next run finds out whether it arrived.
"""


class RetryPolicy:
    """How often a call is tried, and how long is waited before each further try.

    The waits begin with `first_wait` seconds and double, up to 64 s, plus a random time;
    a Retry-After of the service comes first, for all threads. Where a service asks for
    fewer calls, a call is tried for at least two minutes; where it cannot be reached, as
    long as the network allows. Each wait is reported to `on_wait` of the network with
    the name of the `service`. Any thread may use it.
    """

    def __init__(
        self,
        first_wait: float = 1.0,
        attempts: int = 6,
        *,
        service: str = "",
        network: Network | None = None,
    ) -> None:
        self.first_wait = first_wait
        self._attempts = attempts
        self._service = service
        self.network = network or Network()
        doubling = tenacity.wait_exponential(first_wait, _LONGEST_WAIT)
        # Sixteen threads that were refused together must not come back together.
        self._growing_wait = doubling + tenacity.wait_random(0, first_wait)
        self._cancelled = Event()
        self._telling = Lock()

    def cancel(self) -> None:
        """End every wait at once, and let no other begin: they raise Interrupted."""
        self._cancelled.set()
        # A wait that is being reported right now comes before the last line of the run.
        with self._telling:
            pass

    def sleep(self, seconds: float) -> None:
        """Wait for some seconds; raises Interrupted once the run is to end."""
        if self._cancelled.wait(max(0.0, seconds)):
            raise Interrupted("interrupted")

    def wait(self, seconds: float, reason: str) -> None:
        """Report why, and wait for some seconds; raises Interrupted once the run is to
        end, TimeOver where its time is over before that, and PutOff where other services
        are asked first.
        """
        self._check_wait(seconds, reason)
        now = time.time()
        self._report(Wait(self._service, reason, now, now + seconds))
        self.sleep(seconds)

    def report_silence(self, seconds: float) -> None:
        """Report that no byte comes, and for how many seconds that is still waited for."""
        now = time.time()
        since = now - TELLING_SECONDS
        until = now + seconds
        self._report(Wait(self._service, _NO_ANSWER, since, until, gives_up=True))

    def _report(self, wait: Wait) -> None:
        """Report a wait, unless the run was interrupted: after it said so, it must not
        report a wait that will not happen.
        """
        with self._telling:
            if not self._cancelled.is_set():
                self.network.on_wait(wait)

    def _check_wait(self, seconds: float, reason: str) -> None:
        """Raise PutOff for a wait that would keep other services waiting, and TimeOver
        for one that is longer than the time of the run.
        """
        # Tests do not want to wait: their short first wait makes this patience short, too.
        if seconds > LONE_PATIENCE * self.first_wait:
            self.network.let_others_first(self._service, reason)
        if self.network.outlasts_run(seconds):
            raise TimeOver(f"{reason}, for longer than this run may take")

    def call(
        self,
        attempt: Callable[[], T],
        *,
        retried: type[SideError] = Transient,
        mute_attempts: int = _MUTE_ATTEMPTS,
    ) -> T:
        """Try a call until it returns, or raises another error than `retried`.

        A call that gets no answer is tried `mute_attempts` times. Raises the last
        `retried` when all tries failed; ServiceRefused where the service asks for a
        longer wait than a run should take, or could not be reached for too long;
        TimeOver where the time of the run is over before the next try; and PutOff where
        other services are asked first.
        """
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(retried),
            wait=self._choose_wait,
            stop=lambda state: self._is_enough(state, mute_attempts),
            before_sleep=self._announce,
            sleep=self.sleep,
            reraise=True,
        )
        try:
            return retrying(lambda: self._attempt(attempt, retrying))
        except Unreachable as error:
            if self._is_put_off or self.network.is_alone(self._service):
                raise
            # Else each of 400 albums would be asked for, one after the other, in vain.
            raise ServiceRefused(str(error)) from error
        except Mute as error:
            if self.network.is_given_up(self._service):
                # Else the next call would be made, and get no answer either.
                raise ServiceRefused(str(error)) from error
            raise

    def _attempt(self, attempt: Callable[[], T], retrying: tenacity.Retrying) -> T:
        """Try a call once, and note whether the service answered."""
        self._rest()
        waited: float = retrying.statistics.get("idle_for", 0.0)
        try:
            result = _attempt_unless_put_off(attempt, waited)
        except Unreachable as error:
            self.network.note_loss(self._service)
            if self.network.is_alone(self._service):
                text = str(error).removesuffix(NETWORK_HINT)
                raise Unreachable(f"{text}; others are reached") from error
            raise
        except RateLimited as error:
            self.network.note_answer(self._service)
            if error.retry_after is not None:
                rest = error.retry_after
                self.network.note_rest(self._service, rest, str(error))
            raise
        except (Transient, SideStopped):
            raise
        except SideError:
            # A refusal is an answer, too.
            self.network.note_answer(self._service)
            raise
        self.network.note_answer(self._service)
        return result

    def _rest(self) -> None:
        """Wait as long as the service asked another thread, or an earlier run, to."""
        seconds, reason = self.network.find_rest(self._service)
        if seconds > 0:
            self.wait(seconds, reason)

    @property
    def _patience(self) -> float:
        # As short as the other waits, for tests.
        return self.network.find_patience(self._service) * self.first_wait

    @property
    def _lost_for(self) -> float:
        return self.network.lost_for(self._service)

    @property
    def _is_put_off(self) -> bool:
        return self.network.is_put_off(self._service)

    def _is_enough(self, state: tenacity.RetryCallState, mute_attempts: int) -> bool:
        """Whether a call was tried often enough.

        A limit of calls a minute is over with the minute, and a network comes back:
        giving up before that would fail a photo that only had to wait.
        """
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, Unreachable):
            return self._is_put_off or self._lost_for >= self._patience
        # Each such try has taken a minute or more.
        most = mute_attempts if isinstance(error, Mute) else self._attempts
        if isinstance(error, PageInstead):
            # The filter of a company says so of every photo, and each was sent whole.
            most = min(most, _PAGE_ATTEMPTS)
        if isinstance(error, Mute) and self.network.is_given_up(self._service):
            return True
        if state.attempt_number < most:
            return False
        patience = _LIMITED_SECONDS * self.first_wait
        return not isinstance(error, RateLimited) or state.idle_for >= patience

    def _choose_wait(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, RateLimited) and error.retry_after is not None:
            if state.attempt_number < self._attempts:
                return error.retry_after
            # Some services say "after 0 seconds" again and again.
            return max(error.retry_after, self._growing_wait(state))
        if isinstance(error, Unreachable):
            left = self._patience - self._lost_for
            return min(self._growing_wait(state), _LONGEST_LOST, max(left, 0.0))
        return self._growing_wait(state)

    def _announce(self, state: tenacity.RetryCallState) -> None:
        """Report the wait before the next try."""
        error = state.outcome.exception() if state.outcome else None
        seconds = state.next_action.sleep if state.next_action else 0.0
        # The time in which no answer came was reported as a wait already; the next try
        # may take as long.
        silence = 0.0
        if isinstance(error, Mute):
            silence = state.seconds_since_start or 0.0
        if silence >= LONE_PATIENCE * self.first_wait:
            self.network.let_others_first(self._service, str(error))
        self._check_wait(max(seconds, silence), str(error))
        since = now = time.time()
        until = now + seconds
        reason = str(error)
        if isinstance(error, Mute):
            since -= silence
            reason = _NO_ANSWER
        is_lost = isinstance(error, Unreachable)
        if is_lost:
            # Each of these waits is short, and all of them are reported as a single one.
            since = now - self._lost_for
            until = since + self._patience
        self._report(
            Wait(
                self._service,
                reason,
                since,
                until,
                attempt=state.attempt_number,
                gives_up=is_lost,
            )
        )


def _attempt_unless_put_off(attempt: Callable[[], T], waited: float) -> T:
    """Try a call for which the run has waited `waited` seconds already."""
    try:
        return attempt()
    except RateLimited as error:
        wait = error.retry_after or 0.0
        # Ten minutes, and ten more, and ten more would keep a run waiting for an hour.
        if waited + wait <= _LONGEST_ASKED:
            raise
        text = f"{error} for the next {_count_minutes(wait)}"
        if waited >= _A_MINUTE:
            text += f", after {_count_minutes(waited)} of waiting"
        raise ServiceRefused(text) from error


def _count_minutes(seconds: float) -> str:
    return count_nouns(math.ceil(seconds / _A_MINUTE), "minute")
