"""How fast earlier runs were is told only of those that moved a good deal."""

from __future__ import annotations

from photosync.history.identity.scope import Scope
from photosync.history.journal.journal import Event, Journal
from photosync.history.journal.pace import find_pace
from photosync.history.storage.database import Database
from photosync.model import Actions, Comparisons, Result
from unit.history.stored import SERVICE, remote, scope_of

MB = 10**6


def add_run(
    database: Database,
    scope: Scope,
    *sizes: int,
    seconds: int = 100,
    action: str = Actions.UPLOAD_LOCAL,
    result: str = Result.DONE,
) -> None:
    journal = Journal(database)
    run = journal.begin_run("", "sync")
    for number, size in enumerate(sizes):
        photo = remote(f"{number}.jpg")._replace(size=size)
        journal.add(
            Event(
                run=run,
                service=SERVICE,
                album="Trip",
                name=photo.name,
                path=f"/photos/Trip/{photo.name}",
                comparison=Comparisons.LOCAL_ONLY,
                action=action,
                result=result,
                reason="",
                remote=photo,
                backup="",
                backup_side="",
                scope=scope.number,
            )
        )
    times = [(1_000_000, 1_000_000 + seconds, run)]
    statement = "UPDATE runs SET began = ?, ended = ?, exit_code = 0 WHERE id = ?"
    database.write([(statement, times)])


def test_without_a_run_no_pace_is_known(database: Database) -> None:
    assert find_pace(None) is None
    assert find_pace(scope_of(database)) is None


def test_the_last_run_that_moved_a_good_deal_tells(database: Database) -> None:
    scope = scope_of(database)
    add_run(database, scope, 400 * MB, 100 * MB)
    add_run(database, scope, 150 * MB, 50 * MB, action=Actions.DOWNLOAD_REMOTE)
    # Three new photos and ten minutes of looking around.
    add_run(database, scope, 9 * MB, seconds=600)
    assert find_pace(scope) == 2 * MB


def test_what_was_not_moved_does_not_count(database: Database) -> None:
    scope = scope_of(database)
    add_run(database, scope, 400 * MB, result=Result.FAILED)
    add_run(database, scope, 400 * MB, action=Actions.DELETE_REMOTE)
    # The clock stood still, or was set back.
    add_run(database, scope, 400 * MB, seconds=0)
    assert find_pace(scope) is None


def test_another_account_tells_nothing(database: Database) -> None:
    add_run(database, scope_of(database), 400 * MB)
    assert find_pace(scope_of(database, account="anna@example.org")) is None
