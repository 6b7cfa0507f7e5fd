"""A service in trouble is left alone for a while, and in the end for the whole run."""

from __future__ import annotations

from collections.abc import Sequence

from photosync.errors import Transient
from photosync.services.trouble import FaultsInARow

RESTS = (60.0, 5 * 60.0, 15 * 60.0)
"""How many seconds it rests the first, second and third time."""


class Breaker:
    """Says when a service should rest, by how one photo after the other ended.

    After a rest a single fault is enough for the next rest, until a photo gets an answer
    again. `rests` are in seconds, one for each time.
    """

    def __init__(self, rests: Sequence[float] = RESTS) -> None:
        self._rests = rests
        self._faults = FaultsInARow()
        self._rested = 0

    @property
    def is_doubted(self) -> bool:
        """Whether the service has rested, and has given no answer since."""
        return self._rested > 0

    @property
    def is_worried(self) -> bool:
        """Whether the last photo ended in a passing fault."""
        return self._faults.count > 0

    def note(self, error: BaseException | None) -> bool:
        """Note how a photo ended, with None where it is done; return whether the service
        is in trouble.
        """
        if not isinstance(error, Transient):
            self._rested = 0
        return self._faults.note(error)

    def take_rest(self) -> float | None:
        """Return the seconds to rest now; None where all rests are used up."""
        if self._rested >= len(self._rests):
            return None
        rest = self._rests[self._rested]
        self._rested += 1
        return rest
