"""What a set is noted for: photos that it has just lost, and lists may show yet."""

from __future__ import annotations

from typing import Any, cast

from harness.kept_cache import KeptMemory

from photosync.services.flickr.lagging_lists.left_photos import LeftPhotos


class Flickr:
    """Its clock, and the sets that each photo is in, which it is `asked` for."""

    def __init__(self) -> None:
        self.latest_time = 1_000_000
        self.sets: dict[str, set[str]] = {}
        self.asked: list[str] = []

    def find_sets(self, photo_id: str) -> set[str]:
        self.asked.append(photo_id)
        return self.sets.get(photo_id, set())


def start_run(flickr: Flickr, memory: KeptMemory) -> LeftPhotos:
    left = LeftPhotos(cast("Any", flickr), cast("Any", flickr))
    left.uploads = memory
    return left


def test_a_photo_has_left_the_sets_that_it_is_noted_for_unless_it_is_back() -> None:
    flickr, memory = Flickr(), KeptMemory()
    noted = start_run(flickr, memory)
    noted.note("1", "Rome")
    noted.note("1", "Oslo")
    flickr.sets["1"] = {"Oslo"}
    left = start_run(flickr, memory)
    assert left.has_left("1", "Rome")
    assert not left.has_left("1", "Oslo")
    assert not left.has_left("1", "Lima")
    assert not left.has_left("2", "Rome")
    assert flickr.asked == ["1", "1"]


def test_what_left_long_ago_is_asked_for_no_more_and_forgotten() -> None:
    flickr, memory = Flickr(), KeptMemory()
    start_run(flickr, memory).note("1", "Rome")
    memory.put("/photos/a.jpg", {"tags": "x"})
    flickr.latest_time += 700
    left = start_run(flickr, memory)
    assert not left.has_left("1", "Rome")
    assert flickr.asked == []
    left.note("2", "Rome")
    assert set(memory.uploads) == {"left 2", "/photos/a.jpg"}


def test_a_note_takes_as_much_room_however_many_photos_left_before() -> None:
    flickr, memory = Flickr(), KeptMemory()
    noted = start_run(flickr, memory)
    for number in range(50):
        noted.note(f"{number:02}", "Rome")
    assert len({len(note) for note in memory.uploads.values()}) == 1
