"""--verify: photos that pass for equal are read again, and damaged ones are restored."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from harness.three_sides import (
    Drive,
    Ended,
    Flickr,
    Folder,
    World,
    picture,
    world_of,
)

from photosync.cli.arguments import parse
from photosync.compare.reading import Reading
from photosync.config.loading import load
from photosync.history.storage.database import FILE
from photosync.sync.photosync import PhotoSync

A, B, C = "Rome/a.jpg", "Rome/b.jpg", "Oslo/c.jpg"
MANY = 1000 if os.environ.get("TESTS_NIGHTLY") else 150
ALL = ("--verify", "100%")
RESTORE_HERE = ("--override", "ROTTEN=DOWNLOAD_REMOTE")
RESTORE_THERE = ("--override", "ROTTEN=REPLACE_REMOTE_WITH_LOCAL")


@pytest.fixture(params=["folder", "drive", "flickr"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with world_of(tmp_path, request.param) as world:
        yield synced(world)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[World]:
    with world_of(tmp_path, "folder") as world:
        yield synced(world)


def synced(world: World) -> World:
    for path in (A, B, C):
        world.local.add(path, picture(path))
    for _ in range(2):
        assert world.sync().code == 0
    return world


def rot_here(world: World, *paths: str) -> None:
    """Flip a byte of photos here, as a failing disk does: no time tells of it."""
    rot_files(world, world.local, paths)


def rot_files(world: World, side: Folder, paths: tuple[str, ...]) -> None:
    for path in paths:
        file = side.top / path
        before = file.stat()
        flip(file)
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
        forget_change(world, file, before.st_ctime_ns)


def forget_change(world: World, file: Path, before: int) -> None:
    """Let memory know no other time of change of a file than it has now.

    No test can write behind the back of a disk.
    """
    after, name = file.stat().st_ctime_ns, file.name
    with closing(sqlite3.connect(world.home / FILE)) as db, db:
        change = "SET changed_ns = ? WHERE changed_ns = ?"
        db.execute(f"UPDATE history {change} AND name = ?", (after, before, name))
        db.execute(f"UPDATE hashes {change} AND path = ?", (after, before, str(file)))
        change = "SET remote = replace(remote, ?, ?) WHERE name = ?"
        texts = (str(before), str(after), name)
        db.execute(f"UPDATE history {change}", texts)


def rot_there(world: World, *paths: str) -> None:
    """Flip a byte of photos on the other side, of which nothing there tells."""
    (remote,) = world.remotes
    if isinstance(remote, Folder):
        rot_files(world, remote, paths)
        return
    assert isinstance(remote, Drive | Flickr)
    contents = {data: path for path, data in remote.photos().items() if path in paths}
    for file in (remote.emulator.directory / "blobs").rglob("*"):
        if file.is_file() and file.read_bytes() in contents:
            flip(file)


def flip(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def named(ended: Ended, paths: tuple[str, ...]) -> bool:
    return all(f"{path}: damaged" in ended.err for path in paths)


def test_what_a_disk_lost_here_is_found_and_restored(world: World) -> None:
    rot_here(world, A, C)
    rotten = world.local.photos()
    assert world.sync().steps == []
    # A mode that makes the other side like this one sends none of it.
    told = world.sync(*ALL, mode="syncUpload")
    service = world.remotes[0].service.partition(":")[0]
    assert told.steps == [f"{service} REPORT ROTTEN {path}" for path in (C, A)]
    assert told.code == 1
    assert named(told, (A, C))
    looked = world.sync("-t", "--verify", *RESTORE_HERE)
    assert len(looked.actions) == 2
    restored = world.sync("--verify", *RESTORE_HERE)
    assert (restored.code, len(restored.actions)) == (0, 2)
    assert world.local.photos() == {path: picture(path) for path in (A, B, C)}
    assert world.local.trash() == sorted((rotten[A], rotten[C]))
    again = world.sync(*ALL)
    assert (again.code, again.steps) == (0, [])


def test_what_the_other_side_lost_is_found_and_replaced(world: World) -> None:
    rot_there(world, A, C)
    rotten = world.remotes[0].photos()
    assert rotten[A] != picture(A)
    assert world.sync().steps == []
    told = world.sync(*ALL, mode="download")
    assert (told.code, told.actions, len(told.steps)) == (1, [], 2)
    assert named(told, (A, C))
    refused = world.sync(*ALL, *RESTORE_HERE)
    assert refused.actions == []
    restored = world.sync("--verify", *RESTORE_THERE)
    assert (restored.code, len(restored.actions)) == (0, 2), restored.err
    assert world.remotes[0].photos() == world.local.photos()
    assert world.local.photos()[A] == picture(A)
    kept = world.remotes[0].trash() + world.local.trash()
    assert set(kept) >= {rotten[A], rotten[C]}
    again = world.sync(*ALL)
    assert (again.code, again.steps) == (0, [])


def test_five_flipped_bytes_of_many_photos_are_found_and_restored(
    tmp_path: Path,
) -> None:
    with world_of(tmp_path, "folder") as world:
        paths = [f"album {number % 7}/{number}.jpg" for number in range(MANY)]
        photos = {path: f"photo {path}".encode() for path in paths}
        for path, data in photos.items():
            world.local.add(path, data)
        assert world.sync().code == 0
        rot_here(world, *paths[100:105])
        rot_there(world, *paths[-5:])
        told = world.sync(*ALL)
        assert len(told.steps) == 10
        assert (
            f"verified: {MANY:,} read again here, {MANY:,} there; 10 damaged"
            in told.out
        )
        assert len(world.sync("--verify", *RESTORE_HERE).actions) == 5
        assert len(world.sync("--verify", *RESTORE_THERE).actions) == 5
        assert world.local.photos() == world.remotes[0].photos() == photos


def test_a_slice_is_read_in_each_run_until_all_were(disk: World) -> None:
    read: list[str] = []
    for _ in range(3):
        said = disk.sync("--verify", "34%")
        (line,) = [line for line in said.out.splitlines() if "verified:" in line]
        read.append(line.partition("verified: ")[2])
    assert read == ["2 read again here, 2 there"] * 3
    # What is damaged is found however few are read in a run, and a dry run notes nothing.
    rot_here(disk, A)
    runs = [disk.sync("--verify", "33%", "-t") for _ in range(3)]
    assert len({tuple(run.steps) for run in runs}) == 1
    runs = [disk.sync("--verify", "33%") for _ in range(3)]
    assert any(run.steps == [f"folder REPORT ROTTEN {A}"] for run in runs)
    daily = disk.sync("--verify", "--verify-days", "1")
    assert daily.code == 1


def test_with_q_only_what_is_damaged_is_said(disk: World) -> None:
    assert disk.sync(*ALL, "-q") == Ended(0, "", "")
    rot_there(disk, B)
    said = disk.sync(*ALL, "-q")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"{B}: damaged on ")


def test_an_edit_that_kept_date_and_size_is_no_damage(disk: World) -> None:
    file = disk.local.top / A
    before = file.stat()
    flip(file)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    said = disk.sync(*ALL)
    assert (said.code, said.steps) == (1, [])
    assert said.err.startswith(f"{A}: other bytes here than when last compared")
    assert disk.sync("-c", "7").actions == [
        f"folder REPLACE_REMOTE_WITH_LOCAL REMOTE_OLDER {A}"
    ]
    assert disk.sync(*ALL).code == 0


def test_what_may_be_damaged_there_is_told_in_each_run(disk: World) -> None:
    (remote,) = disk.remotes
    assert isinstance(remote, Folder)
    file = remote.top / A
    before = file.stat()
    flip(file)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    for said in (disk.sync(*ALL), disk.sync("--verify", "-q")):
        assert (said.code, said.steps) == (1, [])
        assert f"{A}: other bytes on {remote.top} than when" in said.err
    assert disk.sync("--verify", "-c", "7").code == 0
    assert disk.sync("--verify").code == 0


def test_another_mode_or_a_restored_backup_is_no_damage(disk: World) -> None:
    file = disk.local.top / A
    file.chmod(0o600)
    before = (disk.local.top / B).stat()
    (disk.local.top / B).unlink()
    (disk.local.top / B).write_bytes(picture(B))
    os.utime(disk.local.top / B, ns=(before.st_atime_ns, before.st_mtime_ns))
    said = disk.sync(*ALL)
    assert (said.code, said.steps, said.err) == (0, [], "")


def test_a_file_that_goes_or_changes_meanwhile_is_left_to_the_comparison(
    disk: World,
) -> None:
    disk.local.delete(A)
    disk.local.edit(B, picture("edited"))
    assert disk.sync(*ALL).actions == [
        f"folder DELETE_REMOTE LOCAL_DELETED {A}",
        f"folder REPLACE_REMOTE_WITH_LOCAL REMOTE_OLDER {B}",
    ]


def test_without_memory_nothing_can_be_verified(disk: World) -> None:
    said = disk.sync("--verify", "--stateless")
    assert said.code == 2
    assert "--verify compares with what earlier runs remembered" in said.err


def test_whoever_watches_is_told_of_each_photo_that_is_read_again(
    disk: World,
) -> None:
    told: list[Reading] = []
    words = disk.ready("--verify", "100%")
    with PhotoSync.open(load(parse(words))) as sync:
        sync.plan(lambda _, reading: told.append(reading))
    known = len(disk.local.photos())
    assert {(one.verified, one.due) for one in told[1:]} == {
        (number, known) for number in range(known + 1)
    }
