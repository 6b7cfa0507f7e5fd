"""A disk that is mounted inside the library: while it is away its photos are not gone."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from harness.three_sides import World, picture, world_of

PHOTOS = ("Rome/a.jpg", "Rome/b.jpg")
ARCHIVE = ("Archive/x.jpg", "Archive/y.jpg", "Archive/z.jpg")
MIRRORS = ("sync", "syncUpload", "repairUpload")
MORE = ("--max-delete", "100%")


class Disk:
    """A disk in the library, as memory knows it: the folder is moved away and back.

    What is only a folder here is made a disk in the state file.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.folder = world.local.top / "Archive"
        self.place = world.top / "disk"

    def remember(self) -> None:
        """Let memory know the folder as that of another disk."""
        with closing(sqlite3.connect(self.world.state)) as db, db:
            (library,) = db.execute("SELECT library FROM roots").fetchone()
            row = (library, str(self.folder), "another:disk")
            db.execute("INSERT OR REPLACE INTO mounts VALUES (?, ?, ?)", row)

    def unmount(self, *, leave: bool = True) -> None:
        self.folder.rename(self.place)
        if leave:
            self.folder.mkdir()

    def mount(self) -> None:
        if self.folder.exists():
            shutil.rmtree(self.folder)
        self.place.rename(self.folder)


def fill(world: World) -> None:
    for path in (*PHOTOS, *ARCHIVE):
        world.local.add(path, picture(path))
    assert world.sync().code == 0


@pytest.fixture(params=["folder", "drive", "flickr"])
def side(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with world_of(tmp_path, request.param) as world:
        fill(world)
        yield world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with world_of(tmp_path, "folder") as world:
        fill(world)
        yield world


@pytest.mark.parametrize("leave", [True, False])
def test_photos_of_a_disk_that_is_away_are_not_gone(
    side: World, *, leave: bool
) -> None:
    disk = Disk(side)
    disk.remember()
    disk.unmount(leave=leave)
    for mode in MIRRORS:
        away = side.sync(*MORE, mode=mode)
        assert (away.code, away.actions) == (1, []), mode
        assert f"{disk.folder}: the disk that was mounted here is away" in away.err
    assert len(side.remotes[0].photos()) == 5
    disk.mount()
    back = side.sync(*MORE)
    assert (back.code, back.actions) == (0, [])


def test_the_rest_of_the_library_goes_on(world: World) -> None:
    disk = Disk(world)
    disk.remember()
    disk.unmount()
    world.local.delete("Rome/a.jpg")
    world.local.add("Rome/new.jpg", picture("new"))
    world.remotes[0].add("Rome/there.jpg", picture("there"))
    world.remotes[0].add("Archive/there.jpg", picture("there too"))
    away = world.sync(*MORE)
    # A photo that is missing may have been moved to the disk, so deletes wait.
    assert away.code == 1
    assert away.actions == [
        "folder DOWNLOAD_REMOTE REMOTE_ONLY Rome/there.jpg",
        "folder UPLOAD_LOCAL LOCAL_ONLY Rome/new.jpg",
    ]
    # Nothing is written under the mount point.
    assert list(disk.folder.iterdir()) == []
    disk.mount()
    back = world.sync(*MORE)
    assert back.actions == [
        "folder DELETE_REMOTE LOCAL_DELETED Rome/a.jpg",
        "folder DOWNLOAD_REMOTE REMOTE_ONLY Archive/there.jpg",
    ]


def test_another_disk_in_its_place_is_no_loss_either(world: World) -> None:
    disk = Disk(world)
    disk.remember()
    disk.unmount()
    world.local.add("Archive/other.jpg", picture("other"))
    away = world.sync(*MORE)
    assert away.code == 1
    assert away.actions == ["folder UPLOAD_LOCAL LOCAL_ONLY Archive/other.jpg"]


def test_what_moved_to_the_disk_around_is_a_folder_like_others(world: World) -> None:
    disk = Disk(world)
    disk.remember()
    assert world.sync(*MORE).steps == []
    world.local.delete("Archive/x.jpg")
    deleted = world.sync(*MORE)
    assert deleted.actions == ["folder DELETE_REMOTE LOCAL_DELETED Archive/x.jpg"]


def test_a_disk_that_is_gone_for_good_may_be_given_up(world: World) -> None:
    disk = Disk(world)
    disk.remember()
    disk.unmount(leave=False)
    assert world.sync(*MORE, "--accept", "lost-photos").code == 1
    given_up = world.sync(*MORE, "--accept", "lost-disk", "lost-photos")
    assert given_up.code == 0
    assert len(given_up.actions) == 3
    assert world.sync(*MORE).steps == []


def test_most_of_a_library_may_lie_on_such_a_disk(world: World) -> None:
    for number in range(40):
        world.local.add(f"Archive/{number:02}.jpg", picture(f"{number}"))
    assert world.sync().code == 0
    disk = Disk(world)
    disk.remember()
    disk.unmount()
    assert world.sync(*MORE).code == 1
    # What else is lost is lost all the same.
    for path in PHOTOS:
        world.local.delete(path)
    assert world.sync(*MORE).code == 5


# -- disks that are really mounted
# -----------------------------------------------------------


def mount(*argv: str | Path) -> bool:
    words = [str(word) for word in argv]
    return not subprocess.run(words, capture_output=True, check=False).returncode


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, to be mounted anywhere."""
    disk = tmp_path / "stick"
    disk.mkdir()
    if os.geteuid() != 0 or not mount("mount", "-t", "tmpfs", "tmpfs", disk):
        pytest.skip("only root mounts disks, and not everywhere")
    yield disk
    mount("umount", "-l", tmp_path / "photos" / "Archive")
    mount("umount", "-l", disk)


def test_a_disk_that_is_unmounted_is_away(mounted: Path, tmp_path: Path) -> None:
    with world_of(tmp_path, "folder") as world:
        folder = world.local.top / "Archive"
        folder.mkdir()
        assert mount("mount", "--bind", mounted, folder)
        fill(world)
        assert mount("umount", folder)
        away = world.sync(*MORE)
        assert (away.code, away.actions) == (1, [])
        assert f"{folder}: the disk that was mounted here is away" in away.err
        assert mount("mount", "--bind", mounted, folder)
        world.local.delete("Archive/x.jpg")
        back = world.sync(*MORE)
        assert back.actions == ["folder DELETE_REMOTE LOCAL_DELETED Archive/x.jpg"]
