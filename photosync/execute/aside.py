"""Work that is no step, done in threads of its own so that the run can end meanwhile."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import TypeVar

from photosync.errors import SideError
from photosync.unforeseen import contain

log = logging.getLogger(__name__)

K = TypeVar("K")
T = TypeVar("T")

PULSE = 0.2
"""The longest wait in seconds: a signal that arrives just before one is heard after it."""


class Aside:
    """Does work of any kind, at most `workers` pieces of it at once.

    `check_stop` raises Interrupted once the run is to end; `cancel` then ends the work
    that is under way.
    """

    def __init__(
        self,
        workers: int,
        check_stop: Callable[[], None],
        cancel: Callable[[], None],
    ) -> None:
        self._workers = workers
        self._check_stop = check_stop
        self._cancel = cancel
        self._thread = ThreadPoolExecutor(1, "aside")

    def wait_for(self, work: Callable[[], T]) -> T:
        """Return what `work` returns.

        It is done in another thread, as a service may not answer, and the run must be
        able to end. Raises what `work` raises, and Interrupted.
        """
        ((_, future),) = self.do_all([("", work)])
        return future.result()

    def do_all(
        self, works: Iterable[tuple[K, Callable[[], T]]]
    ) -> Iterator[tuple[K, Future[T]]]:
        """Do several works at once; yield the key and the future of each that ended.

        The next one is taken from `works` only when it can begin. Raises Interrupted.
        """
        waiting = iter(works)
        running: dict[Future[T], K] = {}
        with ThreadPoolExecutor(self._workers, "aside") as pool:
            try:
                while True:
                    free_workers = self._workers - len(running)
                    for key, work in islice(waiting, free_workers):
                        running[pool.submit(_do_alone, work)] = key
                    if not running:
                        return
                    for future in wait(running, PULSE, FIRST_COMPLETED).done:
                        yield running.pop(future), future
                    self._check_stop()
            except BaseException:
                self._cancel()
                raise

    def try_soon(self, work: Callable[[], object]) -> Future[None]:
        """Begin a work that may fail without harm, after those that were begun before."""

        def attempt() -> None:
            try:
                _do_alone(work)
            except SideError as error:
                log.debug("not done ahead: %s", error)

        return self._thread.submit(attempt)

    def close(self) -> None:
        """End the threads."""
        self._thread.shutdown(wait=True, cancel_futures=True)


def _do_alone(work: Callable[[], T]) -> T:
    with contain("aside"):
        return work()
