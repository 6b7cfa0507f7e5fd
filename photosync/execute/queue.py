"""The steps that wait for a service, and which of them is next."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from photosync.model import Step

LARGE = 32 * 1024 * 1024
"""From how many bytes on a step is large: a photo takes a moment, a film minutes."""


class StepQueue:
    """Steps in their order, except that one worker is always left to small ones: a
    thousand photos must not wait behind the films of a holiday.
    """

    def __init__(self, steps: Iterable[Step], workers: int) -> None:
        self._steps = deque(steps)
        self._put_off: deque[Step] = deque()
        self._under_way = 0
        self._most_under_way = max(1, workers - 1)

    def __len__(self) -> int:
        return len(self._steps) + len(self._put_off)

    def peek(self) -> Step:
        """Return the next step; raises IndexError where none waits."""
        return self._find_next()[0]

    def take(self) -> Step:
        """Remove the next step from the queue, and return it."""
        return self._find_next().popleft()

    def put_back(self, step: Step) -> None:
        """Put the step that was taken last back to where it was."""
        steps = self._put_off if is_large(step) else self._steps
        steps.appendleft(step)

    def note_begin(self, step: Step) -> None:
        """Note that a worker has begun with a step."""
        self._under_way += is_large(step)

    def note_end(self, step: Step) -> None:
        """Note that a worker has ended a step."""
        self._under_way -= is_large(step)

    def _find_next(self) -> deque[Step]:
        """Return the queue whose first step is next."""
        takes_large = self._under_way < self._most_under_way
        if takes_large and self._put_off:
            return self._put_off
        while not takes_large and self._steps and is_large(self._steps[0]):
            self._put_off.append(self._steps.popleft())
        # Where only films are left, every worker may have one.
        return self._steps or self._put_off


def is_large(step: Step) -> bool:
    """Whether a step moves so many bytes that it takes minutes."""
    return step.size >= LARGE
