"""What the page of `--review` and the run behind it tell each other.

The page is answered from threads of the server; the run goes on in the main one.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from queue import Empty, Queue
from threading import Lock
from typing import Any

from photosync.cli import words
from photosync.errors import UsageError
from photosync.formatting import printable
from photosync.model import AlbumUpdate, Operation, Outcome, Plan, Result, Step
from photosync.plan.selection import Choice, Selection, is_offered

_UNTIL_OPENED = 3600.0
"""Seconds until nobody is expected to open the page any more."""

_UNTIL_LOST = 600.0
"""Seconds without a sign of life: a browser calls seldom from a tab in the back."""

_UNTIL_CLOSED = 2.0
"""Seconds after a page went away: one that is loaded anew is back by then."""

_LISTEN = 0.2

PhotoName = tuple[str, str, str, bool, str]


class Phase(StrEnum):
    """Where a review stands."""

    LOOKING = "looking"
    CHECKING = "checking"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"


_BUSY = frozenset({Phase.CHECKING, Phase.RUNNING})


@dataclass(slots=True)
class _Told:
    """What the page is told; each result is one of a step that was shown."""

    phase: Phase
    text: str
    steps: int
    results: list[dict[str, Any]]


class Desk:
    """Takes what was ticked from the page, and has ready for it what became of it."""

    def __init__(self, shown: Plan) -> None:
        self._shown = shown
        self._numbers = {
            name_photo(step): number for number, step in enumerate(shown.steps)
        }
        self._orders: Queue[Selection] = Queue()
        self._lock = Lock()
        self._told = _Told(Phase.LOOKING, "", steps=0, results=[])
        self._until = time.monotonic() + _UNTIL_OPENED
        self._is_left = False

    # -- called for the page

    def show_life(self) -> None:
        """Note that the page is open.

        What it asked for just before it was closed may be answered after that.
        """
        if not self._is_left:
            self._until = time.monotonic() + _UNTIL_LOST

    def leave(self, *, at_once: bool) -> None:
        """Note that the page was closed, or is about to be loaded anew."""
        self._is_left = self._is_left or at_once
        grace = 0.0 if at_once else _UNTIL_CLOSED
        self._until = time.monotonic() + grace

    def order(self, selection: Selection) -> bool:
        """Take what was ticked; False where something is being done already."""
        with self._lock:
            # A second click, or a second tab of the same browser.
            if self._told.phase in {*_BUSY, Phase.DONE}:
                return False
            self._told = _Told(Phase.CHECKING, "", steps=0, results=[])
        self._orders.put(selection)
        return True

    def describe(self, since: int) -> dict[str, Any]:
        """Return where the review stands, with the results from number `since` on."""
        with self._lock:
            told = self._told
            return {
                "phase": str(told.phase),
                "text": told.text,
                "steps": told.steps,
                "done": len(told.results),
                "results": told.results[since:],
            }

    # -- called for the run

    def wait(self) -> Selection | None:
        """Return what was ticked, None once the page is closed."""
        # In short pieces: the time is put off by each sign of life, and Ctrl-C is heard.
        while time.monotonic() < self._until:
            try:
                return self._orders.get(timeout=_LISTEN)
            except Empty:
                continue
        return None

    def begin(self, plan: Plan) -> None:
        """Tell that a plan is being carried out."""
        steps = [step for step in plan.steps if is_offered(step)]
        operations: list[Operation] = [*steps, *plan.purges, *plan.trash]
        with self._lock:
            self._told.phase = Phase.RUNNING
            self._told.steps = len(operations)

    def note(self, outcome: Outcome) -> None:
        """Tell what became of a step; what is done of an album comes with its photos."""
        step = outcome.step
        number = None
        name = step.subject
        if isinstance(step, Step):
            number = self._numbers.get(name_photo(step))
            name = words.name_photo(step)
        is_done = outcome.result is Result.DONE
        if isinstance(step, AlbumUpdate) and is_done:
            return
        result = {
            "number": number,
            "result": str(outcome.result),
            "name": printable(name),
            "reason": printable(outcome.reason),
            "failed": outcome.exit_code != 0 and not is_done,
        }
        with self._lock:
            self._told.text = ""
            self._told.results.append(result)

    def show_wait(self, text: str) -> None:
        """Tell why nothing goes on just now, until something does."""
        with self._lock:
            if self._told.phase in _BUSY:
                self._told.text = printable(text)

    def finish(self, text: str) -> None:
        """Tell that all is done."""
        self._end(Phase.DONE, text)

    def refuse(self, text: str) -> None:
        """Tell why nothing is done; it may be tried again."""
        self._end(Phase.REFUSED, text)

    def _end(self, phase: Phase, text: str) -> None:
        with self._lock:
            self._told.phase = phase
            self._told.text = printable(text)
        # The page had no chance to call while it was closed for a long run.
        self._until = max(self._until, time.monotonic() + _UNTIL_CLOSED)

    def read_order(self, content: Any) -> Selection:
        """Return what the page ticked; raises UsageError for what it cannot have."""
        plan = self._shown
        try:
            selection = Selection(
                steps=_read_numbers(content["steps"]),
                choices=_read_choices(content["choices"]),
                purges=_read_numbers(content["purges"]),
                trash=_read_numbers(content["trash"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UsageError("this is no selection") from error
        _check_range(selection.steps | selection.choices.keys(), len(plan.steps))
        _check_range(selection.purges, len(plan.purges))
        _check_range(selection.trash, len(plan.trash))
        return selection


def name_photo(step: Step) -> PhotoName:
    """Return what tells the photo of a step from others, whatever is done about it."""
    remote = step.remote.id if step.remote else ""
    return step.service, step.album, step.name, step.is_duplicate, remote


def _read_choices(choices: Any) -> dict[int, Choice]:
    """Return which version of a photo is to stay, by the number of its step."""
    return {int(number): Choice(choice) for number, choice in choices.items()}


def _read_numbers(numbers: Any) -> frozenset[int]:
    return frozenset(int(number) for number in numbers)


def _check_range(numbers: frozenset[int], count: int) -> None:
    if any(not 0 <= number < count for number in numbers):
        raise UsageError("this is a selection of another plan")
