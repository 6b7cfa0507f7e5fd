"""What is missing, empty, locked or closed is unknown, and nothing is deleted on its
account.
"""

from __future__ import annotations

import os
import time

import pytest
from harness.disks import broken
from harness.shares import mounted_share

from cli.command import DELETE_HERE, DELETING, MODES, run
from cli.conftest import World
from cli.trees import Photo, files, snapshot
from photosync.history.storage.lock import hold_lock

# -- a missing or an empty root that deleted everything
# -----------------------------------


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("roots", [["missing"], ["photos", "missing"]])
def test_a_missing_root_ends_the_run(world: World, mode: str, roots: list[str]) -> None:
    world.here("album/here.jpg")
    world.there("album/there.jpg")
    before = world.photos_snapshot()
    places = ("--home", world.home, "-p", f"folder:{world.remote}", "-d")
    result = run(*places, *(world.top / root for root in roots), "-m", mode, *DELETING)
    missing = world.top / "missing"
    assert result.code == 2
    assert (
        result.err == f"photosync: -d {missing}: no such folder; is its disk mounted?\n"
    )
    assert result.out == ""
    assert world.photos_snapshot() == before


def test_a_root_that_is_a_file_or_closed_ends_the_run(world: World) -> None:
    world.there("album/there.jpg")
    closed = world.top / "closed"
    closed.mkdir(mode=0)
    file = world.top / "file"
    file.touch()
    for root, reason in ((file, "not a folder"), (closed, "cannot be read")):
        places = ("--home", world.home, "-p", f"folder:{world.remote}", "-d", root)
        result = run(*places, "-m", "syncUpload", *DELETING, unprivileged=True)
        assert result.code == 2
        assert result.err.startswith(f"photosync: -d {root}: {reason}")
    assert list(files(world.remote)) == ["album/there.jpg"]


@pytest.mark.parametrize("mode", ["repairUpload", "syncUpload"])
@pytest.mark.parametrize("content", [[], ["album/notes.txt"], [".hidden/photo.jpg"]])
def test_an_empty_root_deletes_nothing(
    world: World, mode: str, content: list[str]
) -> None:
    world.there("album/there.jpg")
    for path in content:
        world.here(path)
    before = world.photos_snapshot()
    result = world.sync("-m", mode, *DELETING)
    assert (result.code, result.out) == (5, "")
    assert result.err == (
        f"photosync: {world.local} holds no photos, and 1 would be deleted elsewhere; "
        "is its disk mounted? Nothing was changed; "
        "on a new disk -m download --accept lost-photos brings them back; "
        "if you deleted them, allow it with --accept lost-photos\n"
    )
    assert world.photos_snapshot() == before
    assert world.sync("-m", mode, *DELETING, "--test").code == 5


def test_one_empty_root_of_two_deletes_nothing(world: World) -> None:
    world.here("album/here.jpg")
    world.there("album/there.jpg")
    empty = world.top / "empty"
    empty.mkdir()
    before = world.photos_snapshot()
    result = world.sync("-d", empty, "-m", "syncUpload", *DELETING)
    assert result.code == 5
    assert f"{empty} holds no photos" in result.err
    assert world.photos_snapshot() == before


def test_an_empty_root_is_filled_by_a_download(world: World) -> None:
    world.there("album/there.jpg")
    assert world.sync("-m", "sync", *DELETING).code == 0
    assert files(world.local) == files(world.remote)


def test_a_missing_folder_to_download_from_ends_the_run(world: World) -> None:
    world.here("album/here.jpg")
    world.remote.rmdir()
    before = world.photos_snapshot()
    for mode in ("download", "report"):
        result = world.sync("-m", mode, *DELETING, *DELETE_HERE)
        assert result.code == 2
        place = f"folder:{world.remote}"
        assert (
            result.err
            == f"photosync: -p {place}: no such folder; is its disk mounted?\n"
        )
    assert world.photos_snapshot() == before


def test_a_folder_whose_disk_is_not_mounted_is_not_made(world: World) -> None:
    world.here("album/here.jpg")
    result = world.sync("-p", f"folder:{world.top}/disk/backup")
    assert result.code == 2
    assert "no such folder; is its disk mounted?" in result.err
    assert not (world.top / "disk").exists()


# -- one run at a time
# --------------------------------------------------------------------


def test_a_second_run_at_the_same_time_is_refused(world: World) -> None:
    world.here("album/photo.jpg")
    world.home.mkdir()
    with hold_lock(world.home):
        (world.home / "lock").write_text("12345\n")
        os.utime(world.home / "lock", (10**9, 10**9))
        result = world.sync()
    assert (result.code, result.out) == (4, "")
    since = time.strftime("%Y-%m-%d %H:%M", time.localtime(10**9))
    assert result.err == (
        f"photosync: another photosync run (process 12345, since {since}) is using "
        f"{world.home}; wait for it to end\n"
    )
    assert files(world.remote) == {}
    assert world.sync().code == 0


def test_another_home_is_no_hindrance(world: World) -> None:
    world.here("album/photo.jpg")
    world.home.mkdir()
    with hold_lock(world.home):
        assert world.sync("--home", world.top / "second").code == 0


def test_a_lock_that_nobody_holds_any_more_is_taken(world: World) -> None:
    world.here("album/photo.jpg")
    world.home.mkdir()
    (world.home / "lock").write_text("1\n")
    assert world.sync().code == 0


# -- what cannot be read is unknown
# -------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
def test_a_local_folder_that_cannot_be_read_is_unknown_not_empty(
    world: World, mode: str
) -> None:
    world.here("album/photo.jpg")
    world.there("album/photo.jpg")
    world.here("closed/deep/photo.jpg").parent.parent.chmod(0)
    world.there("closed/photo.jpg")
    world.there("closed - deep/photo.jpg")
    world.there("elsewhere/photo.jpg")
    before = world.photos_snapshot()
    result = world.sync("-m", mode, *DELETING, *DELETE_HERE, unprivileged=True)
    assert result.code == 1
    assert (
        f"{world.local}/closed: cannot be read (Permission denied); left alone"
        in result.err
    )
    assert result.actions == []
    assert world.photos_snapshot() == before


@pytest.mark.parametrize("mode", MODES)
def test_a_remote_album_that_cannot_be_listed_is_unknown_not_empty(
    world: World, mode: str
) -> None:
    world.here("album/photo.jpg")
    world.there("album/photo.jpg")
    world.here("closed/here.jpg")
    world.there("closed/there.jpg").parent.chmod(0)
    before = world.photos_snapshot()
    result = world.sync("-m", mode, *DELETING, *DELETE_HERE, unprivileged=True)
    assert result.code == 1
    assert "closed: cannot be listed (permission denied; check owner and mode" in (
        result.err
    )
    assert result.actions == []
    assert world.photos_snapshot() == before


@pytest.mark.parametrize("mode", MODES)
def test_a_place_that_cannot_be_listed_is_unknown_not_empty(
    world: World, mode: str
) -> None:
    world.here("album/photo.jpg")
    world.there("album/photo.jpg")
    world.remote.chmod(0)
    before = world.photos_snapshot()
    result = world.sync("-m", mode, *DELETING, *DELETE_HERE, unprivileged=True)
    assert result.code == 1
    assert "permission denied" in result.err
    assert result.actions == []
    assert world.photos_snapshot() == before


def test_links_lead_neither_out_of_the_root_nor_in_a_circle(world: World) -> None:
    world.here("album/photo.jpg")
    Photo(b"outside").write(world.top / "outside" / "photo.jpg")
    (world.local / "album" / "out.jpg").symlink_to(world.top / "outside" / "photo.jpg")
    (world.local / "outside").symlink_to(world.top / "outside")
    (world.local / "album" / "round").symlink_to(world.local)
    world.there("album/photo.jpg")
    world.there("outside/photo.jpg")
    world.there("album/out.jpg")
    before = snapshot(world.local)
    result = world.sync("-m", "syncUpload", *DELETING)
    assert (result.code, result.actions) == (0, [])
    for reason in ("is a link out of the root", "is a link in a circle"):
        assert reason in result.out
    assert snapshot(world.local) == before
    assert set(files(world.remote)) == {
        "album/out.jpg",
        "album/photo.jpg",
        "outside/photo.jpg",
    }


# -- one entry that is unknown
# -----------------------------------------------------------------------------


SIDES = ("local", "remote")


def agreed(world: World, *paths: str) -> None:
    """Photos that both sides know they have."""
    for path in paths:
        world.here(path, path.encode())
    assert world.sync("-m", "sync").code == 0
    assert len(files(world.remote)) == len(paths)


@pytest.mark.parametrize("side", SIDES)
def test_an_entry_that_cannot_be_looked_at_costs_that_entry_only(
    world: World, side: str
) -> None:
    agreed(world, "album/a.jpg", "album/b.jpg", "album/c.jpg")
    place = getattr(world, side)
    other = world.remote if side == "local" else world.local
    Photo(b"new").write(other / "album/new.jpg")
    (place / "album/b.jpg").unlink()
    with broken(place / "album/a.jpg"):
        result = world.sync("-m", "sync", *DELETING)
    assert result.code == 1
    (line,) = result.err.splitlines()
    assert "album/a.jpg: cannot be looked at (Transport endpoint" in line
    left = ["album/a.jpg", "album/c.jpg", "album/new.jpg"]
    assert sorted(files(other)) == sorted(files(place)) == left
    assert world.sync("-m", "sync", *DELETING).actions == []


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("kind", ["link", "link to nowhere", "pipe"])
def test_what_stands_in_the_place_of_a_photo_does_not_delete_it(
    world: World, side: str, kind: str
) -> None:
    agreed(world, "album/a.jpg", "album/b.jpg")
    place = getattr(world, side)
    photo = place / "album/a.jpg"
    photo.rename(world.top / "outside.jpg")
    if kind == "pipe":
        os.mkfifo(photo)
    else:
        photo.symlink_to(world.top / ("outside.jpg" if kind == "link" else "nowhere"))
    before = world.photos_snapshot()
    for mode in ("sync", "syncUpload", "repairUpload"):
        result = world.sync("-m", mode, *DELETING)
        assert (result.code, result.actions) == (0, [])
        assert "album/a.jpg: is " in result.out
    assert world.photos_snapshot() == before
    photo.unlink()
    (world.top / "outside.jpg").rename(photo)
    assert world.sync("-m", "sync", *DELETING).steps == []


@pytest.mark.parametrize("target", ["elsewhere", "nowhere", "a circle"])
@pytest.mark.parametrize("side", SIDES)
def test_a_link_in_the_place_of_an_album_does_not_delete_its_photos(
    world: World, side: str, target: str
) -> None:
    agreed(world, "2019/a.jpg", "2019/Rome/b.jpg", "2020/c.jpg")
    place = getattr(world, side)
    (world.top / "a circle").symlink_to("a circle")
    (place / "2019").rename(world.top / "elsewhere")
    (place / "2019").symlink_to(world.top / target)
    if side == "remote":
        (place / "2019 - Rome").rename(world.top / "elsewhere" / "Rome")
        (place / "2019 - Rome").symlink_to(world.top / target)
    world.here("2020/new.jpg")
    before = snapshot(place, world.top / "elsewhere")
    for mode in ("sync", "syncUpload", "repairUpload", "download"):
        result = world.sync("-m", mode, *DELETING, "--accept", "remote-shrank")
        assert result.code == 0
        assert not [line for line in result.actions if "2019" in line]
    assert len(files(world.local if side == "remote" else world.remote)) == 4
    assert snapshot(world.top / "elsewhere").items() <= before.items()


@pytest.mark.parametrize("side", SIDES)
def test_what_another_user_mounted_among_the_albums_costs_nothing_else(
    world: World, side: str
) -> None:
    agreed(world, "2019/a.jpg", "2020/c.jpg")
    world.here("2021/new.jpg")
    phone = getattr(world, side) / "2018 phone"
    with mounted_share(phone, user=12345):
        result = world.sync("-m", "sync", *DELETING)
        assert (result.code, result.err.count("\n")) == (1, 1)
        assert "2018 phone" in result.err
        assert "ermission denied" in result.err
        assert result.done("UPLOAD_LOCAL") == ["2021/new.jpg"]
        assert len(result.actions) == 1


def test_a_folder_moved_away_with_a_link_left_keeps_what_shares_its_album(
    world: World,
) -> None:
    naming = ("-n", "{0}")
    for path in ("2019/a.jpg", "2019/Rome/b.jpg"):
        world.here(path, path.encode())
    assert world.sync("-m", "sync", *naming).code == 0
    (world.local / "2019/Rome").rename(world.top / "Rome")
    (world.local / "2019/Rome").symlink_to(world.top / "Rome")
    assert world.sync("-m", "sync", *naming, *DELETING).actions == []
    assert sorted(files(world.remote)) == ["2019/a.jpg", "2019/b.jpg"]


# -- a folder with the name of a photo
# -----------------------------------


@pytest.mark.parametrize("side", ["local", "remote"])
def test_a_folder_in_the_place_of_a_photo_is_told_and_deletes_nothing(
    world: World, side: str
) -> None:
    for name in ("a", "b", "c"):
        world.here(f"album/{name}.jpg")
    assert world.sync("-m", "sync").code == 0
    before = files(world.remote), files(world.local)
    photo = getattr(world, side) / "album/a.jpg"
    photo.unlink()
    photo.mkdir()
    for _ in range(2):
        result = world.sync("-m", "sync", *DELETING, *DELETE_HERE)
        assert result.code == 0
        assert "a.jpg" in result.out + result.err
    after = files(world.remote), files(world.local)
    assert sum(map(len, after)) == sum(map(len, before)) - 1


def test_folders_inside_an_album_there_are_told_and_those_of_a_nas_are_not(
    world: World,
) -> None:
    world.here("Rome/a.jpg")
    # What rsync copied.
    world.there("2019/Oslo/a.jpg")
    world.there("2020/Oslo/a.jpg")
    world.there("2020/Nice/a.jpg")
    world.there("Rome/@eaDir/a.jpg/THUMB.jpg")
    (world.remote / "Rome/notes.txt").symlink_to("elsewhere")
    place = world.remote
    done = world.sync("--allowDelete", "both")
    assert done.code == 0
    said = done.out + done.err
    told = [line for line in said.splitlines() if line.endswith("; left alone")]
    inside = "is a folder inside an album, which is one folder here"
    several = "2 folders inside this album, Nice the first; an album is one folder here"
    assert told == [
        f"{place} 2019/Oslo: {inside}; left alone",
        f"{place} 2020: {several}; left alone",
    ]
    assert "eaDir" not in said
    assert "notes.txt" not in said
    assert (place / "2019/Oslo/a.jpg").exists()
