"""A wait: what a service is waited for, and until when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wait:
    """A service, or the disk of a root, is waited for, for a reason, from `since` until
    `until`.

    Both are in seconds since 1970; a disk may be waited for without an end.
    `attempt` counts the tries of a call, 0 where there was none yet. `gives_up`: then
    the service is given up; else the work goes on then.
    """

    service: str
    reason: str
    since: float
    until: float
    attempt: int = 0
    gives_up: bool = False


OnWait = Callable[[Wait], None]
"""Is told of each wait as it begins; called from any thread."""


def ignore_wait(wait: Wait) -> None:
    """Tell nobody."""
