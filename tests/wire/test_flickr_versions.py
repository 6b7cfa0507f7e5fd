"""Which version of a photo is on Flickr: other secrets are no proof of other bytes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from functools import partial

import pytest
from harness.flickr_world import FlickrWorld, jpeg, meanwhile
from harness.worlds import WHEN

from photosync import Home, PhotoSync, Settings
from photosync.errors import Interrupted

Said = pytest.CaptureFixture[str]
MAY_DELETE = ("--allowDelete", "both", "--max-delete", "100%")
HEIC = b"\0\0\0\x18ftypheic" + bytes(60)
NAMES = [f"{number:02}.jpg" for number in range(30)]


def send_album(world: FlickrWorld, names: list[str]) -> list[str]:
    """Photos on both sides, agreed on; their ids in the order of the names."""
    for name in names:
        world.here(f"Rome/{name}")
    assert world.sync() == 0
    assert world.sync() == 0
    ids = world.albums()["Rome"]
    return sorted(ids, key=lambda photo: str(world.flickr.web.get(photo)["title"]))


def check_quiet(world: FlickrWorld, said: Said) -> None:
    """One more run does nothing and reads no photo."""
    said.readouterr()
    served = world.flickr.calls["static"]
    assert world.sync(*MAY_DELETE) == 0
    assert "newer there" not in said.readouterr().out
    assert world.flickr.calls["static"] == served


def show_to_all(world: FlickrWorld, photo: str) -> None:
    world.flickr.web.set_privacy(photo, public=True)


def turn(world: FlickrWorld, photo: str) -> None:
    world.flickr.web.rotate(photo)


@pytest.mark.parametrize("edit", [show_to_all, turn])
def test_other_secrets_of_the_same_bytes_are_no_change(
    world: FlickrWorld, capsys: Said, edit: Callable[[FlickrWorld, str], None]
) -> None:
    # More than twenty: as changed photos they would be refused in every later run.
    for photo in send_album(world, NAMES):
        edit(world, photo)
    before = world.library()
    assert world.sync(*MAY_DELETE) == 0
    assert "newer there" not in capsys.readouterr().out
    assert world.library() == before
    assert world.trash() == []
    check_quiet(world, capsys)


def test_an_edit_here_goes_up_although_the_album_was_made_public(
    world: FlickrWorld,
) -> None:
    (photo,) = send_album(world, ["a.jpg"])
    show_to_all(world, photo)
    world.here("Rome/a.jpg", "edited here", when=WHEN + 3600)
    assert world.sync() == 0
    assert world.flickr.web.content(photo) == jpeg("edited here")


def test_an_edit_there_comes_home_among_others_that_only_have_new_secrets(
    world: FlickrWorld,
) -> None:
    first, second = send_album(world, ["a.jpg", "b.jpg"])
    show_to_all(world, first)
    world.flickr.web.rotate(second, jpeg("turned there"))
    assert world.sync() == 0
    assert world.library()["Rome/a.jpg"] == jpeg("Rome/a.jpg")
    assert world.library()["Rome/b.jpg"] == jpeg("turned there")


@pytest.mark.parametrize("withheld", ["address", "secret"])
def test_an_account_that_loses_its_originals_changes_no_photo(
    world: FlickrWorld, capsys: Said, withheld: str
) -> None:
    send_album(world, NAMES)
    for lapsed in (True, False):
        world.flickr.settings.withheld = withheld  # type: ignore[assignment]
        world.flickr.settings.withhold_originals = lapsed
        # The feed of changes is silent about it: an audit reads all anew.
        assert world.sync("--audit", *MAY_DELETE) == 0
        assert "cannot be compared" not in capsys.readouterr().out
        check_quiet(world, capsys)
    assert len(world.photos()) == len(NAMES)


def test_what_cannot_be_read_is_unknown_and_stays_on_both_sides(
    world: FlickrWorld, capsys: Said
) -> None:
    (photo,) = send_album(world, ["a.jpg"])
    world.flickr.settings.withhold_originals = True
    world.flickr.web.replace(photo, jpeg("edited there"))
    (world.local / "Rome/a.jpg").unlink()
    world.here("Rome/b.jpg")
    assert world.sync(*MAY_DELETE) == 0
    assert "cannot be compared" in capsys.readouterr().out
    assert world.flickr.web.content(photo) == jpeg("edited there")


def test_what_cannot_be_read_is_taken_for_equal_by_a_repair(
    world: FlickrWorld, capsys: Said
) -> None:
    # Flickr keeps a JPEG of it, and the album was made public.
    world.here("Rome/a.heic", HEIC)
    assert world.sync() == 0
    (photo,) = world.albums()["Rome"]
    show_to_all(world, photo)
    assert world.sync() == 0
    assert "cannot be compared" in capsys.readouterr().out
    assert world.sync(mode="repairUpload") == 0
    capsys.readouterr()
    assert world.sync() == 0
    assert "cannot be compared" not in capsys.readouterr().out
    world.here("Rome/a.heic", HEIC + b"edited", when=WHEN + 3600)
    assert world.sync("--no-trash") == 0
    assert world.flickr.calls["replace"] == 1


def test_the_memory_of_an_earlier_photosync_makes_no_photo_a_changed_one(
    world: FlickrWorld, capsys: Said
) -> None:
    photos = send_album(world, NAMES)
    forget_kinds(world)
    world.flickr.web.edit(photos[0], title="A new title")
    check_quiet(world, capsys)
    # From then on an edit shows as ever.
    world.flickr.web.replace(photos[1], jpeg("edited there"))
    assert world.sync() == 0
    assert world.library()[f"Rome/{NAMES[1]}"] == jpeg("edited there")


def test_an_edit_there_that_the_mode_leaves_alone_is_read_once(
    world: FlickrWorld, capsys: Said
) -> None:
    first, second = send_album(world, ["a.jpg", "b.jpg"])
    edit_there(world, first)
    assert world.sync(mode="upload") == 0
    assert "newer there" in capsys.readouterr().out
    world.flickr.traffic.reset()
    assert world.sync(mode="upload") == 0
    assert "newer there" in capsys.readouterr().out
    assert "static" not in world.flickr.calls
    # Another edit is another version.
    world.flickr.web.replace(first, jpeg("Rome/a.jpg"))
    show_to_all(world, second)
    assert world.sync(mode="upload") == 0
    assert "newer there" not in capsys.readouterr().out
    check_quiet(world, capsys)


# -- edited there before the next run
# -----------------------------------------------------------------------


def edit_there(world: FlickrWorld, photo: str) -> None:
    world.flickr.web.replace(photo, jpeg("edited there"))


def edit_amid_hours(world: FlickrWorld) -> None:
    """Edit the first photo of Oslo there, an hour after it was sent and before the
    others are.
    """
    world.flickr.clock.advance(3600)
    edit_there(world, world.albums()["Oslo"][0])
    world.flickr.clock.advance(3600)


def send_new(world: FlickrWorld) -> None:
    for name in NAMES[:2]:
        world.here(f"Rome/{name}")
    assert world.sync() == 0


def send_batch(world: FlickrWorld) -> None:
    for name in NAMES[:9]:
        world.here(f"Rome/{name}")
    assert world.sync() == 0


def replace_in_place(world: FlickrWorld) -> None:
    send_album(world, NAMES[:2])
    world.here(f"Rome/{NAMES[0]}", "second")
    assert world.sync() == 0


def move_anew(world: FlickrWorld) -> None:
    """A photo that stays in another album under its old name is sent again."""
    world.here("Rome/a.jpg", "a")
    world.here("Best/a.jpg", "a")
    assert world.sync() == 0
    assert world.sync() == 0
    (world.local / "Rome/a.jpg").rename(world.local / f"Rome/{NAMES[0]}")
    assert world.sync() == 0


def find_photo(world: FlickrWorld, name: str) -> str:
    (photo,) = world.flickr.web.named(name)
    return str(photo["id"])


@pytest.mark.parametrize("write", [send_new, send_batch, replace_in_place, move_anew])
def test_an_edit_there_right_after_our_run_comes_home(
    world: FlickrWorld, write: Callable[[FlickrWorld], None]
) -> None:
    write(world)
    edit_there(world, find_photo(world, NAMES[0]))
    assert world.sync() == 0
    assert world.library()[f"Rome/{NAMES[0]}"] == jpeg("edited there")


@pytest.mark.parametrize("write", [send_new, send_batch, replace_in_place, move_anew])
def test_an_edit_there_right_after_our_run_is_neither_deleted_nor_replaced(
    world: FlickrWorld, capsys: Said, write: Callable[[FlickrWorld], None]
) -> None:
    write(world)
    photo = find_photo(world, NAMES[0])
    edit_there(world, photo)
    world.here(f"Rome/{NAMES[0]}", "edited here", when=WHEN + 3600)
    assert world.sync(*MAY_DELETE) == 0
    assert "not the same here and there" in capsys.readouterr().out
    (world.local / "Rome" / NAMES[0]).unlink()
    assert world.sync(*MAY_DELETE) == 0
    assert world.library()[f"Rome/{NAMES[0]}"] == jpeg("edited there")
    assert world.flickr.web.content(photo) == jpeg("edited there")


def test_a_full_album_tells_its_versions_without_a_call_for_each(
    world: FlickrWorld,
) -> None:
    send_batch(world)
    assert world.flickr.calls["photos.getInfo"] == 0


def test_an_edit_there_while_the_album_is_still_being_sent_is_noticed(
    world: FlickrWorld,
) -> None:
    for name in NAMES[:6]:
        world.here(f"Rome/{name}")

    def edit_first() -> None:
        world.flickr.clock.advance(3600)
        edit_there(world, find_photo(world, NAMES[0]))
        world.flickr.clock.advance(3600)

    with meanwhile(world, "upload", edit_first, after=4):
        assert world.sync("--transfers", "1") == 0
    assert world.sync() == 0
    assert world.library()[f"Rome/{NAMES[0]}"] == jpeg("edited there")


def test_an_edit_there_while_the_next_album_is_being_sent_is_noticed(
    world: FlickrWorld,
) -> None:
    for name in NAMES[:6]:
        world.here(f"Oslo/{name}", f"Oslo/{name}")
        world.here(f"Rome/{name}")
    with meanwhile(world, "upload", partial(edit_amid_hours, world), after=8):
        assert world.sync("--transfers", "1") == 0
    assert world.sync() == 0
    assert jpeg("edited there") in world.library().values()


def test_an_edit_there_of_a_lone_photo_is_noticed_although_the_feed_lags(
    world: FlickrWorld,
) -> None:
    world.flickr.settings.updated_lag = 10**6
    world.here("Oslo/a.jpg")
    for name in NAMES[:6]:
        world.here(f"Rome/{name}")
    with meanwhile(world, "upload", partial(edit_amid_hours, world), after=3):
        assert world.sync("--transfers", "1") == 0
    assert world.flickr.calls["photos.getInfo"] == 1
    world.flickr.settings.updated_lag = 0
    assert world.sync() == 0
    assert world.library()["Oslo/a.jpg"] == jpeg("edited there")


def test_versions_are_known_although_the_feed_of_changes_lags(
    world: FlickrWorld,
) -> None:
    world.flickr.settings.updated_lag = 3600
    send_batch(world)
    assert world.flickr.calls["photosets.getPhotos"] == 1
    assert world.flickr.calls["photos.getInfo"] == 0
    world.flickr.settings.updated_lag = 0
    edit_there(world, find_photo(world, NAMES[0]))
    assert world.sync() == 0
    assert world.library()[f"Rome/{NAMES[0]}"] == jpeg("edited there")


def test_a_run_that_is_stopped_remembers_what_is_in_its_album(
    world: FlickrWorld,
) -> None:
    for name in NAMES[:6]:
        world.here(f"Oslo/{name}", f"Oslo/{name}")
        world.here(f"Rome/{name}")
    settings = Settings(
        Home(world.home, world.home),
        roots=(str(world.local),),
        scope=("flickr",),
        flickr_url=world.flickr.url,
        mode="upload",
        transfers=1,
    )
    done: list[str] = []
    with PhotoSync.open(settings) as sync:
        outcomes = sync.run(
            sync.plan(), should_stop=lambda: world.flickr.calls["upload"] >= 9
        )
        with pytest.raises(Interrupted):
            done += (outcome.step.summary for outcome in outcomes)
    assert sum("Oslo/" in summary for summary in done) == len(done) == 6


def test_photos_that_join_a_second_album_are_not_read_for_that(
    world: FlickrWorld, capsys: Said
) -> None:
    for photo in send_album(world, NAMES[:9]):
        world.flickr.clock.advance(3600)
        world.flickr.web.edit(photo, title=f"Our day {photo}")
    world.flickr.clock.advance(2 * 24 * 3600)
    for name in NAMES[:9]:
        world.here(f"Best/{name}", f"Rome/{name}")
    assert world.sync() == 0
    assert world.flickr.calls["upload"] == 9
    check_quiet(world, capsys)


def test_what_was_sent_is_not_read_in_the_next_run(
    world: FlickrWorld, capsys: Said
) -> None:
    send_batch(world)
    check_quiet(world, capsys)


def forget_kinds(world: FlickrWorld) -> None:
    """Write the versions as they were before they told their kind."""
    (state,) = world.home.rglob("*.sqlite*")
    with sqlite3.connect(state) as database:
        rows = database.execute("SELECT name_key, remote FROM history").fetchall()
        for name, remote in rows:
            photo = json.loads(remote)
            assert photo[5].startswith("o:")
            photo[5] = photo[5].partition(",")[0].removeprefix("o:")
            database.execute(
                "UPDATE history SET remote = ? WHERE name_key = ?",
                (json.dumps(photo), name),
            )
        database.execute("DELETE FROM seals")
