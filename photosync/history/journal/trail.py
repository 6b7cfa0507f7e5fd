"""The way of a photo through the journal: all that happened to it, also where it was
before it was moved or renamed, and where it went.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from photosync.history.journal.journal import Event, Journal, Place

_ALWAYS = 2**63


class Trail(NamedTuple):
    """What happened to one photo, in its order; never empty."""

    events: Sequence[Event]

    @property
    def place(self) -> Place:
        """Where the photo is, or was last."""
        return self.events[-1].place


class _Stay(NamedTuple):
    """A photo at one place: from the run that brought it there, to the run that took it
    away, which may have brought another one.
    """

    place: Place
    since: int = 0
    until: int = _ALWAYS

    def covers(self, event: Event) -> bool:
        """Whether an event at this place is about the photo that was there then."""
        return self.since <= event.run < self.until


def find_trails(journal: Journal, places: Iterable[Place]) -> list[Trail]:
    """Return the trails of all photos that ever were at these places, each once."""
    trails: list[Trail] = []
    seen: set[int] = set()
    for place in places:
        for stay in _list_stays(journal, place):
            found = _follow_stay(journal, stay)
            # The next place may be one that this photo went to.
            if seen.issuperset(found):
                continue
            seen.update(found)
            in_order = [found[number] for number in sorted(found)]
            trails.append(Trail(in_order))
    return trails


def _list_stays(journal: Journal, place: Place) -> list[_Stay]:
    """Return the stays at a place, one after the other: each departure ends one."""
    departures = sorted({run for run, _ in _list_departures(journal, place)})
    stays: list[_Stay] = []
    since = 0
    for until in (*departures, _ALWAYS):
        stays.append(_Stay(place, since, until))
        since = until
    return stays


def _follow_stay(journal: Journal, asked: _Stay) -> dict[int, Event]:
    """Return all that happened to the photo of one stay, by the order of events."""
    found = _find_same(journal, asked)
    waiting = [asked]
    followed: set[_Stay] = set()
    while waiting:
        stay = waiting.pop()
        key = stay._replace(place=Place(*stay.place.key))
        if key in followed:
            continue
        followed.add(key)
        here = _read_stay(journal, stay)
        found.update(here)
        waiting += _find_earlier(journal, here.values())
        waiting += _find_later(journal, stay)
    return found


def _read_stay(journal: Journal, stay: _Stay) -> dict[int, Event]:
    events = journal.read_at(stay.place)
    return {number: event for number, event in events.items() if stay.covers(event)}


def _find_same(journal: Journal, stay: _Stay) -> dict[int, Event]:
    """Return what happened elsewhere to a photo that services know by the same id: a
    person moved it on all sides at once.
    """
    here = _read_stay(journal, stay).values()
    ids = {(event.service, event.remote.id) for event in here if event.remote}
    same: dict[int, Event] = {}
    for number, event in journal.read_same(stay.place).items():
        if event.place.key == stay.place.key or event.remote is None:
            continue
        if (event.service, event.remote.id) in ids:
            same[number] = event
    return same


def _find_earlier(journal: Journal, events: Iterable[Event]) -> Iterator[_Stay]:
    """Yield where photos were before these events brought them."""
    for event in events:
        if event.origin:
            departures = _list_departures(journal, event.origin)
            # What left before was another photo of that name.
            before = [run for run, _ in departures if run < event.run]
            since = max(before, default=0)
            yield _Stay(event.origin, since, event.run)


def _find_later(journal: Journal, stay: _Stay) -> Iterator[_Stay]:
    """Yield where photos went from a place."""
    for run, place in _list_departures(journal, stay.place):
        if stay.since < run <= stay.until:
            departures = _list_departures(journal, place)
            after = [later for later, _ in departures if later > run]
            until = min(after, default=_ALWAYS)
            yield _Stay(place, run, until)


def _list_departures(journal: Journal, place: Place) -> list[tuple[int, Place]]:
    """Return the runs in which a photo left a place, and where it went."""
    moves = journal.read_departures(place).values()
    return [(move.run, move.place) for move in moves if move.origin]
