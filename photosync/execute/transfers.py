"""Carries out many steps at once, a bounded number for each service.

Steps run in worker threads; each outcome is yielded in the thread of the caller, so
whoever records or shows it needs no lock. Closing the generator, as Ctrl-C does, ends
running transfers at their next chunk and leaves nothing behind.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from functools import partial
from threading import Event
from typing import NamedTuple

from photosync.errors import Interrupted, SideError, SideStopped, Unfit
from photosync.execute.actions import DO
from photosync.execute.aside import PULSE, Aside
from photosync.execute.bandwidth import Bandwidth
from photosync.execute.breaker import Breaker
from photosync.execute.endpoints import Endpoints, describe_album
from photosync.execute.jobs import Job, Running, take_back
from photosync.execute.joining import Joining, list_joined
from photosync.execute.lanes import Lane, Pace
from photosync.execute.outcomes import judge, postpone, refuse
from photosync.execute.preparing import Ready, prepare_when_due, wait_until_ready
from photosync.execute.queue import StepQueue
from photosync.execute.refusals import Refusals
from photosync.model import (
    Actions,
    Effect,
    EmptyTrash,
    Outcome,
    Result,
    Step,
    Wait,
    describe_terms,
)
from photosync.services.trouble import give_up
from photosync.unforeseen import contain

log = logging.getLogger(__name__)

StepProgress = Callable[[Step, int], None]
"""Called in a worker thread with the bytes of a step that have just been moved."""

ShouldStop = Callable[[], bool]
"""Asked several times a second whether the run is to end early."""

Forbid = Callable[[Step | EmptyTrash], SideError | None]
"""Returns why something that cannot be undone must not be done now; None where it may.

All outcomes that were yielded before have been read by then.
"""


class Callbacks(NamedTuple):
    """What the executor asks and tells of whoever started it."""

    progress: StepProgress
    should_stop: ShouldStop
    forbid: Forbid


class Transfers:
    """Carries out steps; what turned out to be in vain is not tried by later ones."""

    def __init__(
        self,
        endpoints: Endpoints,
        pace: Pace,
        callbacks: Callbacks,
    ) -> None:
        self.endpoints = endpoints
        self.refusals = Refusals(endpoints.remotes, endpoints.local.roots)
        self._pace = pace
        self._callbacks = callbacks
        self._stop = Event()
        self.aside = Aside(pace.workers, self.check_stop, self._cancel)
        self._bandwidth = Bandwidth(pace.timetable)
        self._joining = Joining(endpoints.remotes)
        self._breakers = {service: Breaker(pace.rests) for service in endpoints.remotes}

    def prepare(self) -> None:
        """Make both sides ready for writes; a service where that fails gets no steps."""
        try:
            self.aside.wait_for(self.endpoints.local.prepare)
        except SideError as error:
            # The half-written files of a killed run may stay for another day.
            log.debug("the folders were not cleaned: %s", error)
        for service, backend in self.endpoints.remotes.items():
            backend.use_descriptions(partial(describe_album, self.endpoints))
            try:
                self.aside.wait_for(backend.prepare)
            except SideError as error:
                self.refusals.refuse_service(service, error)

    def find_limit(self, service: str) -> str:
        """Return why no further step may begin on a service: the time of the run is
        over, or its calls are used up; empty where one may. Steps that run may end.
        """
        backend = self.endpoints.remotes.get(service)
        calls = backend.calls if backend else 0
        return self._pace.find_limit(calls)

    def check_stop(self) -> None:
        """Raise Interrupted once the run is to end."""
        if self._callbacks.should_stop():
            raise Interrupted("interrupted")

    def close(self) -> None:
        """End the threads."""
        self.aside.close()

    def run(self, steps: Iterable[Step]) -> Iterator[Sequence[Outcome]]:
        """Carry out all steps, those of different services at the same time; yield the
        outcomes as they come, together those that ended together.
        """
        lanes = self._open_lanes(steps)
        running: Running = {}
        try:
            while running or not all(lane.is_over for lane in lanes.values()):
                self.check_stop()
                self._take_back_late_steps(lanes, running)
                yield self._start_steps(lanes, running)
                yield self._finish_some(lanes, running)
        except Interrupted:
            yield list_joined(lanes.values(), running)
            raise
        finally:
            self._close_lanes(lanes)

    def _take_back_late_steps(
        self, lanes: Mapping[str, Lane], running: Running
    ) -> None:
        """Take back the steps that were given ahead to workers, once none may begin.

        The film before them may have taken an hour.
        """
        late = {
            service: lane for service, lane in lanes.items() if self.find_limit(service)
        }
        take_back(late, running)

    def _start_steps(
        self, lanes: Mapping[str, Lane], running: Running
    ) -> list[Outcome]:
        """Give steps to the workers that are free; return the outcomes of those that
        must not be done.
        """
        outcomes: list[Outcome] = []
        for lane in lanes.values():
            outcomes += self._start_some(lane, running)
        return outcomes

    def _finish_some(
        self, lanes: Mapping[str, Lane], running: Running
    ) -> list[Outcome]:
        """Wait until some jobs end; return the outcomes of all that did."""
        outcomes: list[Outcome] = []
        for future in self._wait_for_some(lanes, running):
            job = running.pop(future)
            error = future.exception()
            lane = lanes[job.step.service]
            lane.given -= 1
            if not job.batch:
                lane.waiting.note_end(job.step)
            self._heed_trouble(lane, job.step.service, error)
            lane.rest(self._pace.wait)
            outcomes += self._finish_job(lane, job, future, running)
            if lane.is_resting or isinstance(error, SideStopped):
                take_back(lanes, running)
        return outcomes

    def _open_lanes(self, steps: Iterable[Step]) -> dict[str, Lane]:
        queues: dict[str, deque[Step]] = {}
        for step in steps:
            queues.setdefault(step.service, deque()).append(step)
        return {
            service: self._open_lane(service, queue)
            for service, queue in queues.items()
        }

    def _open_lane(self, service: str, queue: deque[Step]) -> Lane:
        workers = self._pace.workers
        has_batches = self.endpoints.remotes[service].capabilities.commits_albums
        pool = ThreadPoolExecutor(workers, service)
        breaker = self._breakers[service]
        ahead = self._pace.ahead
        lane = Lane(StepQueue(queue, workers), pool, workers, breaker, ahead)
        lane.has_batches = has_batches
        lane.to_come.update(step.album for step in queue if lane.is_batched(step))
        sent = [step.album for step in queue if step.action is Actions.UPLOAD_LOCAL]
        lane.albums = deque(dict.fromkeys(sent))
        return lane

    def _start_some(self, lane: Lane, running: Running) -> Iterator[Outcome]:
        while lane.is_ready:
            step = lane.waiting.take()
            limit = self.find_limit(step.service)
            if limit:
                yield postpone(step, limit)
                self._joining.commit_when_due(lane, step, running)
                continue
            error = self.refusals.find(step.service, step.action)
            error = error or self._callbacks.forbid(step)
            if error:
                yield refuse(step, error)
                self._joining.commit_when_due(lane, step, running)
                continue
            self._start(lane, step, running)
        self._joining.look_when_due(lane, running)

    def _start(self, lane: Lane, step: Step, running: Running) -> None:
        """Give a step to a worker of its lane."""
        self._prepare_next_album(lane, step)
        lane.given += 1
        lane.waiting.note_begin(step)
        ready = prepare_when_due(lane, step, self.endpoints, self.aside)
        future = lane.pool.submit(self._carry_out, step, ready)
        running[future] = Job(step)

    def _prepare_next_album(self, lane: Lane, step: Step) -> None:
        """Make the next album along with the first photo of this one: else all
        transfers would have to wait for it at once.
        """
        album = lane.find_coming_album(step)
        if album is not None:
            backend = self.endpoints.remotes[step.service]
            self.aside.try_soon(partial(backend.prepare_album, album))

    def _wait_for_some(
        self, lanes: Mapping[str, Lane], running: Running
    ) -> set[Future[Effect]]:
        """Wait until a job ends, a lane has rested, or a moment is over; return the jobs
        that have ended.
        """
        resting = [lane.rests_until for lane in lanes.values() if lane.has_work]
        rest = PULSE
        if resting:
            rest = max(0.0, min(resting) - time.monotonic())
        if running:
            return wait(running, min(rest, PULSE), FIRST_COMPLETED).done
        time.sleep(min(rest, PULSE))
        return set()

    def _finish_job(
        self, lane: Lane, job: Job, future: Future[Effect], running: Running
    ) -> Iterator[Outcome]:
        """Yield the outcomes of a job; that of a photo which has to join its album comes
        once it has.
        """
        outcome = judge(job.step, future)
        error = future.exception()
        if isinstance(error, SideStopped):
            self.refusals.refuse_after(job.step, error)
        if job.batch:
            yield from self._joining.finish(lane, job, outcome, future)
            return
        if outcome.result is Result.DONE and lane.is_batched(job.step):
            lane.in_no_album.setdefault(job.step.album, []).append(outcome)
        else:
            yield outcome
        self._joining.commit_when_due(lane, job.step, running)

    def _heed_trouble(
        self, lane: Lane, service: str, error: BaseException | None
    ) -> None:
        """Let a service rest where one photo after the other ends in a passing fault.

        Each photo would take half a minute, and be sent six times, for days. Where no
        rest has helped, or none fits into the time of the run, nothing more is tried.
        """
        # A step that was running when the rest began tells nothing new.
        if not lane.breaker.note(error) or lane.is_resting:
            return
        seconds = lane.breaker.take_rest()
        if seconds is None or self._pace.ends_within(seconds):
            self.refusals.refuse_service(service, give_up(error))
            return
        lane.rest(seconds)
        now = time.time()
        self._pace.on_wait(Wait(service, str(error), now, now + seconds))

    def heed_trouble_with_albums(self, service: str, error: SideError | None) -> None:
        """Try nothing more on a service that fails with one album after the other.

        It gets no rest for that: the next run does the rest of the albums.
        """
        if self._breakers[service].note(error):
            self.refusals.refuse_service(service, give_up(error))

    def _carry_out(self, step: Step, ready: Ready | None) -> Effect:
        wait_until_ready(ready)

        def progress(count: int) -> None:
            self._check_cancelled()
            self._bandwidth.spend(count, self._check_cancelled)
            self._callbacks.progress(step, count)

        with contain(step.summary):
            progress(0)
            try:
                return DO[step.action](self.endpoints, step, progress)
            except Unfit as error:
                # Without the terms of the account the file is simply tried again in the
                # next run.
                with suppress(SideError):
                    error.terms = self._find_terms(step.service)
                raise

    def _find_terms(self, service: str) -> str:
        terms = self.endpoints.remotes[service].find_terms()
        return describe_terms(terms, shrinks=self.endpoints.shrinker is not None)

    def _check_cancelled(self) -> None:
        if self._stop.is_set():
            raise Interrupted("interrupted")

    def _close_lanes(self, lanes: Mapping[str, Lane]) -> None:
        if any(lane.waiting or lane.given for lane in lanes.values()):
            self._cancel()
        for lane in lanes.values():
            lane.pool.shutdown(wait=True, cancel_futures=True)

    def _cancel(self) -> None:
        """Stop all transfers, retries and shrinking: the run ends in the middle."""
        self._stop.set()
        if self.endpoints.shrinker:
            self.endpoints.shrinker.cancel()
        for backend in self.endpoints.remotes.values():
            backend.cancel()
