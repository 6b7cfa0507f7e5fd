"""The way of a photo through the journal, also where its name was another's, too."""

from __future__ import annotations

import pytest

from photosync.history.journal.journal import RESTORED, Event, Journal, Place
from photosync.history.journal.trail import find_trails
from photosync.history.storage.database import Database
from photosync.model import Result
from unit.history.stored import LIBRARY, event, remote


class Told:
    """A journal of runs, each of one or more events."""

    def __init__(self, database: Database) -> None:
        self.journal = Journal(database)

    def run(self, *events: Event) -> None:
        number = self.journal.begin_run(LIBRARY, "sync")
        for one in events:
            self.journal.add(one._replace(run=number))

    def ways(self, *names: str) -> list[list[str]]:
        """The names that each photo of these had, one after the other."""
        trails = find_trails(self.journal, [Place("Trip", name) for name in names])
        return [[event.name for event in trail.events] for trail in trails]


@pytest.fixture
def told(database: Database) -> Told:
    return Told(database)


def at(name: str) -> Event:
    """Something done about a photo whose id a folder gives it, its path."""
    return event(name=name)._replace(remote=remote(name, f"Trip/{name}"))


def move(old: str, new: str) -> Event:
    return at(new)._replace(action="MOVE_REMOTE", origin_album="Trip", origin_name=old)


def test_a_photo_is_found_from_each_of_its_names(told: Told) -> None:
    told.run(at("a"))
    told.run(move("a", "b"))
    told.run(move("b", "c"), at("z"))
    for name in "abc":
        assert told.ways(name) == [["a", "b", "c"]]
    assert told.ways("a", "b", "c") == [["a", "b", "c"]]


def test_another_photo_of_the_same_name_is_another_trail(told: Told) -> None:
    told.run(at("a"))
    # The new one may come in the very run that takes the old one away.
    told.run(move("a", "b"), at("a"))
    told.run(at("a"), at("b"))
    assert told.ways("a") == [["a", "b", "b"], ["a", "a"]]
    assert told.ways("b") == [["a", "b", "b"]]


def test_two_photos_that_change_names_are_told_apart(told: Told) -> None:
    told.run(at("a"), at("b"), at("b"))
    told.run(move("a", "b"), move("b", "a"))
    assert told.ways("a") == [["a", "b"], ["b", "b", "a"]]


def test_a_photo_that_comes_back_is_one_trail(told: Told) -> None:
    told.run(at("a"))
    told.run(move("a", "b"))
    told.run(move("b", "a"))
    told.run(at("a"))
    assert told.ways("a") == told.ways("b") == [["a", "b", "a", "a"]]


def test_a_move_on_two_services_is_one_move(told: Told) -> None:
    told.run(at("a"))
    told.run(move("a", "b"), move("a", "b")._replace(service="flickr"))
    told.run(move("b", "c"), move("b", "c")._replace(service="flickr"))
    assert told.ways("b") == [["a", "b", "b", "c", "c"]]


def test_a_move_that_failed_leads_nowhere(told: Told) -> None:
    told.run(at("a"))
    told.run(move("a", "b")._replace(result=Result.FAILED))
    assert told.ways("a") == [["a"]]


def test_what_services_know_by_one_id_is_one_photo(told: Told) -> None:
    """A person moved it on all sides at once, or an older photosync noted no origin."""
    told.run(event(name="a")._replace(remote=remote("a", "number")))
    told.run(event(name="b")._replace(remote=remote("b", "number")))
    told.run(event(name="c")._replace(remote=None))
    assert told.ways("a") == told.ways("b") == [["a", "b"]]


def test_what_an_undo_brought_back_was_not_moved_by_it(told: Told) -> None:
    told.run(at("a"))
    told.run(at("a")._replace(action=RESTORED))
    assert told.ways("a") == [["a", "a"]]
