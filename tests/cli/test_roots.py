"""Roots that move, come later, change their order or stay away: what is known of them
stays known.
"""

from __future__ import annotations

import errno
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cli.command import Result, run
from cli.conftest import World
from cli.trees import Photo, files

SYNC = ("-m", "sync", "--allowDelete", "both", "--max-delete", "100%")
MIRRORS = ("sync", "syncUpload", "repairUpload")


class Library:
    """Two roots that a folder is kept equal with."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.first = world.local
        self.second = world.top / "camera"
        self.second.mkdir()
        for number in range(4):
            self.add(self.first, f"Rome/{number}.jpg")
            self.add(self.second, f"Oslo/{number}.jpg")

    def add(self, root: Path, path: str, text: str = "") -> None:
        Photo((text or f"{root.name} {path}").encode()).write(root / path)

    def sync(
        self, *roots: Path, mode: str = "sync", argv: tuple[str, ...] = ()
    ) -> Result:
        world = self.world
        places: tuple[str | Path, ...]
        places = ("--home", world.home, "-p", f"folder:{world.remote}", "-d", *roots)
        result = run(*places, *SYNC, "-m", mode, *argv)
        assert "Traceback" not in result.err
        return result


@pytest.fixture
def library(world: World) -> Library:
    return Library(world)


def quiet(result: Result) -> bool:
    return (result.code, result.actions, result.err) == (0, [], "")


@pytest.mark.parametrize("argv", [(), ("--accept", "lost-photos")])
def test_a_root_whose_disk_fails_is_not_said_to_hold_no_photos(
    library: Library, monkeypatch: pytest.MonkeyPatch, argv: tuple[str, ...]
) -> None:
    assert library.sync(library.first).code == 0
    before = files(library.world.remote)
    look_into = os.scandir

    def fail(path: Any) -> Any:
        if path == str(library.first):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return look_into(path)

    monkeypatch.setattr(os, "scandir", fail)
    result = library.sync(library.first, argv=argv)
    assert result.code == 5
    assert f"{library.first} is not there or cannot be read, and held 4" in result.err
    assert files(library.world.remote) == before


# -- a root that moved
# -----------------------------------------------------------------


def test_a_root_that_moved_takes_its_memory_along(library: Library) -> None:
    assert library.sync(library.first).code == 0
    moved = library.first.rename(library.world.top / "Pictures")
    (moved / "Rome/0.jpg").unlink()
    line = f"{moved}: was {library.first} before; what is remembered of it goes with it"
    for argv in (("--test",), ()):
        result = library.sync(moved, argv=argv)
        assert result.done("DELETE_REMOTE") == ["Rome/0.jpg"]
        assert result.out.count(line) == 1
    again = library.sync(moved)
    assert quiet(again)
    assert "was" not in again.out


def test_one_of_two_roots_may_move(library: Library) -> None:
    assert library.sync(library.first, library.second).code == 0
    moved = library.second.rename(library.world.top / "Pictures")
    (moved / "Oslo/0.jpg").unlink()
    result = library.sync(library.first, moved)
    assert (result.code, result.done("DELETE_REMOTE")) == (0, ["Oslo/0.jpg"])
    assert len(result.actions) == 1


def test_a_link_to_a_root_is_that_root(library: Library) -> None:
    assert library.sync(library.first).code == 0
    link = library.world.top / "link"
    link.symlink_to(library.first)
    for root in (link, library.first, link):
        assert quiet(library.sync(root))
    (library.first / "Rome/0.jpg").unlink()
    assert library.sync(library.first).done("DELETE_REMOTE") == ["Rome/0.jpg"]


def test_history_and_undo_follow_a_root_that_moved(library: Library) -> None:
    assert library.sync(library.first).code == 0
    (library.world.remote / "Rome/0.jpg").unlink()
    assert library.sync(library.first).done("DELETE_LOCAL") == ["Rome/0.jpg"]
    moved = library.first.rename(library.world.top / "Pictures")
    assert quiet(library.sync(moved))
    home = ("--home", library.world.home)
    told = run(*home, "--history", f"{moved}/Rome/0.jpg")
    assert "deleted here (deleted on " in told.out
    assert run(*home, "--undo").code == 0
    assert (moved / "Rome/0.jpg").is_file()


def test_a_copy_in_another_place_is_another_library(library: Library) -> None:
    assert library.sync(library.first).code == 0
    copy = library.world.top / "copy"
    shutil.copytree(library.first, copy)
    (copy / "Rome/0.jpg").unlink()
    result = library.sync(copy)
    assert result.done("DOWNLOAD_REMOTE") == ["Rome/0.jpg"]
    # And the first one goes on as before.
    assert quiet(library.sync(library.first))


def test_an_emptied_root_that_moved_carries_nothing_over(library: Library) -> None:
    assert library.sync(library.first).code == 0
    moved = library.first.rename(library.world.top / "Pictures")
    shutil.rmtree(moved / "Rome")
    result = library.sync(moved)
    assert result.code in {0, 5}
    assert result.done("DELETE_REMOTE") == []
    assert len(files(library.world.remote)) == 4


# -- a root that comes later, another order
# ----------------------------------------------


def test_a_second_root_added_later_forgets_nothing(library: Library) -> None:
    assert library.sync(library.first).code == 0
    (library.first / "Rome/0.jpg").unlink()
    for roots in (
        (library.second, library.first),
        (library.first, library.second),
    ):
        result = library.sync(*roots)
        assert result.code == 0
        first_time = roots[0] == library.second
        assert result.done("DELETE_REMOTE") == (["Rome/0.jpg"] if first_time else [])
        assert len(result.done("UPLOAD_LOCAL")) == (4 if first_time else 0)
        assert len(result.actions) == (5 if first_time else 0)


def test_names_are_those_they_were_whatever_the_order(library: Library) -> None:
    library.add(library.first, "Rome/0.jpg", "mine")
    library.add(library.second, "Rome/0.jpg", "other")
    assert library.sync(library.first, library.second).code == 0
    before = files(library.world.remote)
    for roots in (
        (library.second, library.first),
        (library.first, library.second),
    ):
        assert quiet(library.sync(*roots))
    assert files(library.world.remote) == before


def test_a_root_added_in_front_renames_nothing(library: Library) -> None:
    assert library.sync(library.first).code == 0
    library.add(library.second, "Rome/0.jpg", "other")
    result = library.sync(library.second, library.first)
    assert result.code == 0
    assert {line.split()[0] for line in result.actions} == {"UPLOAD_LOCAL"}
    assert len(result.actions) == 5
    assert quiet(library.sync(library.second, library.first))


def test_two_libraries_may_become_one(library: Library) -> None:
    for root in (library.first, library.second):
        assert library.sync(root, mode="upload").code == 0
    (library.first / "Rome/0.jpg").unlink()
    (library.second / "Oslo/0.jpg").unlink()
    result = library.sync(library.first, library.second)
    assert result.done("DELETE_REMOTE") == ["Oslo/0.jpg", "Rome/0.jpg"]
    assert len(result.actions) == 2


# -- a root that a run does not name
# -----------------------------------------------------


@pytest.mark.parametrize("mode", MIRRORS)
def test_a_root_that_is_not_named_is_out_of_bounds(library: Library, mode: str) -> None:
    assert library.sync(library.first, library.second).code == 0
    (library.first / "Rome/0.jpg").unlink()
    result = library.sync(library.first, mode=mode)
    assert (result.code, result.done("DELETE_REMOTE")) == (0, ["Rome/0.jpg"])
    assert len(result.actions) == 1
    told = f"{library.second}: not named in this run; what is known there is left alone (4)"
    assert told in result.out
    assert quiet(library.sync(library.first, library.second))


def test_nor_is_the_half_of_an_album_that_lies_there(library: Library) -> None:
    library.add(library.second, "Rome/second.jpg")
    assert library.sync(library.first, library.second).code == 0
    for mode in MIRRORS:
        assert quiet(library.sync(library.first, mode=mode)), mode
    assert quiet(library.sync(library.first, library.second))


def test_a_name_of_a_photo_out_of_sight_is_not_taken(library: Library) -> None:
    library.add(library.second, "Rome/name.jpg", "second")
    assert library.sync(library.first, library.second).code == 0
    library.add(library.first, "Rome/name.jpg", "first")
    for mode in MIRRORS:
        assert quiet(library.sync(library.first, mode=mode)), mode
    assert (library.world.remote / "Rome/name.jpg").read_bytes() == b"second"
    assert library.sync(library.first, library.second).code == 0
    stored = sorted(photo.data for photo in files(library.world.remote).values())
    assert {b"first", b"second"} <= set(stored)


def test_what_both_sides_lost_of_it_is_not_forgotten(library: Library) -> None:
    assert library.sync(library.first, library.second).code == 0
    (library.world.remote / "Oslo/0.jpg").unlink()
    shutil.rmtree(library.world.remote / "Oslo")
    assert quiet(library.sync(library.first))
    result = library.sync(library.first, library.second)
    assert len(result.done("DELETE_LOCAL")) == 4


def test_a_new_photo_in_an_album_that_lies_there_waits(library: Library) -> None:
    assert library.sync(library.first, library.second).code == 0
    Photo(b"new").write(library.world.remote / "Oslo/new.jpg")
    assert quiet(library.sync(library.first))
    result = library.sync(library.first, library.second)
    assert result.done("DOWNLOAD_REMOTE") == ["Oslo/new.jpg"]
    assert (library.second / "Oslo/new.jpg").is_file()


def test_photos_that_moved_into_a_named_root_go_on_there(library: Library) -> None:
    assert library.sync(library.first, library.second).code == 0
    shutil.move(library.second / "Oslo", library.first / "Oslo")
    assert quiet(library.sync(library.first))
    (library.first / "Oslo/0.jpg").unlink()
    result = library.sync(library.first)
    assert result.done("DELETE_REMOTE") == ["Oslo/0.jpg"]
    assert "not named in this run" not in result.out


@pytest.mark.parametrize("spelling", ["{}/", "{}/.", "{}/../photos", "//{}"])
def test_a_root_is_one_by_any_spelling(library: Library, spelling: str) -> None:
    assert library.sync(library.first).code == 0
    (library.first / "Rome/0.jpg").unlink()
    root = spelling.format(library.first)
    world = library.world
    places = ("--home", world.home, "-p", f"folder:{world.remote}", "-d", root)
    result = run(*places, *SYNC)
    assert (result.code, result.done("DELETE_REMOTE")) == (0, ["Rome/0.jpg"])
    assert "was" not in result.out


# -- another library at the same place
# ------------------------------------------------------------------------------


def test_a_second_library_at_the_same_place_is_told_once(world: World) -> None:
    world.here("2024/photo.jpg")
    assert world.sync().code == 0
    phone = replace(world, library="phone")
    phone.here("2025/photo.jpg")
    told = f"{world.remote}: another library ({world.local}) goes there, too"
    # A dry run keeps nothing in mind.
    assert told in phone.sync("--test").out
    assert told in phone.sync().out
    for library in (phone, world):
        library.here("2026/photo.jpg")
        assert "another library" not in library.sync().out


def test_a_library_alone_at_its_place_is_told_of_no_other(world: World) -> None:
    world.here("2024/photo.jpg")
    assert "another library" not in world.sync().out
    phone = replace(world, library="phone")
    phone.here("2025/photo.jpg")
    place = world.top / "other"
    place.mkdir()
    result = run("--home", world.home, "-d", phone.local, "-p", f"folder:{place}")
    assert "another library" not in result.out


def test_what_a_dead_disk_held_comes_home_to_the_folders_where_it_lay(
    world: World,
) -> None:
    places = {"2019/Rome/a.jpg", "2019/Oslo/b.jpg", "2019 - Nice/c.jpg", "d.jpg"}
    for place in places:
        world.here(place, place.encode())
    assert world.sync().code == 0
    shutil.rmtree(world.local)
    world.local.mkdir()
    restored = world.sync("-m", "download", "--accept", "lost-photos")
    assert restored.code == 0
    assert set(files(world.local)) == places
    assert "Nothing to do" in world.sync("-m", "sync").out
