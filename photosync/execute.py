"""Carries a plan out: the only module with threads.

`execute` is a generator. Steps run in worker threads, a bounded number per service; each outcome
is yielded in the caller's thread, so whoever records or shows it needs no lock. Closing the
generator, as Ctrl-C does, ends running transfers at their next chunk and leaves nothing behind.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from threading import Event

from photosync.backend import Advance, Backend
from photosync.errors import Interrupted, SideError, SideStopped
from photosync.explorer import Explorer
from photosync.files import Content
from photosync.model import Actions, Outcome, Plan, Purge, RemotePhoto, Result, Side, Step
from photosync.naming import key
from photosync.plan import DELETES

log = logging.getLogger(__name__)

Moved = Callable[[Step, int], None]
"""Told, from a worker thread, how many bytes of a step have just been moved."""

Stopping = Callable[[], bool]
"""Asked several times a second whether the run is to end early."""

_PULSE = 0.2
"""Seconds of the longest wait: a signal that comes on the way into one is heard only after it."""

_SENDS = frozenset({Actions.UPLOAD_LOCAL, Actions.REPLACE_REMOTE_WITH_LOCAL})


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a service may be used: steps at once, and seconds of rest after each step."""

    transfers: int = 4
    wait: float = 0.0

    @property
    def workers(self) -> int:
        return 1 if self.wait else self.transfers


@dataclass(frozen=True, slots=True)
class Sides:
    """The two sides of every step."""

    local: Explorer
    remotes: Mapping[str, Backend]


# -- what each action does -----------------------------------------------------------------


def _upload(sides: Sides, step: Step, advance: Advance) -> None:
    assert step.local is not None
    source = sides.local.source(step.local)
    sides.remotes[step.service].save(step.album, step.local.name, source, advance)


def _replace(sides: Sides, step: Step, advance: Advance) -> None:
    assert step.local is not None
    source = sides.local.source(step.local)
    sides.remotes[step.service].replace(_remote(step), source, advance)


def _download(sides: Sides, step: Step, advance: Advance) -> None:
    remote, backend = _remote(step), sides.remotes[step.service]
    expected = Content(remote.size, remote.md5, remote.modified_ns)
    with backend.open(remote) as stream:
        if step.local:
            sides.local.overwrite(step.local, stream, expected, advance)
        else:
            as_is = backend.capabilities.names_are_files
            sides.local.save(step.album, remote.name, stream, expected, advance, as_is=as_is)


def _delete_local(sides: Sides, step: Step, _: Advance) -> None:
    assert step.local is not None
    sides.local.delete(step.local)


def _delete_remote(sides: Sides, step: Step, _: Advance) -> None:
    sides.remotes[step.service].delete(_remote(step))


def _describe(sides: Sides, step: Step, _: Advance) -> None:
    assert step.local is not None
    sides.remotes[step.service].describe(_remote(step), step.local)


def _remote(step: Step) -> RemotePhoto:
    assert step.remote is not None
    return step.remote


_DO: Mapping[Actions, Callable[[Sides, Step, Advance], None]] = {
    Actions.UPLOAD_LOCAL: _upload,
    Actions.REPLACE_REMOTE_WITH_LOCAL: _replace,
    Actions.DOWNLOAD_REMOTE: _download,
    Actions.DELETE_LOCAL: _delete_local,
    Actions.DELETE_REMOTE: _delete_remote,
    Actions.UPDATE_REMOTE_METADATA: _describe,
}


# -- running them --------------------------------------------------------------------------


@dataclass(slots=True)
class _Lane:
    """The queue and the workers of one service."""

    waiting: deque[Step]
    pool: ThreadPoolExecutor
    free: int
    rests_until: float = 0.0


@dataclass(slots=True)
class _Run:
    sides: Sides
    pace: Pace
    moved: Moved
    stopping: Stopping
    stop: Event = field(default_factory=Event)
    refused: dict[tuple[str, Actions], str] = field(default_factory=dict)

    def prepare(self) -> None:
        """Make the sides ready for writes; a service that cannot be gets no steps."""
        self.sides.local.prepare()
        for service, backend in self.sides.remotes.items():
            try:
                backend.prepare()
            except SideError as error:
                self.refused |= {(service, action): str(error) for action in _DO}

    def heed(self) -> None:
        """Raise Interrupted once the run is to end."""
        if self.stopping():
            raise Interrupted("interrupted")

    def phase(self, steps: Iterable[Step]) -> Iterator[Outcome]:
        """All steps, those of different services side by side; outcomes as they come."""
        lanes = self._lanes(steps)
        running: dict[Future[None], Step] = {}
        try:
            while running or any(lane.waiting for lane in lanes.values()):
                self.heed()
                yield from self._fill(lanes, running)
                for future in self._finished(lanes, running):
                    step = running.pop(future)
                    lane = lanes[step.service]
                    lane.free += 1
                    lane.rests_until = time.monotonic() + self.pace.wait
                    yield self._outcome(step, future)
        finally:
            self._close(lanes)

    def _lanes(self, steps: Iterable[Step]) -> dict[str, _Lane]:
        queues: dict[str, deque[Step]] = {}
        for step in steps:
            queues.setdefault(step.service, deque()).append(step)
        workers = self.pace.workers
        return {
            service: _Lane(queue, ThreadPoolExecutor(workers, service), workers)
            for service, queue in queues.items()
        }

    def _fill(
        self, lanes: Mapping[str, _Lane], running: dict[Future[None], Step]
    ) -> Iterator[Outcome]:
        for lane in lanes.values():
            while lane.waiting and lane.free and time.monotonic() >= lane.rests_until:
                step = lane.waiting.popleft()
                reason = self.refused.get((step.service, step.action))
                if reason:
                    yield Outcome(step, Result.SKIPPED, f"not tried: {reason}")
                else:
                    lane.free -= 1
                    running[lane.pool.submit(self._carry_out, step)] = step

    def _finished(
        self, lanes: Mapping[str, _Lane], running: Mapping[Future[None], Step]
    ) -> set[Future[None]]:
        """The steps that ended by the time one did, or it is time to look around again."""
        resting = [lane.rests_until for lane in lanes.values() if lane.waiting and lane.free]
        rest = max(0.0, min(resting) - time.monotonic()) if resting else _PULSE
        if running:
            return wait(running, min(rest, _PULSE), FIRST_COMPLETED).done
        time.sleep(min(rest, _PULSE))
        return set()

    def _carry_out(self, step: Step) -> None:
        def advance(count: int) -> None:
            if self.stop.is_set():
                raise Interrupted("interrupted")
            self.moved(step, count)

        advance(0)
        _DO[step.action](self.sides, step, advance)

    def _outcome(self, step: Step, future: Future[None]) -> Outcome:
        try:
            future.result()
        except SideStopped as error:
            self._refuse(step, str(error))
            return Outcome(step, Result.FAILED, str(error))
        except SideError as error:
            log.debug("%s %r %r failed", step.action, step.album, step.name, exc_info=error)
            return Outcome(step, Result.FAILED, str(error))
        return Outcome(step, Result.DONE)

    def _refuse(self, step: Step, reason: str) -> None:
        """What filled one side up ends all that would write there, and nothing else."""
        if step.action is Actions.DOWNLOAD_REMOTE:
            for service in self.sides.remotes:
                self.refused[service, Actions.DOWNLOAD_REMOTE] = reason
        else:
            for action in _SENDS:
                self.refused[step.service, action] = reason

    def _close(self, lanes: Mapping[str, _Lane]) -> None:
        if any(lane.waiting for lane in lanes.values()) or any(
            lane.free < self.pace.workers for lane in lanes.values()
        ):
            self.stop.set()
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
    steps = [step for step in plan.steps if step.action in _DO]
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
