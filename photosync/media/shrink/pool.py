"""Pictures are shrunk by processes of their own, so that the transfers go on
meanwhile.
"""

from __future__ import annotations

import itertools
import logging
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Future,
    InvalidStateError,
    ProcessPoolExecutor,
    wait,
)
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as wait_for_any
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Lock, Thread
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from photosync.disk.errors import disk_errors
from photosync.disk.files import make_folder, remove_tree
from photosync.errors import Interrupted
from photosync.media.shrink.memory import MEMORY, MemoryBound
from photosync.media.shrink.shrink import (
    PIXELS,
    QUALITY,
    TOO_LITTLE_MEMORY,
    look,
    shrink,
)
from photosync.media.shrink.smaller import Shrunk, Whole

OTHER_KIND: Final = "a smaller copy would be of another kind than the name says"

T = TypeVar("T")
Fits = Callable[[str], bool]
"""Tells of an ending, with its dot, whether a copy that has it is of use."""

AskDisk = Callable[[], None]
"""Asks the disk of the pictures for something small."""

_ASK_SECONDS = 1.0

_MERCY_SECONDS = 1.0
"""So long a worker has to end by itself."""

# The parent has threads, whose locks a forked child would inherit in any state.
_CONTEXT = get_context("spawn")


def _fits(_ending: str) -> bool:
    return True


def _ask_nobody() -> None:
    """Take the disk for one that answers."""


def _prepare_worker(alive: Connection) -> None:
    """What each worker does first: ^C, and the end of a terminal, are for the parent,
    whose end is its end too.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    # What is wrong with a picture is said once, by the error that it leads to.
    logging.disable()
    Thread(target=_exit_with, args=(alive,), daemon=True).start()


def _exit_with(alive: Connection) -> None:
    # Nothing is ever sent: this returns when the parent closes its end, or has died.
    with suppress(EOFError, OSError):
        alive.recv_bytes()
    os._exit(0)


class _Pool:
    """Some worker processes, and the pipe that ends them all when it is closed."""

    def __init__(self, workers: int) -> None:
        # A worker begins in the current folder, of which no Python file is ours.
        os.environ["PYTHONSAFEPATH"] = "1"
        alive, self._end = _CONTEXT.Pipe(duplex=False)
        self._alive = alive
        self.executor = ProcessPoolExecutor(
            workers, _CONTEXT, _prepare_worker, (alive,)
        )

    def close(self) -> None:
        """End the workers, whatever they are at, and wait for that."""
        self._end.close()
        # Nothing else names them, and there are none before the first picture.
        workers = (self.executor._processes or {}).values()  # noqa: SLF001
        for worker in _find_hanging(list(workers)):
            worker.kill()
        self.executor.shutdown(wait=True, cancel_futures=True)
        self._alive.close()


def _find_hanging(workers: Iterable[BaseProcess]) -> list[BaseProcess]:
    """Return the workers that do not end by themselves: one in the middle of a broken
    picture may never hear of its pipe again.
    """
    until = time.monotonic() + _MERCY_SECONDS
    return [
        worker
        for worker in workers
        if not wait_for_any([worker.sentinel], max(0.0, until - time.monotonic()))
    ]


class Shrinker:
    """Worker processes that shrink pictures, for as many threads as like to ask.

    A context manager. The copies lie in a folder of its own below `folder`, which is
    removed at the end; `workers` is by default the number of processors, and none
    starts before it is needed. They open as much at one time as `memory` has bytes for.
    The workers read the pictures themselves, so whoever waits for them asks by `ask_disk`
    each second whether the disk still answers: where it does not, he waits as they do.
    """

    def __init__(
        self,
        folder: str,
        *,
        pixels: int = PIXELS,
        quality: int = QUALITY,
        workers: int | None = None,
        memory: int = MEMORY,
        ask_disk: AskDisk = _ask_nobody,
    ) -> None:
        self.pixels = pixels
        self.quality = quality
        self._folder = tempfile.mkdtemp(prefix="photosync-shrink-", dir=folder)
        self._ask_disk = ask_disk
        self._workers = workers or os.cpu_count() or 1
        self._numbers = itertools.count()
        self._lock = Lock()
        self._alone = Lock()
        self._pools: set[_Pool] = set()
        self._shared: _Pool | None = None
        self._stopped: Future[None] = Future()
        self._memory = MemoryBound(memory)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def shrunk(self, path: str, fits: Fits = _fits) -> Iterator[Shrunk | Whole]:
        """The smaller copy of a picture, there for the time of the block.

        Whole where the original should be used as it is, also if `fits` says so of the
        ending that the copy would have. Raises as `shrink`, and Interrupted when asked
        to stop.
        """
        target = f"{self._folder}/{next(self._numbers)}"
        try:
            yield self._shrink(path, target, fits)
        finally:
            for copy in Path(self._folder).glob(f"{Path(target).name}.*"):
                copy.unlink(missing_ok=True)

    def cancel(self) -> None:
        """End at once: whoever waits for a copy gets Interrupted, and so does who asks
        later.
        """
        with suppress(InvalidStateError):
            self._stopped.set_exception(Interrupted("interrupted"))
        self._memory.close()

    def close(self) -> None:
        """End the workers, whatever they are at, and remove the copies."""
        self.cancel()
        with self._lock:
            pools = list(self._pools)
        for pool in pools:
            self._drop(pool)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _shrink(self, path: str, target: str, fits: Fits) -> Shrunk | Whole:
        prospect = self._work(partial(look, path, self.pixels))
        if isinstance(prospect, Whole):
            return prospect
        if not fits(prospect.ending):
            return Whole(OTHER_KIND)
        with self._memory.take(prospect.memory):
            return self._work(partial(shrink, path, target, self.pixels, self.quality))

    def _work(self, work: Callable[[], T]) -> T | Whole:
        pool = self._get_pool()
        try:
            return self._wait_for(pool, work)
        except BrokenProcessPool:
            self._drop(pool)
        # A picture may have killed a worker, and with it the work on all others: each
        # of these is tried once more, alone, and only the guilty one fails again.
        with self._alone:
            pool = self._get_own_pool()
            try:
                return self._wait_for(pool, work)
            except BrokenProcessPool:
                # The system ends whoever takes all of its memory.
                return Whole(TOO_LITTLE_MEMORY)
            finally:
                self._drop(pool)

    def _wait_for(self, pool: _Pool, work: Callable[[], T]) -> T:
        try:
            future = pool.executor.submit(work)
        except RuntimeError as error:
            if isinstance(error, BrokenProcessPool):
                raise
            # Closed by another thread meanwhile.
            raise BrokenProcessPool from error
        waiting: set[Future[Any]] = {future, self._stopped}
        while not wait(waiting, _ASK_SECONDS, FIRST_COMPLETED).done:
            self._ask_disk()
        if self._stopped.done():
            self._stopped.result()
        try:
            return future.result()
        except CancelledError as error:
            raise BrokenProcessPool from error

    def _get_pool(self) -> _Pool:
        with self._lock:
            if self._shared is None:
                self._shared = self._start_pool(self._workers)
            return self._shared

    def _get_own_pool(self) -> _Pool:
        """Return a pool that nobody shares."""
        with self._lock:
            return self._start_pool(1)

    def _start_pool(self, workers: int) -> _Pool:
        if self._stopped.done():
            self._stopped.result()
        pool = _Pool(workers)
        self._pools.add(pool)
        return pool

    def _drop(self, pool: _Pool) -> None:
        """End a pool, once, whoever asks first."""
        with self._lock:
            if pool not in self._pools:
                return
            self._pools.remove(pool)
            if self._shared is pool:
                self._shared = None
        pool.close()


@contextmanager
def open_shrinker(
    folder: str, *, pixels: int, quality: int, ask_disk: AskDisk
) -> Iterator[Shrinker]:
    """Make a shrinker that works in a folder of its own.

    What a killed run left in it is removed. Raises SideError where it cannot be made.
    """
    remove_tree(folder)
    with disk_errors():
        make_folder(folder)
    with Shrinker(
        folder, pixels=pixels, quality=quality, ask_disk=ask_disk
    ) as shrinker:
        yield shrinker
