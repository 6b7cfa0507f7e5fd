"""Carries a plan out: the only module with threads.

`execute` is a generator. Steps run in worker threads, a bounded number per service;
each outcome is yielded in the caller's thread, so whoever records or shows it needs no
lock. Closing the generator, as Ctrl-C does, ends running transfers at their next chunk
and leaves nothing behind.
"""

from __future__ import annotations

import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from threading import Event
from typing import NamedTuple

from photosync.errors import Interrupted, SideError, SideStopped
from photosync.execute.actions import DO, Endpoints
from photosync.model import (
    NO_EFFECT,
    Actions,
    Effect,
    LocalPhoto,
    Outcome,
    Plan,
    Purge,
    Rename,
    Result,
    Side,
    Step,
)
from photosync.naming import name_key
from photosync.plan.policy import DELETES

log = logging.getLogger(__name__)

StepProgress = Callable[[Step, int], None]
"""Told, from a worker thread, how many bytes of a step have just been moved."""

ShouldStop = Callable[[], bool]
"""Asked several times a second whether the run is to end early."""

_PULSE = 0.2
"""Seconds of the longest wait: a signal that comes on the way into one is heard only
after it.
"""

_BATCH = 500
"""Photos that join their album at once; what a crash leaves outside is at most so
many.
"""

_SENDS = frozenset({Actions.UPLOAD_LOCAL, Actions.REPLACE_REMOTE_WITH_LOCAL})


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a service may be used: steps at once, and seconds of rest after each
    step.
    """

    transfers: int = 4
    wait: float = 0.0

    @property
    def workers(self) -> int:
        return 1 if self.wait else self.transfers


@dataclass(slots=True)
class _Lane:
    """The queue and the workers of one service.

    Where photos join their albums in batches, `to_come` counts those still on their way
    per album and `unsettled` holds those that are there but in no album yet.
    """

    waiting: deque[Step]
    pool: ThreadPoolExecutor
    free: int
    batches: bool = False
    rests_until: float = 0.0
    to_come: Counter[str] = field(default_factory=Counter)
    unsettled: dict[str, list[Outcome]] = field(default_factory=dict)

    @property
    def is_ready(self) -> bool:
        return (
            bool(self.waiting)
            and self.free > 0
            and time.monotonic() >= self.rests_until
        )

    def commits_albums(self, step: Step) -> bool:
        """Whether a step leaves its photo in no album until the album is settled."""
        return self.batches and step.action is Actions.UPLOAD_LOCAL


class _Job(NamedTuple):
    """What one future does: a step, or letting photos that were `sent` join their
    album.
    """

    step: Step
    sent: Sequence[Outcome] = ()


_Running = dict[Future[Effect], _Job]


@dataclass(slots=True)
class _Run:
    endpoints: Endpoints
    pace: Pace
    progress: StepProgress
    should_stop: ShouldStop
    stop: Event = field(default_factory=Event)
    refused: dict[tuple[str, Actions], SideError] = field(default_factory=dict)

    def prepare(self) -> None:
        """Make the sides ready for writes; a service that cannot be gets no steps."""
        self.endpoints.local.prepare()
        for service, backend in self.endpoints.remotes.items():
            try:
                backend.prepare()
            except SideError as error:
                self.refused |= {(service, action): error for action in DO}

    def heed(self) -> None:
        """Raise Interrupted once the run is to end."""
        if self.should_stop():
            raise Interrupted("interrupted")

    def phase(self, steps: Iterable[Step]) -> Iterator[Outcome]:
        """All steps, those of different services side by side; outcomes as they
        come.
        """
        lanes = self._lanes(steps)
        running: _Running = {}
        try:
            while running or any(lane.waiting for lane in lanes.values()):
                self.heed()
                for lane in lanes.values():
                    yield from self._fill(lane, running)
                for future in self._finished(lanes, running):
                    job = running.pop(future)
                    lane = lanes[job.step.service]
                    lane.free += 1
                    lane.rests_until = time.monotonic() + self.pace.wait
                    yield from self._ended(lane, job, future, running)
        finally:
            self._close(lanes)

    def _lanes(self, steps: Iterable[Step]) -> dict[str, _Lane]:
        queues: dict[str, deque[Step]] = {}
        for step in steps:
            queues.setdefault(step.service, deque()).append(step)
        return {
            service: self._lane(service, queue) for service, queue in queues.items()
        }

    def _lane(self, service: str, queue: deque[Step]) -> _Lane:
        workers = self.pace.workers
        batches = self.endpoints.remotes[service].capabilities.commits_albums
        lane = _Lane(queue, ThreadPoolExecutor(workers, service), workers, batches)
        lane.to_come.update(step.album for step in queue if lane.commits_albums(step))
        return lane

    def _fill(self, lane: _Lane, running: _Running) -> Iterator[Outcome]:
        while lane.is_ready:
            step = lane.waiting.popleft()
            error = self.refused.get((step.service, step.action))
            if error:
                yield Outcome(
                    step, Result.SKIPPED, f"not tried: {error}", error.exit_code
                )
                self._settle(lane, step, running)
            else:
                lane.free -= 1
                running[lane.pool.submit(self._carry_out, step)] = _Job(step)

    def _finished(
        self, lanes: Mapping[str, _Lane], running: _Running
    ) -> set[Future[Effect]]:
        """The steps that ended by the time one did, or it is time to look around
        again.
        """
        resting = [
            lane.rests_until
            for lane in lanes.values()
            if lane.waiting and lane.free > 0
        ]
        rest = max(0.0, min(resting) - time.monotonic()) if resting else _PULSE
        if running:
            return wait(running, min(rest, _PULSE), FIRST_COMPLETED).done
        time.sleep(min(rest, _PULSE))
        return set()

    def _ended(
        self, lane: _Lane, job: _Job, future: Future[Effect], running: _Running
    ) -> Iterator[Outcome]:
        """The outcomes of what ended; a photo that still has to join its album waits
        for that.
        """
        outcome = self._outcome(job.step, future)
        if job.sent:
            yield from (_with_end_of(outcome, one) for one in job.sent)
        elif outcome.result is Result.DONE and lane.commits_albums(job.step):
            lane.unsettled.setdefault(job.step.album, []).append(outcome)
            self._settle(lane, job.step, running)
        else:
            yield outcome
            self._settle(lane, job.step, running)

    def _settle(self, lane: _Lane, step: Step, running: _Running) -> None:
        """One upload fewer to come: after the last, or with a full batch, photos join
        the album.
        """
        if not lane.commits_albums(step):
            return
        lane.to_come[step.album] -= 1
        batch = lane.unsettled.get(step.album, [])
        if batch and (not lane.to_come[step.album] or len(batch) >= _BATCH):
            del lane.unsettled[step.album]
            lane.free -= 1
            running[lane.pool.submit(self._join, step)] = _Job(step, batch)

    def _join(self, step: Step) -> Effect:
        self.endpoints.remotes[step.service].commit_album(step.album)
        return NO_EFFECT

    def _carry_out(self, step: Step) -> Effect:
        def progress(count: int) -> None:
            if self.stop.is_set():
                raise Interrupted("interrupted")
            self.progress(step, count)

        progress(0)
        return DO[step.action](self.endpoints, step, progress)

    def _outcome(self, step: Step, future: Future[Effect]) -> Outcome:
        try:
            effect = future.result()
        except SideStopped as error:
            self._refuse(step, error)
            return Outcome(step, Result.FAILED, str(error), error.exit_code)
        except SideError as error:
            log.debug(
                "%s %r %r failed", step.action, step.album, step.name, exc_info=error
            )
            return Outcome(step, Result.FAILED, str(error))
        return Outcome(step, Result.DONE, effect=effect)

    def _refuse(self, step: Step, error: SideStopped) -> None:
        """What filled one side up ends all that would write there, and nothing else."""
        if error.entirely:
            ended = {(step.service, action) for action in DO}
        elif step.action is Actions.DOWNLOAD_REMOTE:
            ended = {(service, step.action) for service in self.endpoints.remotes}
        else:
            ended = {(step.service, action) for action in _SENDS}
        self.refused |= dict.fromkeys(ended, error)

    def _close(self, lanes: Mapping[str, _Lane]) -> None:
        if any(lane.waiting for lane in lanes.values()) or any(
            lane.free < self.pace.workers for lane in lanes.values()
        ):
            self.stop.set()
            for backend in self.endpoints.remotes.values():
                backend.cancel()
        for lane in lanes.values():
            lane.pool.shutdown(wait=True, cancel_futures=True)


def _with_end_of(joining: Outcome, sent: Outcome) -> Outcome:
    """What became of a photo that was sent, once it had to join its album."""
    return replace(
        sent, result=joining.result, reason=joining.reason, exit_code=joining.exit_code
    )


@dataclass(slots=True)
class _Finished:
    """What the steps that are still to come must know of those that ended."""

    spoilt: set[str] = field(default_factory=set)
    files: dict[tuple[str, str, str], LocalPhoto | None] = field(default_factory=dict)

    def note(self, outcome: Outcome) -> Outcome:
        step = outcome.step
        if isinstance(step, Step) and not step.is_duplicate:
            if outcome.result is Result.DONE:
                self.files[_of(step.service, step)] = outcome.effect.local
            else:
                self.spoilt |= {name_key(step.album)} | (
                    {name_key(step.origin[0])} if step.origin else set()
                )
        return outcome

    def ready(self, steps: Iterable[Step]) -> tuple[list[Step], list[Outcome]]:
        """Steps with the local file that the step before them left, and those that have
        none.
        """
        given: list[Step] = []
        lost: list[Outcome] = []
        for step in steps:
            before = _of(step.after, step)
            local = self.files.get(before)
            if before in self.files and (local or step.action in DELETES):
                given.append(replace(step, local=local))
            else:
                lost.append(
                    _skipped(step, f"not tried: {step.after} did not do its part")
                )
        return given, lost

    def led(self, steps: Iterable[Step]) -> tuple[list[Step], list[Outcome]]:
        """Steps whose leader went before, and those whose leader did not."""
        given: list[Step] = []
        lost: list[Outcome] = []
        for step in steps:
            if (
                step.service,
                name_key(step.album),
                name_key(step.leader),
            ) in self.files:
                given.append(step)
            else:
                lost.append(
                    _skipped(step, f"not tried: {step.leader} stayed where it is")
                )
        return given, lost


def _of(service: str, step: Step) -> tuple[str, str, str]:
    return service, name_key(step.album), name_key(step.name)


def _skipped(step: Step, reason: str) -> Outcome:
    return Outcome(step, Result.SKIPPED, reason)


def execute(
    plan: Plan,
    endpoints: Endpoints,
    pace: Pace,
    progress: StepProgress,
    should_stop: ShouldStop,
) -> Iterator[Outcome]:
    """Carry out all steps but reports, deletes last and only in albums where nothing
    failed.

    What follows another service's step comes after all that do not. Raises Interrupted
    when it is stopped, and whatever else is not a SideError, after running steps have
    ended.
    """
    run = _Run(endpoints, pace, progress, should_stop)
    finished = _Finished()
    run.prepare()
    for rename in plan.renames:
        run.heed()
        yield from map(finished.note, _renamed(rename, run))
    at_once = {step for rename in plan.renames for step in rename.steps}
    steps = [step for step in plan.steps if step.action in DO and step not in at_once]
    deletes = [step for step in steps if step.action in DELETES]
    yield from _phases([s for s in steps if s.action not in DELETES], run, finished)
    for step in deletes:
        if name_key(step.album) in finished.spoilt:
            yield _skipped(step, "not deleted: something failed in this album")
    yield from _phases(
        [s for s in deletes if name_key(s.album) not in finished.spoilt], run, finished
    )
    for purge in plan.purges:
        run.heed()
        yield _purged(purge, endpoints)


def _phases(steps: Sequence[Step], run: _Run, finished: _Finished) -> Iterator[Outcome]:
    """The steps that stand alone, those with a leader, then those after another
    service's.
    """
    alone = [step for step in steps if not step.after and not step.leader]
    yield from map(finished.note, run.phase(alone))
    given, lost = finished.led(
        [step for step in steps if step.leader and not step.after]
    )
    yield from map(finished.note, lost)
    yield from map(finished.note, run.phase(given))
    given, lost = finished.ready([step for step in steps if step.after])
    yield from map(finished.note, lost)
    yield from map(finished.note, run.phase(given))


def _renamed(rename: Rename, run: _Run) -> Iterator[Outcome]:
    """What became of the photos of an album that is renamed as a whole."""
    photos = [step.remote for step in rename.steps if step.remote]
    refused = run.refused.get((rename.service, Actions.MOVE_REMOTE))
    try:
        if refused:
            raise refused
        renamed = run.endpoints.remotes[rename.service].rename_album(
            rename.album, rename.title, photos
        )
    except SideError as error:
        for step in rename.steps:
            yield Outcome(step, Result.FAILED, str(error), error.exit_code)
        return
    for step, photo in zip(rename.steps, renamed, strict=True):
        effect = Effect(step.local, photo._replace(name=step.name))
        yield Outcome(step, Result.DONE, effect=effect)


def empty_trash(plan: Plan, endpoints: Endpoints) -> None:
    """Empty the trashes that the plan names of what has lain there longer than it
    says.
    """
    for place in plan.trash:
        side = endpoints.local if place == Side.LOCAL else endpoints.remotes[place]
        side.empty_trash(plan.trash_days)


def _purged(purge: Purge, endpoints: Endpoints) -> Outcome:
    try:
        endpoints.remotes[purge.service].remove_album(purge.album)
    except SideError as error:
        return Outcome(purge, Result.FAILED, str(error))
    return Outcome(purge, Result.DONE)
