"""One of several places to copy to is away: its disk is unplugged for some weeks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cli.command import Result, run
from cli.conftest import World
from cli.trees import MARK, NEWER, Photo, files

SYNC = ("-m", "sync", "--allowDelete", "both", "--max-delete", "100%")


@pytest.fixture
def two(world: World) -> World:
    """A library of six photos, and two disks that have them."""
    for number in range(6):
        world.here(f"Rome/{number}.jpg", b"photo %d" % number)
    other_disk(world).mkdir(parents=True)
    assert sync(world).code == 0
    return world


def other_disk(world: World) -> Path:
    return world.top / "media" / "second"


def sync(world: World, *argv: str) -> Result:
    scope = f"folder:{world.remote},folder:{other_disk(world)}"
    places = ("--home", world.home, "-d", world.local, "-p", scope)
    return run(*places, *(argv or SYNC))


def unplug(disk: Path) -> None:
    """Take a disk away, and with it the folder that it had."""
    disk.rename(disk.parent / "unplugged")


def unplug_with_its_folder(disk: Path) -> None:
    """Take a disk away that is mounted by a desktop: its mount point goes, too."""
    disk.parent.rename(disk.parent.with_name("unplugged"))


def unplug_and_leave_mount_point(disk: Path) -> None:
    unplug(disk)
    disk.mkdir()


def plug_in(disk: Path) -> None:
    for unplugged in (disk.parent / "unplugged", disk.parent.with_name("unplugged")):
        if unplugged.exists():
            place = disk if unplugged.parent == disk.parent else disk.parent
            if place.exists():
                place.rmdir()
            unplugged.rename(place)


ways = pytest.mark.parametrize(
    "go", [unplug, unplug_with_its_folder, unplug_and_leave_mount_point]
)


@ways
def test_a_disk_that_is_away_is_named_and_the_other_is_filled(
    two: World, go: Callable[[Path], None]
) -> None:
    disk = other_disk(two)
    go(disk)
    two.here("Rome/new.jpg", b"new")
    two.here("Rome/0.jpg", b"edited", modified_ns=NEWER)
    (two.local / "Rome/1.jpg").unlink()
    (two.remote / "Rome/2.jpg").unlink()
    for _night in range(2):
        result = sync(two, *SYNC, "-q")
        assert result.code == 1
        assert result.err.startswith(f"{disk}: ")
        assert "is its disk mounted?" in result.err
        assert files(two.remote) == files(two.local)
        assert not disk.exists() or not list(disk.iterdir())
    assert sync(two, "--runs").out.count(f"{disk} was not reached") == 2
    plug_in(disk)
    result = sync(two)
    assert result.code == 0
    assert result.done("UPLOAD_LOCAL") == ["Rome/new.jpg"]
    assert result.done("REPLACE_REMOTE_WITH_LOCAL") == ["Rome/0.jpg"]
    assert result.done("DELETE_REMOTE") == ["Rome/1.jpg", "Rome/2.jpg"]
    assert files(disk) == files(two.remote) == files(two.local)
    assert sync(two).steps == []


@ways
def test_a_dry_run_names_a_disk_that_is_away_and_shows_the_rest(
    two: World, go: Callable[[Path], None]
) -> None:
    go(other_disk(two))
    two.here("Rome/new.jpg", b"new")
    result = sync(two, *SYNC, "--test")
    assert result.code == 1
    (step,) = result.actions
    assert step.startswith("UPLOAD_LOCAL ")
    assert f"{two.remote}  Rome/new.jpg" in step
    assert f"{other_disk(two)}: " in result.err + result.out


@pytest.mark.parametrize("go", [unplug, unplug_and_leave_mount_point])
def test_where_all_disks_are_away_the_run_is_refused(
    two: World, go: Callable[[Path], None]
) -> None:
    for disk in (other_disk(two), two.remote):
        go(disk)
    before = files(two.local)
    (two.local / "Rome/0.jpg").unlink()
    result = sync(two)
    assert (result.code, result.actions) == (5, [])
    assert "Nothing was changed" in result.err
    assert files(two.local).items() < before.items()


def test_a_disk_that_was_never_used_is_no_disk_that_is_away(world: World) -> None:
    # Its name is misspelt.
    world.here("Rome/0.jpg")
    result = sync(world)
    disk = other_disk(world)
    said = f"photosync: -p folder:{disk}: no such folder; is its disk mounted?\n"
    assert (result.code, result.err) == (2, said)
    disk.parent.mkdir()
    result = sync(world)
    assert result.code == 2
    assert f"mkdir {disk}" in result.err
    assert files(world.remote) == {}


def test_an_empty_disk_is_filled_beside_another_once_somebody_says_so(
    two: World,
) -> None:
    disk = other_disk(two)
    unplug_and_leave_mount_point(disk)
    assert sync(two, *SYNC, "--accept", "remote-shrank").code == 0
    assert files(disk) == files(two.local)
    assert (disk / MARK).exists()
    Photo(b"there").write(disk / "Rome/there.jpg")
    assert sync(two).done("DOWNLOAD_REMOTE") == ["Rome/there.jpg"]


@ways
def test_what_is_on_a_disk_that_is_away_comes_back_by_a_later_undo(
    two: World, go: Callable[[Path], None]
) -> None:
    before = files(two.local)
    (two.local / "Rome/0.jpg").unlink()
    assert sync(two).code == 0
    disk = other_disk(two)
    go(disk)
    result = run("--home", two.home, "--undo")
    assert result.code == (2 if go is unplug_with_its_folder else 1)
    assert "1 of 2 photos is back" in result.out
    assert "mounted?" in result.err
    assert str(disk) in result.err
    assert files(two.remote) == before
    plug_in(disk)
    assert run("--home", two.home, "--undo").code == 0
    assert files(disk) == before


@pytest.mark.parametrize("go", [unplug, unplug_and_leave_mount_point])
def test_a_plan_is_not_carried_out_without_a_disk_that_it_is_about(
    two: World, go: Callable[[Path], None]
) -> None:
    two.here("Rome/new.jpg")
    plan = two.top / "plan.json"
    assert sync(two, *SYNC, "--test", "--plan", str(plan)).code == 0
    disk = other_disk(two)
    go(disk)
    result = sync(two, *SYNC, "--apply", str(plan))
    assert result.code == 2
    assert f"({disk}); mount its disk, or make it anew" in result.err
    assert "Rome/new.jpg" not in files(two.remote)
    plug_in(disk)
    assert sync(two, *SYNC, "--apply", str(plan)).code == 0
    assert files(disk) == files(two.remote) == files(two.local)
