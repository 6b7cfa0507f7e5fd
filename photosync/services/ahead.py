"""Questions to a service that are on their way while earlier answers are looked at."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

Q = TypeVar("Q")
A = TypeVar("A")

_AT_ONCE = 4


def ask_ahead(
    ask: Callable[[Q], A], questions: Iterable[Q]
) -> Iterator[tuple[Q, Future[A]]]:
    """Ask some questions at once; yield each in its order with its answer, which is
    waited for by whoever takes it.

    No more than a few answers are held, as each may be large.
    """
    waiting = iter(questions)
    asked: deque[tuple[Q, Future[A]]] = deque()
    with ThreadPoolExecutor(_AT_ONCE, "ahead") as pool:
        try:
            for question in islice(waiting, _AT_ONCE):
                asked.append((question, pool.submit(ask, question)))
            while asked:
                yield asked.popleft()
                for question in islice(waiting, 1):
                    asked.append((question, pool.submit(ask, question)))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
