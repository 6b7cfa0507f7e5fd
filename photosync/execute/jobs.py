"""The jobs that the workers of a service do, one future each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import NamedTuple

from photosync.execute.lanes import Lane
from photosync.model import Effect, Outcome, Step


class Job(NamedTuple):
    """The job of one future: a step; or, where there is a `batch` of uploaded photos,
    letting them join their album, or with `is_look` asking for their versions.
    """

    step: Step
    batch: Sequence[Outcome] = ()
    is_look: bool = False


Running = dict[Future[Effect], Job]


def take_back(lanes: Mapping[str, Lane], running: Running) -> None:
    """Take back the steps that were given to workers of these lanes and not begun yet."""
    # The last one first, so that their order in the queue is as before.
    for future, job in reversed(list(running.items())):
        lane = lanes.get(job.step.service)
        if lane is None or job.batch:
            continue
        if future.cancel():
            del running[future]
            lane.given -= 1
            lane.waiting.note_end(job.step)
            lane.waiting.put_back(job.step)
