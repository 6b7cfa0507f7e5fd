"""A service in trouble: what ends in one passing fault after the other."""

from __future__ import annotations

from photosync.errors import ServiceRefused, Transient

FAULTS_IN_A_ROW = 5
"""So many in a row are no chance any more, each after all its tries."""


class FaultsInARow:
    """Counts passing faults of one service, as long as nothing else comes between.

    `count` are those in a row by now.
    """

    def __init__(self) -> None:
        self.count = 0

    def note(self, error: BaseException | None) -> bool:
        """Count how something ended, None where it went well; tell whether it is one
        fault too many.

        Any other error is an answer, if only a refusal.
        """
        self.count = self.count + 1 if isinstance(error, Transient) else 0
        return self.count >= FAULTS_IN_A_ROW

    def check(self, error: BaseException | None) -> None:
        """Count how something ended; raises ServiceRefused for one fault too many."""
        if self.note(error):
            raise give_up(error)


def give_up(error: BaseException | None) -> ServiceRefused:
    """Return why a service is left in peace, of which this was the last fault."""
    return ServiceRefused(f"{error}, again and again")
