"""The state file: kept, told of where it is not, and never in the way."""

from __future__ import annotations

import os
import random
import resource
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest
from cli.command import drops_root
from cli.trees import snapshot
from harness.library import in_child

from photosync.errors import StateLocked, StateUnusable, UsageError
from photosync.history.identity.scope import Scope
from photosync.history.journal.journal import Journal
from photosync.history.storage.database import FILE, Database
from photosync.history.storage.schema import MIGRATIONS, migrate
from photosync.history.storage.state_file import open_database, open_whole_database
from photosync.history.sync_state.file_cache import MD5, TAKEN, FileCache
from photosync.local.photos import StatKey
from photosync.services.persistence import PackedRows
from unit.history.stored import (
    LIBRARY,
    baseline,
    baselines_of,
    fill,
    learn,
    listings_of,
    lose_nothing,
    uploads_of,
)

# -- schema
# --------------------------------------------------------------------------------


def version_of(folder: Path) -> int:
    with closing(sqlite3.connect(folder / FILE)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


KEY = StatKey(1, 2, 3, 4)
HASH = "INSERT INTO hashes (path, size, modified_ns, inode, md5) VALUES (?, 1, 2, 4, ?)"
MOMENT = HASH.replace("hashes", "moments").replace("md5", "taken")


def read_of(database: Database, what: str) -> str | None:
    return FileCache(database, lose_nothing).get(what, "/a", KEY)


def test_a_new_state_has_the_latest_schema_and_is_for_its_owner_alone(
    tmp_path: Path,
) -> None:
    fill(tmp_path)
    assert version_of(tmp_path) == len(MIGRATIONS)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize("version", range(len(MIGRATIONS) + 1))
def test_a_state_of_any_earlier_version_is_used(tmp_path: Path, version: int) -> None:
    with sqlite3.connect(tmp_path / FILE) as db:
        for script in MIGRATIONS[:version]:
            db.executescript(script)
        db.execute(f"PRAGMA user_version = {version}")
        if version:
            db.execute(HASH, ("/a", "x"))
            db.execute(MOMENT, ("/a", "then"))
    db.close()
    before = snapshot(tmp_path)
    expected = "then" if version else None
    dry, warning = open_database(tmp_path, read_only=True)
    assert (warning, dry is not None) == ("", True)
    assert dry is not None
    with dry:
        assert read_of(dry, TAKEN) == expected
    assert snapshot(tmp_path) == before
    with Database(tmp_path) as database:
        assert read_of(database, TAKEN) == expected
        # When that file was changed is not known.
        assert read_of(database, MD5) is None
    assert version_of(tmp_path) == len(MIGRATIONS)


@pytest.mark.parametrize("read_only", [False, True])
def test_a_state_of_a_newer_version_is_refused_and_stays(
    tmp_path: Path, *, read_only: bool
) -> None:
    fill(tmp_path)
    with sqlite3.connect(tmp_path / FILE) as db:
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    db.close()
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(UsageError) as refused:
        open_database(tmp_path, read_only=read_only)
    assert str(refused.value) == (
        f"{tmp_path / FILE} cannot be used (it was written by a newer photosync); "
        "nothing was done, as without memory what you deleted comes back; "
        "--stateless does without it all the same"
    )
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    assert (tmp_path / FILE).read_bytes() == before


# A library that grew: a column more, and what was stored of it.
_LATER = (
    *MIGRATIONS,
    "ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT ''",
    "CREATE TABLE notes (run INTEGER); INSERT INTO notes SELECT id FROM runs",
)


def test_all_migrations_of_a_file_are_one_transaction(tmp_path: Path) -> None:
    fill(tmp_path)
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        before = list(db.iterdump())
        with pytest.raises(sqlite3.OperationalError, match="nowhere"):
            migrate(db, (*_LATER, "INSERT INTO nowhere VALUES (1)"))
        assert list(db.iterdump()) == before
        assert version_of(tmp_path) == len(MIGRATIONS)
        migrate(db, _LATER)
        assert version_of(tmp_path) == len(_LATER)
        assert db.execute("SELECT run, note FROM notes, runs").fetchall() == [(1, "")]
        migrate(db, _LATER)
        assert version_of(tmp_path) == len(_LATER)


# -- damage
# --------------------------------------------------------------------------------


def _flipped(data: bytes) -> bytes:
    """Every page but the first with some other bytes."""
    pages = [data[at : at + 4096] for at in range(0, len(data), 4096)]
    return pages[0] + b"".join(
        bytes(byte ^ 0xFF for byte in page[:200]) + page[200:] for page in pages[1:]
    )


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "random": lambda data: random.Random(1).randbytes(len(data)),
    "truncated": lambda data: data[: len(data) // 2],
    "truncated within a page": lambda data: data[: len(data) // 2 + 100],
    "head only": lambda data: data[:50],
    "no byte": lambda _: b"",
    "zeros": lambda data: bytes(len(data)),
    "other bytes in the middle": _flipped,
    "a text": lambda data: b"no database at all\n" * len(data),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_state_is_set_aside_and_a_new_one_begun(
    tmp_path: Path, damage: str
) -> None:
    fill(tmp_path)
    path = tmp_path / FILE
    broken = DAMAGE[damage](path.read_bytes())
    path.write_bytes(broken)
    database, warning = open_database(tmp_path, read_only=False)
    assert database is not None
    with database:
        (aside,) = (one for one in tmp_path.iterdir() if "damaged" in one.name)
        assert aside.read_bytes() == broken
        assert f"{path} is damaged and was set aside as {aside.name}" in warning
        assert baselines_of(database).albums() == set()
        learn(baselines_of(database), [baseline()])
    with Database(tmp_path) as again:
        assert baselines_of(again).albums() == {"Trip"}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_dry_run_leaves_a_damaged_state_where_it_is(
    tmp_path: Path, damage: str
) -> None:
    fill(tmp_path)
    path = tmp_path / FILE
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    before = snapshot(tmp_path)
    database, warning = open_database(tmp_path, read_only=True)
    assert database is None
    assert "is damaged and not used" in warning
    assert snapshot(tmp_path) == before


def test_who_only_looks_back_is_told_of_the_damage_and_of_no_run(
    tmp_path: Path,
) -> None:
    path = tmp_path / FILE
    path.touch()
    told = f"{path} is damaged and not used (the file is empty)"
    with (
        pytest.raises(UsageError) as refused,
        open_whole_database(tmp_path, read_only=True),
    ):
        pass
    assert str(refused.value) == told


def test_what_a_crash_left_of_the_first_state_is_no_damage(tmp_path: Path) -> None:
    aside = tmp_path / f"{FILE}.new"
    aside.write_bytes(b"half a state")
    aside.with_name(f"{aside.name}-journal").write_bytes(b"of another file")
    database, warning = open_database(tmp_path, read_only=False)
    assert (database is not None, warning) == (True, "")
    assert database is not None
    with database:
        assert baselines_of(database).albums() == set()
    assert not aside.exists()


def test_what_a_killed_run_left_of_a_deleted_state_is_not_written_into_a_new_one(
    tmp_path: Path,
) -> None:
    killed_while_writing(tmp_path)
    (tmp_path / FILE).unlink()
    assert (tmp_path / f"{FILE}-wal").exists()
    with Database(tmp_path) as database:
        assert baselines_of(database).albums() == set()


def test_a_link_to_a_state_on_a_disk_that_is_away_is_refused_and_stays(
    tmp_path: Path,
) -> None:
    path = tmp_path / FILE
    path.symlink_to(tmp_path / "away" / FILE)
    with pytest.raises(UsageError, match="it is a link"):
        open_database(tmp_path, read_only=False)
    assert path.is_symlink()


@pytest.mark.parametrize("read_only", [False, True])
def test_a_folder_of_that_name_is_refused_and_stays(
    tmp_path: Path, *, read_only: bool
) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(UsageError, match="nothing was done"):
        open_database(tmp_path, read_only=read_only)
    assert (tmp_path / FILE).is_dir()


def test_only_after_a_run_that_did_not_end_all_of_the_file_is_checked(
    tmp_path: Path,
) -> None:
    fill(tmp_path)
    path = tmp_path / FILE
    # A page that is read for none of what opening asks.
    data = path.read_bytes()
    at = data.index(b"300.jpg") // 4096 * 4096
    path.write_bytes(data[:at] + bytes(4096) + data[at + 4096 :])
    with Database(tmp_path) as database:
        found = [database.is_damaged]
        with pytest.raises(StateUnusable, match="malformed"):
            baselines_of(database).album("Trip")
        found.append(database.is_damaged)
        assert found == [False, True]
        Journal(database).begin_run("library", "sync")
    with pytest.raises(StateUnusable):
        Database(tmp_path)


# -- another program that holds it
# --------------------------------------------------------------------------------


def test_a_state_that_is_locked_is_waited_for(tmp_path: Path) -> None:
    fill(tmp_path)
    with closing(
        sqlite3.connect(tmp_path / FILE, isolation_level=None, check_same_thread=False)
    ) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StateLocked, match="locked by another program") as locked:
            open_database(tmp_path, read_only=False, patience=0.05)
        assert locked.value.exit_code == 4
        Timer(0.1, other.rollback).start()
        database, warning = open_database(tmp_path, read_only=False)
        assert database is not None
        with database:
            assert (warning, baselines_of(database).albums()) == ("", {"Trip"})


# -- a disk that takes nothing
# -------------------------------------------------------------

_OPENS = """
import sys
from pathlib import Path
from photosync.history.storage.state_file import open_database, open_whole_database
from photosync.errors import PhotosyncError
from photosync.history.journal.journal import Journal
try:
    database, _ = open_database(Path(sys.argv[1]), read_only=False)
    with database:
        Journal(database).begin_run("library", "sync")
except PhotosyncError as error:
    print(error)
"""


def opened_unprivileged(folder: Path) -> str:
    ended = subprocess.run(
        [*drops_root(), sys.executable, "-c", _OPENS, str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    return ended.stdout.strip()


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_state_that_may_not_be_written_is_said_and_stays(
    tmp_path: Path, what: str
) -> None:
    fill(tmp_path)
    before = (tmp_path / FILE).read_bytes()
    target, mode = (tmp_path / FILE, 0o400) if what == "file" else (tmp_path, 0o500)
    target.chmod(mode)
    try:
        said = opened_unprivileged(tmp_path)
    finally:
        target.chmod(0o700)
    assert str(tmp_path / FILE) in said
    assert len(said.splitlines()) == 1
    assert (tmp_path / FILE).read_bytes() == before


def test_a_disk_that_becomes_full_takes_no_write_and_keeps_what_it_has(
    tmp_path: Path,
) -> None:
    fill(tmp_path, 10)

    def work() -> tuple[str, int]:
        size = (tmp_path / FILE).stat().st_size
        with Database(tmp_path) as database:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
            mine = baselines_of(database)
            with pytest.raises(StateUnusable) as refused:
                learn(mine, [baseline(name=f"more {n}.jpg") for n in range(5000)])
            return str(refused.value), len(mine.album("Trip"))

    said, known = in_child(work)
    assert said.startswith(f"{tmp_path / FILE}: ")
    assert known == 11
    with Database(tmp_path) as database:
        assert len(baselines_of(database).album("Trip")) == 11


def test_a_write_that_is_refused_is_told_to_its_caller(database: Database) -> None:
    for _ in range(2):
        with pytest.raises(StateUnusable, match="nowhere"):
            database.write([("INSERT INTO nowhere VALUES (?)", [(1,)])])
        with pytest.raises(StateUnusable, match="nowhere"):
            database.insert("INSERT INTO nowhere VALUES (?)", (1,))


def test_a_write_is_done_as_a_whole_or_not_at_all(database: Database) -> None:
    mine = baselines_of(database)
    with pytest.raises(StateUnusable, match="nowhere"):
        database.write(
            [
                (MOMENT, [("/a", "then")]),
                ("INSERT INTO nowhere VALUES (?)", [(1,)]),
            ]
        )
    assert read_of(database, TAKEN) is None
    learn(mine, [baseline()])
    assert mine.albums() == {"Trip"}


# -- dry runs
# ------------------------------------------------------------------------------


def test_a_dry_run_leaves_the_folder_as_it_is(tmp_path: Path) -> None:
    fill(tmp_path)
    before = snapshot(tmp_path)
    with Database(tmp_path, read_only=True) as database:
        assert len(baselines_of(database).album("Trip")) == 401
        learn(baselines_of(database), [baseline("New")])
        assert Journal(database).begin_run(LIBRARY, "sync") == 0
        cache = FileCache(database, lose_nothing)
        cache.note(MD5, "/a", KEY, "x")
        cache.flush()
        Scope(database, "another", "account", LIBRARY)
        assert snapshot(tmp_path) == before
    assert snapshot(tmp_path) == before


def test_a_dry_run_makes_no_state(tmp_path: Path) -> None:
    with Database(tmp_path / "home", read_only=True) as database:
        assert baselines_of(database).albums() == set()
        assert Journal(database).read_runs() == []
    assert not (tmp_path / "home").exists()


def killed_while_writing(folder: Path) -> None:
    """Leave behind what a killed run does: changes that are not in the file itself
    yet.
    """

    def work() -> None:
        database = Database(folder)
        learn(baselines_of(database), [baseline("Late")])
        os._exit(9)

    with pytest.raises(EOFError):
        in_child(work)
    assert (folder / f"{FILE}-wal").stat().st_size > 0


def test_a_dry_run_heeds_what_a_killed_run_left_and_leaves_it(tmp_path: Path) -> None:
    fill(tmp_path, 3)
    killed_while_writing(tmp_path)
    before = snapshot(tmp_path)
    with Database(tmp_path, read_only=True) as database:
        assert baselines_of(database).albums() == {"Trip", "Late"}
    after = snapshot(tmp_path)
    for name in (FILE, f"{FILE}-wal"):
        assert after[str(tmp_path / name)] == before[str(tmp_path / name)]
    assert after.keys() == before.keys()


def test_what_a_killed_run_left_is_taken_up(tmp_path: Path) -> None:
    fill(tmp_path, 3)
    killed_while_writing(tmp_path)
    with Database(tmp_path) as database:
        assert baselines_of(database).albums() == {"Trip", "Late"}
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


# -- nothing is written where nothing differs
# ----------------------------------------------


def test_what_is_known_already_is_not_written_again(tmp_path: Path) -> None:
    with Database(tmp_path) as database:
        learn(baselines_of(database), [baseline()])
        listings_of(database).note("cursor", PackedRows({"a": []}), whole=True)
    before = (tmp_path / FILE).read_bytes()
    with Database(tmp_path) as database:
        learn(baselines_of(database), [], [])
        listings_of(database).note("cursor", PackedRows())
        FileCache(database, lose_nothing).flush()
        assert baselines_of(database).albums() == {"Trip"}
    assert (tmp_path / FILE).read_bytes() == before


# -- threads
# -------------------------------------------------------------------------------


def test_many_threads_may_ask_and_tell_at_once(database: Database) -> None:
    mine, uploads = baselines_of(database), uploads_of(database)
    cache = FileCache(database, lose_nothing)

    def work(number: int) -> bool:
        learn(mine, [baseline(f"album {number % 7}", f"{number}.jpg", number)])
        cache.note(MD5, f"/{number}", StatKey(number, 0, 0, 0), str(number))
        uploads.put(f"/{number}", {"n": number})
        found = mine.album(f"album {number % 7}")[f"{number}.jpg"]
        assert found.local is not None
        is_noted = uploads.find(f"/{number}") == {"n": number}
        return is_noted and found.local.size == number

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(work, range(200)))
    assert sum(len(mine.album(f"album {n}")) for n in range(7)) == 200


def test_an_unusable_state_leaves_no_thread(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all\n" * 100)
    with pytest.raises(StateUnusable, match=FILE):
        Database(tmp_path)
