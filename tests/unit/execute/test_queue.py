"""Which step is next, while films are under way."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from photosync.execute.queue import LARGE, StepQueue
from photosync.model import Actions, Comparisons, LocalPhoto, Step


def step(name: str) -> Step:
    """A step that sends a photo, or a film where its name is in capitals."""
    size = LARGE if name.isupper() else LARGE - 1
    return Step(
        service="drive",
        action=Actions.UPLOAD_LOCAL,
        comparison=Comparisons.LOCAL_ONLY,
        album="Rome",
        name=name,
        local=LocalPhoto(name, "/photos/Rome", name, size, 0),
        remote=None,
    )


def begin(queue: StepQueue, count: int) -> list[Step]:
    """Give so many workers a step each."""
    taken: list[Step] = []
    for _ in range(count):
        assert queue.peek() is not None
        taken.append(queue.take())
        queue.note_begin(taken[-1])
    return taken


def names(steps: Sequence[Step]) -> str:
    return "".join(one.name for one in steps)


@pytest.mark.parametrize(
    ("waiting", "workers", "begun"),
    [
        ("abcd", 3, "abcd"),
        # The fourth worker passes the films by.
        ("ABCDab", 4, "ABCabD"),
        ("ABab", 2, "AabB"),
        # Only films are left: all may have one.
        ("ABCD", 3, "ABCD"),
        # A worker alone takes them as they come, as long as it has none.
        ("aAb", 1, "aAb"),
        ("", 4, ""),
    ],
)
def test_one_worker_is_left_for_photos(waiting: str, workers: int, begun: str) -> None:
    queue = StepQueue(map(step, waiting), workers)
    assert names(begin(queue, len(waiting))) == begun
    assert len(queue) == 0


def test_a_film_that_was_passed_by_is_next_once_another_one_has_ended() -> None:
    queue = StepQueue(map(step, "ABab"), 2)
    film, _ = begin(queue, 2)
    queue.note_end(film)
    assert names(begin(queue, 2)) == "Bb"


@pytest.mark.parametrize("name", ["a", "A"])
def test_what_is_put_back_is_next_again(name: str) -> None:
    queue = StepQueue(map(step, f"{name}bB"), 2)
    (taken,) = begin(queue, 1)
    queue.note_end(taken)
    queue.put_back(taken)
    assert len(queue) == 3
    assert names(begin(queue, 1)) == name
