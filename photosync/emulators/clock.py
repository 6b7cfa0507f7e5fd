"""The clock of an emulated service."""

import time


class Clock:
    """Wall time that a test may move forward instead of waiting."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        """Give the seconds since the epoch."""
        return time.time() + self._ahead

    def milliseconds(self) -> int:
        return int(self.now() * 1000)

    def advance(self, seconds: float) -> None:
        self._ahead += seconds
