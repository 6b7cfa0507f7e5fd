"""What the workers of a service are given, one future each."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from typing import NamedTuple

from photosync.model import Effect, Outcome, Step


class Job(NamedTuple):
    """What one future does: a step, or letting the photos of `batch` join their album,
    or with `is_look` asking for their versions.
    """

    step: Step
    batch: Sequence[Outcome] = ()
    is_look: bool = False


Running = dict[Future[Effect], Job]
