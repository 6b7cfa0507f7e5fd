"""Carries a plan out: the only module with threads.

`execute` is a generator. Steps run in worker threads, a bounded number per service; each outcome
is yielded in the caller's thread, so whoever records or shows it needs no lock. Closing the
generator, as Ctrl-C does, ends running transfers at their next chunk and leaves nothing behind.
"""

from __future__ import annotations

import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from threading import Event
from typing import NamedTuple

from photosync.actions import DO, Sides
from photosync.errors import Interrupted, SideError, SideStopped
from photosync.model import Actions, Outcome, Plan, Purge, Result, Side, Step
from photosync.naming import key
from photosync.plan import DELETES

log = logging.getLogger(__name__)

Moved = Callable[[Step, int], None]
"""Told, from a worker thread, how many bytes of a step have just been moved."""

Stopping = Callable[[], bool]
"""Asked several times a second whether the run is to end early."""

_PULSE = 0.2
"""Seconds of the longest wait: a signal that comes on the way into one is heard only after it."""

_BATCH = 500
"""Photos that join their album at once; what a crash leaves outside is at most so many."""

_SENDS = frozenset({Actions.UPLOAD_LOCAL, Actions.REPLACE_REMOTE_WITH_LOCAL})


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a service may be used: steps at once, and seconds of rest after each step."""

    transfers: int = 4
    wait: float = 0.0

    @property
    def workers(self) -> int:
        return 1 if self.wait else self.transfers


@dataclass(slots=True)
class _Lane:
    """The queue and the workers of one service.

    Where photos join their albums in batches, `to_come` counts those still on their way per album
    and `unsettled` holds those that are there but in no album yet.
    """

    waiting: deque[Step]
    pool: ThreadPoolExecutor
    free: int
    batches: bool = False
    rests_until: float = 0.0
    to_come: Counter[str] = field(default_factory=Counter)
    unsettled: dict[str, list[Step]] = field(default_factory=dict)

    @property
    def is_ready(self) -> bool:
        return bool(self.waiting) and self.free > 0 and time.monotonic() >= self.rests_until

    def settles(self, step: Step) -> bool:
        """Whether a step leaves its photo in no album until the album is settled."""
        return self.batches and step.action is Actions.UPLOAD_LOCAL


class _Job(NamedTuple):
    """What one future does: a step, or letting the photos of many steps join their album."""

    steps: list[Step]
    joins: bool = False


_Running = dict[Future[None], _Job]


@dataclass(slots=True)
class _Run:
    sides: Sides
    pace: Pace
    moved: Moved
    stopping: Stopping
    stop: Event = field(default_factory=Event)
    refused: dict[tuple[str, Actions], SideError] = field(default_factory=dict)

    def prepare(self) -> None:
        """Make the sides ready for writes; a service that cannot be gets no steps."""
        self.sides.local.prepare()
        for service, backend in self.sides.remotes.items():
            try:
                backend.prepare()
            except SideError as error:
                self.refused |= {(service, action): error for action in DO}

    def heed(self) -> None:
        """Raise Interrupted once the run is to end."""
        if self.stopping():
            raise Interrupted("interrupted")

    def phase(self, steps: Iterable[Step]) -> Iterator[Outcome]:
        """All steps, those of different services side by side; outcomes as they come."""
        lanes = self._lanes(steps)
        running: _Running = {}
        try:
            while running or any(lane.waiting for lane in lanes.values()):
                self.heed()
                for lane in lanes.values():
                    yield from self._fill(lane, running)
                for future in self._finished(lanes, running):
                    job = running.pop(future)
                    lane = lanes[job.steps[0].service]
                    lane.free += 1
                    lane.rests_until = time.monotonic() + self.pace.wait
                    yield from self._ended(lane, job, future, running)
        finally:
            self._close(lanes)

    def _lanes(self, steps: Iterable[Step]) -> dict[str, _Lane]:
        queues: dict[str, deque[Step]] = {}
        for step in steps:
            queues.setdefault(step.service, deque()).append(step)
        return {service: self._lane(service, queue) for service, queue in queues.items()}

    def _lane(self, service: str, queue: deque[Step]) -> _Lane:
        workers = self.pace.workers
        batches = self.sides.remotes[service].capabilities.settles
        lane = _Lane(queue, ThreadPoolExecutor(workers, service), workers, batches)
        lane.to_come.update(step.album for step in queue if lane.settles(step))
        return lane

    def _fill(self, lane: _Lane, running: _Running) -> Iterator[Outcome]:
        while lane.is_ready:
            step = lane.waiting.popleft()
            error = self.refused.get((step.service, step.action))
            if error:
                yield Outcome(step, Result.SKIPPED, f"not tried: {error}", error.exit_code)
                self._settle(lane, step, running)
            else:
                lane.free -= 1
                running[lane.pool.submit(self._carry_out, step)] = _Job([step])

    def _finished(self, lanes: Mapping[str, _Lane], running: _Running) -> set[Future[None]]:
        """The steps that ended by the time one did, or it is time to look around again."""
        resting = [lane.rests_until for lane in lanes.values() if lane.waiting and lane.free > 0]
        rest = max(0.0, min(resting) - time.monotonic()) if resting else _PULSE
        if running:
            return wait(running, min(rest, _PULSE), FIRST_COMPLETED).done
        time.sleep(min(rest, _PULSE))
        return set()

    def _ended(
        self, lane: _Lane, job: _Job, future: Future[None], running: _Running
    ) -> Iterator[Outcome]:
        """The outcomes of what ended; a photo that still has to join its album waits for that."""
        outcome = self._outcome(job.steps[0], future)
        if job.joins or not lane.settles(job.steps[0]):
            yield from (replace(outcome, step=step) for step in job.steps)
            return
        if outcome.result is Result.DONE:
            lane.unsettled.setdefault(job.steps[0].album, []).append(job.steps[0])
        else:
            yield outcome
        self._settle(lane, job.steps[0], running)

    def _settle(self, lane: _Lane, step: Step, running: _Running) -> None:
        """One upload fewer to come: after the last, or with a full batch, photos join the album."""
        if not lane.settles(step):
            return
        lane.to_come[step.album] -= 1
        batch = lane.unsettled.get(step.album, [])
        if batch and (not lane.to_come[step.album] or len(batch) >= _BATCH):
            del lane.unsettled[step.album]
            lane.free -= 1
            settle = self.sides.remotes[step.service].settle
            running[lane.pool.submit(settle, step.album)] = _Job(batch, joins=True)

    def _carry_out(self, step: Step) -> None:
        def advance(count: int) -> None:
            if self.stop.is_set():
                raise Interrupted("interrupted")
            self.moved(step, count)

        advance(0)
        DO[step.action](self.sides, step, advance)

    def _outcome(self, step: Step, future: Future[None]) -> Outcome:
        try:
            future.result()
        except SideStopped as error:
            self._refuse(step, error)
            return Outcome(step, Result.FAILED, str(error), error.exit_code)
        except SideError as error:
            log.debug("%s %r %r failed", step.action, step.album, step.name, exc_info=error)
            return Outcome(step, Result.FAILED, str(error))
        return Outcome(step, Result.DONE)

    def _refuse(self, step: Step, error: SideStopped) -> None:
        """What filled one side up ends all that would write there, and nothing else."""
        if error.entirely:
            ended = {(step.service, action) for action in DO}
        elif step.action is Actions.DOWNLOAD_REMOTE:
            ended = {(service, step.action) for service in self.sides.remotes}
        else:
            ended = {(step.service, action) for action in _SENDS}
        self.refused |= dict.fromkeys(ended, error)

    def _close(self, lanes: Mapping[str, _Lane]) -> None:
        if any(lane.waiting for lane in lanes.values()) or any(
            lane.free < self.pace.workers for lane in lanes.values()
        ):
            self.stop.set()
            for backend in self.sides.remotes.values():
                backend.interrupt()
        for lane in lanes.values():
            lane.pool.shutdown(wait=True, cancel_futures=True)


def execute(
    plan: Plan, sides: Sides, pace: Pace, moved: Moved, stopping: Stopping
) -> Iterator[Outcome]:
    """Carry out all steps but reports, deletes last and only in albums where nothing failed.

    Raises Interrupted when it is stopped, and whatever else is not a SideError, after running
    steps have ended.
    """
    run = _Run(sides, pace, moved, stopping)
    steps = [step for step in plan.steps if step.action in DO]
    run.prepare()
    spoilt: set[str] = set()
    for outcome in run.phase(step for step in steps if step.action not in DELETES):
        if outcome.result is not Result.DONE and isinstance(outcome.step, Step):
            spoilt.add(key(outcome.step.album))
        yield outcome
    deletes = [step for step in steps if step.action in DELETES]
    for step in deletes:
        if key(step.album) in spoilt:
            yield Outcome(step, Result.SKIPPED, "not deleted: something failed in this album")
    yield from run.phase(step for step in deletes if key(step.album) not in spoilt)
    for purge in plan.purges:
        run.heed()
        yield _purged(purge, sides)


def empty_trash(plan: Plan, sides: Sides) -> None:
    """Empty the trashes that the plan names of what has lain there longer than it says."""
    for place in plan.trash:
        side = sides.local if place == Side.LOCAL else sides.remotes[place]
        side.empty_trash(plan.trash_days)


def _purged(purge: Purge, sides: Sides) -> Outcome:
    try:
        sides.remotes[purge.service].remove_album(purge.album)
    except SideError as error:
        return Outcome(purge, Result.FAILED, str(error))
    return Outcome(purge, Result.DONE)
