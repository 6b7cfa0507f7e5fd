"""How many calls a first upload to Flickr takes, and a run that has nothing to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flickr_world import FlickrWorld, world_below


@pytest.fixture
def world(tmp_path: Path) -> Iterator[FlickrWorld]:
    yield from world_below(tmp_path)


def test_a_first_upload_takes_little_more_than_a_call_per_photo(world: FlickrWorld) -> None:
    for number in range(200):
        world.here(f"album {number % 2}/{number:03}.jpg")
    assert world.sync() == 0
    assert sum(world.flickr.calls.values()) <= 220
    assert len(world.photos()) == 200
    world.flickr.traffic.reset()
    assert world.sync() == 0
    assert sum(world.flickr.calls.values()) == 3


def test_the_calls_of_a_run_are_counted_for_the_next_one(
    world: FlickrWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    world.here("album/a.jpg")
    assert world.sync() == 0
    used = sum(world.flickr.calls.values())
    result = world.run("--check", "-p", "flickr")
    assert f"calls left in this hour: {3600 - used - 3}" in result.out
