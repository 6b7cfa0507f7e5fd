"""Photos that left their album on a service and are not deleted for that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from harness.three_sides import Drive, Flickr, World, picture, world_of

from photosync.emulators.drive.identity import DRIVE_FILE
from photosync.services.auth.session import Session

LOST = "Rome/a.jpg"
PHOTOS = {path: picture(path) for path in (LOST, "Rome/b.jpg", "Oslo/c.jpg")}


def world_with(tmp_path: Path, service: str) -> Iterator[World]:
    with world_of(tmp_path, service) as world:
        for path, data in PHOTOS.items():
            world.local.add(path, data)
        assert world.sync().code == 0
        yield world


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[World]:
    yield from world_with(tmp_path, "drive")


@pytest.fixture
def flickr(tmp_path: Path) -> Iterator[World]:
    yield from world_with(tmp_path, "flickr")


HIDE = ("--skipserver", "Hidden")


def check_left_alone(world: World, said: str) -> None:
    """Whatever the mode and however often: it is told, and nothing is done."""
    (remote,) = world.remotes
    there = remote.photos()
    for mode in ("sync", "sync", "syncUpload", "repairUpload", "upload"):
        ended = world.sync(*HIDE, mode=mode)
        assert ended.code == 0, ended.err
        (report,) = ended.steps
        assert " REPORT REMOTE_DELETED " in report
        assert said in ended.out
        assert world.local.photos() == PHOTOS
        assert remote.photos() == there
    assert world.local.trash() == []


# -- Drive
# ---------------------------------------------------------------------------------


def move_out(world: World, path: str) -> None:
    """Somebody moves a photo to the top of My Drive."""
    side = world.remotes[0]
    assert isinstance(side, Drive)
    side.emulator.web.move(side.ids()[path], "root")


def move_album_out(world: World, album: str) -> None:
    """Somebody moves an album to the top of My Drive."""
    side = world.remotes[0]
    assert isinstance(side, Drive)
    (folder,) = side.emulator.web.named(album)
    side.emulator.web.move(folder["id"], "root")


def test_a_photo_moved_out_of_the_base_folder_is_told_and_stays(drive: World) -> None:
    move_out(drive, LOST)
    check_left_alone(drive, "not deleted, but still there in the folder")


def test_an_album_moved_out_of_the_base_folder_is_told_and_stays(drive: World) -> None:
    move_album_out(drive, "Oslo")
    check_left_alone(drive, "its album was moved out of the folder of the albums")


def test_an_album_moved_to_a_shared_drive_is_told_and_stays(drive: World) -> None:
    side = drive.remotes[0]
    assert isinstance(side, Drive)
    web = side.emulator.web
    (folder,) = web.named("Oslo")
    web.move(folder["id"], web.shared_drive("Family"))
    ended = drive.sync("--audit")
    assert (ended.code, ended.actions) == (0, [])
    assert "its album was moved out of the folder of the albums" in ended.out
    assert drive.local.photos() == PHOTOS


def test_a_photo_moved_into_an_album_that_a_filter_hides_is_told_and_stays(
    drive: World,
) -> None:
    side = drive.remotes[0]
    side.move(LOST, "Hidden")
    check_left_alone(drive, "still there in the folder 'Hidden'")


def test_a_photo_moved_into_another_visible_album_moves_here(drive: World) -> None:
    drive.remotes[0].move(LOST, "Oslo")
    ended = drive.sync()
    assert ended.actions == [f"drive MOVE_LOCAL REMOTE_MOVED Oslo/a.jpg <- {LOST}"]


def test_a_photo_put_back_into_its_album_is_as_it_was(drive: World) -> None:
    side = drive.remotes[0]
    assert isinstance(side, Drive)
    photo, album = side.ids()[LOST], side.emulator.web.get(side.ids()[LOST])["parents"]
    move_out(drive, LOST)
    assert drive.sync().code == 0
    side.emulator.web.move(photo, album[0])
    ended = drive.sync()
    assert (ended.code, ended.steps) == (0, [])
    assert side.photos() == PHOTOS


def test_what_was_deleted_beside_it_is_deleted_here(drive: World) -> None:
    move_out(drive, LOST)
    drive.remotes[0].delete("Rome/b.jpg")
    ended = drive.sync()
    assert ended.actions == ["drive DELETE_LOCAL REMOTE_DELETED Rome/b.jpg"]
    assert set(drive.local.photos()) == {LOST, "Oslo/c.jpg"}


def test_what_the_narrow_scope_does_not_show_is_not_deleted_here(drive: World) -> None:
    side = drive.remotes[0]
    assert isinstance(side, Drive)
    token = side.emulator.authorized_user([DRIVE_FILE])
    Session(drive.home).store("drive", side.emulator.account, token)
    side.emulator.web.delete(side.ids()[LOST])
    for _ in range(2):
        ended = drive.sync()
        assert (ended.code, ended.actions) == (0, [])
        assert "this sign-in does not see it any more" in ended.out
    assert drive.local.photos() == PHOTOS
    # With its own answer that the photo lies in the trash, it is certain.
    side.delete("Rome/b.jpg")
    assert drive.sync().actions == ["drive DELETE_LOCAL REMOTE_DELETED Rome/b.jpg"]


def test_hundreds_of_deleted_photos_are_asked_about_in_few_calls(drive: World) -> None:
    side = drive.remotes[0]
    assert isinstance(side, Drive)
    many = {f"Big/{number:03}.jpg": picture(str(number)) for number in range(60)}
    for path, data in many.items():
        drive.local.add(path, data)
    assert drive.sync().code == 0
    (album,) = side.emulator.web.named("Big")
    side.emulator.web.trash(album["id"])
    side.emulator.traffic.reset()
    ended = drive.sync("--test", "--accept", "remote-shrank", "--max-delete", "100%")
    assert len(ended.actions) == len(many)
    assert sum(side.emulator.calls.values()) <= 8


# -- Flickr
# --------------------------------------------------------------------------------


def take_out(side: Flickr) -> None:
    (album,) = side.emulator.web.titled("Rome")
    side.emulator.web.take_out(album, side.ids()[LOST])


def delete_album(side: Flickr) -> None:
    (album,) = side.emulator.web.titled("Oslo")
    side.emulator.web.delete_album(album)


def put_in_hidden(side: Flickr) -> None:
    side.move(LOST, "Hidden")


@pytest.mark.parametrize(
    ("leave", "said"),
    [
        (take_out, "taken out of its album: it is still in the photostream"),
        (delete_album, "taken out of its album: it is still in the photostream"),
        (put_in_hidden, "still there in another album"),
    ],
)
def test_a_photo_out_of_its_album_on_flickr_is_told_and_stays(
    flickr: World, leave: Callable[[Flickr], None], said: str
) -> None:
    side = flickr.remotes[0]
    assert isinstance(side, Flickr)
    leave(side)
    before = len(side.emulator.web.everything())
    check_left_alone(flickr, said)
    assert len(side.emulator.web.everything()) == before


def test_a_large_album_deleted_on_flickr_is_asked_about_in_few_calls(
    flickr: World,
) -> None:
    side = flickr.remotes[0]
    assert isinstance(side, Flickr)
    many = {f"Big/{number:03}.jpg": picture(str(number)) for number in range(30)}
    for path, data in many.items():
        flickr.local.add(path, data)
    assert flickr.sync().code == 0
    (album,) = side.emulator.web.titled("Big")
    side.emulator.web.delete_album(album)
    side.emulator.traffic.reset()
    ended = flickr.sync("--test", "--accept", "remote-shrank")
    assert (ended.code, ended.actions) == (0, [])
    assert ended.out.count("still in the photostream") == len(many)
    assert side.emulator.calls["photos.getAllContexts"] == 0


def test_what_is_out_of_its_album_on_one_service_stays_though_another_deleted_it(
    tmp_path: Path,
) -> None:
    with world_of(tmp_path, "drive", "flickr") as world:
        for path, data in PHOTOS.items():
            world.local.add(path, data)
        assert world.sync().code == 0
        drive, flickr = world.remotes
        assert isinstance(flickr, Flickr)
        take_out(flickr)
        told = "flickr REPORT REMOTE_DELETED Rome/a.jpg"
        for mode in ("sync", "syncUpload", "sync"):
            ended = world.sync(mode=mode)
            assert (ended.code, ended.steps) == (0, [told])
        drive.delete(LOST)
        ended = world.sync()
        assert ended.actions == ["drive DELETE_LOCAL REMOTE_DELETED Rome/a.jpg"]
        assert world.sync().steps == []
        # On Flickr it is still what its owner made of it.
        assert len(flickr.emulator.web.everything()) == len(PHOTOS)
        assert world.local.trash() == [PHOTOS[LOST]]
