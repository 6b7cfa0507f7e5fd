"""How many calls a first upload to Flickr takes, and a run that has nothing to do."""

from __future__ import annotations

import pytest
from harness.flickr_world import FlickrWorld


def test_a_first_upload_takes_little_more_than_a_call_per_photo(
    world: FlickrWorld,
) -> None:
    for number in range(400):
        world.here(f"album {number % 4}/{number:03}.jpg")
    assert world.sync() == 0
    used = world.flickr.calls
    per_album = ("photosets.create", "photosets.editPhotos", "photosets.getPhotos")
    assert [used[method] for method in per_album] == [4, 4, 0]
    assert used["photos.getNotInSet"] == 1
    assert sum(used.values()) <= 417
    descriptions = {one["description"] for one in world.flickr.web.all_albums()}
    assert "synced from photos/album 0 by photosync" in descriptions
    assert len(world.photos()) == 400
    # Albums that changed within seconds of their listing are read once more, then none.
    world.flickr.clock.advance(700)
    for calls in (2 + 4, 2):
        world.flickr.traffic.reset()
        assert world.sync() == 0
        assert sum(world.flickr.calls.values()) == calls


def test_the_versions_of_photos_in_many_small_albums_take_one_call(
    world: FlickrWorld,
) -> None:
    for number in range(24):
        world.here(f"album {number % 12:02}/{number:02}.jpg")
    assert world.sync() == 0
    used = world.flickr.calls
    # The other one is of the listing.
    assert used["photos.recentlyUpdated"] == 2
    assert used["photos.getInfo"] == used["photosets.getPhotos"] == 0


def test_the_calls_of_a_run_are_counted_for_the_next_one(
    world: FlickrWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    world.here("album/a.jpg")
    assert world.sync() == 0
    used = sum(world.flickr.calls.values())
    result = world.run("--check", "-p", "flickr")
    assert f"{3600 - used - 3:,} in this hour" in result.out
