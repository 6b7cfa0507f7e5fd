from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from photosync.media.shrink.memory import MemoryBound

SOON = 0.1


@pytest.mark.parametrize(
    ("first", "second", "is_together"),
    [(40, 60, True), (60, 60, False), (1, 500, False), (500, 1, False)],
)
def test_what_there_is_no_room_for_waits(
    first: int, second: int, *, is_together: bool
) -> None:
    bound, entered = MemoryBound(100), Event()

    def work() -> None:
        with bound.take(second):
            entered.set()

    with ThreadPoolExecutor(1) as threads:
        with bound.take(first):
            waiting = threads.submit(work)
            assert entered.wait(60 if is_together else SOON) == is_together
        waiting.result(60)
    assert entered.is_set()


def test_nobody_waits_for_room_that_nobody_needs_any_longer() -> None:
    bound, entered = MemoryBound(100), Event()

    def work() -> None:
        with bound.take(1):
            entered.set()

    with ThreadPoolExecutor(1) as threads, bound.take(100):
        threads.submit(work)
        bound.close()
        assert entered.wait(60)


def test_a_failure_gives_its_room_back() -> None:
    bound = MemoryBound(100)
    with pytest.raises(ZeroDivisionError), bound.take(100):
        raise ZeroDivisionError
    with bound.take(100):
        pass
