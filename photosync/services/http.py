"""One HTTP call: how long it may take, how often it is tried, at what pace.

Retrying happens here and nowhere else, one call at a time; each try is made anew, so
that it can be signed anew.
"""

from __future__ import annotations

import json
import math
import time
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from email.utils import parsedate_to_datetime
from pathlib import Path
from threading import Event, Lock
from typing import TypeVar

import requests
import tenacity

from photosync.disk.private import read_private, write_private
from photosync.errors import (
    Interrupted,
    Mute,
    RateLimited,
    ServiceRefused,
    SideError,
    Transient,
)
from photosync.services.pace import ANSWER_SECONDS

T = TypeVar("T")

CONNECT_SECONDS = 15
TIMEOUT = (CONNECT_SECONDS, ANSWER_SECONDS)
"""Seconds to connect, or to send a block, and to wait for the next bytes."""

_LONGEST_WAIT = 64.0
_LONGEST_ASKED = 15 * 60.0
"""Seconds that a service may ask us to wait; beyond that it is no pause."""

_DIGITS = 15
_LIMITED_SECONDS = 125
"""So long is waited in all where a service asks for fewer calls, at waits that begin
with a second: two of the minutes by which Drive counts, and some more.
"""

_MUTE_ATTEMPTS = 3
"""So often is asked what gives no answer."""

_REST_SECONDS = 1.0
_WINDOW_SECONDS = 61.0
"""A minute, and how much longer one call may be on its way than another."""

_LOWERED_SECONDS = 180
_SHARE_LEFT = 0.75
"""After a refusal: how long less is spent, and which share of what was spent before."""

_MINUTES = 60


def read_retry_after(
    headers: requests.structures.CaseInsensitiveDict[str],
) -> float | None:
    """Return the seconds that a reply asks to wait; None where it asks for none."""
    text = headers.get("Retry-After", "")
    if text.isascii() and text.isdecimal():
        return float(text[:_DIGITS])
    # The other spelling is a date: "Wed, 21 Oct 2026 07:28:00 GMT".
    until = read_date(text)
    return None if until is None else max(0.0, until - time.time())


def read_date(text: str) -> float | None:
    """Return a date of a header in seconds since 1970; None for what is none."""
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def explain_unreachable(service: str, error: Exception) -> SideError:
    """Return the error for a connection to a service that failed."""
    # A NAS whose clock stands at 1970, or a company's proxy with its own certificate:
    # no repeat helps.
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return ServiceRefused(
            f"the certificate of {service}'s server is not trusted here; check the clock, or name "
            "the certificates of your proxy in REQUESTS_CA_BUNDLE"
        )
    if _is_mute(error):
        return Mute(f"{service} does not answer")
    return Transient(f"{service} cannot be reached ({type(error).__name__})")


def _is_mute(error: Exception) -> bool:
    # What stops amid its body is a ConnectionError to requests.
    is_timeout = isinstance(error, requests.ReadTimeout) or "Read timed out" in str(
        error
    )
    return is_timeout and not isinstance(error, requests.ConnectTimeout)


class RetryPolicy:
    """How often a call is tried, and how long is waited before each further try.

    The waits, in seconds, begin with `first_wait` and double, up to 64 s, with some
    chance added; a Retry-After of the service comes first. Where a service asks for
    fewer calls, it is tried for two minutes at least. Any thread may use it.
    """

    def __init__(self, first_wait: float = 1.0, attempts: int = 6) -> None:
        self.first_wait = first_wait
        self._attempts = attempts
        doubling = tenacity.wait_exponential(first_wait, _LONGEST_WAIT)
        # Sixteen threads that were refused together must not come back together.
        self._growing_wait = doubling + tenacity.wait_random(0, first_wait)
        self._cancelled = Event()

    def cancel(self) -> None:
        """End every wait at once, and let no other begin: they raise Interrupted."""
        self._cancelled.set()

    def sleep(self, seconds: float) -> None:
        """Wait for some seconds; raises Interrupted once the run is to end."""
        if self._cancelled.wait(max(0.0, seconds)):
            raise Interrupted("interrupted")

    def call(
        self, attempt: Callable[[], T], *, retried: type[SideError] = Transient
    ) -> T:
        """Try a call until it gives a result or raises any error but `retried`.

        Raises the last `retried` when all tries failed, and ServiceRefused where the
        service asks for a longer wait than a run should take.
        """
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(retried),
            wait=self._choose_wait,
            stop=self._is_enough,
            sleep=self.sleep,
            reraise=True,
        )
        return retrying(lambda: _attempt_unless_put_off(attempt))

    def _is_enough(self, state: tenacity.RetryCallState) -> bool:
        """Whether a call was tried often enough.

        A limit of calls a minute goes by with the minute: whoever gives up before fails
        a photo that only had to wait.
        """
        error = state.outcome.exception() if state.outcome else None
        # Each such try has taken a minute or more.
        most = _MUTE_ATTEMPTS if isinstance(error, Mute) else self._attempts
        if state.attempt_number < most:
            return False
        patience = _LIMITED_SECONDS * self.first_wait
        return not isinstance(error, RateLimited) or state.idle_for >= patience

    def _choose_wait(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, RateLimited) and error.retry_after is not None:
            return error.retry_after
        return self._growing_wait(state)


def _attempt_unless_put_off(attempt: Callable[[], T]) -> T:
    try:
        return attempt()
    except RateLimited as error:
        wait = error.retry_after or 0.0
        if wait <= _LONGEST_ASKED:
            raise
        raise ServiceRefused(
            f"{error}, after {wait // 60:.0f} minutes only; the next run goes on"
        ) from error


class UnitQuota:
    """Quota units spent in the last minute, shared by all threads of one service.

    Calls of different kinds cost different units. A call waits only where it would pass
    what the service permits in a minute. After refusals it may be less, down to `least`.
    `clock` gives seconds.
    """

    def __init__(
        self,
        per_minute: float,
        retry_policy: RetryPolicy,
        clock: Callable[[], float] = time.monotonic,
        *,
        least: float,
    ) -> None:
        self._per_minute = per_minute
        self._least = min(least, per_minute)
        self._retry_policy = retry_policy
        self._clock = clock
        self._lock = Lock()
        self._spent: deque[tuple[float, float]] = deque()
        self._sum = 0.0
        self._lowered = per_minute
        self._lowered_at = -math.inf
        self._quiet_until = -math.inf

    def spend(self, units: float) -> None:
        """Wait until so many units may be spent, and count them; raises Interrupted
        once the run is to end.
        """
        while True:
            with self._lock:
                wait = self._compute_wait(units)
                if wait <= 0:
                    self._count(units)
                    return
            # Outside of the lock: all threads wait side by side, and look again.
            self._retry_policy.sleep(wait)

    def slow_down(self) -> None:
        """Let nobody go on for a second, and permit less for some minutes: the service
        said that it was too much.

        Another program of the user spends the same quota.
        """
        with self._lock:
            now = self._clock()
            self._forget_old(now)
            # Sixteen calls that were on their way together are refused together.
            if now >= self._quiet_until:
                permitted = min(self._permitted(now), self._sum)
                self._lowered = max(permitted * _SHARE_LEFT, self._least)
            self._lowered_at = now
            self._quiet_until = now + _REST_SECONDS

    def _permitted(self, now: float) -> float:
        is_lowered = now < self._lowered_at + _LOWERED_SECONDS
        return self._lowered if is_lowered else self._per_minute

    def _compute_wait(self, units: float) -> float:
        """Return the seconds until so many units may be spent, 0 if they may."""
        now = self._clock()
        self._forget_old(now)
        if now < self._quiet_until:
            return self._quiet_until - now
        too_many = self._sum + units - self._permitted(now)
        # What costs more than a minute permits must be let through some time.
        if too_many <= 0 or not units or not self._spent:
            return 0
        return self._find_room(too_many) - now

    def _find_room(self, units: float) -> float:
        """Return when so many of the units spent will be a minute old, or all."""
        freed = 0.0
        for spent_at, spent in self._spent:
            freed += spent
            if freed >= units:
                return spent_at + _WINDOW_SECONDS
        return self._spent[-1][0] + _WINDOW_SECONDS

    def _count(self, units: float) -> None:
        if units:
            self._spent.append((self._clock(), units))
            self._sum += units

    def _forget_old(self, now: float) -> None:
        while self._spent and self._spent[0][0] + _WINDOW_SECONDS <= now:
            self._sum -= self._spent.popleft()[1]


class HourlyQuota:
    """So many calls in any hour, shared by all threads and, through a file, by all
    runs.

    Calls are counted by the minute. `path` None keeps nothing between runs.
    """

    def __init__(
        self, per_hour: int, retry_policy: RetryPolicy, path: Path | None
    ) -> None:
        self._per_hour = per_hour
        self._retry_policy = retry_policy
        self._path = path
        self._lock = Lock()
        self._calls_by_minute = self._load()
        self._quiet_until = 0.0

    def spend(self) -> None:
        """Wait until one more call may be made, and count it; raises Interrupted once
        the run is to end.
        """
        while True:
            with self._lock:
                wait = self._compute_wait()
                if wait <= 0:
                    self._calls_by_minute[_get_minute()] += 1
                    return
            # Outside of the lock: all threads wait side by side, and look again.
            self._retry_policy.sleep(wait)

    def slow_down(self) -> None:
        """Let nobody go on for some seconds: the service said that it was too much."""
        with self._lock:
            self._quiet_until = time.time() + self._retry_policy.first_wait

    @property
    def left(self) -> int:
        """Calls that may still be made in this hour."""
        with self._lock:
            return max(0, self._per_hour - self._count_calls())

    def save(self) -> None:
        """Write down for the next run what this one has used."""
        if self._path is None:
            return
        # A full disk must not fail a run that did its work.
        with suppress(OSError):
            write_private(self._path, json.dumps(self._calls_by_minute))

    def _compute_wait(self) -> float:
        """Return the seconds until one more call may be made, 0 or less if it may."""
        now = time.time()
        if self._count_calls() < self._per_hour:
            return self._quiet_until - now
        oldest_minute = min(self._calls_by_minute)
        return (oldest_minute + _MINUTES + 1) * 60 - now

    def _count_calls(self) -> int:
        """Count the calls of the last hour, and forget all earlier ones."""
        first = _get_minute() - _MINUTES
        for minute in [minute for minute in self._calls_by_minute if minute < first]:
            del self._calls_by_minute[minute]
        return sum(self._calls_by_minute.values())

    def _load(self) -> Counter[int]:
        """Read what earlier runs used; a file that cannot be read counts nothing."""
        if self._path is None:
            return Counter()
        try:
            content = json.loads(read_private(self._path))
            calls = {int(minute): int(count) for minute, count in content.items()}
        except (OSError, ValueError, AttributeError, TypeError):
            return Counter()
        # A clock that was set back would leave minutes to come, which never grow old.
        now = _get_minute()
        return Counter({minute: calls[minute] for minute in calls if minute <= now})


def _get_minute() -> int:
    return int(time.time() // 60)
