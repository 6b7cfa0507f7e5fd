"""How many calls a service permits in a minute or an hour, and waiting for the next."""

from __future__ import annotations

import json
import math
import time
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock

from photosync.disk.private import read_private, write_private
from photosync.services.costs import Allowance
from photosync.services.http import RetryPolicy

_REST_SECONDS = 1.0
_WINDOW_SECONDS = 61.0
"""A minute, and how much longer one call may be on its way than another."""

_LOWERED_SECONDS = 180
_SHARE_LEFT = 0.75
"""After a refusal: how long less is spent, and which share of what was spent before."""

_MINUTES = _SECONDS = 60
_MINUTE_IS_FULL = "the calls of this minute are used up"
_HOUR_IS_FULL = "the calls of this hour are used up"


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
            self._retry_policy.wait(wait, _MINUTE_IS_FULL)

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
                permitted = min(self._compute_permitted(now), self._sum)
                self._lowered = max(permitted * _SHARE_LEFT, self._least)
            self._lowered_at = now
            self._quiet_until = now + _REST_SECONDS

    @property
    def allowance(self) -> Allowance | None:
        """What may be spent in a minute, and what of it just now; None without limit."""
        if math.isinf(self._per_minute):
            return None
        with self._lock:
            self._forget_old(self._clock())
            left = max(0.0, self._per_minute - self._sum)
        return Allowance(self._per_minute, _SECONDS, left)

    def _compute_permitted(self, now: float) -> float:
        is_lowered = now < self._lowered_at + _LOWERED_SECONDS
        return self._lowered if is_lowered else self._per_minute

    def _compute_wait(self, units: float) -> float:
        """Return the seconds until so many units may be spent, 0 if they may."""
        now = self._clock()
        self._forget_old(now)
        if now < self._quiet_until:
            return self._quiet_until - now
        too_many = self._sum + units - self._compute_permitted(now)
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
        self._quiet_until = -math.inf

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
            self._retry_policy.wait(wait, _HOUR_IS_FULL)

    def slow_down(self) -> None:
        """Let nobody go on for some seconds: the service said that it was too much."""
        with self._lock:
            self._quiet_until = time.monotonic() + self._retry_policy.first_wait

    @property
    def allowance(self) -> Allowance:
        """The calls of an hour, and what is left of them now."""
        return Allowance(
            self._per_hour, _MINUTES * _SECONDS, self.left, counts_calls=True
        )

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
        if self._count_calls() < self._per_hour:
            return self._quiet_until - time.monotonic()
        oldest_minute = min(self._calls_by_minute)
        return (oldest_minute + _MINUTES + 1) * 60 - time.time()

    def _count_calls(self) -> int:
        """Count the calls of the last hour, and forget all earlier ones."""
        now = _get_minute()
        for minute in list(self._calls_by_minute):
            if minute < now - _MINUTES:
                del self._calls_by_minute[minute]
            elif minute > now:
                # The clock was set back meanwhile: these would never grow old.
                self._calls_by_minute[now] += self._calls_by_minute.pop(minute)
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
