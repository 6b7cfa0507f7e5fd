"""What a person is told of waits: each once, with its reason and its end."""

from __future__ import annotations

import logging
import math
import time
from threading import Lock

from photosync.formatting import name_service, say_of
from photosync.model import Wait

_log = logging.getLogger(__name__)

_WORTH_A_LINE = 10.0
_WORTH_A_WORD = 2.0
"""Seconds after which a wait is told in a line, and that nobody can be reached."""

_A_MINUTE = 60
_A_DAY = 24 * 60 * 60


class Waits:
    """Knows the waits that go on, and which of them is new.

    Sixteen threads wait for the same, and each try of a call that fails again and again
    waits anew: that is one wait to a person. Any thread may use it.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._running: dict[str, Wait] = {}
        self._told: dict[tuple[str, str], Wait] = {}

    def note(self, wait: Wait) -> str:
        """Note a wait, and log it; return the line to tell of it, empty for none."""
        with self._lock:
            self._running[wait.service] = wait
            if not _is_worth_a_line(wait) or self._is_told(wait):
                return ""
            self._told[wait.service, wait.reason] = wait
        line = describe_wait(wait)
        _log.warning("waiting: %s", line)
        return line

    def _is_told(self, wait: Wait) -> bool:
        # One thread waits for this and another for that: neither is news each time.
        told = self._told.get((wait.service, wait.reason))
        return told is not None and wait.since <= told.until

    def find_running(self, service: str) -> Wait | None:
        """Return for what a service is waited for now; None for nothing of length."""
        wait = self._running.get(service)
        now = time.time()
        # A pause of a second between two calls would only flicker.
        if wait is None or now >= wait.until or now - wait.since < _WORTH_A_WORD:
            return None
        return wait

    def end(self, service: str) -> None:
        """Note that a service works again."""
        self._running.pop(service, None)


def _is_worth_a_line(wait: Wait) -> bool:
    if wait.gives_up:
        # The first tries come fast: a router that was restarted is back at once.
        return time.time() - wait.since >= _WORTH_A_WORD
    return wait.until - wait.since >= _WORTH_A_LINE


def describe_wait(wait: Wait) -> str:
    """Return for what a service is waited for, and until when, in one line."""
    return f"{say_of(wait.service, wait.reason)}; {_describe_end(wait)}"


def describe_shortly(wait: Wait) -> str:
    """Return the same with the reason last, which is what a narrow screen cuts off."""
    tries = ""
    if wait.attempt:
        tries = f"try {wait.attempt}, "
    end = _format_end(wait)
    if wait.gives_up:
        reason = say_of(wait.service, wait.reason)
        return f"{tries}until {end}: {reason}"
    service = name_service(wait.service)
    return f"{service} goes on at {end}: {tries}{wait.reason}"


def _describe_end(wait: Wait) -> str:
    if wait.until == math.inf:
        return "waiting for it"
    end = _format_end(wait)
    return f"trying until {end}" if wait.gives_up else f"goes on at {end}"


def _format_end(wait: Wait) -> str:
    """Return when a wait ends, by the clock of the wall."""
    seconds = wait.until - time.time()
    form = "%H:%M"
    if seconds < _A_MINUTE:
        form = "%H:%M:%S"
    elif seconds > _A_DAY:
        form = "%Y-%m-%d %H:%M"
    return time.strftime(form, time.localtime(wait.until))
