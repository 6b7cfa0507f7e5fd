"""Files and disks that break careless tools."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from harness.disks import mounted

from cli.command import run
from cli.conftest import World
from cli.trees import NEWER, SECOND, WHEN, Photo, files, parts, snapshot, trashed

# -- hard files
# ---------------------------------------------------------------------------


def test_empty_and_broken_files_are_copied_as_they_are(world: World) -> None:
    contents = {
        "empty.jpg": b"",
        "broken.jpg": b"\xff\xd8\xff\xe0 and no more",
        "nul.png": b"\0" * 9,
    }
    for name, data in contents.items():
        world.here(f"album/{name}", data)
        world.there(f"other/{name}", data)
    assert world.sync("-m", "sync", "-c", "7").code == 0
    assert files(world.local) == files(world.remote)
    assert len(files(world.local)) == 6
    assert world.sync("-m", "sync", "-c", "7").steps == []


@pytest.mark.parametrize("side", ["here", "there"])
def test_a_file_that_may_not_be_read_is_named_and_the_rest_is_copied(
    world: World, side: str
) -> None:
    make = {"here": world.here, "there": world.there}[side]
    closed = make("album/closed.jpg")
    closed.chmod(0)
    for number in range(5):
        make(f"album/{number}.jpg")
    result = world.sync("-m", "sync", unprivileged=True)
    assert result.code == 1
    (line,) = result.err.splitlines()
    assert "album/closed.jpg" in line
    assert "permission denied; check owner and mode" in line
    target = world.remote if side == "here" else world.local
    assert sorted(files(target)) == [f"album/{number}.jpg" for number in range(5)]
    closed.chmod(0o600)
    assert world.sync("-m", "sync", unprivileged=True).code == 0
    assert files(world.local) == files(world.remote)


@pytest.mark.parametrize("side", ["here", "there"])
def test_a_file_that_its_disk_protects_is_named_with_what_to_look_at(
    world: World, side: str
) -> None:
    # Owner and mode are as they should be.
    kept = world.here("album/kept.jpg", b"as it was")
    assert world.sync("-m", "sync").code == 0
    if side == "here":
        edited = world.there("album/kept.jpg", b"edited there", modified_ns=NEWER)
    else:
        edited, kept = kept, world.remote / "album/kept.jpg"
        world.here("album/kept.jpg", b"edited here", modified_ns=NEWER)
    with protected(kept):
        result = world.sync("-m", "sync")
    assert result.code == 1
    assert "attributes (lsattr)" in result.err
    assert kept.read_bytes() == b"as it was"
    assert world.sync("-m", "sync").code == 0
    assert kept.read_bytes() == edited.read_bytes()


@contextmanager
def protected(path: Path) -> Iterator[None]:
    """A file that nobody may change, not even root, for the time of the block."""
    argv = ["chattr", "+i", str(path)]
    if not shutil.which("chattr") or subprocess.run(argv, check=False).returncode:
        pytest.skip("no file can be protected here")
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", str(path)], check=True)


# -- hard disks
# ---------------------------------------------------------------------------


@pytest.fixture
def disk(world: World) -> Iterator[Path]:
    """A disk of 300 kB as the folder to copy to, where we may mount one."""
    with mounted(world.remote, "300k"):
        yield world.remote


def remount(disk: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(disk)], check=True)


def photos_of_ten_kilobytes(
    make: Callable[[str, bytes], object], count: int = 60
) -> None:
    for number in range(count):
        make(f"album {number % 3}/{number}.jpg", f"{number:02}".encode() * 5_000)


def test_a_full_disk_stops_the_copying_and_loses_nothing(
    world: World, disk: Path
) -> None:
    photos_of_ten_kilobytes(world.here)
    world.there("album 0/0.jpg", b"old", modified_ns=WHEN - 3600 * SECOND)
    world.there("album 4/there.jpg")
    result = world.sync("-m", "syncUpload", "--allowDelete", "both")
    assert result.code == 1
    assert ": the disk is full; " in result.err
    assert "the disk is full; the rest is left for the next run" in result.err
    wanted, copied = files(world.local), files(disk)
    kept = trashed(disk)
    assert 20 < len(copied) < 60
    assert copied.pop("album 4/there.jpg", None) or "album 4/there.jpg" in kept
    if copied["album 0/0.jpg"].data == b"old":
        del copied["album 0/0.jpg"]
    assert copied.items() <= wanted.items()
    assert not parts(disk)
    remount(disk, "size=9m")
    assert world.sync("-m", "syncUpload", "--allowDelete", "both").code == 0
    assert files(disk) == wanted
    assert {photo.data for photo in trashed(disk).values()} == {b"old", b"photo"}


def test_a_film_too_large_for_the_disk_keeps_no_photo_waiting(
    world: World, disk: Path
) -> None:
    remount(disk, "size=20m")
    photos_of_ten_kilobytes(world.here, 20)
    film = world.here("album 0/0.mov")
    os.truncate(film, 70_000_000)
    result = world.sync("-m", "sync", "-f", "both", "--transfers", "1")
    assert result.code == 1
    assert "album 0/0.mov: it takes 70.0 MB, and the disk of " in result.err
    assert "free; make room there" in result.err
    assert "left for the next run" not in result.out
    assert len(files(disk)) == 20
    assert not parts(disk)


def test_a_full_disk_stops_the_restoring_and_loses_nothing(
    world: World, disk: Path
) -> None:
    back = World(world.top, "backup")
    source = world.top / "source"
    photos_of_ten_kilobytes(lambda path, data: Photo(data).write(source / path))
    argv = (
        "--home",
        world.home,
        "-d",
        back.local,
        "-p",
        f"folder:{source}",
        "-m",
        "sync",
    )
    result = run(*argv)
    assert result.code == 1
    # Not that of the folder remote, whose name stands before it.
    assert f": {disk}: the disk is full; " in result.err
    assert "the disk is full; the rest is left for the next run" in result.err
    assert 20 < len(files(disk)) < 60
    assert files(disk).items() <= files(source).items()
    assert not parts(disk)
    remount(disk, "size=9m")
    assert run(*argv).code == 0
    assert files(disk) == files(source)


def test_a_file_too_big_for_the_disk_is_named_and_the_rest_is_copied(
    world: World,
) -> None:
    world.here("album/grown.jpg", b"small")
    assert world.sync("-m", "sync").code == 0
    world.here("album/big.jpg", b"x" * 200_000)
    world.there("album/large.jpg", b"y" * 200_000)
    world.here("album/grown.jpg", b"z" * 200_000, modified_ns=WHEN + 3600 * SECOND)
    world.here("album/small.jpg")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    result = world.sync("-m", "sync", before=limit)
    assert result.code == 1
    said = result.err.splitlines()
    # What is remembered has to fit on the disk too.
    lines = sorted(
        line.partition("  ")[2] for line in said if "state.sqlite" not in line
    )
    assert lines == [
        f"album/{name}.jpg: the file is too big for this disk"
        for name in ("big", "grown", "large")
    ]
    assert sorted(files(world.remote)) == [
        f"album/{n}.jpg" for n in ("grown", "large", "small")
    ]
    assert files(world.remote)["album/grown.jpg"].data == b"small"
    assert not parts(world.local, world.remote)
    assert world.sync("-m", "sync").code == 0
    assert files(world.local) == files(world.remote)
    assert trashed(world.remote) == {"album/grown.jpg": Photo(b"small")}


def test_a_disk_mounted_read_only_is_said_so_and_left_alone(
    world: World, disk: Path
) -> None:
    photos_of_ten_kilobytes(world.here, 9)
    world.there("album 0/0.jpg", b"old", modified_ns=WHEN - 3600 * SECOND)
    world.there("only there/photo.jpg")
    remount(disk, "ro")
    before = snapshot(disk, world.local)
    # A plan that cannot be carried out says so.
    planned = world.sync("-m", "syncUpload", "--test")
    assert "its disk is mounted read-only and takes none of the 8 photos" in planned.out
    result = world.sync("-m", "syncUpload", "--allowDelete", "both")
    assert result.code == 1
    assert "the disk is mounted read-only" in result.err
    assert snapshot(disk, world.local) == before
    remount(disk, "rw")
    assert world.sync("-m", "syncUpload", "--allowDelete", "both").code == 0
    assert files(disk) == files(world.local)


def test_a_folder_that_may_not_be_written_is_said_so_and_left_alone(
    world: World,
) -> None:
    world.here("album/photo.jpg")
    world.here("new/photo.jpg")
    world.there("album/there.jpg")
    closed = [world.remote, world.remote / "album", world.local, world.local / "album"]
    for folder in closed:
        folder.chmod(0o555)
    before = world.photos_snapshot()
    result = world.sync("-m", "sync", unprivileged=True)
    assert result.code == 1
    assert len(result.err.splitlines()) == 3
    assert all("permission denied" in line for line in result.err.splitlines())
    assert world.photos_snapshot() == before
    for folder in closed:
        folder.chmod(0o755)
    assert world.sync("-m", "sync", unprivileged=True).code == 0
    assert files(world.local) == files(world.remote)


def test_a_home_that_may_not_be_written_is_a_clear_line(world: World) -> None:
    world.here("album/photo.jpg")
    world.home.mkdir(mode=0o555)
    result = world.sync(unprivileged=True)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"photosync: --home: {world.home} cannot be written")
    assert files(world.remote) == {}
