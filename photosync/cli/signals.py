"""How a signal ends the command: soon, whatever it is at."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from types import FrameType
from typing import Any, NoReturn

from photosync.errors import Interrupted

ENDED = "photosync: interrupted; what is done stays done, the next run goes on"

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C; a NAS that shuts down; a terminal that is closed."""

_GRACE = 1.2
"""Seconds to end cleanly: to close calls, to remember, to write the report."""

_LOOK = 0.3
"""Seconds between two looks for signals that nobody takes."""

_ONE_GESTURE = 0.1
"""Seconds within which signals count as one: systemd sends SIGTERM and SIGHUP,
`timeout` sends SIGTERM twice.
"""

_Handler = Callable[[int, FrameType | None], Any]


@contextmanager
def heed_signals() -> Iterator[None]:
    """Let signals raise KeyboardInterrupt, the first of them only.

    A second one ends the process at once, and so does the time, where the process hangs
    on a share that is gone: to die at any moment is safe, to unwind beside threads that
    may wake up again is not.
    """
    raised: list[int] = []

    def interrupt(number: int, _frame: FrameType | None) -> None:
        if not raised:
            raised.append(number)
            raise KeyboardInterrupt

    with _force_end(), _handle(interrupt):
        yield


@contextmanager
def catch_signals() -> Iterator[Callable[[], bool]]:
    """Yield a predicate that tells whether a signal to end has come.

    An exception raised by a signal amid a lock could leave it locked for ever.
    """
    caught: list[int] = []

    def catch(number: int, _frame: FrameType | None) -> None:
        caught.append(number)

    def is_signalled() -> bool:
        return bool(caught)

    with _handle(catch):
        yield is_signalled


@contextmanager
def _handle(handler: _Handler) -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in _ENDING}
    for number, old in before.items():
        # `nohup` and a shell's background jobs ignore some, and go on doing so.
        if old is not signal.SIG_IGN:
            signal.signal(number, handler)
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


@contextmanager
def _force_end() -> Iterator[None]:
    """Watch from another thread: the main one hears no signal while it hangs."""
    pipe, end = os.pipe()
    os.set_blocking(end, False)
    before = signal.set_wakeup_fd(end, warn_on_full_buffer=False)
    watch = Thread(target=_watch, args=(pipe,), daemon=True)
    # Where no thread can be started the command says so as soon as it needs one.
    with suppress(RuntimeError):
        watch.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        os.close(end)
        if watch.is_alive():
            watch.join()
        os.close(pipe)


def _watch(pipe: int) -> None:
    """End the process when it is time; return when the command is over before."""
    # This thread takes none, and so is told which ones nobody could take.
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    if not _wait_for_signal(pipe):
        return
    began = time.monotonic()
    while _is_readable(pipe, began + _GRACE - time.monotonic()):
        if not _read_signal(pipe):
            return
        if time.monotonic() - began > _ONE_GESTURE:
            break
    end_at_once(ENDED, Interrupted.exit_code)


def end_at_once(last_word: str, code: int) -> NoReturn:
    """End the process from any thread, whatever the others wait for; they never go on."""
    # Whoever reads what we say may hang, too, or nobody reads it: then it is closed.
    with suppress(OSError):
        _, writable, _ = select.select((), (2,), (), 0)
        if writable:
            os.write(2, f"{last_word}\n".encode())
    os._exit(code)


def _wait_for_signal(pipe: int) -> bool:
    """Wait for a signal that is to end us; False when the command is over.

    While the main thread looks at a share that is mute it takes no signal, and the
    kernel gives it to no other.
    """
    while not _is_readable(pipe, _LOOK):
        if not signal.sigpending().isdisjoint(_ENDING):
            return True
    return _read_signal(pipe)


def _is_readable(pipe: int, seconds: float) -> bool:
    readable, _, _ = select.select((pipe,), (), (), max(0.0, seconds))
    return bool(readable)


def _read_signal(pipe: int) -> bool:
    """Wait for a signal that is to end us; False when the command is over."""
    while number := os.read(pipe, 1):
        if number[0] in _ENDING:
            return True
    return False
