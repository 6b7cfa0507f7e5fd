"""What is done takes of a side, and what that has left: calls, units of a quota, room."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from photosync.model import Actions, Step


class Cost(NamedTuple):
    """Calls of a service, and the units that its quota counts for them."""

    calls: float = 0
    units: float = 0

    def times(self, count: float) -> Cost:
        """Return what it costs to do this so often."""
        return Cost(self.calls * count, self.units * count)

    def plus(self, other: Cost) -> Cost:
        """Return what both cost together."""
        return Cost(self.calls + other.calls, self.units + other.units)


NOTHING = Cost()
_SENDS = frozenset({Actions.UPLOAD_LOCAL, Actions.REPLACE_REMOTE_WITH_LOCAL})


@dataclass(frozen=True, slots=True)
class Costs:
    """About what a service takes for one of each thing that a run does there; a test
    holds that against the calls of runs.

    `steps`: a photo, by what is done about it; `rename`: giving one another name, be it
    on its way to another album. `join_album`: a photo that is sent to an album, and
    `make_album` an album that is not there yet, until all is told of it; `set_date`: telling
    when a photo was taken of which the service cannot read that. A file of more than
    `at_once` bytes is sent in chunks of `chunk`, each of which is a call.
    """

    steps: Mapping[Actions, Cost] = field(default_factory=dict)
    rename: Cost = NOTHING
    join_album: Cost = NOTHING
    make_album: Cost = NOTHING
    set_date: Cost = NOTHING
    update_album: Cost = NOTHING
    rename_album: Cost = NOTHING
    remove_album: Cost = NOTHING
    at_once: float = math.inf
    chunk: float = math.inf

    def of_step(self, step: Step, size: int) -> Cost:
        """Return what a step takes that sends so many bytes, if it sends any."""
        cost = self.steps.get(step.action, NOTHING)
        if step.action is Actions.MOVE_REMOTE:
            return self._of_move(step, cost)
        if step.action in _SENDS and size > self.at_once:
            return cost.plus(Cost(math.ceil(size / self.chunk)))
        return cost

    def _of_move(self, step: Step, move: Cost) -> Cost:
        album, name = step.origin or (step.album, step.name)
        if name == step.name:
            return move
        # One that only gets another name need not leave its album.
        return self.rename if album == step.album else move.plus(self.rename)


NO_COSTS = Costs()
"""Those of a disk: it takes no calls."""


class Allowance(NamedTuple):
    """A quota: so many units in so many seconds, of which `left` may be spent now.

    `counts_calls`: a unit is a call.
    """

    units: float
    seconds: float
    left: float
    counts_calls: bool = False

    def compute_seconds(self, units: float) -> float:
        """Return about how long it takes to spend so many units, 0 if no call waits."""
        if units <= self.left:
            return 0.0
        # What was spent a moment ago takes its part of the time to come.
        spent = self.units - self.left
        return (spent + units) * self.seconds / self.units


class Room(NamedTuple):
    """What a side has left; None where nobody can tell, or nothing is limited.

    `free` are bytes, on the disk of the number `device` if it is one. `photos` is how
    many more an account keeps at most, and `advice` how it can keep more.
    `keeps_replaced`: what is replaced goes on taking its room.
    """

    free: int | None = None
    device: int | None = None
    photos: int | None = None
    advice: str = ""
    keeps_replaced: bool = False


UNKNOWN_ROOM = Room()
