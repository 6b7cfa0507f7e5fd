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
"""How many photos join their album at once. A crash leaves at most so many outside."""

_LOOK = 100
"""How many photos one call asks the versions of. After a crash before that call the next
run takes them for equal, even if somebody has edited one meanwhile.
"""

_LOOK_SECONDS = 60
"""For how long photos wait for others whose versions are asked for in the same call."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a service may be used.

    `transfers` steps run at once, with `wait` seconds of rest after each. Steps may begin
    `until` a moment of the monotonic clock. `rests` are the seconds for which a service
    in trouble is left alone. After `max_calls` calls no further step begins there; 0
    means no limit. `on_wait` is called when a service rests.
    """

    transfers: int = 4
    wait: float = 0.0
    until: float = math.inf
    timetable: Timetable = ()
    rests: Sequence[float] = RESTS
    max_calls: int = 0
    on_wait: OnWait = ignore_wait

    def find_limit(self, calls: int) -> str:
        """Return why no further step may begin on a service after so many calls; empty
        where one may.
        """
        if time.monotonic() >= self.until:
            return "the time of this run is over"
        if 0 < self.max_calls <= calls:
            return "the calls of this run are used up"
        return ""

    def ends_within(self, seconds: float) -> bool:
        """Whether the time of the run will be over in so many seconds."""
        return time.monotonic() + seconds >= self.until

    @property
    def workers(self) -> int:
        return 1 if self.wait else self.transfers

    @property
    def ahead(self) -> int:
        """How many steps may be given to the workers before they are free.

        None with a single worker: there a step may have to rest after the one before, or
        turn out to be in vain by it.
        """
        return self.workers if self.workers > 1 else 0


@dataclass(slots=True)
class Lane:
    """The queue and the workers of one service.

    `given` is how many jobs the workers have, which may be `ahead` more than there are
    workers. Where photos join their albums in batches, `to_come` counts, by album, the
    uploads that have not ended, and `in_no_album` holds the photos that are uploaded but
    in no album yet. `unseen` are photos in their albums whose version is not known, the
    first of them since `unseen_since` of the monotonic clock. `albums` are those to which
    photos are still to be sent, in order.
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
        """Return how many jobs the workers may have together with the next step."""
        # A service that was in trouble is tried with one photo, as each that fails costs
        # its bytes.
        if self.breaker.is_doubted:
            return 1
        # A step that removes something must not wait for a worker: it might be forbidden
        # by the time it begins.
        if is_destructive(self.waiting.peek()):
            return self.workers
        # After a fault no step is given ahead.
        if self.breaker.is_worried:
            return self.workers
        # A worker that ends finds its next step, while we write to the memory.
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
        """Return the next album, if a step is the first one to send a photo to its own;
        else None.
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
        """Note a photo that is in its album and whose version is not known."""
        if not self.unseen:
            self.unseen_since = time.monotonic()
        self.unseen.append(joined)

    def take_unseen(self) -> list[Outcome]:
        """Return the photos whose versions are to be asked for now; none as long as more
        may come soon.
        """
        are_many = len(self.unseen) >= _LOOK
        are_last = not self.waiting and not self.given
        are_old = time.monotonic() >= self.unseen_since + _LOOK_SECONDS
        is_due = are_many or are_last or are_old
        if not is_due:
            return []
        unseen = self.unseen
        self.unseen = []
        return unseen
