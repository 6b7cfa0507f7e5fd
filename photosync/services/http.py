"""One HTTP call: who may be trusted, how long it may take, how often it is tried, at
what pace.

Retrying happens here and nowhere else, one call at a time; each try is made anew, so
that it can be signed anew.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from email.utils import parsedate_to_datetime
from pathlib import Path
from threading import Event, Lock
from typing import TypeVar

import requests
import tenacity
from requests.adapters import HTTPAdapter

from photosync import __version__
from photosync.errors import (
    Interrupted,
    RateLimited,
    ServiceRefused,
    SideError,
    Transient,
)

T = TypeVar("T")

CONNECT_SECONDS = 15
READ_SECONDS = 120
TIMEOUT = (CONNECT_SECONDS, READ_SECONDS)
USER_AGENT = f"photosync/{__version__}"

_LONGEST_WAIT = 64.0
_MINUTES = 60


def prepared(session: requests.Session, connections: int = 1) -> requests.Session:
    """Make a session fit for every connection of ours.

    The certificate variables of requests hold as they are; SSL_CERT_FILE, which
    requests does not read, holds where none of them is set. No adapter resends anything
    by itself.
    """
    named = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
    session.verify = next(
        (path for name in named if (path := os.environ.get(name))), True
    )
    session.headers["User-Agent"] = USER_AGENT
    adapter = HTTPAdapter(pool_maxsize=connections, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def retry_after(headers: requests.structures.CaseInsensitiveDict[str]) -> float | None:
    """The seconds that a reply asks to wait, however it says so; None where it does
    not.
    """
    text = headers.get("Retry-After", "")
    if text.isdecimal():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except ValueError:
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
    return Transient(f"{service} cannot be reached ({type(error).__name__})")


class RetryPolicy:
    """How often and how patiently a call is repeated; `cancel` ends every wait at
    once.
    """

    def __init__(self, first_wait: float = 1.0, attempts: int = 6) -> None:
        self.first_wait = first_wait
        self._attempts = attempts
        self._grows = tenacity.wait_exponential(
            first_wait, _LONGEST_WAIT
        ) + tenacity.wait_random(0, first_wait)
        self._interrupted = Event()

    def cancel(self) -> None:
        """Let no further try or wait begin."""
        self._interrupted.set()

    def rest(self, seconds: float) -> None:
        """Wait; raises Interrupted when the run is to end."""
        if (
            self._interrupted.wait(seconds)
            if seconds > 0
            else self._interrupted.is_set()
        ):
            raise Interrupted("interrupted")

    def call(self, attempt: Callable[[], T]) -> T:
        """The first result that is not Transient; raises the last Transient when all
        tries failed.

        The waits double, up to 64 s, with some chance added; a Retry-After comes first.
        """
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(Transient),
            wait=self._wait,
            stop=tenacity.stop_after_attempt(self._attempts),
            sleep=self.rest,
            reraise=True,
        )
        return retrying(attempt)

    def _wait(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, RateLimited) and error.retry_after is not None:
            return error.retry_after
        return self._grows(state)


class UnitQuota:
    """A token bucket of quota units, shared by all threads that talk to one service."""

    def __init__(self, per_minute: float, retry_policy: RetryPolicy) -> None:
        self._rate = per_minute / 60
        self._capacity = per_minute / 6
        self._units = self._capacity
        self._at = time.monotonic()
        self._retry_policy = retry_policy
        self._lock = Lock()

    def spend(self, units: float) -> None:
        """Wait until these units may be used; raises Interrupted when the run is to
        end.
        """
        with self._lock:
            now = time.monotonic()
            self._units = min(
                self._capacity, self._units + (now - self._at) * self._rate
            )
            self._at = max(self._at, now)
            self._units -= units
            debt = -self._units / self._rate
        if debt > 0:
            self._retry_policy.rest(debt)

    def slow_down(self) -> None:
        """A service said that it was too much: nobody goes on before a second is earned
        back.
        """
        with self._lock:
            self._units = min(self._units, 0) - self._rate


class HourlyQuota:
    """So many calls in any hour, shared by all threads and, through a file, by all
    runs.

    `path` None keeps nothing between runs.
    """

    def __init__(
        self, per_hour: int, retry_policy: RetryPolicy, path: Path | None
    ) -> None:
        self._per_hour = per_hour
        self._retry_policy = retry_policy
        self._path = path
        self._lock = Lock()
        self._minutes: dict[int, int] = self._load()
        self._quiet_until = 0.0

    def spend(self) -> None:
        """Wait until one more call may be made; raises Interrupted when the run is to
        end.
        """
        while True:
            with self._lock:
                rest = self._rest()
                if rest <= 0:
                    minute = int(time.time() // 60)
                    self._minutes[minute] = self._minutes.get(minute, 0) + 1
                    return
            self._retry_policy.rest(rest)

    def slow_down(self) -> None:
        """The service said that it was too much: nobody goes on for some seconds."""
        with self._lock:
            self._quiet_until = time.time() + self._retry_policy.first_wait

    @property
    def left(self) -> int:
        """Calls that may still be made in this hour."""
        with self._lock:
            return max(0, self._per_hour - self._used())

    def keep(self) -> None:
        """Write down for the next run what this one has used."""
        if self._path:
            with suppress(OSError):
                self._path.write_text(json.dumps(self._minutes))

    def _rest(self) -> float:
        now = time.time()
        if self._used() < self._per_hour:
            return self._quiet_until - now
        return (min(self._minutes) + _MINUTES + 1) * 60 - now

    def _used(self) -> int:
        oldest = int(time.time() // 60) - _MINUTES
        for minute in [one for one in self._minutes if one < oldest]:
            del self._minutes[minute]
        return sum(self._minutes.values())

    def _load(self) -> dict[int, int]:
        """What earlier runs used; a file that cannot be read counts nothing."""
        try:
            content = json.loads(self._path.read_text()) if self._path else {}
            now = int(time.time() // 60)
            return {int(m): int(count) for m, count in content.items() if int(m) <= now}
        except (OSError, ValueError, AttributeError, TypeError):
            return {}
