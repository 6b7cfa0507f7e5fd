"""Work that is no step, done in threads of its own while somebody listens for the signal
to end.
"""

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
"""Seconds of the longest wait: a signal that comes on the way into one is heard only
after it.
"""


class Aside:
    """Does work of any kind, of `workers` kinds at once at most.

    `check_stop` raises Interrupted once the run is to end; `cancel` then ends whatever
    is under way.
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
        """Return what `work` returns: a service may be mute, and we must hear that the
        run is to end.

        Raises what `work` raises, and Interrupted.
        """
        (future,) = (ended for _, ended in self.do_all([("", work)]))
        return future.result()

    def do_all(
        self, works: Iterable[tuple[K, Callable[[], T]]]
    ) -> Iterator[tuple[K, Future[T]]]:
        """Do works side by side; yield the key of each with what tells how it ended.

        `works` are asked for the next one only once it can begin. Raises Interrupted.
        """
        waiting = iter(works)
        running: dict[Future[T], K] = {}
        with ThreadPoolExecutor(self._workers, "aside") as pool:
            try:
                while True:
                    for key, work in islice(waiting, self._workers - len(running)):
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
        """Do works that may as well fail, one after the other."""

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
