"""The journal: what runs did, found again by run, by name and by path."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from photosync.errors import StateUnusable
from photosync.history.identity.scope import read_accounts
from photosync.history.journal.journal import RESTORED, Ending, Event, Journal, Place
from photosync.history.storage.database import Database
from photosync.model import Result
from unit.history.stored import DAY, LIBRARY, NO_UTF8, event, scope_of


@pytest.fixture
def journal(database: Database) -> Journal:
    return Journal(database)


def told(journal: Journal, event: Event) -> Event:
    """An event that a run of its own wrote."""
    written = event._replace(run=journal.begin_run(LIBRARY, "sync"))
    journal.add(written)
    return written


@pytest.mark.parametrize("name", ["a.jpg", NO_UTF8, "\xe9.jpg"], ids=ascii)
def test_what_a_run_did_is_told_by_run_and_by_place(
    journal: Journal, name: str
) -> None:
    ours = told(journal, event(name=name, path=f"/photos/Trip/{name}"))
    second = journal.begin_run(LIBRARY, "upload")
    theirs = event(second, "other.jpg", "/photos/Trip/other.jpg")
    journal.add(theirs)
    journal.end_run(second, 1)
    assert (journal.read_events(ours.run), journal.read_events(second)) == (
        [ours],
        [theirs],
    )
    assert list(journal.read_at(Place("Trip", name)).values()) == [ours]
    assert journal.read_at(Place("Elsewhere", name)) == {}
    latest, earlier = journal.read_runs()
    assert (latest.id, latest.mode, latest.exit_code) == (second, "upload", 1)
    assert (earlier.id, earlier.mode) == (ours.run, "sync")
    assert (earlier.exit_code, earlier.ended) == (None, None)
    assert latest.ended is not None
    assert 0 <= time.time() - latest.began < 100


@pytest.mark.parametrize("name", ["a.jpg", NO_UTF8, "\xe9\n.jpg"], ids=ascii)
def test_what_the_end_of_the_last_run_told_is_kept(journal: Journal, name: str) -> None:
    first, second = (journal.begin_run(LIBRARY, "sync") for _ in range(2))
    assert journal.read_ending(first) is None
    journal.keep_ending(first, Ending("photosync", ["Done.", "", name]))
    told = Ending(f"photosync -d {name}", [name])
    journal.keep_ending(second, told)
    assert journal.read_ending(first) is None
    assert journal.read_ending(second) == told


def test_each_run_gets_the_number_of_its_own_row(journal: Journal) -> None:
    def begin(library: int) -> int:
        return journal.begin_run(str(library), "sync")

    with ThreadPoolExecutor(8) as pool:
        numbers = dict(enumerate(pool.map(begin, range(100))))
    assert {int(run.library): run.id for run in journal.read_runs()} == numbers


def test_a_run_that_cannot_be_written_gets_no_number(
    database: Database, journal: Journal
) -> None:
    journal.begin_run(LIBRARY, "sync")
    database.write([("DROP TABLE runs", [()])])
    with pytest.raises(StateUnusable, match="runs"):
        journal.begin_run(LIBRARY, "sync")


def test_an_event_need_not_tell_of_a_remote_photo(journal: Journal) -> None:
    written = told(journal, event()._replace(remote=None))
    assert journal.read_events(written.run) == [written]


def test_events_tell_the_account_they_are_of(
    database: Database, journal: Journal
) -> None:
    for account in ("me", "you"):
        told(journal, event()._replace(scope=scope_of(database, account).number))
    events = [*journal.read_events(1), *journal.read_events(2)]
    accounts = read_accounts(database)
    assert [accounts[event.scope] for event in events] == ["me", "you"]


def test_events_are_found_by_a_name_of_another_form(journal: Journal) -> None:
    written = told(journal, event(1, "e\u0301.jpg", "")._replace(album="Caf\xe9"))
    for album, name in (("Caf\xe9", "\xe9.jpg"), ("Cafe\u0301", "e\u0301.jpg")):
        assert list(journal.read_at(Place(album, name)).values()) == [written]


def test_a_step_that_fails_as_before_is_a_repetition(journal: Journal) -> None:
    failed = event()._replace(result=Result.FAILED)
    assert not journal.find_repeated(failed)
    journal.add(failed)
    assert journal.find_repeated(failed._replace(run=2))
    assert not journal.find_repeated(failed._replace(reason="else"))
    assert not journal.find_repeated(failed._replace(result=Result.SKIPPED))
    assert not journal.find_repeated(failed._replace(scope=2))
    assert not journal.find_repeated(failed._replace(service="flickr"))
    journal.add(event(2))
    assert not journal.find_repeated(failed._replace(run=3))
    # What is done is never a repetition, however often.
    assert not journal.find_repeated(event(3))


def test_of_the_last_run_is_also_told_what_failed_as_before(
    database: Database, journal: Journal
) -> None:
    failed = event()._replace(result=Result.FAILED)
    for run in (1, 2, 3):
        database.write([journal.make_note(failed._replace(run=run))])
        journal.end_run(run, 1)
    assert len(journal.read_events(1)) == len(journal.read_events(3)) == 1
    assert journal.read_events(2) == []
    counts = journal.count_events()
    assert counts[1] == counts[3] == {(failed.action, "failed"): 1}
    assert 2 not in counts


def test_what_is_very_old_is_forgotten_unless_its_bytes_are_kept(
    database: Database, journal: Journal
) -> None:
    plain, backup = event()._replace(backup="", backup_side=""), event()
    restored = plain._replace(action=RESTORED)
    for events in ([plain], [plain, backup], [restored], [], [plain], []):
        run = journal.begin_run(LIBRARY, "sync")
        for done in events:
            journal.add(done._replace(run=run))
    now = int(time.time())
    aged = "UPDATE runs SET began = ? WHERE id <= ?"
    ages = ((100, 6), (399, 5), (401, 4))
    database.write([(aged, [(now - days * DAY, run) for days, run in ages])])
    journal.end_run(journal.begin_run(LIBRARY, "sync"), 0)
    assert [run.id for run in journal.read_runs()] == [7, 6, 5, 3, 2]
    counts = [len(journal.read_events(run)) for run in range(1, 8)]
    assert counts == [0, 1, 1, 0, 1, 0, 0]
