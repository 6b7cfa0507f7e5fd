"""Disks that give no answer: a share whose server is gone, a drive that fails.

No call to one can be ended: the system lets whoever asks wait, for days if need be. So
what each thread asks a disk is noted while it waits, and another thread looks at that.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread, current_thread, get_ident
from types import TracebackType
from typing import NamedTuple

from photosync.errors import SideError
from photosync.unforeseen import contain

TELLING_SECONDS = 20.0
"""So long nobody is told: a disk that slept has to spin up first."""

_LOOK_SECONDS = 1.0
_PAUSE_SECONDS = 5.0
"""Between two looks there are so many only if all of the process was stopped: by Ctrl-Z,
or on a machine that was put to sleep.
"""


class Silence(NamedTuple):
    """A disk, by the root that lies on it, has given no answer for some seconds."""

    root: str
    seconds: float


OnSilence = Callable[[Silence], None]
"""Is told each second of a disk that gives no answer, in a thread of its own."""

_WATCH = "disks"
"""How the threads are called that tell of disks."""

_watches: list[Event] = []
"""Who watches now, the innermost last: it alone tells of disks."""

_asked: dict[int, asking] = {}
"""What each thread waits for, by its number."""


class asking:  # noqa: N801 - it is used as a function is
    """Note that a disk is asked for something, by the root that lies on it, until the
    block is left.
    """

    __slots__ = ("_before", "root", "since")

    def __init__(self, root: str) -> None:
        self.root = root
        self.since = 0.0
        self._before: asking | None = None

    def __enter__(self) -> None:
        """Wait from now on."""
        thread = get_ident()
        self._before = _asked.get(thread)
        self.since = time.monotonic()
        _asked[thread] = self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait no more: an error is an answer, too."""
        thread = get_ident()
        if self._before is None:
            _asked.pop(thread, None)
            return
        # What was asked around it may ask for more.
        self._before.since = time.monotonic()
        _asked[thread] = self._before


def note_answer() -> None:
    """Note that the disk asked by this thread, if any, gave a part of its answer."""
    question = _asked.get(get_ident())
    if question is not None:
        question.since = time.monotonic()


def begin_anew(now: float) -> None:
    """Count what every thread waits for from now on."""
    for question in list(_asked.values()):
        question.since = now


def is_silent(root: str) -> bool:
    """Whether a disk gives no answer for so long that it is told of."""
    return any(one.root == root for one in list_silent(time.monotonic()))


def is_watch() -> bool:
    """Whether this thread is one that tells of disks: it must not wait for any."""
    return current_thread().name == _WATCH


def list_silent(now: float) -> list[Silence]:
    """Return the disks that are silent at a time of the monotonic clock, each once."""
    longest: dict[str, float] = {}
    for question in list(_asked.values()):
        seconds = now - question.since
        longest[question.root] = max(seconds, longest.get(question.root, 0.0))
    return [
        Silence(root, seconds)
        for root, seconds in longest.items()
        if seconds >= TELLING_SECONDS
    ]


@contextmanager
def watch_disks(on_silence: OnSilence) -> Iterator[None]:
    """Tell of disks that give no answer, until the block is left; not meanwhile where
    another one is entered inside.
    """
    over = Event()
    _watches.append(over)

    def watch() -> None:
        before = time.monotonic()
        while not over.wait(_LOOK_SECONDS):
            now = time.monotonic()
            if now - before > _PAUSE_SECONDS:
                # No disk was asked meanwhile, either.
                begin_anew(now)
            before = now
            # None is left where the block was left just now.
            if _watches[-1:] != [over]:
                continue
            for silence in list_silent(now):
                # Else nobody would look any more, and no disk be given up.
                with suppress(SideError), contain("a disk that gives no answer"):
                    on_silence(silence)

    # Nobody waits for it at the end of the process.
    Thread(target=watch, name=_WATCH, daemon=True).start()
    try:
        yield
    finally:
        over.set()
        _watches.remove(over)
