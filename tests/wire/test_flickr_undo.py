"""Undo on a service that keeps nothing: what it brings back, and what it must not
touch.
"""

from __future__ import annotations

import pytest
from harness.flickr_world import FlickrWorld, jpeg
from harness.worlds import WHEN

from photosync.cli.app import main
from photosync.services.auth.session import Session

Said = pytest.CaptureFixture[str]

A, B = "Rome/a.jpg", "Rome/b.jpg"
DELETES = ("--allowDelete", "both", "--max-delete", "100%")


def undo(world: FlickrWorld, *argv: str) -> int:
    return main(["--home", str(world.home), "--undo", *argv])


def replaced(world: FlickrWorld) -> None:
    """Run 2 replaced a photo there."""
    for path in (A, B):
        world.here(path)
    assert world.sync() == 0
    world.here(A, "edited", WHEN + 1000)
    assert world.sync() == 0
    assert world.photos() == {A: jpeg("edited"), B: jpeg(B)}
    assert world.trash() == [jpeg(A)]


def test_what_an_undo_replaces_there_is_kept_so_that_it_can_be_undone(
    world: FlickrWorld,
) -> None:
    replaced(world)
    assert undo(world) == 0
    assert world.photos() == {A: jpeg(A), B: jpeg(B)}
    assert world.trash() == sorted([jpeg(A), jpeg("edited")])
    assert undo(world, "3") == 0
    assert world.photos() == {A: jpeg("edited"), B: jpeg(B)}
    # That was an undo too: the run can be undone again, and nothing was lost on the
    # way.
    assert undo(world) == 0
    assert world.photos() == {A: jpeg(A), B: jpeg(B)}
    assert set(world.trash()) == {jpeg(A), jpeg("edited")}


def test_what_somebody_changed_there_meanwhile_is_kept_as_it_is(
    world: FlickrWorld,
) -> None:
    replaced(world)
    world.flickr.clock.advance(3600)
    (photo,) = world.flickr.web.named("a.jpg")
    world.flickr.web.replace(photo["id"], jpeg("edited there"))
    assert undo(world) == 0
    assert world.photos()[A] == jpeg(A)
    assert jpeg("edited there") in world.trash()


def test_what_an_undo_sends_under_a_new_id_can_be_undone(world: FlickrWorld) -> None:
    replaced(world)
    web = world.flickr.web
    ((album, ids),) = world.albums().items()
    (old,) = [one for one in ids if web.content(one) == jpeg("edited")]
    (other,) = [one for one in ids if one != old]
    # Of a photo in two albums each gets its own: this one is sent as a new one.
    web.album("Other", [old, other])
    assert undo(world) == 0
    assert world.photos()[A] == jpeg(A)
    assert old not in world.albums()[album]
    assert undo(world, "3") == 0
    assert world.photos()[A] == jpeg("edited")


def test_an_undo_keeps_it_even_without_trash(world: FlickrWorld) -> None:
    replaced(world)
    assert undo(world, "--no-trash") == 0
    assert world.photos()[A] == jpeg(A)
    assert jpeg("edited") in world.trash()


def test_what_cannot_be_kept_is_not_replaced(world: FlickrWorld, capsys: Said) -> None:
    replaced(world)
    trash = world.local / ".photosync-trash"
    for folder in trash.iterdir():
        folder.rename(world.top / folder.name)
    trash.rmdir()
    trash.touch()
    assert undo(world) == 1
    assert f"not brought back: {A} on Flickr" in capsys.readouterr().err
    assert world.photos()[A] == jpeg("edited")


def test_a_photo_that_is_gone_there_is_not_replaced(
    world: FlickrWorld, capsys: Said
) -> None:
    replaced(world)
    (album,) = world.albums().values()
    (gone,) = [
        one for one in album if world.flickr.web.get(one)["title"].startswith("a")
    ]
    world.flickr.web.delete(gone)
    assert undo(world) == 1
    assert "it is not there any longer" in capsys.readouterr().err


def test_nothing_is_restored_to_another_account(
    world: FlickrWorld, capsys: Said
) -> None:
    replaced(world)
    (world.local / B).unlink()
    assert world.sync(*DELETES) == 0
    before = world.photos()
    assert list(before) == [A]
    mine = Session(world.home).token("flickr")
    assert mine
    theirs = world.flickr.authorized_user(account="you")
    Session(world.home).store("flickr", "you", {**mine, **theirs})
    world.flickr.traffic.reset()
    for number in ("2", "3"):
        assert undo(world, number) == 1
        said = capsys.readouterr().err
        assert (
            f"it is of {mine['user_nsid']}, but Flickr is that of {theirs['user_nsid']}"
            in said
        )
    assert not set(world.flickr.calls) & {"upload", "replace", "photosets.create"}
    assert world.photos() == before


@pytest.mark.parametrize("away", ["signed out", "offline"])
def test_photos_come_back_here_while_flickr_is_away(
    world: FlickrWorld, away: str, capsys: Said
) -> None:
    for path in (A, B, "Rome/c.jpg"):
        world.here(path)
    assert world.sync() == 0
    (world.local / B).unlink()
    (album,) = world.albums().values()
    (gone,) = [
        one for one in album if world.flickr.web.get(one)["title"].startswith("a")
    ]
    world.flickr.web.delete(gone)
    assert world.sync(*DELETES) == 0
    assert list(world.library()) == ["Rome/c.jpg"]
    capsys.readouterr()
    if away == "offline":
        url = (world.home / "config.toml").read_text()
        (world.home / "config.toml").write_text(
            url.replace(world.flickr.url, "http://127.0.0.1:9")
        )
    else:
        Session(world.home).forget("flickr")
    assert undo(world) == (1 if away == "offline" else 3)
    said = capsys.readouterr()
    assert said.err.startswith(f"not brought back: {B} on Flickr: ")
    assert f"brought back: {A} here\n" in said.out
    assert set(world.library()) == {A, "Rome/c.jpg"}


def test_marks_are_only_named_in_a_dry_run(world: FlickrWorld, capsys: Said) -> None:
    world.here(A)
    assert world.sync() == 0
    (world.local / A).unlink()
    world.here(B)
    assert world.sync("--override", "LOCAL_DELETED=TAG_REMOTE") == 0
    (before,) = [p for p in world.flickr.web.everything() if p["title"].startswith("a")]
    capsys.readouterr()
    lock = world.home / "lock"
    lock.unlink()
    world.flickr.traffic.reset()
    assert world.sync("--untag", "--test") == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        f"~ untag on Flickr        {A}",
        "dry run: nothing was changed",
    ]
    assert not lock.exists()
    (after,) = [p for p in world.flickr.web.everything() if p["title"].startswith("a")]
    assert after == before
    assert world.sync("--untag") == 0
