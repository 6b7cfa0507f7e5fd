"""A folder remote is known by itself and not by its path: disks that take turns, are
plugged in elsewhere, copied, restored or away.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from cli.command import Result, run
from cli.conftest import World
from cli.trees import MARK, NEWER, files

SYNC = ("-m", "sync", "--allowDelete", "both", "--max-delete", "100%")


def fill(world: World, count: int = 6) -> None:
    for number in range(count):
        world.here(f"Rome/{number}.jpg", b"photo %d" % number)


def swap(world: World, disk: str) -> None:
    """Take the disk at the mount point away, and mount another."""
    disks = world.top / "disks"
    disks.mkdir(exist_ok=True)
    (world.top / "mounted").touch()
    name = (world.top / "mounted").read_text() or "A"
    world.remote.rename(disks / name)
    (disks / disk).mkdir(exist_ok=True)
    (disks / disk).rename(world.remote)
    (world.top / "mounted").write_text(disk)


def scopes(world: World) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(world.home / "state.sqlite")) as db:
        return list(db.execute("SELECT service, account FROM scopes"))


# -- two disks in turn
# -------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["upload", "syncUpload", "repairUpload"])
def test_two_disks_in_turn_are_both_filled(world: World, mode: str) -> None:
    fill(world)
    run_it = ("-m", mode)
    assert world.sync(*run_it).code == 0
    swap(world, "B")
    result = world.sync(*run_it)
    assert (result.code, len(result.done("UPLOAD_LOCAL"))) == (0, 6)
    world.here("Rome/new.jpg", b"new")
    for disk in ("A", "B"):
        swap(world, disk)
        assert world.sync(*run_it).done("UPLOAD_LOCAL") == (["Rome/new.jpg"])
        assert world.sync(*run_it).steps == []
        assert files(world.remote) == files(world.local)


def test_what_one_disk_got_is_not_deleted_for_the_other(world: World) -> None:
    fill(world)
    assert world.sync(*SYNC).code == 0
    swap(world, "B")
    refused = world.sync(*SYNC)
    assert refused.code == 5
    assert "now shows 0 photos, 6 after the last run" in refused.err
    assert world.sync(*SYNC, "--accept", "remote-shrank").code == 0
    world.here("Rome/new.jpg", b"new")
    edited = world.here("Rome/0.jpg", b"edited", modified_ns=NEWER)
    assert world.sync(*SYNC).code == 0
    # Disk A lacks the new photo and holds the old version of the edited one.
    swap(world, "A")
    result = world.sync(*SYNC)
    assert result.code == 0
    assert result.done("UPLOAD_LOCAL") == ["Rome/new.jpg"]
    assert result.done("REPLACE_REMOTE_WITH_LOCAL") == ["Rome/0.jpg"]
    assert edited.read_bytes() == b"edited"
    assert files(world.remote) == files(world.local)


def test_a_delete_reaches_each_disk_when_it_comes(world: World) -> None:
    fill(world)
    assert world.sync(*SYNC).code == 0
    swap(world, "B")
    assert world.sync(*SYNC, "--accept", "remote-shrank").code == 0
    (world.local / "Rome/0.jpg").unlink()
    for disk in ("A", "B"):
        swap(world, disk)
        result = world.sync(*SYNC)
        assert (result.code, result.done("DELETE_REMOTE")) == (0, ["Rome/0.jpg"])


# -- one folder by many names
# ------------------------------------------------------------


def by_slash(world: World) -> str:
    return f"{world.remote}/"


def by_link(world: World) -> str:
    link = world.top / "link"
    link.symlink_to(world.remote)
    return str(link)


def relative(world: World) -> str:
    # The command runs in the topmost folder.
    return os.path.relpath(world.remote, "/")


def plugged_in_elsewhere(world: World) -> str:
    elsewhere = world.top / "elsewhere"
    world.remote.rename(elsewhere)
    return str(elsewhere)


@pytest.mark.parametrize("name", [by_slash, by_link, relative, plugged_in_elsewhere])
def test_one_folder_by_another_name_has_one_memory(
    world: World, name: Callable[[World], str]
) -> None:
    fill(world)
    assert world.sync(*SYNC).code == 0
    (world.local / "Rome/0.jpg").unlink()
    place = f"folder:{name(world)}"
    home = ("--home", world.home, "-d", world.local)
    result = run(*home, "-p", place, *SYNC)
    assert (result.code, result.done("DELETE_REMOTE")) == (0, ["Rome/0.jpg"])
    assert len(scopes(world)) == 1


# -- copies and backups of a disk
# --------------------------------------------------------


def clone(world: World, disk: str) -> None:
    shutil.copytree(world.remote, world.top / "disks" / disk)


def test_a_cloned_disk_has_a_memory_of_its_own(world: World) -> None:
    fill(world)
    assert world.sync(*SYNC).code == 0
    clone(world, "B")
    world.here("Rome/new.jpg", b"new")
    assert world.sync(*SYNC).code == 0
    swap(world, "B")
    result = world.sync(*SYNC)
    assert result.code == 0
    assert result.done("UPLOAD_LOCAL") == ["Rome/new.jpg"]
    assert "carries the id of another folder" in result.out
    assert (world.remote / MARK).read_text() != (
        world.top / "disks" / "A" / MARK
    ).read_text()
    for disk in ("A", "B"):
        swap(world, disk)
        result = world.sync(*SYNC)
        assert (result.code, result.actions) == (0, [])
        assert "carries the id" not in result.out


def test_a_disk_restored_from_a_backup_is_filled_again(world: World) -> None:
    fill(world)
    assert world.sync(*SYNC).code == 0
    clone(world, "backup")
    for number in range(3):
        world.here(f"Oslo/{number}.jpg", b"oslo %d" % number)
    assert world.sync(*SYNC).code == 0
    shutil.rmtree(world.remote)
    shutil.copytree(world.top / "disks" / "backup", world.remote)
    result = world.sync(*SYNC)
    assert (result.code, len(result.done("UPLOAD_LOCAL"))) == (0, 3)
    assert files(world.remote) == files(world.local)


def test_both_of_two_clones_in_one_run(world: World) -> None:
    fill(world)
    assert world.sync(*SYNC).code == 0
    clone(world, "B")
    other = world.top / "disks" / "B"
    (other / "Rome/0.jpg").unlink()
    both = ("--home", world.home, "-d", world.local, "-p")
    scope = f"folder:{world.remote},folder:{other}"
    result = run(*both, scope, *SYNC)
    assert result.code == 0
    assert result.done("DELETE_LOCAL") == []
    assert files(other) == files(world.remote) == files(world.local)
    assert run(*both, scope, *SYNC).steps == []


def test_a_disk_that_two_computers_use_is_known_to_both(world: World) -> None:
    fill(world)
    places = ("-d", world.local, "-p", f"folder:{world.remote}", *SYNC)
    for home in ("home", "laptop"):
        assert run("--home", world.top / home, *places).code == 0
    for number, home in enumerate(("home", "laptop", "home", "laptop")):
        (world.local / f"Rome/{number}.jpg").unlink()
        result = run("--home", world.top / home, *places)
        assert result.code == 0
        assert "carries the id" not in result.out
        if number > 1:
            assert result.done("DELETE_REMOTE") == [f"Rome/{number}.jpg"]


# -- the file with the id
# ----------------------------------------------------------------


def test_the_id_is_made_at_the_first_write_and_shows_nowhere(world: World) -> None:
    world.there("Rome/a.jpg")
    for mode in ("report", "download"):
        assert world.sync("-m", mode).code == 0
        assert not (world.remote / MARK).exists()
    world.here("Rome/b.jpg", b"b")
    assert world.sync("--test").code == 0
    assert not (world.remote / MARK).exists()
    assert world.sync().code == 0
    assert (world.remote / MARK).is_file()
    assert [entry.name for entry in world.remote.glob(".photosync-id*")] == [MARK]


def test_an_id_that_was_copied_into_the_library_is_no_photo(world: World) -> None:
    fill(world)
    assert world.sync(*SYNC).code == 0
    for place in (world.local, world.local / "Rome", world.remote / "Rome"):
        shutil.copy(world.remote / MARK, place)
    for argv in (("--format", "both"), ("--exclude", "^nothing$"), ()):
        result = world.sync(*SYNC, *argv)
        assert (result.code, result.steps, result.err) == (0, [], "")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"id\n", b"id a b\nhome x\n"])
def test_an_id_that_cannot_be_read_is_made_anew(world: World, content: bytes) -> None:
    fill(world)
    assert world.sync(*SYNC).code == 0
    (world.remote / MARK).write_bytes(content)
    world.here("Rome/new.jpg", b"new")
    ended = world.sync(*SYNC)
    assert (ended.code, ended.out.count("its file .photosync-id was lost")) == (0, 1)
    assert b"\nid " in (world.remote / MARK).read_bytes()
    (world.local / "Rome/0.jpg").unlink()
    assert world.sync(*SYNC).done("DELETE_REMOTE") == ["Rome/0.jpg"]


def test_beside_an_id_that_is_roots_nothing_is_done_and_other_places_go_on(
    world: World,
) -> None:
    fill(world)
    other = world.top / "other"
    other.mkdir()
    assert world.sync(*SYNC).code == 0
    (world.local / "Rome/0.jpg").unlink()
    # Somebody used sudo once, with a umask that leaves others nothing.
    (world.remote / MARK).chmod(0)
    both = f"folder:{world.remote},folder:{other}"
    ended = world.sync(*SYNC, "-p", both, unprivileged=True)
    assert ended.code == 1
    assert f"{world.remote}/{MARK} cannot be read (permission denied; " in ended.err
    assert len(list(other.glob("*/*.jpg"))) == 5
    assert not (world.local / "Rome/0.jpg").exists()


def test_a_link_in_the_place_of_the_id_leads_nowhere(world: World) -> None:
    fill(world)
    target = world.top / "target"
    target.write_text("mine")
    (world.remote / MARK).symlink_to(target)
    assert world.sync(*SYNC).code == 0
    assert target.read_text() == "mine"
    assert not (world.remote / MARK).is_symlink()


def test_a_folder_that_takes_no_id_is_known_by_itself(world: World) -> None:
    fill(world)
    shutil.copytree(world.local, world.remote, dirs_exist_ok=True)
    assert world.sync(*SYNC).steps == []
    elsewhere = world.top / "elsewhere"
    world.remote.rename(elsewhere)
    (world.local / "Rome/0.jpg").unlink()
    home = ("--home", world.home, "-d", world.local)
    result = run(*home, "-p", f"folder:{elsewhere}", *SYNC)
    assert result.done("DELETE_REMOTE") == ["Rome/0.jpg"]


# -- what an earlier photosync remembered by path
# ----------------------------------------


def make_old(world: World) -> None:
    """Turn the memory into one that knows folders by their paths."""
    with closing(sqlite3.connect(world.home / "state.sqlite")) as db, db:
        name = f"folder:{world.remote}"
        db.execute(
            "UPDATE scopes SET service = ?, account = ?", [name, str(world.remote)]
        )
        db.execute("DELETE FROM folders")
    (world.remote / MARK).unlink()


def carried(result: Result) -> int:
    return result.out.count("belongs to this very folder from now on")


def test_memory_by_path_is_carried_over_once(world: World) -> None:
    fill(world)
    assert world.sync(*SYNC).code == 0
    make_old(world)
    (world.local / "Rome/0.jpg").unlink()
    for number, argv in enumerate((("--test",), (), ())):
        result = world.sync(*SYNC, *argv)
        assert (result.code, result.err) == (0, "")
        assert carried(result) == (number < 2)
        deleted = result.done("DELETE_REMOTE")
        assert deleted == (["Rome/0.jpg"] if number < 2 else [])


def test_memory_by_path_does_not_go_to_an_empty_mount_point(world: World) -> None:
    fill(world)
    assert world.sync(*SYNC).code == 0
    make_old(world)
    away = world.top / "away"
    world.remote.rename(away)
    world.remote.mkdir()
    assert world.sync(*SYNC).code == 5
    world.remote.rmdir()
    away.rename(world.remote)
    (world.local / "Rome/0.jpg").unlink()
    result = world.sync(*SYNC)
    assert (carried(result), result.done("DELETE_REMOTE")) == (1, ["Rome/0.jpg"])


def test_undo_knows_the_disk_again(world: World) -> None:
    fill(world)
    assert world.sync(*SYNC).code == 0
    (world.local / "Rome/0.jpg").unlink()
    assert world.sync(*SYNC).code == 0
    swap(world, "B")
    assert run("--home", world.home, "--undo").code == 1
    swap(world, "A")
    assert run("--home", world.home, "--undo").code == 0
    assert (world.remote / "Rome/0.jpg").is_file()


def test_a_missing_disk_is_not_made_anew(world: World) -> None:
    fill(world)
    assert world.sync("-m", "upload").code == 0
    world.remote.rename(world.top / "away")
    refused = world.sync("-m", "upload")
    assert refused.code == 5
    assert not world.remote.exists()


@pytest.mark.parametrize("argv", [(), ("--exclude", "Oslo"), ("-f", "both")])
@pytest.mark.parametrize("mode", ["upload", "sync", "syncUpload"])
def test_an_empty_mount_point_is_not_filled(
    world: World, mode: str, argv: tuple[str, ...]
) -> None:
    fill(world)
    assert world.sync(*SYNC).code == 0
    with closing(sqlite3.connect(world.home / "state.sqlite")) as db, db:
        db.execute("UPDATE folders SET mount = ?", [str(world.remote)])
    world.remote.rename(world.top / "away")
    world.remote.mkdir()
    refused = world.sync(*SYNC, "-m", mode, *argv)
    assert refused.code == 5
    assert "is another folder than then; is its disk mounted?" in refused.err
    assert files(world.remote) == {}


def test_an_old_copy_below_an_empty_mount_point_is_not_told_to_be_compared(
    world: World,
) -> None:
    fill(world)
    assert world.sync(*SYNC).code == 0
    clone_top = world.top / "copy"
    clone_top.mkdir()
    shutil.copy2(world.remote / MARK, clone_top)
    world.here("Rome/new.jpg", b"new")
    other = world.top / "other"
    other.mkdir()
    both = (*SYNC, "-p", f"folder:{world.remote},folder:{other}")
    assert world.sync(*both).code == 0
    with closing(sqlite3.connect(world.home / "state.sqlite")) as db, db:
        db.execute("UPDATE folders SET mount = ?", [str(world.remote)])
    world.remote.rename(world.top / "away")
    clone_top.rename(world.remote)
    ended = world.sync(*both)
    said = ended.out + ended.err
    assert (ended.code, "Nothing is done there" in said) == (1, True)
    assert "carries the id of another folder" in said
    assert "; compared as a new one" not in said
    assert files(world.remote) == {}
