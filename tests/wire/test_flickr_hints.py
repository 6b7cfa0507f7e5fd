"""Our tags on Flickr are hints: bytes are known only from reading them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from harness.flickr_world import FlickrWorld, find_only_photo, jpeg
from harness.worlds import WHEN

from photosync.emulators.flickr import Fault
from photosync.services.flickr.records import tags

Said = pytest.CaptureFixture[str]
MAY_DELETE = ("--allowDelete", "both", "--max-delete", "100%")
HOUR = 3600
LONG_NAME = "a long name of a photo from the summer holidays in Rome.jpg"


def put(world: FlickrWorld, name: str = "a.jpg") -> str:
    """A photo on Flickr with our tags, an hour old."""
    photo = world.tagged(name, jpeg("as sent"))
    world.flickr.web.album("Rome", [photo])
    world.flickr.clock.advance(HOUR)
    return photo


def replaced(world: FlickrWorld, photo: str) -> None:
    world.flickr.web.replace(photo, jpeg("edited there"))


def turned(world: FlickrWorld, photo: str) -> None:
    world.flickr.web.rotate(photo, jpeg("edited there"))


# -- what arrives is what is there
# --------------------------------------------------------------------------


@pytest.mark.parametrize("edit", [replaced, turned])
def test_the_tags_of_an_edit_that_came_home_are_right_for_a_new_computer(
    world: FlickrWorld, edit: Callable[[FlickrWorld, str], None]
) -> None:
    photo = put(world)
    assert world.sync() == 0
    edit(world, photo)
    world.flickr.clock.advance(HOUR)
    assert world.sync() == 0
    assert world.library() == {"Rome/a.jpg": jpeg("edited there")}
    found = find_only_photo(world.connect(), "Rome")
    assert (found.name, found.md5) == ("a.jpg", world.flickr.web.md5(photo))
    world.flickr.traffic.reset()
    assert world.sync() == 0
    assert "static" not in world.flickr.calls


@pytest.mark.parametrize("edit", [replaced, turned])
def test_a_photo_that_was_changed_there_can_be_restored(
    world: FlickrWorld, capsys: Said, edit: Callable[[FlickrWorld, str], None]
) -> None:
    photo = put(world)
    edit(world, photo)
    assert world.sync() == 0
    assert "it holds other bytes than photosync once sent" in capsys.readouterr().out
    assert world.library() == {"Rome/a.jpg": jpeg("edited there")}
    found = find_only_photo(world.connect(), "Rome")
    assert (found.name, found.md5) == ("a.jpg", world.flickr.web.md5(photo))
    world.flickr.traffic.reset()
    assert world.sync() == 0
    assert "static" not in world.flickr.calls


def test_a_changed_photo_of_another_user_comes_home_though_its_tags_stay_wrong(
    world: FlickrWorld,
) -> None:
    photo = put(world)
    replaced(world, photo)
    world.flickr.plan(Fault("photos.addTags", "fail", None, code=99))
    assert world.sync() == 0
    assert world.library() == {"Rome/a.jpg": jpeg("edited there")}


def test_a_photo_that_nobody_changed_and_that_arrives_otherwise_is_a_broken_download(
    world: FlickrWorld,
) -> None:
    put(world)
    world.flickr.plan(Fault("static", "corrupt", None))
    assert world.sync() == 1
    assert world.library() == {}


def test_a_changed_photo_whose_download_breaks_is_not_taken(
    world: FlickrWorld,
) -> None:
    replaced(world, put(world))
    world.flickr.plan(Fault("static", "corrupt", 2))
    assert world.sync() == 1
    assert world.library() == {}
    world.flickr.traffic.clear_faults()
    assert world.sync() == 0
    assert world.library() == {"Rome/a.jpg": jpeg("edited there")}


def test_what_is_deleted_there_is_fetched_as_it_is_and_not_as_the_tag_tells(
    world: FlickrWorld,
) -> None:
    replaced(world, put(world))
    world.here("Rome/b.jpg")
    assert world.sync(*MAY_DELETE, mode="syncUpload") == 0
    assert list(world.photos()) == ["Rome/b.jpg"]
    assert world.trash() == [jpeg("edited there")]


def test_a_double_that_was_edited_there_is_no_double(
    world: FlickrWorld, capsys: Said
) -> None:
    first, second = (world.tagged("a.jpg", jpeg("as sent")) for _ in range(2))
    world.flickr.web.album("Rome", [first, second])
    world.here("Rome/a.jpg", "as sent")
    assert world.sync() == 0
    world.flickr.clock.advance(HOUR)
    replaced(world, second)
    argv = ("-dd", *MAY_DELETE)
    assert world.sync(*argv) == 1
    assert "it was changed there since it was sent" in capsys.readouterr().err
    assert world.sync(*argv, "--no-trash") == 1
    assert world.flickr.web.content(second) == jpeg("edited there")


# -- more than one tag, and tags of others
# ------------------------------------------------------------------


def test_two_tags_of_ours_are_no_knowledge(world: FlickrWorld) -> None:
    photo = put(world)
    web = world.flickr.web
    other = world.tagged("b.jpg", jpeg("other"))
    web.set_tags(photo, [*web.raw_tags(photo), *web.raw_tags(other)])
    found = find_only_photo(world.connect(), "Rome")
    assert (found.md5, found.size, found.titled) == (None, None, True)


def test_a_photo_with_tags_that_somebody_else_added_is_never_deleted_for_good(
    world: FlickrWorld, capsys: Said
) -> None:
    web = world.flickr.web
    other = world.tagged("a.jpg", jpeg("a"))
    photo = web.photo("mine", jpeg("mine"))
    web.album("Rome", [photo])
    world.flickr.clock.advance(HOUR)
    friend = world.flickr.web_of("friend")
    friend.add_tags(photo, *web.raw_tags(other))
    world.here("Rome/a.jpg", "a", when=WHEN)
    assert world.sync() == 0
    (world.local / "Rome/a.jpg").unlink()
    world.here("Rome/b.jpg")
    assert world.sync(*MAY_DELETE) == 1
    assert "somebody else gave it tags of photosync" in capsys.readouterr().err
    assert web.content(photo) == jpeg("mine")


def test_a_photo_with_tags_that_somebody_else_added_stands_for_no_file(
    world: FlickrWorld,
) -> None:
    web = world.flickr.web
    other = world.tagged("a.jpg", jpeg("a"))
    raws = web.raw_tags(other)
    web.delete(other)
    photo = web.photo("mine", jpeg("mine"))
    web.album("Mine", [photo])
    friend = world.flickr.web_of("friend")
    friend.add_tags(photo, *raws)
    world.here("Rome/a.jpg", "a", when=WHEN)
    assert world.sync(mode="upload") == 0
    (sent,) = world.albums()["Rome"]
    assert web.content(sent) == jpeg("a")


# -- tags that were cut or removed
# ------------------------------------------------------------------


@pytest.mark.parametrize("length", [60, 80, 100, 120])
def test_a_tag_that_the_service_cuts_is_no_name_and_no_reason_to_send_again(
    world: FlickrWorld, length: int
) -> None:
    world.flickr.settings.max_tag_length = length
    world.here(f"Rome/{LONG_NAME}")
    assert world.sync() == 0
    found = find_only_photo(world.connect(), "Rome")
    assert found.name == LONG_NAME
    for _ in range(2):
        assert world.sync(*MAY_DELETE) == 0
        assert list(world.library()) == [f"Rome/{LONG_NAME}"]
        assert len(world.flickr.web.everything()) == 1


def test_a_lost_answer_is_found_though_the_service_cuts_the_tag(
    world: FlickrWorld,
) -> None:
    world.flickr.settings.max_tag_length = 60
    world.here(f"Rome/{LONG_NAME}")
    world.flickr.plan(Fault("upload", "cut_after"))
    assert world.sync() == 0
    assert len(world.flickr.web.everything()) == 1


@pytest.mark.parametrize("left", ["none", "one", "two of each"])
def test_tags_that_are_gone_are_put_back_by_a_repair_while_the_id_is_known(
    world: FlickrWorld, capsys: Said, left: str
) -> None:
    world.here("Rome/a.jpg")
    assert world.sync() == 0
    assert world.sync() == 0
    (photo,) = world.albums()["Rome"]
    web = world.flickr.web
    ours = web.raw_tags(photo)
    other = web.raw_tags(world.tagged("b.jpg", jpeg("other")))
    present = {"none": [], "one": ours[:1], "two of each": ours + other}
    web.set_tags(photo, ["family", *present[left]])
    web.edit(photo, title="Our first day")
    # What a person removed stays away, unless a repair is asked for.
    assert world.sync(mode="upload") == 0
    assert set(web.raw_tags(photo)) == {"family", *present[left]}
    capsys.readouterr()
    assert world.sync(mode="repairUpload") == 0
    assert set(web.raw_tags(photo)) == {"family", *ours}
    assert web.get(photo)["title"] == "Our first day"
    assert world.sync(mode="repairUpload") == 0
    assert "its tags are gone" in capsys.readouterr().out
    assert world.sync(mode="repairUpload") == 0
    assert "its tags are gone" not in capsys.readouterr().out


def test_the_tags_of_a_smaller_copy_are_put_back_as_those_of_a_copy(
    world: FlickrWorld,
) -> None:
    picture = jpeg("a")
    world.here("Rome/a.jpg", picture)
    assert world.sync() == 0
    (photo,) = world.albums()["Rome"]
    web = world.flickr.web
    web.add_tags(photo, tags.REDUCED)
    assert world.sync() == 0
    ours = set(web.raw_tags(photo))
    web.set_tags(photo, [])
    assert world.sync() == 0
    assert world.sync(mode="repairUpload") == 0
    assert set(web.raw_tags(photo)) == ours
