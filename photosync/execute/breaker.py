"""A service in trouble is left in peace for a while, and in the end for this run."""

from __future__ import annotations

from collections.abc import Sequence

from photosync.errors import Transient
from photosync.services.trouble import FaultsInARow

RESTS = (60.0, 5 * 60.0, 15 * 60.0)
"""Seconds that it rests for the first, second and third time."""


class Breaker:
    """Says when a service should rest, by how one photo after the other ended.

    After a rest one fault more is enough for the next one, until a photo gets an answer
    again. `rests` are in seconds, one for each time.
    """

    def __init__(self, rests: Sequence[float] = RESTS) -> None:
        self._rests = rests
        self._faults = FaultsInARow()
        self._rested = 0

    @property
    def is_doubted(self) -> bool:
        """Whether the last that was heard of the service is that it is in trouble."""
        return self._rested > 0

    @property
    def is_worried(self) -> bool:
        """Whether the last photo ended in a passing fault."""
        return self._faults.count > 0

    def note(self, error: BaseException | None) -> bool:
        """Count how a photo ended, None where it is done; tell whether the service is
        in trouble.
        """
        if not isinstance(error, Transient):
            self._rested = 0
        return self._faults.note(error)

    def take_rest(self) -> float | None:
        """Return the seconds to rest now; None where it rested often enough."""
        if self._rested >= len(self._rests):
            return None
        rest = self._rests[self._rested]
        self._rested += 1
        return rest
