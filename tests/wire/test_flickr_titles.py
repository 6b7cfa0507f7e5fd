"""A title on Flickr is for people: it never renames a file here."""

from __future__ import annotations

import pytest
from harness.flickr_world import FlickrWorld, jpeg

READS = {"photos.recentlyUpdated", "photosets.getList", "photosets.getPhotos"}
MAY_DELETE = ("--allowDelete", "both", "--max-delete", "100%")


def check_as_it_was(world: FlickrWorld, *argv: str) -> None:
    """Runs leave library and Flickr as they are, and ask for nothing but lists."""
    before = world.library()
    for mode in ("sync", "download", "upload"):
        world.flickr.traffic.reset()
        assert world.sync(*MAY_DELETE, *argv, mode=mode) == 0
        assert set(world.flickr.calls) <= READS
    assert world.library() == before
    assert world.trash() == []


def send(world: FlickrWorld, name: str = "IMG_1.jpg") -> str:
    world.here(f"Rome/{name}")
    assert world.sync() == 0
    (photo,) = world.albums()["Rome"]
    return photo


def find_here(world: FlickrWorld, title: str) -> str:
    """A photo that came to Flickr another way, and home from there."""
    photo = world.flickr.web.photo(title, jpeg(title))
    world.flickr.web.album("Rome", [photo])
    assert world.sync() == 0
    assert world.library()
    return photo


TITLES = ["Our first day", "54100000001.jpg", "", "IMG_2.jpg", "_private", "x/y.png"]


@pytest.mark.parametrize("title", TITLES)
def test_a_photo_that_lost_our_tags_keeps_the_name_of_its_file(
    world: FlickrWorld, title: str
) -> None:
    photo = send(world)
    world.flickr.web.set_tags(photo, [])
    world.flickr.web.edit(photo, title=title)
    check_as_it_was(world)


@pytest.mark.parametrize("title", TITLES)
def test_another_title_of_a_photo_without_our_tags_renames_no_file(
    world: FlickrWorld, title: str
) -> None:
    photo = find_here(world, "IMG_1")
    assert list(world.library()) == ["Rome/IMG_1.jpg"]
    world.flickr.web.edit(photo, title=title)
    check_as_it_was(world)


def test_filters_look_at_the_name_of_the_file_and_not_at_the_title(
    world: FlickrWorld,
) -> None:
    photo = find_here(world, "IMG_1")
    world.flickr.web.edit(photo, title="secret")
    check_as_it_was(world, "--skip", "secret*", "--skipserver", "*/secret*")
    world.flickr.web.edit(photo, title="shown")
    check_as_it_was(world, "--skip", "IMG*")


def test_a_photo_of_another_title_that_is_moved_there_keeps_its_name_here(
    world: FlickrWorld,
) -> None:
    photo = find_here(world, "IMG_1")
    web = world.flickr.web
    web.edit(photo, title="Our first day")
    web.album("Best", [photo])
    web.take_out(web.titled("Rome")[0], photo)
    assert world.sync() == 0
    assert list(world.library()) == ["Best/IMG_1.jpg"]


def test_a_photo_moved_there_onto_a_name_that_is_taken_has_that_of_its_title(
    world: FlickrWorld,
) -> None:
    photo = find_here(world, "IMG_1")
    world.here("Best/IMG_1.jpg", "another")
    assert world.sync() == 0
    web = world.flickr.web
    web.edit(photo, title="Our first day")
    web.put_in(web.titled("Best")[0], photo)
    web.take_out(web.titled("Rome")[0], photo)
    assert world.sync() == 0
    assert world.library() == {
        "Best/IMG_1.jpg": jpeg("another"),
        "Best/Our first day.jpg": jpeg("IMG_1"),
    }


@pytest.mark.parametrize(
    ("title", "after"), [("IMG_1", "b.jpg"), ("Our first day", "Our first day")]
)
def test_a_file_renamed_here_leaves_a_title_that_a_person_gave(
    world: FlickrWorld, title: str, after: str
) -> None:
    photo = find_here(world, "IMG_1")
    world.flickr.web.edit(photo, title=title)
    (world.local / "Rome/IMG_1.jpg").rename(world.local / "Rome/b.jpg")
    for _ in range(2):
        assert world.sync() == 0
        assert world.flickr.web.get(photo)["title"] == after
        assert list(world.library()) == ["Rome/b.jpg"]


def test_an_album_that_no_folder_leads_to_costs_no_original(world: FlickrWorld) -> None:
    photo = world.flickr.web.photo("IMG_1", jpeg("IMG_1"))
    world.flickr.web.album("a-b", [photo])
    assert world.sync("-r", "-| ") == 0
    assert set(world.flickr.calls) <= {
        *READS,
        "photos.getNotInSet",
        "people.getUploadStatus",
    }
    assert world.library() == {}
