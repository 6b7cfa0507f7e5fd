"""What a service says of a photo that its listing no longer shows."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Whereabouts(StrEnum):
    """Where a photo is that was not listed.

    GONE: nowhere any more, or in a trash. ELSEWHERE: on the service still, but not in
    its album under its name. THERE: in its album after all, as lists lag behind.
    UNKNOWN: nobody can tell.
    """

    GONE = "gone"
    ELSEWHERE = "elsewhere"
    THERE = "there"
    UNKNOWN = "unknown"


class Absence(NamedTuple):
    """Where a photo is, and for all but GONE that in words, for the person."""

    whereabouts: Whereabouts
    reason: str = ""


GONE = Absence(Whereabouts.GONE)
THERE = Absence(Whereabouts.THERE, "it is there after all")
