"""Carries out a plan: each outcome is remembered before it is yielded."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field

from photosync.config.settings import Settings
from photosync.errors import Interrupted, PhotosyncError, UsageError
from photosync.execute.breaker import RESTS
from photosync.execute.endpoints import open_endpoints
from photosync.execute.executor import execute
from photosync.execute.lanes import Pace
from photosync.execute.shrink_notes import ShrinkNotes
from photosync.execute.transfers import Callbacks, ShouldStop, StepProgress
from photosync.history.recorder import Recorder
from photosync.local.explorer import Explorer
from photosync.model import (
    Baseline,
    Outcome,
    Plan,
    Result,
)
from photosync.services.base import Backend
from photosync.services.network import Network
from photosync.sync.policy import make_policy


@dataclass(frozen=True, slots=True)
class Running:
    """All that a plan needs to be carried out."""

    settings: Settings
    explorer: Explorer
    backends: Mapping[str, Backend]
    memories: Recorder
    network: Network
    shrink_notes: ShrinkNotes = field(default_factory=ShrinkNotes)

    def run(
        self, plan: Plan, progress: StepProgress, should_stop: ShouldStop
    ) -> Generator[Outcome, None, None]:
        """Yield the outcome of each step; remember how the run ended, however it does.

        A run whose plan puts services off goes on after it. Raises Interrupted, and
        UsageError in a dry run.
        """
        if self.settings.test:
            raise UsageError(
                "this is a dry run (test=True), which carries nothing out; "
                "open PhotoSync without it"
            )
        code = Interrupted.exit_code
        failed = plan.exit_code
        goes_on = False
        try:
            with closing(self._carry_out(plan, progress, should_stop)) as outcomes:
                for outcome in outcomes:
                    if outcome.result is not Result.DONE:
                        failed = max(failed, outcome.exit_code)
                    yield outcome
            code = failed
            goes_on = bool(plan.put_off)
        except Exception as error:
            # Not stopped, but failed. Ctrl-C, and a reader that stops reading, are no
            # Exception.
            code = getattr(error, "exit_code", PhotosyncError.exit_code)
            raise
        finally:
            passive = make_policy(self.settings).is_passive
            self.memories.end(code, passive=passive, goes_on=goes_on)

    def _carry_out(
        self, plan: Plan, progress: StepProgress, should_stop: ShouldStop
    ) -> Generator[Outcome, None, None]:
        passive = make_policy(self.settings).is_passive
        self.memories.begin(plan, self.settings.mode, passive=passive)
        pace = self._make_pace()
        callbacks = Callbacks(progress, should_stop, self.memories.forbid)
        with open_endpoints(
            self.settings,
            self.explorer,
            self.backends,
            self._find_baselines,
            self.shrink_notes,
        ) as endpoints:
            for outcomes in execute(plan, endpoints, pace, callbacks):
                noted = [outcome for outcome in outcomes if _is_worth_noting(outcome)]
                self.memories.record(noted)
                yield from outcomes

    def _make_pace(self) -> Pace:
        settings = self.settings
        return Pace(
            settings.transfers,
            settings.wait,
            # The time of the run began when the services were first asked.
            self.network.until,
            timetable=settings.bwlimit,
            max_calls=settings.max_calls,
            on_wait=self.network.on_wait,
            # Whoever waits less between tries, as tests do, waits less here, too.
            rests=[rest * settings.retry_wait for rest in RESTS],
        )

    def _find_baselines(self, service: str, album: str) -> Mapping[str, Baseline]:
        return self.memories.find_baselines(service).album(album)


def _is_worth_noting(outcome: Outcome) -> bool:
    # A step that there was no time for is simply done by the next run.
    return outcome.result is not Result.POSTPONED or outcome.side_stopped
