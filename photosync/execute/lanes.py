"""The queue of each service, and how fast it may go."""

from __future__ import annotations

import math
import time
from collections import Counter, deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from photosync.execute.breaker import RESTS, Breaker
from photosync.execute.queue import StepQueue
from photosync.model import Actions, OnWait, Outcome, Step, Timetable, ignore_wait
from photosync.plan.policy import is_destructive

_BATCH = 500
"""Photos that join their album at once; what a crash leaves outside is at most so
many.
"""

_LOOK = 100
"""Photos in albums of which one call asks for the versions. What a crash leaves without
is found to be equal by the next run, though somebody may have edited it meanwhile.
"""

_LOOK_SECONDS = 60
"""For so long photos in albums wait for others that are asked for together with them."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a service may be used: steps at once, and seconds of rest after each
    step; until when, by the monotonic clock, steps may begin; and for how long one in
    trouble is left in peace. After `max_calls` calls of a service no step begins there;
    0 is no limit. `on_wait` is told when a service rests.
    """

    transfers: int = 4
    wait: float = 0.0
    until: float = math.inf
    timetable: Timetable = ()
    rests: Sequence[float] = RESTS
    max_calls: int = 0
    on_wait: OnWait = ignore_wait

    def find_limit(self, calls: int) -> str:
        """Return why no further step may begin on a service that was called so often;
        empty where one may.
        """
        if time.monotonic() >= self.until:
            return "the time of this run is over"
        if 0 < self.max_calls <= calls:
            return "the calls of this run are used up"
        return ""

    def ends_within(self, seconds: float) -> bool:
        """Whether the time of the run is over in so many seconds."""
        return time.monotonic() + seconds >= self.until

    @property
    def workers(self) -> int:
        return 1 if self.wait else self.transfers

    @property
    def ahead(self) -> int:
        """How many steps may wait for a worker: none where one is to follow the other,
        after a rest, or because what one shows to be in vain is not tried again.
        """
        return self.workers if self.workers > 1 else 0


@dataclass(slots=True)
class Lane:
    """The queue and the workers of one service, who were `given` so many jobs; `ahead`
    more than there are workers may be.

    Where photos join their albums in batches, `to_come` counts those still on their way
    per album and `in_no_album` holds those that are there but in no album yet; `unseen`
    are those in their albums whose version nobody knows, the first of them
    `unseen_since`, by the monotonic clock. `albums` are those that photos are still to
    be sent to, in order.
    """

    waiting: StepQueue
    pool: ThreadPoolExecutor
    workers: int
    breaker: Breaker
    ahead: int = 0
    given: int = 0
    has_batches: bool = False
    rests_until: float = 0.0
    to_come: Counter[str] = field(default_factory=Counter)
    in_no_album: dict[str, list[Outcome]] = field(default_factory=dict)
    unseen: list[Outcome] = field(default_factory=list)
    unseen_since: float = 0.0
    albums: deque[str] = field(default_factory=deque)

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to begin."""
        return not self.waiting and not self.unseen

    @property
    def has_work(self) -> bool:
        return len(self.waiting) > 0 and self.given < self._count_places()

    def _count_places(self) -> int:
        """Return how many jobs the workers may have when the next step joins them."""
        # A service that was in trouble is tried with one photo: what is in vain costs
        # its bytes.
        if self.breaker.is_doubted:
            return 1
        # What takes bytes away begins at once or not at all: till its turn came, it
        # might be forbidden. And after a fault nothing is begun unseen.
        if is_destructive(self.waiting.peek()) or self.breaker.is_worried:
            return self.workers
        # A worker that ends finds the next step, while we are busy remembering.
        return self.workers + self.ahead

    @property
    def is_resting(self) -> bool:
        return time.monotonic() < self.rests_until

    @property
    def is_ready(self) -> bool:
        return self.has_work and not self.is_resting

    def rest(self, seconds: float) -> None:
        """Let no step begin for so long, or for longer where that was said before."""
        self.rests_until = max(self.rests_until, time.monotonic() + seconds)

    def is_batched(self, step: Step) -> bool:
        """Whether a step leaves its photo in no album until a batch is complete."""
        return self.has_batches and step.action is Actions.UPLOAD_LOCAL

    def find_coming_album(self, step: Step) -> str | None:
        """Return the album that comes after the one that a step is the first to send a
        photo to; None where that is not so.
        """
        if not self.albums or self.albums[0] != step.album:
            return None
        self.albums.popleft()
        return self.albums[0] if self.albums else None

    def take_batch(self, album: str) -> list[Outcome]:
        """Count one upload less to come; return the photos that now join the album."""
        self.to_come[album] -= 1
        batch = self.in_no_album.get(album, [])
        is_due = not self.to_come[album] or len(batch) >= _BATCH
        if not batch or not is_due:
            return []
        return self.in_no_album.pop(album)

    def add_unseen(self, joined: Outcome) -> None:
        """Note a photo that is in its album, and whose version nobody knows."""
        if not self.unseen:
            self.unseen_since = time.monotonic()
        self.unseen.append(joined)

    def take_unseen(self) -> list[Outcome]:
        """Return the photos whose versions are to be asked for now: many, the last
        ones, or such as have waited for long.
        """
        is_last = not self.waiting and not self.given
        is_old = time.monotonic() >= self.unseen_since + _LOOK_SECONDS
        if len(self.unseen) < _LOOK and not is_last and not is_old:
            return []
        unseen, self.unseen = self.unseen, []
        return unseen
