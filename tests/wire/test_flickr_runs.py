"""Whole runs between a library and Flickr: what is the same, what is known, what is
lost.
"""

from __future__ import annotations

import os

import pytest
from harness.flickr_world import FlickrWorld, jpeg, take_calls
from harness.worlds import WHEN

from photosync.emulators.flickr import Fault

TIFF = b"II*\0\x08\0\0\0\0\0\0\0\0\0"
BMP = b"BM" + bytes(60)
HEIC = b"\0\0\0\x18ftypheic" + bytes(60)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02" + bytes(9)
GIF = b"GIF89a\x03\0\x02\0" + bytes(9)
MP4 = b"\0\0\0\x18ftypisom" + bytes(100)
MAY_DELETE = ("--allowDelete", "remote", "--max-delete", "100%")
READS = {"photos.recentlyUpdated", "photosets.getList", "photosets.getPhotos"}

Said = pytest.CaptureFixture[str]


def check_quiet(world: FlickrWorld, *argv: str, mode: str = "sync") -> None:
    """One more run ends well and asks Flickr for nothing but its lists."""
    world.flickr.traffic.reset()
    assert world.sync(*argv, mode=mode) == 0
    assert set(world.flickr.calls) <= READS


@pytest.mark.parametrize("attributes", ["1", "2", "3", "4", "7"])
def test_what_was_sent_is_the_same_by_every_attribute(
    world: FlickrWorld, attributes: str
) -> None:
    for name, data in {
        "a.jpg": jpeg("a"),
        "b.png": PNG,
        "c.gif": GIF,
        "d.tif": TIFF,
    }.items():
        world.here(f"Rome/{name}", data)
    world.here("Rome/e.heic", HEIC)
    world.here("Rome/f.bmp", BMP)
    assert world.sync("-c", attributes) == 0
    for photo in world.flickr.web.everything():
        world.flickr.web.edit(photo["id"], title=f"Our day {photo['id']}")
    check_quiet(world, "-c", attributes)
    check_quiet(world, "-c", attributes, mode="syncUpload")


@pytest.mark.parametrize("attributes", ["2", "4"])
def test_other_bytes_are_seen_by_size_and_by_hash(
    world: FlickrWorld, capsys: Said, attributes: str
) -> None:
    world.here("Rome/a.jpg", "one")
    world.here("Rome/b.jpg", "one")
    assert world.sync() == 0
    world.here("Rome/a.jpg", "three" if attributes == "2" else "two")
    capsys.readouterr()
    assert world.sync("-c", attributes, "--stateless", "--test") == 0
    said = capsys.readouterr().out
    assert "Rome/a.jpg  (different on Flickr)" in said
    assert "b.jpg" not in said


def test_what_came_another_way_is_matched_by_title_and_verified_on_request(
    world: FlickrWorld, capsys: Said
) -> None:
    web = world.flickr.web
    titles = {"a": "a.jpg", "b.jpg": "b.jpg", "c": "c.JPG", "d": "d.jpg"}
    web.album("Rome", [web.photo(title, jpeg(name)) for title, name in titles.items()])
    for name in ("a.jpg", "b.jpg", "c.JPG"):
        world.here(f"Rome/{name}", name)
    world.here("Rome/d.jpg", "other bytes")
    assert world.sync("-c", "6", "--test") == 0
    assert capsys.readouterr().out.count("(cannot be compared)") == 4
    assert world.sync("-c", "6", mode="repairUpload") == 1
    assert (
        "d.jpg: the bytes there are others than the local ones"
        in capsys.readouterr().err
    )
    assert len(web.everything()) == 4
    (world.local / "Rome/d.jpg").unlink()
    assert world.sync("-c", "6", "--test") == 0
    said = capsys.readouterr().out
    assert "(cannot be compared)" not in said
    assert world.flickr.calls["upload"] == 0


def test_an_exact_name_comes_before_a_guessed_ending(
    world: FlickrWorld, capsys: Said
) -> None:
    web = world.flickr.web
    web.album("Rome", [web.photo("IMG_1", jpeg("a"))])
    world.here("Rome/IMG_1.heic", HEIC)
    world.here("Rome/IMG_1.jpg", "a")
    assert world.sync("--test") == 0
    said = capsys.readouterr().out
    assert "IMG_1.heic  (new here)" in said
    assert "IMG_1.jpg  (cannot be compared)" in said


def test_two_photos_of_one_title_are_told_and_left_alone(
    world: FlickrWorld, capsys: Said
) -> None:
    web = world.flickr.web
    ids = [web.photo("a", jpeg("1")), web.photo("a", jpeg("2"))]
    web.album("Rome", ids)
    assert world.sync() == 0
    said = capsys.readouterr()
    assert f"holds this name twice; id {ids[1]} left alone" in said.out + said.err
    assert world.library() == {"Rome/a.jpg": jpeg("1")}


@pytest.mark.parametrize(
    "title", ['<b>& "x"</b>', "beach 🏖️ 👨‍👩‍👧", "../../x", "a/b", "", "x" * 250]
)
def test_a_photo_of_any_title_comes_home_once(world: FlickrWorld, title: str) -> None:
    web = world.flickr.web
    web.album("Rome", [web.photo(title, jpeg("a"))])
    assert world.sync() == 0
    assert list(world.library().values()) == [jpeg("a")]
    assert world.sync() == 0
    assert len(world.library()) == 1
    assert len(web.everything()) == 1


@pytest.mark.parametrize(
    "name", ["caf\udce9.jpg", "tab\there.jpg", "two\nlines.jpg", '"q".jpg']
)
def test_a_file_of_a_hard_name_is_sent_once_or_named(
    world: FlickrWorld, capsys: Said, name: str
) -> None:
    world.here("Rome/plain.jpg")
    (world.local / "Rome" / name).write_bytes(jpeg("hard"))
    code = world.sync()
    said = capsys.readouterr()
    is_sent = "rename it" not in said.out
    assert code == 0
    assert len(world.flickr.web.everything()) == 1 + is_sent
    assert is_sent == (name != "caf\udce9.jpg")
    if is_sent:
        check_quiet(world)


def test_a_folder_of_a_name_that_is_no_text_is_named(
    world: FlickrWorld, capsys: Said
) -> None:
    world.here("caf\udce9/a.jpg", "a")
    world.here("Rome/b.jpg")
    for _ in range(2):
        assert world.sync() == 0
        said = capsys.readouterr()
        assert "Flickr takes no name that is not valid UTF-8; rename it" in said.out
        assert said.err == ""
    # A cron job tells it once, and again each week.
    assert world.sync("-q") == 0
    assert capsys.readouterr() == ("", "")
    assert list(world.photos()) == ["Rome/b.jpg"]


def test_a_converted_format_is_not_downloaded_as_the_original(
    world: FlickrWorld, capsys: Said
) -> None:
    world.here("Rome/a.tif", TIFF)
    assert world.sync() == 0
    (world.local / "Rome/a.tif").unlink()
    world.here("Rome/b.jpg")
    assert world.sync("--stateless") == 0
    assert "Flickr keeps only a converted copy" in capsys.readouterr().out
    assert list(world.library()) == ["Rome/b.jpg"]


def test_withheld_originals_are_told_in_one_line_and_the_largest_taken_on_request(
    world: FlickrWorld, capsys: Said
) -> None:
    web = world.flickr.web
    web.change_account(pro=0)
    photos = [web.photo(f"{n}.jpg", jpeg(n), width=4000, height=3000) for n in "abc"]
    web.album("Rome", photos)
    world.here("Rome/d.jpg")
    assert world.sync() == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.count("Flickr withholds the originals of free accounts") == 1
    assert "3 photos left alone on Flickr" in said.out
    assert "--largest takes the largest" in said.out
    assert list(world.library()) == ["Rome/d.jpg"]
    assert world.sync("--largest") == 0
    assert sorted(world.library()) == [
        *(f"Rome/{name}.jpg.largest.jpg" for name in "abc"),
        "Rome/d.jpg",
    ]
    check_quiet(world, "--largest")
    assert len(web.everything()) == 4
    assert world.sync(*MAY_DELETE, "--no-trash", mode="syncUpload") == 0
    assert len(web.everything()) == 4


def test_an_edit_takes_the_place_of_what_was_ours_though_the_original_is_withheld(
    world: FlickrWorld, capsys: Said
) -> None:
    world.here("Rome/a.jpg", jpeg("a"))
    world.here("Rome/b.jpg", jpeg("b"))
    assert world.sync() == 0
    world.flickr.settings.withhold_originals = True
    world.here("Rome/a.jpg", jpeg("edited"), WHEN + 5000)
    (world.local / "Rome/b.jpg").unlink()
    capsys.readouterr()
    assert world.sync(*MAY_DELETE) == 0
    assert set(world.photos().values()) == {jpeg("edited"), jpeg("b")}
    assert "cannot be fetched into the trash first" in capsys.readouterr().out


def test_a_video_that_is_not_ready_is_named_and_comes_with_a_later_run(
    world: FlickrWorld, capsys: Said
) -> None:
    world.here("Rome/a.mp4", MP4)
    world.here("Rome/b.jpg")
    world.flickr.settings.video_processing = 60
    assert world.sync("-f", "both") == 0
    (world.local / "Rome/a.mp4").unlink()
    assert world.sync("-f", "both", "--stateless") == 1
    assert (
        "Rome/a.mp4: Flickr has not finished with this video" in capsys.readouterr().err
    )
    world.flickr.clock.advance(61)
    assert world.sync("-f", "both", "--stateless") == 0
    assert world.library()["Rome/a.mp4"] == MP4


def test_a_page_in_place_of_the_answer_to_an_upload_sends_no_photo_twice(
    world: FlickrWorld,
) -> None:
    # Good XML, which the page of a proxy or of a hotel's network may be as well.
    page = "<html><body>Please log in</body></html>"
    world.here("Rome/a.jpg", jpeg("a"))
    world.flickr.rewrite("upload", lambda _: page)
    assert world.sync() == 0
    assert world.flickr.calls["upload"] == 1
    assert list(world.photos().values()) == [jpeg("a")]


def test_a_video_that_flickr_never_gives_back_is_told_and_holds_up_nothing(
    world: FlickrWorld, capsys: Said
) -> None:
    world.here("Rome/a.mp4", MP4)
    world.here("Rome/b.jpg", jpeg("b"))
    world.here("Rome/c.mp4", MP4 + b"c")
    both = ("-f", "both")
    assert world.sync(*both) == 0
    (world.local / "Rome/a.mp4").unlink()
    world.flickr.settings.withhold_originals = True
    capsys.readouterr()
    assert world.sync(*both, "--stateless", "--largest") == 0
    assert "does not give back this video as it was sent" in capsys.readouterr().out
    assert sorted(world.library()) == ["Rome/b.jpg", "Rome/c.mp4"]
    (world.local / "Rome/c.mp4").unlink()
    assert world.sync(*both, *MAY_DELETE) == 0
    assert "cannot be fetched into the trash first" in capsys.readouterr().out
    assert MP4 + b"c" in world.photos().values()


def test_what_is_deleted_for_good_lies_in_the_local_trash_first(
    world: FlickrWorld,
) -> None:
    photo = world.tagged("a.jpg", jpeg("a"))
    world.flickr.web.album("Rome", [photo, world.tagged("b.jpg", jpeg("b"))])
    world.here("Rome/b.jpg", "b")
    assert world.sync(*MAY_DELETE, mode="syncUpload") == 0
    assert world.photos() == {"Rome/b.jpg": jpeg("b")}
    assert world.trash() == [jpeg("a")]


def test_the_same_name_deleted_twice_in_a_day_is_kept_twice(world: FlickrWorld) -> None:
    world.here("Rome/b.jpg", "b")
    for text in ("one", "two"):
        photos = [world.tagged("a.jpg", jpeg(text))]
        for album in world.flickr.web.titled("Rome"):
            world.flickr.web.put_in(album, photos[0])
        if not world.flickr.web.titled("Rome"):
            world.flickr.web.album("Rome", photos)
        assert world.sync(*MAY_DELETE, mode="syncUpload") == 0
    assert world.trash() == sorted([jpeg("one"), jpeg("two")])


def test_what_is_replaced_lies_in_the_local_trash_first(world: FlickrWorld) -> None:
    world.here("Rome/a.jpg", "old")
    assert world.sync() == 0
    world.here("Rome/a.jpg", "new", WHEN + 3600)
    assert world.sync() == 0
    assert world.photos() == {"Rome/a.jpg": jpeg("new")}
    assert world.trash() == [jpeg("old")]


def test_a_free_account_loses_nothing_that_cannot_be_fetched(
    world: FlickrWorld, capsys: Said
) -> None:
    web = world.flickr.web
    world.here("Rome/a.jpg", "old")
    assert world.sync() == 0
    web.change_account(pro=0)
    # What somebody else put there in its place was never here.
    web.replace(web.everything()[0]["id"], jpeg("theirs"))
    (world.local / "Rome/a.jpg").unlink()
    world.here("Rome/a.jpg", "new", WHEN + 3600)
    world.here("Rome/b.jpg", "b")
    assert world.sync(mode="syncUpload") == 0
    assert "--no-trash does without" in capsys.readouterr().out
    assert world.photos()["Rome/a.jpg"] == jpeg("theirs")
    assert world.sync("--no-trash", mode="syncUpload") == 0
    assert world.photos()["Rome/a.jpg"] == jpeg("new")


def test_a_photo_in_two_albums_is_one_and_leaves_one_at_a_time(
    world: FlickrWorld,
) -> None:
    world.here("Rome/a.jpg", "same")
    world.here("Best/a.jpg", "same")
    world.here("Best/b.jpg")
    assert world.sync() == 0
    assert world.flickr.calls["upload"] == 2
    (world.local / "Best/a.jpg").unlink()
    assert world.sync(*MAY_DELETE, mode="syncUpload") == 0
    assert world.photos() == {
        "Rome/a.jpg": jpeg("same"),
        "Best/b.jpg": jpeg("Best/b.jpg"),
    }
    check_quiet(world)


def test_a_moved_file_is_not_sent_again(world: FlickrWorld) -> None:
    path = world.here("Rome/a.jpg")
    world.here("Best/b.jpg")
    assert world.sync() == 0
    world.flickr.traffic.reset()
    (world.local / "Oslo").mkdir()
    path.rename(world.local / "Oslo/a.jpg")
    assert world.sync(*MAY_DELETE, mode="syncUpload") == 0
    assert world.flickr.calls["upload"] == 0
    assert sorted(world.albums()) == ["Best", "Oslo"]


def test_a_run_that_only_looks_changes_nothing(world: FlickrWorld) -> None:
    world.here("Rome/a.jpg")
    assert world.sync("--test") == 0
    assert set(world.flickr.calls) == {
        "photos.recentlyUpdated",
        "photosets.getList",
        "people.getUploadStatus",
        "photos.getNotInSet",
    }
    assert world.flickr.web.everything() == []
    assert not (world.home / "flickr-calls.json").exists()


def test_a_photo_whose_upload_lasts_over_the_batch_is_in_the_album(
    world: FlickrWorld,
) -> None:
    for number in range(30):
        world.here(f"Rome/{number:02}.jpg", when=WHEN + number)
    world.flickr.settings.max_photos_per_set = 12
    assert world.sync("--transfers", "8") == 0
    assert len(world.photos()) == 30
    assert world.loose() == []
    check_quiet(world)


@pytest.mark.parametrize("pro", [0, 1])
def test_what_a_free_account_cannot_hold_is_said_before_anything_is_sent(
    world: FlickrWorld, pro: int
) -> None:
    world.flickr.web.change_account(pro=pro)
    world.here("Rome/a.jpg")
    planned = world.run("-d", world.local, "-p", "flickr", "--test")
    assert ("50 of them if they are not public" in planned.out) == (not pro)
    assert world.flickr.calls["upload"] == 0


def test_a_library_with_new_dates_costs_no_call_for_a_photo(world: FlickrWorld) -> None:
    paths = [world.here(f"Rome/{number}.jpg") for number in range(5)]
    assert world.sync() == 0
    take_calls(world)
    assert world.sync() == 0
    nothing = take_calls(world)
    for path in paths:
        os.utime(path, (WHEN + 5_000, WHEN + 5_000))
    for _ in range(2):
        # The new dates are remembered here.
        assert world.sync() == 0
        assert take_calls(world) == nothing


def test_a_photo_that_a_filter_refuses_with_a_page_is_sent_twice_at_most(
    world: FlickrWorld, capsys: Said
) -> None:
    for number in range(3):
        world.here(f"Rome/{number}.jpg")
    world.flickr.plan(Fault("upload", "html", None, status=403))
    assert world.sync() == 1
    assert world.flickr.calls["upload"] == 2 * 3
    assert "does a proxy or a filter stand in between" in capsys.readouterr().err
    world.flickr.traffic.clear_faults()
    # A network that wanted a login.
    world.flickr.plan(Fault("upload", "html", 1, status=403))
    assert world.sync() == 0
    assert len(world.photos()) == 3
