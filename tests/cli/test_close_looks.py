"""What date and size do not show: -c 4 sees edits that kept both, --audit what rotted."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from harness.three_sides import Folder, World, picture, world_of

from photosync.formatting import name_service
from photosync.history.storage.database import FILE
from photosync.model import RemotePhoto

A, B = "Rome/a.jpg", "Rome/b.jpg"
CLOSELY = ("-c", "7")


def synced(world: World) -> World:
    """A world in which all is known to be equal, byte for byte."""
    world.local.add(A, picture("IMG_1"))
    world.local.add(B, picture("b"))
    for _ in range(3):
        assert world.sync(*CLOSELY).code == 0
    assert world.sync(*CLOSELY).steps == []
    return world


@pytest.fixture(params=["folder", "drive", "flickr"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with world_of(tmp_path, request.param) as world:
        yield synced(world)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[World]:
    with world_of(tmp_path, "folder") as world:
        yield synced(world)


def edit_in_place(side: Folder, data: bytes) -> None:
    """Change a photo as an editor of tags does that keeps its date and size."""
    file = side.top / A
    before = file.stat()
    assert len(data) == before.st_size
    with file.open("r+b") as opened:
        opened.write(data)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def rot(world: World, side: Folder, data: bytes) -> None:
    """Change a photo as a failing disk does: no time tells of it."""
    before = (side.top / A).stat().st_ctime_ns
    edit_in_place(side, data)
    after = (side.top / A).stat().st_ctime_ns
    with closing(sqlite3.connect(world.home / FILE)) as db, db:
        for table in ("history", "hashes"):
            change = f"UPDATE {table} SET changed_ns = ? WHERE changed_ns = ?"
            db.execute(change, (after, before))
        change = "UPDATE history SET remote = replace(remote, ?, ?)"
        db.execute(change, (str(before), str(after)))
    for options in ((), CLOSELY):
        assert world.sync(*options).steps == []


def remote_of(world: World) -> Folder:
    (remote,) = world.remotes
    assert isinstance(remote, Folder)
    return remote


@pytest.mark.parametrize("between", [0, 2])
def test_an_edit_here_that_kept_date_and_size_goes_there(
    world: World, between: int
) -> None:
    edit_in_place(world.local, picture("IMG_2"))
    for _ in range(between):
        assert world.sync().steps == []
    (step,) = world.sync(*CLOSELY).steps
    assert step.endswith(f"REPLACE_REMOTE_WITH_LOCAL REMOTE_OLDER {A}")
    assert world.remotes[0].photos()[A] == picture("IMG_2")
    assert world.sync(*CLOSELY).steps == []


@pytest.mark.parametrize("between", [0, 2])
def test_an_edit_on_a_disk_that_kept_date_and_size_comes_home(
    disk: World, between: int
) -> None:
    edit_in_place(remote_of(disk), picture("IMG_2"))
    for _ in range(between):
        assert disk.sync().steps == []
    assert disk.sync(*CLOSELY).steps == [f"folder DOWNLOAD_REMOTE REMOTE_NEWER {A}"]
    assert disk.local.photos()[A] == picture("IMG_2")
    assert disk.sync(*CLOSELY).steps == []


def test_another_mode_of_a_file_is_no_edit(disk: World) -> None:
    for side in (disk.local, remote_of(disk)):
        (side.top / A).chmod(0o600)
    for _ in range(2):
        assert disk.sync(*CLOSELY).steps == []


def test_what_a_run_wrote_itself_is_not_looked_at_again(disk: World) -> None:
    backup = remote_of(disk)
    disk.local.add("Rome/new here.jpg", picture("new here"))
    backup.add("Rome/new there.jpg", picture("new there"))
    disk.local.edit(A, picture("edited here"))
    backup.edit(B, picture("edited there"))
    backup.add("Oslo/moved there.jpg", picture("moved there"))
    disk.sync()
    disk.local.move("Rome/new here.jpg", "Bari")
    backup.move("Oslo/moved there.jpg", "Turin")
    assert len(disk.sync().actions) == 2
    with closing(sqlite3.connect(disk.home / FILE)) as db:
        rows = db.execute("SELECT album, name, changed_ns, remote FROM history")
        known = {
            f"{album}/{name}": (here, RemotePhoto(*json.loads(there)).changed_ns)
            for album, name, here, there in rows
        }
    here, there = changes_of(disk.local), changes_of(backup)
    assert known == {path: (here[path], there[path]) for path in here}


def changes_of(side: Folder) -> dict[str, int]:
    return {path: (side.top / path).stat().st_ctime_ns for path in side.photos()}


@pytest.mark.parametrize("where", ["here", "there"])
def test_an_audit_finds_what_rotted(disk: World, where: str) -> None:
    side = disk.local if where == "here" else remote_of(disk)
    rot(disk, side, picture("IMG_2"))
    for options in (("-t",), (), ("-t",)):
        audited = disk.sync("--audit", *CLOSELY, *options)
        assert audited.steps == [f"folder REPORT ROTTEN {A}"]
    # What it says is no edit, and nothing is done about it.
    assert side.photos()[A] == picture("IMG_2")


def test_what_an_audit_found_rotten_here_is_known_from_then_on(disk: World) -> None:
    rot(disk, disk.local, picture("IMG_2"))
    disk.sync("--audit", *CLOSELY)
    for options in ((), CLOSELY):
        assert disk.sync(*options).steps == [f"folder REPORT ROTTEN {A}"]


def test_what_rotted_is_sent_nowhere_and_restored_when_asked(disk: World) -> None:
    rot(disk, disk.local, picture("IMG_2"))
    # The mode that makes the other side like this one.
    told = disk.sync("--audit", *CLOSELY, mode="syncUpload")
    assert (told.code, told.steps) == (1, [f"folder REPORT ROTTEN {A}"])
    service = name_service(disk.remotes[0].service)
    repair = "--override ROTTEN=DOWNLOAD_REMOTE"
    assert told.err == f"{A}: damaged here, good on {service}; {repair} restores it\n"
    assert disk.sync(*CLOSELY, "-q").err == told.err
    wrong = disk.sync("--override", "ROTTEN=REPLACE_REMOTE_WITH_LOCAL")
    assert wrong.steps == [f"folder REPORT ROTTEN {A}"]
    restored = disk.sync(*repair.split())
    assert (restored.code, restored.err) == (0, "")
    assert restored.steps == [f"folder DOWNLOAD_REMOTE ROTTEN {A}"]
    assert disk.local.photos()[A] == picture("IMG_1")
    assert disk.local.trash() == [picture("IMG_2")]
    assert disk.sync("--audit", *CLOSELY).steps == []


def test_an_undo_brings_nothing_back_that_was_damaged(disk: World) -> None:
    rot(disk, disk.local, picture("IMG_2"))
    disk.sync("--audit", *CLOSELY)
    remote_of(disk).edit(B, picture("edited there"))
    repaired = disk.sync("--override", "ROTTEN=DOWNLOAD_REMOTE")
    assert len(repaired.actions) == 2
    left_out = f"left out: {A} here: what run "
    for wanted in ("--undo", "--undo=Rome"):
        looked = disk.sync(wanted, "-t")
        assert left_out in looked.out
        assert "would bring back: Rome/b.jpg here" in looked.out
        assert f"would bring back: {A}" not in looked.out
    undone = disk.sync("--undo")
    assert (undone.code, undone.err) == (0, "")
    assert left_out in undone.out
    expected = {A: picture("IMG_1"), B: picture("b")}
    assert disk.local.photos() == expected
    # Of the album only that is left.
    assert "nothing else is to come back" in disk.sync("--undo=Rome").out
    assert disk.local.photos() == expected
    # What is named is meant.
    assert disk.sync(f"--undo={A}").code == 0
    assert disk.local.photos()[A] == picture("IMG_2")


def test_the_run_before_one_that_repaired_is_not_undone_unnamed(disk: World) -> None:
    disk.local.edit(B, picture("edited here"))
    disk.sync()
    rot(disk, disk.local, picture("IMG_2"))
    disk.sync("--audit", *CLOSELY)
    disk.sync("--override", "ROTTEN=DOWNLOAD_REMOTE")
    for options in (("-t",), ()):
        undone = disk.sync("--undo", *options)
        assert (undone.code, undone.err) == (0, "")
        assert "left out: " in undone.out
        assert "nothing else is to come back" in undone.out
    assert remote_of(disk).photos()[B] == picture("edited here")


def test_what_rotted_on_a_disk_is_not_brought_home(disk: World) -> None:
    rot(disk, remote_of(disk), picture("IMG_2"))
    wanted = ("--audit", *CLOSELY, "--override", "ROTTEN=REPLACE_REMOTE_WITH_LOCAL")
    told = disk.sync("--audit", *CLOSELY, mode="download")
    assert (told.code, told.actions) == (1, [])
    assert "damaged on " in told.err
    restored = disk.sync(*wanted)
    assert (restored.code, restored.err) == (0, "")
    assert restored.steps == [f"folder REPLACE_REMOTE_WITH_LOCAL ROTTEN {A}"]
    assert remote_of(disk).photos()[A] == picture("IMG_1")
    assert remote_of(disk).trash() == [picture("IMG_2")]
    assert disk.sync("--audit", *CLOSELY).steps == []


def test_a_second_service_does_not_get_what_rotted_here(disk: World) -> None:
    rot(disk, disk.local, picture("IMG_2"))
    disk.sync("--audit", *CLOSELY)
    second = Folder(disk.top / "second")
    told = replace(disk, remotes=(*disk.remotes, second)).sync()
    assert told.actions == [f"folder UPLOAD_LOCAL LOCAL_ONLY {B}"]
    assert second.photos() == {B: picture("b")}
