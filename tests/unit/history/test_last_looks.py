"""When a service was compared, and what had come by then."""

from __future__ import annotations

import time

from photosync.history.journal.journal import Event, Journal
from photosync.history.storage.database import Database
from photosync.history.sync_state.last_looks import StoredLooks
from photosync.model import RemotePhoto
from photosync.plan.put_back import Arrival
from unit.history.stored import LIBRARY, event, scope_of

PLACE = ("Trip", "a.jpg")
MOVED = ("Trip", "b.jpg")
PATH = "/photos/Trip/a.jpg"


def looks_of(database: Database, rules: str = "photos") -> StoredLooks:
    return StoredLooks(scope_of(database), rules)


def version(size: int, modified_ns: int = 5) -> RemotePhoto:
    return RemotePhoto("a.jpg", "id", size, modified_ns)


UPLOAD = event()._replace(remote=version(10))
EDIT = event()._replace(action="REPLACE_REMOTE_WITH_LOCAL", remote=version(12, 6))
DELETE = event()._replace(action="DELETE_REMOTE", path="")
MOVE = event(name="b.jpg")._replace(
    action="MOVE_REMOTE",
    origin_album="Trip",
    origin_name="a.jpg",
    remote=version(10),
)


def arrivals(database: Database, *events: Event) -> dict[tuple[str, str], Arrival]:
    looks = looks_of(database)
    journal = Journal(database)
    for one in events:
        journal.add(one._replace(run=journal.begin_run(LIBRARY, "sync")))
    found = looks.read_arrivals(time.time_ns())
    assert {path for path, _ in found.values()} <= {PATH}
    return {place: arrival for place, (_, arrival) in found.items()}


def test_each_set_of_rules_is_looked_at_by_itself(database: Database) -> None:
    assert looks_of(database).find() is None
    before = time.time_ns()
    database.write([looks_of(database, "videos").make_change()])
    videos = looks_of(database, "videos").find()
    assert videos is not None
    assert videos >= before
    # The first run with other filters goes by the last look of all.
    assert looks_of(database).find() == videos
    database.write([looks_of(database).make_change()])
    photos = looks_of(database).find()
    assert photos is not None
    assert photos > videos
    assert looks_of(database, "videos").find() == videos


def test_a_photo_came_with_its_last_version(database: Database) -> None:
    edited = Arrival(2, 6, (10, 12), is_edited=True)
    assert arrivals(database, UPLOAD, EDIT) == {PLACE: edited}


def test_what_is_sent_once_more_came_before(database: Database) -> None:
    assert arrivals(database, UPLOAD, UPLOAD) == {PLACE: Arrival(1, 5, (10,))}


def test_an_edit_of_what_was_adopted_has_an_earlier_version(database: Database) -> None:
    assert arrivals(database, EDIT) == {PLACE: Arrival(1, 6, (12,), is_edited=True)}


def test_what_was_deleted_or_moved_away_is_gone(database: Database) -> None:
    gone = Arrival(2, is_gone=True)
    assert arrivals(database, UPLOAD, MOVE) == {
        PLACE: gone,
        MOVED: Arrival(2, 5, (10,)),
    }
    assert arrivals(database, DELETE)[PLACE] == Arrival(3, is_gone=True)
    # A photo of that name came anew.
    assert arrivals(database, UPLOAD)[PLACE] == Arrival(4, 5, (10,))


def test_what_failed_came_nowhere(database: Database) -> None:
    assert arrivals(database, UPLOAD._replace(result="failed")) == {}


def test_what_came_after_a_look_is_no_measure(database: Database) -> None:
    arrivals(database, UPLOAD)
    assert looks_of(database).read_arrivals(1_000_000_000 * 10**9) == {}
