"""How much may be deleted, where it goes, and when it is gone for good."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.command import DELETE_HERE, DELETING
from cli.conftest import World
from cli.trees import NEWER, TRASH, Photo, files, snapshot, trashed

# -- how much may be deleted
# --------------------------------------------------------------


def many(make: Callable[[str], object], album: str, count: int) -> None:
    for number in range(count):
        make(f"{album}/{number:03}.jpg")


@pytest.mark.parametrize(
    ("limit", "deleted"),
    [
        ((), 0),
        (("--max-delete", "10%"), 0),
        (("--max-delete", "29%"), 0),
        (("--max-delete", "30%"), 30),
        (("--max-delete", "29"), 0),
        (("--max-delete", "30"), 30),
        (("--max-delete", "0"), 0),
        (("--max-delete", "0%"), 0),
    ],
)
@pytest.mark.parametrize("side", ["local", "remote"])
def test_more_deletes_than_allowed_change_nothing(
    world: World, side: str, limit: tuple[str, ...], deleted: int
) -> None:
    many(world.here, "same", 70)
    many(world.there, "same", 70)
    many(world.here if side == "local" else world.there, "only", 30)
    world.here("older/photo.jpg", b"new", modified_ns=NEWER)
    world.there("older/photo.jpg", b"old")
    how = DELETE_HERE if side == "local" else ("-m", "syncUpload", "--skip", "older/*")
    where = "locally" if side == "local" else f"on {world.remote}"
    known = 101 if side == "local" else 100
    before = world.photos_snapshot()
    result = world.sync(*how, "--allowDelete", "both", *limit)
    if deleted:
        assert (result.code, len(result.done(f"DELETE_{side.upper()}"))) == (0, deleted)
        return
    shown = limit[1] if limit else "10%"
    assert (result.code, result.out) == (5, "")
    assert result.err == (
        f"photosync: 30 of {known} photos would be deleted {where}, more than "
        f"--max-delete {shown}. Nothing was changed; if that is right, "
        "allow it with --max-delete 30\n"
    )
    assert world.photos_snapshot() == before


def test_a_share_alone_never_refuses_twenty(world: World) -> None:
    world.here("same/photo.jpg")
    many(world.there, "only", 20)
    argv = ("-m", "syncUpload", "--allowDelete", "remote")
    assert len(world.sync(*argv, "--test").done("DELETE_REMOTE")) == 20
    many(world.there, "more", 1)
    assert world.sync(*argv, "--test").code == 5


def test_deletes_that_are_not_allowed_do_not_count(world: World) -> None:
    world.here("same/photo.jpg")
    many(world.there, "only", 50)
    result = world.sync("-m", "syncUpload", "--max-delete", "0")
    assert (result.code, len(result.done("REPORT"))) == (0, 50)
    assert len(files(world.remote)) == 51


# -- the trash
# ----------------------------------------------------------------------------


def changed(world: World) -> tuple[str, ...]:
    """A delete and an overwrite on each side, and how to ask for them."""
    world.here("one/older.jpg", b"newer here", modified_ns=NEWER)
    world.there("one/older.jpg", b"older there")
    world.here("one/deep/different.jpg", b"overwritten here")
    world.there("one - deep/different.jpg", b"this way")
    world.here("one/here.jpg", b"deleted here")
    world.there("one/there.jpg", b"deleted there")
    cells = (
        "LOCAL_ONLY=DELETE_LOCAL",
        "REMOTE_ONLY=DELETE_REMOTE",
        "DIFFERENT=DOWNLOAD_REMOTE",
    )
    return ("--override", *cells, "--allowDelete", "both", "--stateless")


def test_what_is_deleted_or_overwritten_lies_in_the_trash_of_its_side(
    world: World,
) -> None:
    assert world.sync(*changed(world)).code == 0
    assert trashed(world.local) == {
        "one/deep/different.jpg": Photo(b"overwritten here"),
        "one/here.jpg": Photo(b"deleted here"),
    }
    assert trashed(world.remote) == {
        "one/older.jpg": Photo(b"older there"),
        "one/there.jpg": Photo(b"deleted there"),
    }
    assert files(world.local) == {
        "one/older.jpg": Photo(b"newer here", NEWER),
        "one/deep/different.jpg": Photo(b"this way"),
    }
    assert files(world.remote) == {
        "one/older.jpg": Photo(b"newer here", NEWER),
        "one - deep/different.jpg": Photo(b"this way"),
    }
    days = [*(world.local / TRASH).iterdir(), *(world.remote / TRASH).iterdir()]
    today = datetime.now(tz=UTC).date()
    known = {str(today), str(today - timedelta(days=1))}
    assert {day.name for day in days} <= known


def test_what_is_in_the_trash_is_no_album(world: World) -> None:
    argv = changed(world)
    assert world.sync(*argv).code == 0
    assert world.sync(*argv).steps == []
    assert (
        world.sync("--exclude", "^nothing$", "-m", "syncUpload", *DELETING).steps == []
    )


def test_a_photo_thrown_away_twice_is_kept_twice(world: World) -> None:
    world.here("album/photo.jpg")
    for number in range(3):
        world.there("album/gone.jpg", b"version %d" % number)
        assert world.sync("-m", "syncUpload", "--allowDelete", "remote").code == 0
    kept = sorted((world.remote / TRASH).glob("*/album/gone.jpg"))
    assert sorted(path.read_bytes() for path in kept) == [
        b"version %d" % n for n in range(3)
    ]


def test_without_trash_nothing_is_kept(world: World) -> None:
    assert world.sync(*changed(world), "--no-trash").code == 0
    assert not (world.local / TRASH).exists()
    assert not (world.remote / TRASH).exists()
    assert len(files(world.local)) == len(files(world.remote)) == 2


# -- empty albums and old trash
# -----------------------------------------------------------


def days_ago(days: int) -> str:
    return (datetime.now(tz=UTC).date() - timedelta(days=days)).isoformat()


@pytest.fixture
def cluttered(world: World) -> World:
    """An album empty there, one that will be, one that holds more; trash of two
    ages.
    """
    world.here("album/photo.jpg")
    world.there("album/photo.jpg")
    (world.remote / "empty").mkdir()
    world.there("only there/photo.jpg")
    world.there("with notes/notes.txt")
    (world.remote / "with folder" / "inside").mkdir(parents=True)
    for place in (world.local, world.remote):
        for days in (29, 32):
            day = place / TRASH / days_ago(days)
            Photo(b"thrown away").write(day / "album" / "old.jpg")
            when = datetime.now(tz=UTC).timestamp() - days * 86400
            os.utime(day, (when, when))
    return world


def remote_albums(world: World) -> set[str]:
    return {path.name for path in world.remote.iterdir() if path.is_dir()} - {TRASH}


def trash_days(place: Path) -> set[str]:
    return {path.name for path in (place / TRASH).iterdir()}


def test_purging_without_leave_to_delete_only_tells(cluttered: World) -> None:
    before = cluttered.photos_snapshot()
    result = cluttered.sync("-m", "syncUpload", "--purge")
    assert result.code == 0
    assert "empty: empty, not removed without --allowDelete remote" in result.out
    assert result.actions == []
    assert cluttered.photos_snapshot() == before


def test_purging_removes_what_is_empty_there_and_old_trash(cluttered: World) -> None:
    result = cluttered.sync("-m", "syncUpload", "--purge", "--allowDelete", "both")
    assert result.code == 0
    assert result.done("REMOVE_ALBUM") == ["empty", "only there"]
    assert remote_albums(cluttered) == {"album", "with notes", "with folder"}
    for place in (cluttered.local, cluttered.remote):
        assert days_ago(29) in trash_days(place)
        assert days_ago(32) not in trash_days(place)
    assert (
        cluttered.sync("-m", "syncUpload", "--purge", "--allowDelete", "both").steps
        == []
    )


@pytest.mark.parametrize("side", ["local", "remote"])
def test_purging_keeps_to_the_side_that_may_lose(cluttered: World, side: str) -> None:
    result = cluttered.sync("-m", "sync", "--purge", "--allowDelete", side)
    assert result.code == 0
    places = {"local": cluttered.local, "remote": cluttered.remote}
    for name, place in places.items():
        assert (days_ago(32) in trash_days(place)) == (name != side)
    assert ("empty" in remote_albums(cluttered)) == (side == "local")


def test_a_report_purges_nothing(cluttered: World) -> None:
    before = cluttered.photos_snapshot()
    result = cluttered.sync("-m", "report", "--purge", "--allowDelete", "both")
    assert result.code == 0
    assert result.actions == []
    assert "EMPTY_TRASH" not in result.out
    assert cluttered.photos_snapshot() == before


@pytest.mark.parametrize("side", ["local", "remote"])
def test_a_trash_that_is_a_link_receives_nothing_and_loses_nothing(
    cluttered: World, side: str
) -> None:
    place = cluttered.local if side == "local" else cluttered.remote
    trash = cluttered.top / "of others"
    (place / TRASH).rename(trash)
    (place / TRASH).symlink_to(trash)
    cluttered.here("album/gone.jpg")
    cluttered.there("album/gone.jpg")
    assert cluttered.sync("-m", "sync").code == 0
    other = cluttered.remote if side == "local" else cluttered.local
    (other / "album/gone.jpg").unlink()
    before = snapshot(trash)
    argv = ("-m", "sync", "--purge", "--allowDelete", "both")
    result = cluttered.sync(*argv)
    assert result.code == 1
    assert f"album/gone.jpg: {TRASH} is a link or no folder; left alone" in result.err
    assert snapshot(trash) == before
    assert (place / "album/gone.jpg").exists()


def test_without_purge_empty_albums_and_old_trash_stay(cluttered: World) -> None:
    assert cluttered.sync("-m", "syncUpload", "--allowDelete", "both").code == 0
    assert {"empty", "only there"} < remote_albums(cluttered)
    assert days_ago(32) in trash_days(cluttered.remote)


def test_a_trash_that_may_not_be_emptied_is_one_failure_that_names_it(
    cluttered: World,
) -> None:
    trash = cluttered.local / ".photosync-trash"
    for day in trash.iterdir():
        day.chmod(0o555)
    argv = ("-m", "syncUpload", "--purge", "--allowDelete", "local")
    result = cluttered.sync(*argv, unprivileged=True)
    for day in trash.iterdir():
        day.chmod(0o755)
    assert result.code == 1
    (line,) = result.err.splitlines()
    assert line.startswith("failed: empty the trash here")
    assert f"check owner and mode of the folder {trash}/" in line


def test_a_clock_that_leapt_ahead_since_the_last_run_empties_no_trash(
    cluttered: World,
) -> None:
    argv = ("-m", "syncUpload", "--purge", "--allowDelete", "both")
    assert cluttered.sync("-m", "syncUpload").code == 0
    # As of a NAS whose clock now says this year, and at the last run said another one.
    with closing(sqlite3.connect(cluttered.home / "state.sqlite")) as db, db:
        db.execute("UPDATE runs SET began = began - 300 * 86400")
    before = [trash_days(cluttered.local), trash_days(cluttered.remote)]
    result = cluttered.sync(*argv)
    assert (result.code, result.err) == (0, "")
    assert "the trash: not emptied, as the clock went from" in result.out
    after = [trash_days(cluttered.local), trash_days(cluttered.remote)]
    assert all(set(old) <= set(new) for old, new in zip(before, after, strict=True))
