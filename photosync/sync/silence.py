"""A disk that gives no answer: told of, and given up once the time of the run is over."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from photosync.disk.silence import OnSilence, Silence
from photosync.model import Wait
from photosync.services.network import Network

GIVING_UP_SECONDS = 60.0
"""So long a disk may be silent when the time is over: a stick takes that long to write
what waits for it.
"""

OnLost = Callable[[str], None]
"""Is told, in a thread of its own, of the root whose disk a run waits for in vain though
its time is over: what waits can only be ended with the process.
"""


def ignore_loss(root: str) -> None:
    """Go on waiting."""


def heed_silence(network: Network, on_lost: OnLost) -> OnSilence:
    """Return what tells of silent disks as services of this network are told of."""

    def heed(silence: Silence) -> None:
        is_over = network.outlasts_run(0.0)
        if is_over and silence.seconds >= GIVING_UP_SECONDS:
            on_lost(silence.root)
        else:
            left = network.until - network.clock()
            patience = GIVING_UP_SECONDS - silence.seconds
            network.on_wait(_make_wait(silence, max(left, patience)))

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
