"""Which library some roots are, by their paths, their devices and what lies in them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from photosync.history.identity.libraries import (
    KnownLibrary,
    StoredLibraries,
    make_library_key,
)
from photosync.history.identity.scope import Scope
from photosync.history.storage.database import Database
from photosync.history.sync_state.baseline import StoredBaselines
from photosync.model import Baseline, LocalStat, RemotePhoto

SERVICE, ACCOUNT = "drive", "me"


class Home:
    """A state file, and roots with photos that it knows of."""

    def __init__(self, database: Database, top: Path) -> None:
        self.database = database
        self.top = top

    def root(self, name: str) -> str:
        """A root with two photos in it."""
        folder = self.top / name
        folder.mkdir()
        for photo in ("a.jpg", "b.jpg"):
            (folder / photo).touch()
        return str(folder)

    def identify(self, *roots: str) -> KnownLibrary:
        return StoredLibraries(self.database).identify(roots)

    def run(self, *roots: str) -> str:
        """One run over roots, which agrees on all their photos; its library."""
        library = self.identify(*roots)
        StoredLibraries(self.database).keep(library, roots)
        scope = Scope(self.database, SERVICE, ACCOUNT, library.key)
        agreed = [
            Baseline(
                Path(root).name,
                photo.name,
                LocalStat(1, 1),
                RemotePhoto(photo.name, photo.name, 1, 1),
                str(photo),
            )
            for root in roots
            for photo in Path(root).iterdir()
        ]
        self.database.write(StoredBaselines(scope).make_changes(agreed, []))
        return library.key

    def paths(self) -> list[str]:
        rows = self.database.read("SELECT path FROM history ORDER BY path")
        return [path for (path,) in rows]


@pytest.fixture
def home(database: Database, tmp_path: Path) -> Home:
    return Home(database, tmp_path)


def test_roots_are_one_library_in_any_order_and_number(home: Home) -> None:
    one, two, three = home.root("one"), home.root("two"), home.root("three")
    key = home.run(one, two)
    assert key == make_library_key([one, two])
    for roots in ((two, one), (one,), (two,), (one, three), (three, two, one)):
        assert home.identify(*roots).key == key
    assert home.identify(two).unseen == (one,)
    assert home.identify(one, two).unseen == ()
    assert home.identify(three).key == make_library_key([three])


def test_a_root_that_moved_is_known_by_its_device_and_its_photos(home: Home) -> None:
    old = home.root("old")
    key = home.run(old)
    for path in (f"{old}/a.jpg", f"{old}2/a.jpg"):
        row = (path, 1, 1, 1, "md5", 1)
        home.database.insert("INSERT INTO hashes VALUES (?, ?, ?, ?, ?, ?)", row)
    new = str(Path(old).rename(home.top / "new"))
    library = home.identify(new)
    assert (library.key, library.unseen) == (key, ())
    assert [where for where, _ in library.notices] == [new]
    assert home.paths() == [f"{new}/a.jpg", f"{new}/b.jpg"]
    assert home.identify(new).notices == []
    # Nothing of it need be read again.
    rows = home.database.read("SELECT path FROM hashes")
    assert rows == [(f"{new}/a.jpg",), (f"{old}2/a.jpg",)]
    # At the old place another library may be made.
    assert home.identify(old).key != key


def test_another_disk_with_the_same_numbers_is_another_library(home: Home) -> None:
    old = home.root("old")
    key = home.run(old)
    new = Path(old).rename(home.top / "new")
    for photo in list(new.iterdir()):
        photo.rename(new / f"other {photo.name}")
    library = home.identify(str(new))
    assert library.key != key
    assert library.notices == []
    assert home.paths() == [f"{old}/a.jpg", f"{old}/b.jpg"]


def test_two_libraries_that_are_named_together_become_one(home: Home) -> None:
    one, two = home.root("one"), home.root("two")
    key = home.run(one)
    assert home.run(two) != key
    assert home.identify(two, one).key == make_library_key([two])
    assert home.identify(one).key == make_library_key([two])
    assert home.identify(one).unseen == (two,)
    assert len(home.paths()) == 4
    assert home.database.read("SELECT count(*) FROM scopes") == [(1,)]


def test_libraries_of_an_earlier_photosync_are_known_by_their_paths(home: Home) -> None:
    keys = [json.dumps(["/a"]), json.dumps(["/a", "/b"]), "no list"]
    for key in keys:
        Scope(home.database, SERVICE, ACCOUNT, key)
    assert home.identify("/a").key == keys[0]
    assert home.identify("/b").key == keys[1]
    assert home.identify("/b").unseen == ("/a",)
    assert home.identify("/a").unseen == ()
    assert home.identify("/c").key == make_library_key(["/c"])


def test_a_dry_run_sees_a_move_and_writes_nothing(home: Home, tmp_path: Path) -> None:
    old = home.root("old")
    home.run(old)
    new = str(Path(old).rename(home.top / "new"))
    with Database(tmp_path, read_only=True) as database:
        trial = Home(database, home.top)
        assert len(trial.identify(new).notices) == 1
        assert trial.paths() == [f"{new}/a.jpg", f"{new}/b.jpg"]
    assert home.paths() == [f"{old}/a.jpg", f"{old}/b.jpg"]


def test_a_path_that_is_no_utf_8_is_looked_up_anew(home: Home) -> None:
    old = home.root("old")
    Path(old, os.fsdecode(b"\xe9.jpg")).touch()
    home.run(old)
    new = str(Path(old).rename(home.top / "new"))
    assert len(home.identify(new).notices) == 1
    assert home.paths() == ["", f"{new}/a.jpg", f"{new}/b.jpg"]
