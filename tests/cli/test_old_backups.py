"""A library that is put back from an old backup, with the memory of today."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from harness.three_sides import Ended, Folder, World, picture, run_here, world_of

from photosync.disk.births import load_birth_finder

BACK_TO_TODAY = (
    "--override",
    "REMOTE_OLDER=DOWNLOAD_REMOTE",
    "LOCAL_MOVED=MOVE_LOCAL",
)
LOST = {
    "Lima/l.jpg",
    "Oslo/moved.jpg",
    "Rome/edited.jpg",
}


@pytest.fixture(params=["folder", "drive flickr"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with world_of(tmp_path, *request.param.split()) as world:
        yield world


def live_on(world: World, *argv: str) -> dict[str, bytes]:
    """Go through some days; a backup is made after the first. Return the photos of the
    last.
    """
    for name in ("edited", "moved", "deleted", "stays", "b", "c", "d", "e"):
        world.local.add(f"Rome/{name}.jpg", picture(name))
    world.sync(*argv)
    copy(world.local.top, world.top / "old", "-a")
    world.local.edit("Rome/edited.jpg", picture("a longer text, edited"))
    world.local.move("Rome/moved.jpg", "Oslo")
    world.local.delete("Rome/deleted.jpg")
    world.sync(*argv)
    world.local.add("Lima/l.jpg", picture("l"))
    world.sync(*argv)
    today = world.local.photos()
    for remote in world.remotes:
        assert remote.photos().items() >= today.items()
    return today


def put_back(world: World, how: str = "-a") -> None:
    """Lose the disk, and put the backup in its place."""
    library = world.local.top
    shutil.rmtree(library)
    copy(world.top / "old", library, how)


def move_back(world: World) -> None:
    """Put a backup on the same disk in the place of the library, as it is."""
    library = world.local.top
    library.rename(world.top / "lost")
    (world.top / "old").rename(library)


def link_back(world: World) -> None:
    """Give all files of a backup on the same disk a second name in the library."""
    put_back(world, "-al")


def copy(source: Path, target: Path, how: str) -> None:
    # Disks count time in steps of some milliseconds.
    time.sleep(0.05)
    subprocess.run(["cp", how, source, target], check=True)
    time.sleep(0.05)


def assert_remotes(world: World, photos: dict[str, bytes]) -> None:
    for remote in world.remotes:
        assert remote.photos() == photos


def assert_told(ended: Ended) -> None:
    assert ended.code == 1
    assert "looks like an old backup that was put back" in ended.err
    assert " ".join(BACK_TO_TODAY) in ended.err
    assert "--accept old-backup" in ended.err


@pytest.mark.parametrize("how", ["-a", "-r"])
def test_an_old_backup_changes_nothing_elsewhere_and_what_is_told_brings_today_back(
    world: World, how: str
) -> None:
    today = live_on(world)
    put_back(world, how)
    for allow in ("both", ""):
        assert_told(world.sync("--test", allow=allow))
        ended = world.sync(allow=allow)
        assert_told(ended)
        assert {step.split()[1] for step in ended.steps} <= {
            "REPORT",
            "UPDATE_REMOTE_METADATA",
        }
        assert_remotes(world, today)
    # It is no block: what is new goes on, and the next night says the same.
    world.local.add("Now/n.jpg", picture("n"))
    today["Now/n.jpg"] = picture("n")
    assert_told(world.sync())
    assert_remotes(world, today)
    assert_told(world.sync())
    assert world.sync(*BACK_TO_TODAY, mode="download", allow="").code == 0
    assert world.local.photos() == today | {"Rome/deleted.jpg": picture("deleted")}
    ended = world.sync()
    assert "deleted since; delete it again" in ended.out
    assert_remotes(world, today)
    world.local.delete("Rome/deleted.jpg")
    assert world.sync().actions == []
    assert world.local.photos() == today
    # From now on a delete is a delete.
    world.local.delete("Lima/l.jpg")
    del today["Lima/l.jpg"]
    assert world.sync().code == 0
    assert_remotes(world, today)


@pytest.mark.parametrize("put", [move_back, link_back])
def test_a_backup_on_the_same_disk_brings_no_new_files_and_is_noticed_all_the_same(
    world: World, put: Callable[[World], None]
) -> None:
    if not tells_births(world.top):
        pytest.skip("this disk does not tell when folders were made")
    today = live_on(world)
    put(world)
    for name in ("Rome/new.jpg", "New/new.jpg"):
        assert_told(world.sync())
        assert_remotes(world, today)
        # Somebody goes on with it, and sees no mail.
        world.local.add(name, picture(name))
        today[name] = picture(name)
    assert_told(world.sync())
    assert_remotes(world, today)
    assert world.sync(*BACK_TO_TODAY, mode="download", allow="").code == 0
    assert world.local.photos() == today | {"Rome/deleted.jpg": picture("deleted")}
    world.local.delete("Rome/deleted.jpg")
    assert world.sync().actions == []
    # From now on a delete is a delete.
    world.local.delete("Lima/l.jpg")
    del today["Lima/l.jpg"]
    assert world.sync().code == 0
    assert_remotes(world, today)


def test_a_backup_that_is_right_goes_to_all_sides(world: World) -> None:
    live_on(world)
    put_back(world)
    assert world.sync("--accept", "old-backup").code == 0
    assert_remotes(world, world.local.photos())
    assert world.sync().actions == []


def test_another_line_of_cron_does_not_take_it_for_right(world: World) -> None:
    today = live_on(world)
    put_back(world)
    world.sync("-f", "video")
    world.sync(mode="report")
    assert_told(world.sync())
    assert_remotes(world, today)


def test_of_a_handful_of_photos_a_person_may_touch_all(tmp_path: Path) -> None:
    with world_of(tmp_path, "folder") as world:
        world.local.add("Rome/a.jpg", picture("a"))
        world.sync()
        world.local.add("Rome/b.jpg", picture("b"))
        world.sync()
        # Disks count time in steps of some milliseconds.
        time.sleep(0.05)
        world.local.touch("Rome/a.jpg")
        world.local.delete("Rome/b.jpg")
        assert world.sync().code == 0
        assert_remotes(world, world.local.photos())


def test_a_folder_that_a_camera_fills_is_no_old_backup(tmp_path: Path) -> None:
    with world_of(tmp_path, "folder") as world:
        camera = Folder(tmp_path / "camera")
        for name in "abcdef":
            world.local.add(f"Rome/{name}.jpg", picture(name))
            camera.add(f"Camera/{name}.jpg", picture(f"camera {name}"))
        assert world.sync("-d", str(camera.top)).code == 0
        # Sorted into albums, what is blurred deleted, and new ones came.
        camera.delete("Camera/a.jpg")
        for name in "bcdef":
            file = camera.top / f"Camera/{name}.jpg"
            file.rename(world.local.top / f"Rome/camera {name}.jpg")
        time.sleep(0.05)
        for name in "ghijkl":
            camera.add(f"Camera/{name}.jpg", picture(f"camera {name}"))
        world.local.edit("Rome/a.jpg", picture("edited"))
        assert world.sync("-d", str(camera.top)).code == 0
        assert_remotes(world, world.local.photos() | camera.photos())


def test_what_a_person_puts_back_and_deletes_goes_there(world: World) -> None:
    live_on(world)
    shutil.copy2(world.top / "old/Rome/edited.jpg", world.local.top / "Rome")
    world.local.delete("Lima/l.jpg")
    assert world.sync().code == 0
    assert_remotes(world, world.local.photos())


@pytest.mark.parametrize("how", ["new rights", "a second name"])
def test_what_changes_all_files_and_makes_none_is_no_old_backup(
    world: World, how: str
) -> None:
    if not tells_births(world.top):
        pytest.skip("this disk does not tell when files were made")
    live_on(world)
    if how == "new rights":
        subprocess.run(["chmod", "-R", "g+w", world.local.top], check=True)
    else:
        # A snapshot of all names, as some make each night.
        copy(world.local.top, world.top / "tonight", "-al")
    # Taken from the recycle bin, and what came last is not wanted.
    shutil.copy2(world.top / "old/Rome/deleted.jpg", world.local.top / "Rome")
    world.local.delete("Lima/l.jpg")
    ended = world.sync()
    assert (ended.code, ended.err) == (0, "")
    assert_remotes(world, world.local.photos())


def tells_births(folder: Path) -> bool:
    find_birth = load_birth_finder()
    return find_birth is not None and find_birth(str(folder)) is not None


def test_what_a_person_does_on_another_disk_of_the_library_goes_there(
    world: World,
) -> None:
    other = Folder(world.top / "other")
    for name in ("edited here", "moved here", "deleted here", "stays here"):
        other.add(f"Kiel/{name}.jpg", picture(name))
    # One album of photos on both disks.
    other.add("Rome/deleted here.jpg", picture("deleted here, too"))
    both = ("-d", str(other.top))
    world.sync(*both)
    today = live_on(world, *both)
    put_back(world)
    other.edit("Kiel/edited here.jpg", picture("a longer text, edited"))
    other.move("Kiel/moved here.jpg", "Bonn")
    other.delete("Kiel/deleted here.jpg")
    other.delete("Rome/deleted here.jpg")
    assert_told(world.sync(*both))
    for remote in world.remotes:
        photos = remote.photos()
        assert {name: photos[name] for name in LOST} == {
            name: today[name] for name in LOST
        }
        assert not {"Kiel/deleted here.jpg", "Rome/deleted here.jpg"} & photos.keys()
        assert photos.items() >= other.photos().items()
    # All of that is over, and what was put back still waits.
    ended = world.sync(*both)
    assert_told(ended)
    assert ended.actions == []


def test_a_library_on_a_new_disk_is_as_free_as_on_the_old_one(world: World) -> None:
    live_on(world)
    library = world.local.top
    copy(library, world.top / "new", "-a")
    shutil.rmtree(library)
    (world.top / "new").rename(library)
    world.local.delete("Rome/stays.jpg")
    world.local.edit("Lima/l.jpg", picture("edited on the new disk"))
    assert world.sync().code == 0
    assert_remotes(world, world.local.photos())


def test_a_run_over_an_old_backup_is_undone_in_one_go(world: World) -> None:
    today = live_on(world)
    put_back(world)
    world.sync("--accept", "old-backup")
    undone = run_undo(world)
    assert undone.code == 0
    for remote in world.remotes:
        photos = remote.photos()
        # Moves are no loss, and stay as they were made.
        assert all(photos[path] == today[path] for path in LOST - {"Oslo/moved.jpg"})


def run_undo(world: World) -> Ended:
    return run_here(["--home", str(world.home), "--undo", "--no-progress"])
