"""How many photos each root and service held."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing

from photosync.history.storage.database import Database
from photosync.history.storage.schema import MIGRATIONS, migrate
from photosync.history.sync_state.census import StoredCensus
from photosync.model import Census


def test_what_the_guards_go_by_is_kept_for_each_library(database: Database) -> None:
    scopes = {"folder:usb": 3}
    latin = os.fsdecode(b"/\xe9")
    places = {
        "/photos": Census("v", "1:1", 5),
        latin: Census("v", "", 0),
        "folder:usb": Census("v", os.fsdecode(b"/media/\xe9"), 3),
    }
    one, two, three = (
        StoredCensus(database, library, scopes, "v")
        for library in ("one", "two", "three")
    )
    other = {"/photos": Census("w", "2:2", 7)}
    database.write([one.make_change(places), two.make_change(other)])
    roots = ["/photos", latin]
    assert one.read(roots) == places
    assert two.read(roots) == other
    assert three.read(roots) == {}


def test_another_account_of_a_service_is_another_place(database: Database) -> None:
    mine, yours = (
        StoredCensus(database, "one", {"drive": scope}, "v") for scope in (1, 2)
    )
    database.write([mine.make_change({"drive": Census("v", "me", 3)})])
    assert mine.read([]) == {"drive": Census("v", "me", 3)}
    assert yours.read([]) == {}


def test_each_set_of_rules_has_a_census_of_its_own(database: Database) -> None:
    photos, videos, new = (
        StoredCensus(database, "one", {}, rules)
        for rules in ("photos", "videos", "new")
    )
    database.write([photos.make_change({"/a": Census("photos", "1:1", 90)})])
    database.write([videos.make_change({"/a": Census("videos", "1:1", 5)})])
    assert photos.read(["/a"]) == {"/a": Census("photos", "1:1", 90)}
    assert videos.read(["/a"]) == {"/a": Census("videos", "1:1", 5)}
    # Of rules that are new the last of all tells at least which disk it was.
    assert new.read(["/a"]) == {"/a": Census("videos", "1:1", 5)}


def test_what_we_took_away_is_no_loss_under_other_rules(database: Database) -> None:
    photos, videos = (
        StoredCensus(database, "one", {}, rules) for rules in ("photos", "videos")
    )
    database.write([photos.make_change({"/a": Census("photos", "1:1", 9)})])
    database.write([videos.make_loss({"/a": -6, "/b": 3})])
    assert photos.read(["/a"])["/a"].photos == 3
    # One stays counted, so that a root that holds none any more is noticed.
    database.write([videos.make_loss({"/a": -6})])
    assert photos.read(["/a"])["/a"].photos == 1


def test_what_an_earlier_photosync_counted_is_still_the_measure() -> None:
    library = '["/a"]'
    with closing(sqlite3.connect(":memory:")) as db:
        migrate(db, MIGRATIONS[:1])
        scope = (7, "folder:/usb", "/usb", library)
        db.execute("INSERT INTO scopes VALUES (?, ?, ?, ?)", scope)
        for place, photos in (("folder:/usb /usb", 30), ("/a", 31)):
            row = (library, place, "v", "", photos)
            db.execute("INSERT INTO places VALUES (?, ?, ?, ?, ?)", row)
        db.commit()
        migrate(db)
        counted = dict(db.execute("SELECT place, photos FROM census"))
    assert counted == {"scope 7": 30, "/a": 31}
