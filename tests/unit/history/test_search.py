"""What a person may call a photo or an album, and what comes near to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from photosync.history.journal.journal import Journal, Place
from photosync.history.journal.search import (
    Named,
    find_named,
    read_roots,
    suggest_places,
)
from photosync.history.storage.database import Database
from unit.history.stored import NO_UTF8, event

ROOTS = ["/photos", "/more"]
TRIP = Place("2015 - Trip", "a.jpg")


@pytest.fixture
def known(database: Database) -> Database:
    journal = Journal(database)
    run = journal.begin_run('["/photos", "/more"]', "sync")
    rows = [
        ("2015 - Trip", "a.jpg", "/photos/2015/Trip/a.jpg"),
        ("2015 - Trip", NO_UTF8, f"/photos/2015/Trip/{NO_UTF8}"),
        ("2015 - Rome", "b.jpg", "/photos/2015/Rome/b.jpg"),
        ("Rome", "a.jpg", "/more/Rome/a.jpg"),
        ("Gone", "c.jpg", ""),
    ]
    for album, name, path in rows:
        journal.add(event(run, name, path)._replace(album=album))
    return database


@pytest.mark.parametrize(
    "word",
    ["2015 - Trip/a.jpg", "/photos/2015/Trip/a.jpg", "2015/Trip/a.jpg"],
)
def test_a_photo_is_named_by_its_place_or_its_path(known: Database, word: str) -> None:
    assert find_named(known, word, ROOTS) == Named([TRIP])


def test_a_path_may_begin_in_the_current_folder(
    known: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "photos" / "Trip"
    folder.mkdir(parents=True)
    Journal(known).add(event(1, "d.jpg", f"{folder}/d.jpg"))
    monkeypatch.chdir(folder)
    assert find_named(known, "d.jpg", []) == Named([Place("Trip", "d.jpg")])
    assert find_named(known, "../Trip", []).albums == ["Trip"]


def test_a_name_that_is_no_utf8_is_found(known: Database) -> None:
    place = Place("2015 - Trip", NO_UTF8)
    for word in (str(place), f"/photos/2015/Trip/{NO_UTF8}", NO_UTF8):
        assert find_named(known, word, ROOTS) == Named([place])


def test_a_bare_name_names_all_photos_of_that_name(known: Database) -> None:
    assert set(find_named(known, "a.jpg", ROOTS).places) == {
        TRIP,
        Place("Rome", "a.jpg"),
    }


@pytest.mark.parametrize("word", ["Gone", "Gone/"])
def test_an_album_is_named_by_its_title(known: Database, word: str) -> None:
    assert find_named(known, word, ROOTS) == Named(albums=["Gone"])


@pytest.mark.parametrize(
    ("word", "albums"),
    [
        ("/photos/2015/Trip", {"2015 - Trip"}),
        ("2015/Trip/", {"2015 - Trip"}),
        ("2015", {"2015 - Trip", "2015 - Rome"}),
        ("/more", {"Rome"}),
        ("/photos/2015/Tri", set()),
    ],
)
def test_a_folder_names_the_albums_below_it(
    known: Database, word: str, albums: set[str]
) -> None:
    assert set(find_named(known, word, ROOTS).albums) == albums


def test_the_roots_of_all_runs_are_known(known: Database) -> None:
    Journal(known).begin_run('["/more", "/third"]', "sync")
    assert read_roots(known) == ["/photos", "/more", "/third"]


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("2015 - Trap", "2015 - Trip"),
        ("2015 - Trip/a.jpeg", "2015 - Trip/a.jpg"),
        ("/photos/2015/Rome/b.png", "2015 - Rome/b.jpg"),
    ],
)
def test_the_nearest_is_suggested_first(known: Database, word: str, near: str) -> None:
    assert suggest_places(known, word)[0] == near


def test_what_is_like_nothing_suggests_nothing(known: Database) -> None:
    # Nearly all photos end in .jpg.
    assert suggest_places(known, "sunset.jpg") == []
