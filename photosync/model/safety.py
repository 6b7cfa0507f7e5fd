"""What keeps a run from doing harm: counts and limits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Side(StrEnum):
    """Where a loss would happen."""

    LOCAL = "local"
    REMOTE = "remote"


_UNHARMED = 20


@dataclass(frozen=True, slots=True)
class Limit:
    """How many deletes a plan may hold: a number, or percent of what the losing side
    has.
    """

    number: int = 0
    percent: float | None = 10.0

    def allows(self, deletes: int, known: int) -> bool:
        """A percentage never refuses 20 items or fewer, but 0% means none at all."""
        if self.percent is None:
            return deletes <= self.number
        if self.percent == 0:
            return deletes == 0
        return deletes <= _UNHARMED or deletes * 100 <= self.percent * known

    def __str__(self) -> str:
        return f"{self.number}" if self.percent is None else f"{self.percent:g}%"


Timetable = tuple[tuple[int, float], ...]
"""From which minute of the day how many bytes a second may be moved, 0 for any number."""


class Census(NamedTuple):
    """What is known of a root or a service: its identity, and how many photos it shows.

    `rules_hash` tells under which rules and filters they were counted.
    """

    rules_hash: str
    identity: str
    photos: int
