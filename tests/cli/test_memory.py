"""What photosync remembers from run to run, seen from outside."""

from __future__ import annotations

import shutil
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cli.command import Result, run
from cli.conftest import World
from cli.test_crash import running
from cli.trees import NEWER, SECOND, WHEN, Photo, files, trashed

BOTH = ("--allowDelete", "both")
SYNC = ("-m", "sync", *BOTH)
YEAR = 365 * 86_400 * SECOND


def fill(world: World, count: int = 30, albums: int = 3) -> None:
    for number in range(count):
        world.here(f"album {number % albums}/{number:02}.jpg", b"photo %d" % number)


def synced(world: World, *argv: str) -> None:
    result = world.sync(*SYNC, *argv)
    assert (result.code, result.err) == (0, "")
    assert files(world.local) == files(world.remote)


def refused(world: World, finding: str, *argv: str) -> Result:
    """A run that a guard refuses, and what it would be allowed with; --test says the
    same.
    """
    before = world.photos_snapshot()
    result, shown = world.sync(*SYNC, *argv), world.sync(*SYNC, *argv, "--test")
    told = [(one.code, one.out, one.err) for one in (result, shown)]
    assert told[0] == told[1]
    assert (result.code, result.steps) == (5, [])
    assert result.err.endswith(f"allow it with --accept {finding}\n")
    assert result.err.count("\n") == 1
    assert world.photos_snapshot() == before
    return result


def remembered(home: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(home / "state.sqlite")) as db:
        return set(db.execute("SELECT album, name FROM history"))


# -- guards
# --------------------------------------------------------------------------------


def test_a_disk_that_is_not_mounted_is_not_a_library_that_was_deleted(
    world: World,
) -> None:
    fill(world, 5)
    synced(world)
    away = world.top / "away"
    world.local.rename(away)
    world.local.mkdir()
    result = refused(world, "lost-photos")
    assert f"{world.local} holds 0 photos, and held 5 at the last run" in result.err
    world.local.rmdir()
    away.rename(world.local)
    synced(world)
    assert len(files(world.local)) == 5


def test_a_library_that_was_emptied_on_purpose_may_be_deleted_elsewhere(
    world: World,
) -> None:
    fill(world, 25)
    synced(world)
    for path in list(files(world.local)):
        if not path.endswith("00.jpg"):
            (world.local / path).unlink()
    refused(world, "lost-photos")
    result = world.sync(*SYNC, "--accept", "lost-photos")
    assert result.code == 5
    assert "allow it with --max-delete 24\n" in result.err
    assert world.sync(*SYNC, "--accept", "lost-photos", "--max-delete", "24").code == 0
    assert files(world.remote) == files(world.local)
    assert len(trashed(world.remote)) == 24
    assert world.sync(*SYNC).steps == []


def test_another_disk_at_the_same_place_is_not_an_edit_of_everything(
    world: World,
) -> None:
    fill(world, 30)
    synced(world)
    world.local.rename(world.top / "away")
    for number in range(40):
        world.here(f"else/{number}.jpg", b"else %d" % number)
    refused(world, "other-root", "--max-delete", "100%")
    shutil.rmtree(world.local)
    (world.top / "away").rename(world.local)
    synced(world)


def test_a_backup_that_was_emptied_does_not_empty_the_library(world: World) -> None:
    fill(world, 30)
    synced(world)
    shutil.rmtree(world.remote)
    world.remote.mkdir()
    refused(world, "remote-shrank", "--max-delete", "100%")
    argv = ("-m", "syncUpload", "--accept", "remote-shrank")
    assert world.sync(*argv).code == 0
    assert files(world.local) == files(world.remote)
    assert len(files(world.local)) == 30


def test_a_small_backup_that_was_emptied_does_not_empty_the_library(
    world: World,
) -> None:
    fill(world, 8)
    synced(world)
    shutil.rmtree(world.remote)
    gone = world.sync(*SYNC, "--accept", "remote-shrank")
    assert gone.code == 5
    assert "is not there, and held photos at the last run" in gone.err
    world.remote.mkdir()
    refused(world, "remote-shrank")
    world.here("new/a.jpg")
    # Accepted, it is a new folder, of which nothing is known yet.
    result = world.sync(*SYNC, "--accept", "remote-shrank", "--max-delete", "100%")
    assert (result.code, len(result.done("UPLOAD_LOCAL"))) == (0, 9)
    assert files(world.local) == files(world.remote)
    assert trashed(world.local) == {}


def test_an_album_left_out_for_good_does_not_switch_the_guard_off(world: World) -> None:
    fill(world, 30)
    assert world.sync(*SYNC, "--skipserver", "album 1").code == 0
    assert world.sync("-m", "upload").code == 0
    assert world.sync(*SYNC, "--skipserver", "album 1").code == 0
    for album in ("album 0", "album 2"):
        shutil.rmtree(world.remote / album)
    refused(world, "remote-shrank", "--skipserver", "album 1", "--max-delete", "100%")


def test_albums_that_cannot_be_listed_are_no_loss_and_no_measure(world: World) -> None:
    fill(world, 36)
    synced(world)
    closed = [world.remote / "album 0", world.remote / "album 1"]
    for folder in closed:
        folder.chmod(0)
    for _ in range(2):
        result = world.sync(*SYNC, unprivileged=True)
        assert (result.code, result.actions) == (1, [])
        assert result.err.count("cannot be listed") == 2
    for folder in closed:
        folder.chmod(0o700)
    for folder in world.remote.glob("album*"):
        shutil.rmtree(folder)
    refused(world, "remote-shrank", "--max-delete", "100%")


def test_an_inbox_that_is_always_empty_hinders_nothing(world: World) -> None:
    inbox = world.top / "inbox"
    inbox.mkdir()
    fill(world, 5)
    synced(world, "-d", str(inbox))
    (world.local / "album 0" / "00.jpg").unlink()
    result = world.sync(*SYNC, "-d", inbox)
    assert (result.code, result.done("DELETE_REMOTE")) == (0, ["album 0/00.jpg"])


def test_an_album_that_moves_from_one_root_into_another_is_no_loss(
    world: World,
) -> None:
    second = world.top / "second"
    fill(world, 3)
    for number in range(4):
        Photo(b"second %d" % number, WHEN).write(second / "far" / f"{number}.jpg")
    # Photos that lie directly in the first root are the album `photos`; no folder of the
    # second could be called so.
    words = (*SYNC, "-d", second, "-n", "Year {0}")
    assert world.sync(*words).code == 0
    (world.remote / "Year far").rename(world.remote / "photos")
    result = world.sync(*words)
    assert (result.code, len(result.done("MOVE_LOCAL"))) == (0, 4)
    assert files(second) == {}
    result = world.sync(*words)
    assert (result.code, result.err, result.steps) == (0, "", [])


def test_edits_that_are_only_told_of_refuse_no_run(world: World) -> None:
    fill(world, 30)
    synced(world)
    for path in list(files(world.remote))[:25]:
        Photo(b"edited " + path.encode(), NEWER).write(world.remote / path)
    for _ in range(2):
        result = world.sync("-m", "upload")
        assert (result.code, result.actions) == (0, [])
    refused(world, "all-changed")


@pytest.mark.parametrize("side", ["local", "remote"])
def test_deletes_of_a_killed_run_are_no_loss_to_the_next(
    world: World, side: str
) -> None:
    fill(world, 60)
    synced(world)
    gone, backup = (
        (world.local, world.remote) if side == "remote" else (world.remote, world.local)
    )
    for path in list(files(gone))[:40]:
        (gone / path).unlink()
    accepted = (
        "--accept",
        "lost-photos",
        "--accept",
        "remote-shrank",
        "--max-delete",
        "100%",
    )
    with running(world, *SYNC, *accepted) as process:
        assert process.stdout
        for _ in range(35):
            assert process.stdout.readline()
        process.kill()
        assert process.wait() == -signal.SIGKILL
    assert len(files(backup)) < 30
    result = world.sync(*SYNC)
    assert (result.code, result.err) == (0, "")
    assert files(world.local) == files(world.remote)
    assert len(files(world.local)) == 20


@pytest.mark.parametrize("side", ["local", "remote"])
def test_everything_that_changed_at_once_is_looked_at_first(
    world: World, side: str
) -> None:
    fill(world, 30)
    synced(world)
    top = world.local if side == "local" else world.remote
    for path in files(top):
        Photo(b"scrambled " + path.encode(), NEWER).write(top / path)
    result = refused(world, "all-changed")
    where = "here" if side == "local" else f"on {world.remote}"
    assert f"changed {where} at once" in result.err
    assert world.sync(*SYNC, "--accept", "all-changed").code == 0
    assert files(world.local) == files(world.remote)
    assert all(
        photo.data.startswith(b"scrambled") for photo in files(world.local).values()
    )


def test_a_run_that_only_looks_is_refused_nothing(world: World) -> None:
    fill(world, 30)
    synced(world)
    shutil.rmtree(world.remote)
    world.remote.mkdir()
    result = world.sync("-m", "report")
    assert (result.code, len(result.steps)) == (0, 30)
    # It sets no new measure either.
    refused(world, "remote-shrank", "--max-delete", "100%")


# -- the first run
# -------------------------------------------------------------------------


def test_two_sides_that_are_equal_already_are_adopted_without_a_transfer(
    world: World,
) -> None:
    fill(world, 12)
    shutil.copytree(world.local, world.remote, dirs_exist_ok=True)
    before = world.photos_snapshot()
    assert world.sync(*SYNC).steps == []
    assert world.photos_snapshot() == before
    (world.local / "album 0" / "00.jpg").unlink()
    (world.remote / "album 1" / "01.jpg").unlink()
    result = world.sync(*SYNC)
    assert result.done("DELETE_REMOTE") == ["album 0/00.jpg"]
    assert result.done("DELETE_LOCAL") == ["album 1/01.jpg"]


def test_a_dry_run_adopts_nothing(world: World) -> None:
    fill(world, 3)
    shutil.copytree(world.local, world.remote, dirs_exist_ok=True)
    assert world.sync(*SYNC, "--test").steps == []
    assert not world.home.exists()


def test_stateless_is_the_comparison_of_two_sides(world: World) -> None:
    fill(world, 3)
    synced(world)
    (world.local / "album 0" / "00.jpg").unlink()
    world.here("album 1/01.jpg", b"edited", modified_ns=NEWER)
    before = remembered(world.home)
    state = (world.home / "state.sqlite").read_bytes()
    result = world.sync(*SYNC, "--stateless")
    assert result.done("DOWNLOAD_REMOTE") == ["album 0/00.jpg"]
    assert result.done("REPLACE_REMOTE_WITH_LOCAL") == ["album 1/01.jpg"]
    assert {line.rpartition("(")[2] for line in result.steps} == {
        "REMOTE_ONLY)",
        "REMOTE_OLDER)",
    }
    assert (world.home / "state.sqlite").read_bytes() == state
    assert remembered(world.home) == before
    # What happened meanwhile is found to be equal.
    assert world.sync(*SYNC).steps == []


# -- a memory that was lost
# ----------------------------------------------------------------


@pytest.mark.parametrize("how", ["lost", "damaged", "empty"])
def test_without_its_memory_a_run_deletes_and_sends_nothing(
    world: World, how: str
) -> None:
    fill(world, 12)
    synced(world)
    (world.local / "album 0" / "00.jpg").unlink()
    (world.remote / "album 1" / "01.jpg").unlink()
    state = world.home / "state.sqlite"
    state.unlink()
    if how == "damaged":
        state.write_bytes(b"no memory of anything\n" * 1000)
    elif how == "empty":
        state.touch()
    result = world.sync(*SYNC)
    assert result.code == 0
    assert result.actions == [
        f"DOWNLOAD_REMOTE           folder:{world.remote}  album 0/00.jpg  (REMOTE_ONLY)",
        f"UPLOAD_LOCAL              folder:{world.remote}  album 1/01.jpg  (LOCAL_ONLY)",
    ]
    assert files(world.local) == files(world.remote)
    assert (trashed(world.local), trashed(world.remote)) == ({}, {})
    asides = [path for path in world.home.iterdir() if "damaged" in path.name]
    assert len(asides) == (how != "lost")
    assert result.err.count("\n") == (how != "lost")
    assert world.sync(*SYNC).steps == []
    assert len(remembered(world.home)) == 12


def test_beside_a_memory_of_a_newer_photosync_nothing_is_done(world: World) -> None:
    fill(world, 3)
    synced(world)
    state = world.home / "state.sqlite"
    with closing(sqlite3.connect(state)) as db:
        db.execute("PRAGMA user_version = 99")
    before = state.read_bytes()
    (world.local / "album 0" / "00.jpg").unlink()
    result = world.sync(*SYNC)
    assert (result.code, result.steps) == (2, [])
    assert result.err == (
        f"photosync: {state} cannot be used (it was written by a newer photosync); "
        "nothing was done, as without memory what you deleted comes back; "
        "--stateless does without it all the same\n"
    )
    assert state.read_bytes() == before


def test_with_a_memory_that_may_not_be_written_nothing_is_done(world: World) -> None:
    fill(world, 3)
    synced(world)
    state = world.home / "state.sqlite"
    state.chmod(0o400)
    (world.local / "album 0" / "00.jpg").unlink()
    result = world.sync(*SYNC, unprivileged=True)
    assert (result.code, result.steps) == (2, [])
    assert result.err == (
        f"photosync: {state} may not be written; nothing was done, as without memory "
        "what you deleted comes back; --stateless does without it all the same\n"
    )
    state.chmod(0o600)
    assert world.sync(*SYNC).done("DELETE_REMOTE") == ["album 0/00.jpg"]


def test_a_clock_that_was_wrong_by_a_year_changes_nothing(world: World) -> None:
    fill(world, 3)
    synced(world)
    with closing(sqlite3.connect(world.home / "state.sqlite")) as db, db:
        for column in ("began", "ended"):
            db.execute(f"UPDATE runs SET {column} = {column} + {365 * 86_400}")
    world.here("album 0/00.jpg", b"edited long ago", modified_ns=WHEN - YEAR)
    world.there("album 1/01.jpg", b"edited in the future", modified_ns=WHEN + 30 * YEAR)
    result = world.sync(*SYNC)
    assert result.done("REPLACE_REMOTE_WITH_LOCAL") == ["album 0/00.jpg"]
    assert result.done("DOWNLOAD_REMOTE") == ["album 1/01.jpg"]
    assert world.sync(*SYNC).steps == []


# -- libraries and filters
# -----------------------------------------------------------------


def test_two_libraries_against_one_backup_never_mix(world: World) -> None:
    other = World(world.top, "other")
    world.here("mine/a.jpg", b"mine")
    other.here("theirs/b.jpg", b"theirs")
    up = ("-m", "upload", *BOTH)
    assert world.sync(*up).code == other.sync(*up).code == 0
    # What the other library sent was never here: it did not vanish here.
    result = world.sync(*SYNC, "--test")
    assert result.actions == [
        f"DOWNLOAD_REMOTE           folder:{world.remote}  theirs/b.jpg  (REMOTE_ONLY)"
    ]
    (world.local / "mine" / "a.jpg").unlink()
    assert other.sync(*SYNC, "--test").done("DOWNLOAD_REMOTE") == ["mine/a.jpg"]
    world.here("mine/c.jpg")
    assert world.sync(*SYNC, "--test").done("DELETE_REMOTE") == ["mine/a.jpg"]


def test_a_library_restored_into_a_new_folder_is_a_first_run(world: World) -> None:
    fill(world, 5)
    synced(world)
    fresh = World(world.top, "fresh")
    fresh.local.mkdir()
    result = fresh.sync(*SYNC)
    assert (result.code, len(result.done("DOWNLOAD_REMOTE"))) == (0, 5)
    assert files(fresh.local) == files(world.remote) == files(world.local)


FILTERS = {
    "--skip by name": ("--skip", "0*.jpg"),
    "--skip by folder": ("--skip", "album 1"),
    "--exclude": ("--exclude", "^album 1$"),
    "--format": ("--format", "video"),
    "--skipserver album": ("--skipserver", "album 1"),
    "--skipserver photo": ("--skipserver", "0*.jpg"),
}


@pytest.mark.parametrize("mode", ["sync", "syncUpload"])
@pytest.mark.parametrize("argv", FILTERS.values(), ids=FILTERS)
def test_a_filter_that_comes_or_goes_makes_no_photo_deleted(
    world: World, argv: tuple[str, ...], mode: str
) -> None:
    fill(world, 9)
    world.here("album 1/clip.mp4", b"clip")
    how = ("-m", mode, *BOTH, "--max-delete", "100%")
    assert world.sync(*SYNC, "--format", "both").code == 0
    before = world.photos_snapshot()
    for more in (argv, (), argv):
        result = world.sync(*how, *more)
        assert (result.code, result.err, result.actions) == (0, "", []), more
    assert world.photos_snapshot() == before


@pytest.mark.parametrize("argv", FILTERS.values(), ids=FILTERS)
def test_what_is_deleted_while_a_filter_hides_it_is_deleted_once_it_is_seen(
    world: World, argv: tuple[str, ...]
) -> None:
    fill(world, 9)
    synced(world)
    (world.local / "album 1" / "01.jpg").unlink()
    hidden = world.sync(*SYNC, *argv)
    if hidden.actions:
        # A name that is gone cannot be told from one that was never skipped.
        assert hidden.done("DELETE_REMOTE") == ["album 1/01.jpg"]
    else:
        assert world.sync(*SYNC).done("DELETE_REMOTE") == ["album 1/01.jpg"]
    assert files(world.local) == files(world.remote)


# -- what is read
# --------------------------------------------------------------------------

_WATCH = """
import os, sys
def _watch(event, args):
    if event == "open" and str(args[0]).endswith(".jpg"):
        with_flags = os.open(os.environ["OPENED"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(with_flags, os.fsencode(str(args[0])) + b"\\n")
        os.close(with_flags)
sys.addaudithook(_watch)
"""


def opened(world: World, *argv: str) -> list[str]:
    """The names of the photos, on either side, that a run opens."""
    place = world.top / "watch"
    place.mkdir(exist_ok=True)
    (place / "sitecustomize.py").write_text(_WATCH)
    told = place / "opened"
    told.unlink(missing_ok=True)
    result = world.sync(*argv, env={"PYTHONPATH": str(place), "OPENED": str(told)})
    assert (result.code, result.err) == (0, "")
    lines = told.read_text().splitlines() if told.exists() else []
    # By its path, or by its name in an open folder.
    return sorted(Path(line).name for line in lines)


def test_a_run_with_nothing_to_do_opens_no_photo(world: World) -> None:
    fill(world, 6)
    assert len(opened(world, *SYNC, "-c", "4")) >= 6
    # Photos on a disk have no hash of their own: they are read once more, and then
    # known.
    opened(world, *SYNC, "-c", "4")
    for attributes in "1234567":
        assert opened(world, *SYNC, "-c", attributes) == [], attributes


def test_only_what_was_touched_is_opened(world: World) -> None:
    fill(world, 6)
    for _ in range(2):
        synced(world, "-c", "7")
    Photo(b"photo 0", NEWER).write(world.local / "album 0" / "00.jpg")
    assert set(opened(world, *SYNC, "-c", "7")) == {"00.jpg"}
    assert opened(world, *SYNC, "-c", "7") == []


def test_photos_that_are_adopted_by_date_and_size_are_not_opened(world: World) -> None:
    fill(world, 6)
    shutil.copytree(world.local, world.remote, dirs_exist_ok=True)
    assert opened(world, *SYNC) == []
    assert opened(world, *SYNC) == []


def test_a_run_with_nothing_to_do_writes_nothing_but_that_it_was(world: World) -> None:
    fill(world, 6)
    synced(world)

    def rows() -> dict[str, list[tuple[object, ...]]]:
        with closing(sqlite3.connect(world.home / "state.sqlite")) as db:
            tables = [
                name
                for (name,) in db.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'table'"
                )
            ]
            return {t: db.execute(f"SELECT * FROM {t}").fetchall() for t in tables}

    synced(world)
    before = rows()
    photos = world.photos_snapshot()
    synced(world)
    after = rows()
    assert len(after.pop("runs")) == len(before.pop("runs")) + 1
    assert len(after.pop("looks")) == len(before.pop("looks"))
    assert after == before
    assert world.photos_snapshot() == photos


# -- several places
# ------------------------------------------------------------------------


def test_three_sides_converge_in_one_run(world: World) -> None:
    second = world.top / "second"
    second.mkdir()
    argv = (*SYNC, "-p", f"folder:{second}")
    fill(world, 6)
    assert world.sync(*argv).code == 0
    Photo(b"edited there", NEWER).write(world.remote / "album 0" / "00.jpg")
    (second / "album 1" / "01.jpg").unlink()
    (world.remote / "album 2" / "02.jpg").rename(world.remote / "album 2" / "two.jpg")
    Photo(b"new there", WHEN).write(second / "new" / "a.jpg")
    (world.local / "album 0" / "03.jpg").unlink()
    result = world.sync(*argv)
    assert (result.code, result.err) == (0, "")
    assert files(world.local) == files(world.remote) == files(second)
    assert set(files(world.local)) == {
        *(
            "album 0/00.jpg",
            "album 1/04.jpg",
            "album 2/two.jpg",
            "album 2/05.jpg",
            "new/a.jpg",
        )
    }
    assert files(world.local)["album 0/00.jpg"].data == b"edited there"
    assert world.sync(*argv).steps == []


def test_two_different_edits_on_two_places_are_a_conflict(world: World) -> None:
    second = world.top / "second"
    second.mkdir()
    argv = (*SYNC, "-p", f"folder:{second}")
    fill(world, 1)
    assert world.sync(*argv).code == 0
    Photo(b"edited one way", NEWER).write(world.remote / "album 0" / "00.jpg")
    Photo(b"edited another way", NEWER).write(second / "album 0" / "00.jpg")
    for _ in range(2):
        result = world.sync(*argv)
        assert result.code == 0
        assert result.done("REPORT") == ["album 0/00.jpg"] * 2
        assert result.actions == []
    assert files(world.local)["album 0/00.jpg"].data == b"photo 0"


def test_the_other_side_may_be_named_in_another_way(world: World) -> None:
    fill(world, 2)
    synced(world)
    (world.local / "album 0" / "00.jpg").unlink()
    places = ("--home", world.home, "-d", world.local)
    other_name = f"folder:{world.top}/./backup/"
    result = run(*places, "-p", other_name, *SYNC)
    assert result.code == 0
    assert result.done("DELETE_REMOTE") == ["album 0/00.jpg"]
    assert files(world.local) == files(world.remote)


def test_damage_that_is_met_on_the_way_is_said_and_the_next_run_begins_anew(
    world: World,
) -> None:
    fill(world, 3)
    synced(world)
    state = world.home / "state.sqlite"
    with closing(sqlite3.connect(state)) as db:
        where = "SELECT rootpage FROM sqlite_master WHERE name = 'history'"
        (page,) = db.execute(where).fetchone()
    data, at = state.read_bytes(), (page - 1) * 4096
    state.write_bytes(data[:at] + bytes(4096) + data[at + 4096 :])
    (world.local / "album 0" / "00.jpg").unlink()
    result = world.sync(*SYNC)
    assert (result.code, result.actions) == (1, [])
    assert "state.sqlite is damaged and was set aside as state.sqlite." in result.err
    assert world.sync(*SYNC).done("DOWNLOAD_REMOTE") == ["album 0/00.jpg"]
    assert world.sync(*SYNC).steps == []
