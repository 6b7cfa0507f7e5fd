"""A service that shows nothing any more: no photo here goes on such a ground."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.three_sides import World, picture, world_of

PHOTOS = ("Rome/a.jpg", "Rome/b.jpg", "Oslo/c.jpg")


@pytest.fixture(params=["folder", "drive", "flickr"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A few photos, on both sides."""
    with world_of(tmp_path, request.param) as world:
        for path in PHOTOS:
            world.local.add(path, picture(path))
        assert world.sync().code == 0
        yield world


def empty_remote(world: World) -> None:
    for path in PHOTOS:
        world.remotes[0].delete(path)


def test_a_service_emptied_of_a_few_photos_deletes_none_here(world: World) -> None:
    empty_remote(world)
    refused = world.sync()
    assert refused.code == 5
    assert "now shows 0 photos, 3 after the last run" in refused.err
    assert sorted(world.local.photos()) == sorted(PHOTOS)
    assert world.sync("--accept", "remote-shrank").code == 0
    assert world.local.photos() == {}
    assert len(world.local.trash()) == len(PHOTOS)


def test_nor_in_the_first_run_with_another_filter(world: World) -> None:
    empty_remote(world)
    refused = world.sync("--exclude", "Oslo")
    assert refused.code == 5
    assert "now shows 0 photos, 2 after the last run" in refused.err
    assert sorted(world.local.photos()) == sorted(PHOTOS)


def test_a_service_that_still_shows_one_photo_may_lose_the_others(
    world: World,
) -> None:
    for path in PHOTOS[1:]:
        world.remotes[0].delete(path)
    assert world.sync().code == 0
    assert list(world.local.photos()) == [PHOTOS[0]]


def test_two_schedules_with_other_filters_do_not_blind_each_other(world: World) -> None:
    assert world.sync("--exclude", "Oslo").code == 0
    empty_remote(world)
    refused = world.sync()
    assert refused.code == 5
    assert "now shows 0 photos, 3 after the last run" in refused.err
    assert sorted(world.local.photos()) == sorted(PHOTOS)
