"""A state file that takes no more: what cannot be undone without it is not done."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing, suppress

import pytest
from harness.disks import broken, mounted

from cli.command import run
from cli.conftest import World
from cli.trees import NEWER, Photo, files, trashed

SYNC = ("-m", "sync", "--allowDelete", "both", "--max-delete", "100%")
DELETED = [f"album/{number}.jpg" for number in range(6)]
GROWN = "album/grown.jpg"


def refuse(world: World, table: str) -> None:
    """Let no row into a table any more, as on a disk that became full."""
    change(
        world,
        f"CREATE TRIGGER refuse BEFORE INSERT ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'no room'); END",
    )


def accept(world: World) -> None:
    """There is room again."""
    change(world, "DROP TRIGGER refuse")


def change(world: World, statement: str) -> None:
    with closing(sqlite3.connect(world.home / "state.sqlite")) as db, db:
        db.execute(statement)


def runs_of_events(world: World) -> list[int]:
    with closing(sqlite3.connect(world.home / "state.sqlite")) as db:
        rows = db.execute("SELECT DISTINCT run FROM events ORDER BY run")
        return [run for (run,) in rows]


@pytest.fixture
def changed(world: World) -> World:
    """Photos known to be equal, of which some were deleted here and one was edited."""
    for path in (*DELETED, GROWN):
        world.here(path, path.encode())
    assert world.sync(*SYNC).code == 0
    for path in DELETED:
        (world.local / path).unlink()
    world.here(GROWN, b"edited", modified_ns=NEWER)
    world.here("other/new.jpg", b"new")
    return world


@pytest.mark.parametrize(
    ("table", "runs"),
    # That a step was not tried can be told of a run that has a number.
    [("runs", [1]), ("events", [1]), ("history", [1, 2])],
)
def test_what_cannot_be_recorded_ends_deletes_and_replacements(
    changed: World, table: str, runs: list[int]
) -> None:
    refuse(changed, table)
    result = changed.sync(*SYNC, "--transfers", "1")
    assert result.code == 1
    told = [line for line in result.err.splitlines() if "not remembered" in line]
    state = changed.home / "state.sqlite"
    text = (
        "no room; what this run did is not remembered, so it deleted and replaced "
        "nothing from then on"
    )
    assert told == [f"photosync: {state}: {text}"]
    there = files(changed.remote)
    assert set(DELETED) <= set(there)
    assert there["other/new.jpg"].data == b"new"
    assert trashed(changed.local) == {}
    assert runs_of_events(changed) == runs


@pytest.mark.parametrize("table", ["runs", "events", "history"])
def test_once_there_is_room_the_next_run_does_the_rest(
    changed: World, table: str
) -> None:
    refuse(changed, table)
    assert changed.sync(*SYNC).code == 1
    accept(changed)
    result = changed.sync(*SYNC)
    assert (result.code, result.err) == (0, "")
    assert result.done("DELETE_REMOTE") == DELETED
    assert files(changed.local) == files(changed.remote)
    assert changed.sync(*SYNC).steps == []


def test_without_deletes_a_memory_that_is_lost_is_told_all_the_same(
    world: World,
) -> None:
    world.here("album/a.jpg")
    assert world.sync(*SYNC).code == 0
    refuse(world, "events")
    world.here("album/b.jpg")
    result = world.sync(*SYNC)
    assert result.code == 1
    assert result.done("UPLOAD_LOCAL") == ["album/b.jpg"]
    assert "no room; what this run did is not remembered" in result.err


def test_what_was_read_may_be_lost_and_is_told(world: World) -> None:
    world.here("album/a.jpg")
    world.there("album/a.jpg")
    assert world.sync(*SYNC).code == 0
    refuse(world, "hashes")
    # The same bytes with another time have to be read to be known.
    world.here("album/a.jpg", modified_ns=NEWER)
    # Of a file that was changed within a tick of the clock nothing is kept.
    time.sleep(0.03)
    result = world.sync(*SYNC)
    assert (result.code, result.done("REPLACE_REMOTE_WITH_LOCAL")) == (0, [])
    assert result.err.count("no room; the next run reads again") == 1


def test_an_undo_that_cannot_be_remembered_does_not_begin(changed: World) -> None:
    assert changed.sync(*SYNC).code == 0
    before = files(changed.remote)
    refuse(changed, "runs")
    result = run("--home", changed.home, "--undo")
    assert result.code == 1
    assert result.err.endswith(
        "no room; nothing is brought back, as that could not be remembered\n"
    )
    assert files(changed.remote) == before


def test_an_undo_ends_with_the_first_photo_it_cannot_remember(changed: World) -> None:
    assert changed.sync(*SYNC).code == 0
    refuse(changed, "events")
    result = run("--home", changed.home, "--undo")
    assert result.code == 1
    assert result.err.endswith(
        "no room; the undo ends here, as that cannot be remembered\n"
    )
    assert result.out.count("brought back: ") == 1
    back = set(files(changed.remote)) & set(DELETED)
    is_old = files(changed.remote)[GROWN] == Photo(GROWN.encode())
    assert len(back) + is_old == 1


def test_a_home_on_a_full_disk_is_told_as_such_and_nothing_is_done(
    world: World,
) -> None:
    world.here("album/a.jpg", b"a")
    world.home.mkdir(exist_ok=True)
    with mounted(world.home, "400k"):
        assert world.sync(*SYNC).code == 0
        world.here("album/b.jpg", b"b")
        filler = world.home / "filler"
        with suppress(OSError):
            filler.write_bytes(bytes(400 * 1024))
        result = world.sync(*SYNC)
        assert result.code == 2
        assert "state.sqlite cannot be used (the disk is full)" in result.err
        assert set(files(world.remote)) == {"album/a.jpg"}
        last = run("--home", world.home, "--last")
        assert (last.code, last.err) == (0, "")
        assert "1 uploaded" in run("--home", world.home, "--runs").out
        filler.unlink()
        assert world.sync(*SYNC).code == 0
        assert set(files(world.remote)) == {"album/a.jpg", "album/b.jpg"}


def test_a_memory_whose_disk_went_away_is_named_and_nothing_is_done(
    world: World,
) -> None:
    world.here("album/a.jpg")
    assert world.sync().code == 0
    world.here("album/b.jpg")
    with broken(world.home / "state.sqlite"):
        said = world.sync()
    assert (said.code, said.out) == (2, "")
    assert "state.sqlite cannot be used" in said.err
    assert "nothing was done" in said.err
    assert files(world.remote).keys() == {"album/a.jpg"}
    assert world.sync().code == 0
