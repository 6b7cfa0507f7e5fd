"""How many photos each root and service held."""

from __future__ import annotations

import os

from photosync.history.census import StoredCensus
from photosync.history.database import Database
from photosync.model import Census


def test_what_the_guards_go_by_is_kept_for_each_library(database: Database) -> None:
    accounts = {"folder:usb": os.fsdecode(b"/media/\xe9")}
    latin = os.fsdecode(b"/\xe9")
    places = {
        "/photos": Census("v", "1:1", 5),
        latin: Census("v", "", 0),
        "folder:usb": Census("v", accounts["folder:usb"], 3),
    }
    one, two, three = (
        StoredCensus(database, library, accounts) for library in ("one", "two", "three")
    )
    other = {"/photos": Census("w", "2:2", 7)}
    database.write([one.make_change(places), two.make_change(other)])
    roots = ["/photos", latin]
    assert one.read(roots) == places
    assert two.read(roots) == other
    assert three.read(roots) == {}


def test_another_account_of_a_service_is_another_place(database: Database) -> None:
    mine, yours = (
        StoredCensus(database, "one", {"drive": account}) for account in ("me", "you")
    )
    database.write([mine.make_change({"drive": Census("v", "me", 3)})])
    assert mine.read([]) == {"drive": Census("v", "me", 3)}
    assert yours.read([]) == {}
