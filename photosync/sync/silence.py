"""A disk that gives no answer: the person is told, and after the time of the run it is
given up.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from photosync.disk.silence import OnSilence, Silence
from photosync.model import Wait
from photosync.services.network import Network

GIVING_UP_SECONDS = 60.0
"""How long a disk may be silent once the time is over: a USB stick takes that long to
write what is waiting for it.
"""

OnLost = Callable[[str], None]
"""Called, in a thread of its own, with the root whose disk is silent though the time of
the run is over. The call that waits for the disk can only be ended with the process.
"""


def ignore_loss(root: str) -> None:
    """Do nothing about a silent disk: the run goes on waiting."""


def heed_silence(network: Network, on_lost: OnLost) -> OnSilence:
    """Return a function that reports a silent disk like a wait for a service."""

    def heed(silence: Silence) -> None:
        is_over = network.outlasts_run(0.0)
        if is_over and silence.seconds >= GIVING_UP_SECONDS:
            on_lost(silence.root)
            return
        time_left = network.until - network.clock()
        patience = GIVING_UP_SECONDS - silence.seconds
        wait = _make_wait(silence, max(time_left, patience))
        network.on_wait(wait)

    return heed


def _make_wait(silence: Silence, left: float) -> Wait:
    """Return the wait for a disk that is given up in `left` seconds, or never."""
    now = time.time()
    return Wait(
        silence.root,
        "no answer from the disk yet",
        now - silence.seconds,
        now + left,
        gives_up=left < math.inf,
    )
