"""A home folder that an earlier photosync wrote keeps working.

`earlier_home/*.sql` are the dumps of two such state files, with `{top}` for the folder
above the libraries and `{photos}` for the identity of a root. `folders.sql` tells of a
library kept equal with a folder (a delete and a replace, their undo, what followed, and
at last a photo deleted here) and of one whose last run kept both versions of a photo.
`services.sql` tells of a run with the embedded Flickr and Drive, of an unfinished
upload and of a run that was killed.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cli.command import Result, run
from cli.trees import SECOND, TRASH, WHEN, Photo, files

from photosync.history.identity.scope import Scope
from photosync.history.journal.journal import Journal
from photosync.history.pending.unfinished_uploads import StoredUploads
from photosync.history.storage.database import FILE, Database
from photosync.history.sync_state.baseline import StoredBaselines
from photosync.history.sync_state.file_cache import MD5, TAKEN, FileCache
from photosync.history.sync_state.listing_cache import StoredListingCache
from photosync.local.photos import StatKey
from photosync.services.drive.listings import changes
from unit.history.stored import lose_nothing

WRITTEN = 1_795_618_050
"""When the earlier runs were, in seconds since 1970."""

SYNC = ("-m", "sync", "--allowDelete", "both")
KEPT = f"{TRASH}/2026-11-25"
LATER, LATEST = WHEN + 2_592_000 * SECOND, WHEN + 5_270_400 * SECOND

FILES = {
    "photos/Caf\xe9/\xe9.jpg": Photo(b"\xff\xd8\xffaccent"),
    "photos/Trip/b.jpg": Photo(b"\xff\xd8\xfffirst b"),
    "photos/Trip/c.jpg": Photo(b"\xff\xd8\xfffirst c"),
    f"photos/{KEPT}/Trip/a.jpg": Photo(b"\xff\xd8\xfffirst a"),
    f"photos/{KEPT}/Trip/c.jpg": Photo(b"\xff\xd8\xffsecond c", LATER),
    "usb/Caf\xe9/\xe9.jpg": Photo(b"\xff\xd8\xffaccent"),
    "usb/Trip/b.jpg": Photo(b"\xff\xd8\xfffirst b"),
    "usb/Trip/c.jpg": Photo(b"\xff\xd8\xfffirst c"),
    "photos2/Both/a.jpg": Photo(b"\xff\xd8\xffmine", LATER),
    "photos2/Both/a (folder 2026-11-25).jpg": Photo(b"\xff\xd8\xfftheirs", LATEST),
    "usb2/Both/a.jpg": Photo(b"\xff\xd8\xfftheirs", LATEST),
    "photos3/Trip/c.jpg": Photo(b"\xff\xd8\xfffirst c"),
}


class EarlierHome:
    """The home folder, and the photos as the runs of then left them."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.home = top / "home"
        self.home.mkdir()
        for path, photo in FILES.items():
            photo.write(top / path)

    def load(self, dump: str) -> None:
        """Make the state file anew from a dump, as if it had been written today."""
        places = {"{top}": str(self.top)}
        for root in ("photos", "photos2", "photos3"):
            status = (self.top / root).stat()
            places[f"{{{root}}}"] = f"{status.st_dev}:{status.st_ino}"
        text = (Path(__file__).parent / "earlier_home" / dump).read_text("utf-8")
        for word, value in places.items():
            text = text.replace(word, value)
        age = int(time.time()) - WRITTEN
        with closing(sqlite3.connect(self.home / FILE)) as db:
            db.executescript(text)
            # What is older than a year is forgotten, which is another matter.
            db.execute("UPDATE runs SET began = began + ?", [age])
            db.execute("UPDATE cursors SET audited = audited + ?", [age])
            db.commit()

    def sync(self, number: str = "", *argv: str) -> Result:
        """Run a sync of one of the two libraries with its folder."""
        sides = (
            "-d",
            f"{self.top}/photos{number}",
            "-p",
            f"folder:{self.top}/usb{number}",
        )
        return run("--home", self.home, *sides, *SYNC, *argv)

    def undo(self, *argv: str) -> list[str]:
        result = run("--home", self.home, "--undo", *argv)
        assert (result.code, result.err) == (0, "")
        when = r" \(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\)"
        return re.sub(when, "", result.out).splitlines()

    def history(self, photo: str) -> list[str]:
        """The run of each line about a photo, and what it did."""
        result = run("--home", self.home, "--history", photo)
        assert (result.code, result.err) == (0, "")
        lines = [line.split(maxsplit=5) for line in result.out.splitlines()[1:]]
        return [f"{words[3].rstrip(',')} {words[5]}" for words in lines]


@pytest.fixture
def earlier(tmp_path: Path) -> EarlierHome:
    home = EarlierHome(tmp_path)
    home.load("folders.sql")
    return home


def test_where_nothing_changed_there_is_nothing_to_do(earlier: EarlierHome) -> None:
    before = files(earlier.top / "photos")
    for options in (("-t",), (), ("-c", "7"), (), ("-c", "6")):
        result = earlier.sync("", *options)
        assert (result.code, result.steps) == (0, [])
        # What it had read tells nothing of edits that keep the date: that is said once.
        assert ("is read once more" in result.err) == (options == ("-c", "7"))
    assert files(earlier.top / "photos") == before


def test_what_is_deleted_now_was_known_on_both_sides(earlier: EarlierHome) -> None:
    (earlier.top / "photos/Trip/b.jpg").unlink()
    result = earlier.sync()
    assert (result.code, result.done("DELETE_REMOTE")) == (0, ["Trip/b.jpg"])
    assert len(result.actions) == 1


def test_a_disk_that_is_missing_is_still_noticed(earlier: EarlierHome) -> None:
    (earlier.top / "photos").rename(earlier.top / "elsewhere")
    (earlier.top / "photos").mkdir()
    assert earlier.sync().code == 5


def test_both_versions_that_were_kept_find_their_place(earlier: EarlierHome) -> None:
    result = earlier.sync("2")
    assert result.code == 0
    assert result.done("REPLACE_REMOTE_WITH_LOCAL") == ["Both/a.jpg"]
    assert result.done("UPLOAD_LOCAL") == ["Both/a (folder 2026-11-25).jpg"]
    assert len(result.actions) == 2
    assert files(earlier.top / "photos2") == files(earlier.top / "usb2")


def test_the_history_of_a_photo_is_told(earlier: EarlierHome) -> None:
    usb = f"{earlier.top}/usb"
    told = [
        f"1 uploaded to {usb} (new here)",
        f"2 deleted on {usb} (you deleted it)",
        "3 brought back (undo of run 2)",
        f"4 downloaded from {usb} (new on {usb})",
    ]
    assert earlier.history("Trip/b.jpg") == told
    assert earlier.history(f"{earlier.top}/photos/Trip/b.jpg") == told


def test_runs_of_then_are_undone_from_the_last_on(earlier: EarlierHome) -> None:
    here = earlier.top / "photos"
    assert earlier.undo()[-1] == "undo of run 5: 1 photo is back"
    assert files(here)["Trip/a.jpg"] == FILES[f"photos/{KEPT}/Trip/a.jpg"]
    assert earlier.undo()[-1] == "undo of run 4: 1 photo is back"
    assert files(here)["Trip/c.jpg"] == FILES[f"photos/{KEPT}/Trip/c.jpg"]
    assert earlier.undo("2") == ["undo of run 2: 2 photos brought back already"]


def test_of_what_was_read_of_files_dates_are_known_and_bytes_read_again(
    earlier: EarlierHome,
) -> None:
    path = f"{earlier.top}/photos2/Both/a.jpg"
    with Database(earlier.home, read_only=True) as database:
        cache = FileCache(database, lose_nothing)
        assert cache.get(MD5, path, StatKey(7, LATER, 5, 2188227)) is None
        taken = cache.get(TAKEN, path, StatKey(8, WHEN, 5, 2188227))
        assert taken == "2023-11-14 22:13:20"


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Database]:
    home = EarlierHome(tmp_path)
    home.load("services.sql")
    with Database(home.home) as database:
        yield database


def scope_of(database: Database, service: str) -> Scope:
    rows = database.read(
        "SELECT account, roots FROM scopes WHERE service = ?", [service]
    )
    account, roots = rows[0]
    return Scope(database, service, account, roots)


def test_listings_of_then_are_carried_on(services: Database) -> None:
    drive, flickr = (
        StoredListingCache(scope_of(services, service), lose_nothing, audit_days=7)
        for service in ("drive", "flickr")
    )
    assert (drive.cursor, flickr.cursor) == ("6 1795618036", "2 1795618044")
    listings = dict(drive.listings())
    assert all(changes.is_readable(rows) for rows in listings.values())
    assert len(listings) == 2
    ((set_id, rows),) = flickr.listings()
    assert (set_id, len(rows)) == ("72177720300000000", 3)


def test_what_was_agreed_with_a_service_is_known(services: Database) -> None:
    for service in ("drive", "flickr"):
        account = StoredBaselines(scope_of(services, service))
        baseline = account.album("Trip")["c.jpg"]
        assert baseline.local is not None
        assert (baseline.local.size, baseline.remote.size) == (10, 10)
        assert baseline.remote.md5 == "53fce101ae1f85b8595d9b6a760590ba"
        # Whether Flickr gives its photos back is yet to be seen.
        is_flickr = service == "flickr"
        assert baseline.remote.withheld is is_flickr
        assert set(account.fingerprints()) == (set() if is_flickr else {"photos3"})


def test_an_upload_that_was_unfinished_then_goes_on(
    services: Database, tmp_path: Path
) -> None:
    uploads = StoredUploads(scope_of(services, "drive"), lose_nothing)
    noted = uploads.find(f"{tmp_path}/photos3/Trip/film.mov")
    assert noted is not None
    assert (noted["id"], noted["session"]) == (
        "drawn",
        "https://example.org/upload?id=1",
    )


def test_a_run_that_was_killed_then_never_ended(services: Database) -> None:
    killed, deleted, first = Journal(services).read_runs()
    assert (killed.id, killed.ended, killed.exit_code) == (3, None, None)
    assert (deleted.exit_code, first.exit_code) == (0, 0)
    assert [event.backup_side for event in Journal(services).read_events(2)] == [
        "drive",
        "local",
    ]
