"""Unfinished uploads."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from photosync.errors import NotRecorded, StateUnusable
from photosync.history.pending.unfinished_uploads import StoredUploads
from photosync.history.storage.database import FILE, Database
from unit.history.stored import NO_UTF8, scope_of, uploads_of


@pytest.mark.parametrize("path", ["/photos/a.jpg", f"/photos/{NO_UTF8}"], ids=ascii)
def test_an_unfinished_upload_is_known_until_it_is_done(
    database: Database, path: str
) -> None:
    mine = uploads_of(database)
    assert mine.find(path) is None
    mine.put(path, {"session": "https://example.org", "offset": 5, "id": None})
    assert mine.find(path) == {
        "session": "https://example.org",
        "offset": 5,
        "id": None,
    }
    mine.put(path, {"session": "other"})
    assert mine.find(path) == {"session": "other"}
    mine.remove(path)
    assert mine.find(path) is None


def test_an_upload_that_cannot_be_noted_is_refused(database: Database) -> None:
    losses: list[StateUnusable] = []
    uploads = StoredUploads(scope_of(database), losses.append)
    uploads.put("/a", {"id": "drawn"})
    database.write([("DROP TABLE uploads", [()])])
    with pytest.raises(NotRecorded, match="uploads"):
        uploads.put("/b", {"id": "drawn"})
    # Whether one was begun cannot be told, so a second photo could be made.
    with pytest.raises(NotRecorded, match="uploads"):
        uploads_of(database).find("/b")
    uploads.remove("/a")
    assert losses == []
    # It goes with whatever is written next, which it does not spoil.
    database.write([("INSERT INTO debts VALUES (?, ?)", [(1, "Rome")])])
    assert len(losses) == 1
    assert database.read("SELECT album FROM debts") == [("Rome",)]


def test_an_upload_that_is_begun_is_on_the_disk_once_that_was_waited_for(
    tmp_path: Path,
) -> None:
    with Database(tmp_path) as database:
        mine = uploads_of(database)
        wait_for_disk = mine.begin("/a", {"tags": "x"})
        wait_for_disk()
        with closing(sqlite3.connect(tmp_path / FILE)) as other:
            rows = other.execute("SELECT path FROM uploads").fetchall()
        assert rows == [("/a",)]
        database.write([("DROP TABLE uploads", [()])])
        wait_for_disk = mine.begin("/b", {"tags": "x"})
        # It is asked again by each further try.
        for _ in range(2):
            with pytest.raises(NotRecorded, match="uploads"):
                wait_for_disk()


def test_more_of_an_upload_is_on_the_disk_soon_and_nobody_waits_for_it(
    tmp_path: Path,
) -> None:
    with Database(tmp_path) as database:
        mine = uploads_of(database)
        mine.put("/a", {"tags": "x"})
        mine.add("/a", {"tags": "x", "id": "7"})
        assert mine.find("/a") == {"tags": "x", "id": "7"}
        # Whatever is asked next comes after it.
        rows = database.read("SELECT facts FROM uploads")
        assert rows == [('{"tags": "x", "id": "7"}',)]


def test_what_is_done_is_forgotten_at_the_end_at_the_latest(tmp_path: Path) -> None:
    with Database(tmp_path) as database:
        mine = uploads_of(database)
        mine.put("/a", {"id": "drawn"})
        mine.remove("/a")
    with Database(tmp_path) as database:
        assert uploads_of(database).find("/a") is None
