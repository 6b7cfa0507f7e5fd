"""Listings as they were last read."""

from __future__ import annotations

import pytest

from photosync.errors import StateUnusable
from photosync.history.storage.database import Database
from photosync.history.sync_state.listing_cache import (
    NoListingCache,
    StoredListingCache,
)
from photosync.services.persistence import PackedRows, pack_rows, unpack_rows
from unit.history.stored import DAY, NO_UTF8, listings_of, scope_of


def test_a_listing_is_carried_on(database: Database) -> None:
    mine = listings_of(database)
    assert (mine.cursor, list(mine.listings())) == ("", [])
    assert mine.find_listing("b") is None
    mine.note(
        "1",
        PackedRows({"b": [{"x": [1, None]}], NO_UTF8: [{"y": 1.5}], "a": []}),
        whole=True,
    )
    assert mine.cursor == "1"
    assert list(mine.listings()) == [
        ("a", []),
        ("b", [{"x": [1, None]}]),
        (NO_UTF8, [{"y": 1.5}]),
    ]
    assert (mine.find_listing(NO_UTF8), mine.find_listing("c")) == ([{"y": 1.5}], None)
    mine.note("2", PackedRows({"b": None, "a": [{"z": "z"}]}))
    assert (mine.cursor, dict(mine.listings())) == (
        "2",
        {"a": [{"z": "z"}], NO_UTF8: [{"y": 1.5}]},
    )
    mine.note("3", PackedRows({"c": []}), whole=True)
    assert (mine.cursor, dict(mine.listings())) == ("3", {"c": []})


@pytest.mark.parametrize(
    ("age", "days", "is_used"),
    [
        (0, 7, True),
        (6.9 * DAY, 7, True),
        (7.1 * DAY, 7, False),
        (6.9 * DAY, 30, True),
        (365 * DAY, 7, False),
        # Its clock was set back meanwhile, or was wrong when it was noted.
        (-365 * DAY, 7, False),
        (0, 0, False),
    ],
)
def test_a_listing_is_read_anew_after_some_days(
    database: Database, age: float, days: float, *, is_used: bool
) -> None:
    listings_of(database).note("cursor", PackedRows({"a": []}), whole=True)
    database.write([("UPDATE cursors SET audited = audited - ?", [(age,)])])
    assert listings_of(database, audit_days=days).cursor == (
        "cursor" if is_used else ""
    )


def test_what_changed_does_not_put_off_the_audit(database: Database) -> None:
    mine = listings_of(database)
    mine.note("1", PackedRows(), whole=True)
    database.write([("UPDATE cursors SET audited = audited - ?", [(5 * DAY,)])])
    mine.note("2", PackedRows({"a": []}))
    assert mine.cursor == "2"
    assert listings_of(database, audit_days=4).cursor == ""


def test_what_cannot_be_written_is_lost_with_its_cursor(database: Database) -> None:
    losses: list[StateUnusable] = []
    cache = StoredListingCache(scope_of(database), losses.append, audit_days=7)
    cache.note("1", PackedRows({"a": [{"x": 1}]}), whole=True)
    database.write([("ALTER TABLE listings RENAME TO elsewhere", [()])])
    cache.note("2", PackedRows({"a": [{"x": 2}]}))
    assert ["listings" in str(loss) for loss in losses] == [True]
    database.write([("ALTER TABLE elsewhere RENAME TO listings", [()])])
    # The next run is told by the feed again what changed since.
    assert (cache.cursor, dict(cache.listings())) == ("1", {"a": [{"x": 1}]})


def test_a_run_without_memory_keeps_no_listing() -> None:
    cache = NoListingCache()
    cache.note("cursor", PackedRows({"a": []}), whole=True)
    assert (cache.cursor, list(cache.listings()), cache.find_listing("a")) == (
        "",
        [],
        None,
    )


def test_what_a_damaged_disk_made_of_a_listing_is_not_known(database: Database) -> None:
    cache = listings_of(database)
    cache.note("1", PackedRows({"a": [{"x": 1}], "b": []}), whole=True)
    for damaged in ("[{", b"", pack_rows([{"x": 1}])[:-1], b"x" + pack_rows([])):
        values = [(damaged,)]
        database.write([("UPDATE listings SET content = ? WHERE album = 'a'", values)])
        assert (cache.find_listing("a"), dict(cache.listings())) == (None, {"b": []})


def test_a_listing_of_an_earlier_photosync_is_read(database: Database) -> None:
    cache = listings_of(database)
    cache.note("1", PackedRows({"a": []}), whole=True)
    rows = [('[{"x": 1}]',)]
    database.write([("UPDATE listings SET content = ? WHERE album = 'a'", rows)])
    assert cache.find_listing("a") == [{"x": 1}]


def test_what_is_put_after_it_was_forgotten_is_kept() -> None:
    rows = PackedRows({"a": None})
    rows.put("a", [{"x": 1}])
    rows.put("b", [])
    rows.forget("b")
    assert (list(rows.kept), rows.forgotten) == (["a"], {"b"})
    assert unpack_rows(rows.packed("a")) == [{"x": 1}]
    assert (len(rows), "b" in rows) == (2, True)
