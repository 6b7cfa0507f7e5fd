"""What is read and what was done, a line for each album or minute: a log of cron is
read, not watched.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from photosync.cli import outcome_words, words
from photosync.compare.reading import Reading
from photosync.formatting import format_size
from photosync.model import Actions, Outcome, Plan, Step

_EVERY = 60.0
"""Seconds after which an album that takes its time is told of in between."""


class ReadingLines:
    """How far the sides are read: a line each minute, of what takes so long."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told_at = clock()

    def note(self, place: str, reading: Reading) -> str:
        """Return the line that is due, empty if none is."""
        now = self._clock()
        if now < self._told_at + _EVERY:
            return ""
        self._told_at = now
        return words.describe_reading(place, reading)


@dataclass(slots=True)
class _Share:
    """What was done alike about photos of one album, since it was last told."""

    last: Outcome
    count: int = 0
    size: int = 0


class AlbumLines:
    """Folds steps that were done into lines: one for each album and kind of work, and
    each minute one for an album that takes longer.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told_at = clock()
        self._to_come: Counter[tuple[str, str]] = Counter()
        self._done: dict[tuple[str, str], dict[words.Phrase, _Share]] = {}

    def start(self, plan: Plan) -> None:
        """Count what is to come of each album."""
        for step in plan.steps:
            if step.action is not Actions.REPORT:
                self._to_come[(step.service, step.album)] += 1

    def add(self, step: Step, done: Outcome | None) -> Iterator[str]:
        """Count a step that is over, if it was done; yield the lines that are due."""
        album = (step.service, step.album)
        self._to_come[album] -= 1
        if done is not None:
            shares = self._done.setdefault(album, {})
            share = shares.setdefault(words.phrase_of(step), _Share(done))
            share.count += 1
            share.size += done.moved
        # An album of films may take an hour: a log that is silent so long looks dead.
        is_whole = self._to_come[album] <= 0
        if is_whole or self._clock() >= self._told_at + _EVERY:
            yield from self._describe(album)

    def finish(self) -> Iterator[str]:
        """Yield what was done of albums that did not come to their end."""
        for album in list(self._done):
            yield from self._describe(album)

    def _describe(self, album: tuple[str, str]) -> Iterator[str]:
        self._told_at = self._clock()
        for phrase, share in self._done.pop(album, {}).items():
            # One photo is named; of many the number is enough.
            if share.count == 1:
                yield outcome_words.describe_done(share.last)
            else:
                amount = words.count_photos(share.count)
                if share.size:
                    amount = f"{amount}, {format_size(share.size)}"
                yield words.describe_album(phrase, album[1], amount)
