"""How many files of Flickr's are fetched at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from photosync.services.flickr.photos.fetch_slots import FetchSlots

MOST = 8


@pytest.mark.parametrize(
    ("happenings", "slots"),
    [
        ("", 8),
        ("a" * 100, 8),
        ("r", 4),
        ("rr", 4),
        ("r.r", 2),
        ("r.r.r.r.r.r", 1),
        ("r" + "a" * 19, 4),
        ("r" + "a" * 20, 5),
        ("r" + "a" * 19 + "." + "r" + "a" * 19, 2),
        ("r" + "a" * 1000, 8),
    ],
)
def test_a_refusal_halves_them_and_twenty_files_bring_one_more(
    happenings: str, slots: int
) -> None:
    """`r` is a refusal, `a` a file that arrives, `.` a second that goes by."""
    now = 0.0
    found = FetchSlots(MOST, lambda: now)
    for happening in happenings:
        if happening == "r":
            found.lower()
        elif happening == "a":
            with found.take():
                pass
        else:
            now += 1.0
    assert found.slots == slots


def test_no_more_are_fetched_at_once_than_there_are_slots() -> None:
    found = FetchSlots(4)
    found.lower()
    taken: list[int] = []
    most: list[int] = []

    def fetch(number: int) -> None:
        with found.take():
            taken.append(number)
            most.append(len(taken))
            taken.remove(number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(fetch, range(30)))
    assert max(most) <= found.slots


def test_a_file_that_does_not_arrive_gives_its_slot_back() -> None:
    found = FetchSlots(1)
    for _ in range(100):
        with pytest.raises(KeyError), found.take():
            raise KeyError
    assert found.slots == 1
