"""The census: how many photos each root and service held, which the guards go by."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence

from photosync.disk.names import find_around
from photosync.history.database import Database
from photosync.history.values import decode_text, encode_text
from photosync.history.write_queue import Change
from photosync.model import Actions, Census, Effect, Side, Step

_READ = (
    "SELECT place, view, identity, photos FROM census WHERE library = ? "
    "ORDER BY view = ?, rowid"
)
_KEEP = "INSERT OR REPLACE INTO census VALUES (?, ?, ?, ?, ?)"
# One photo stays counted: a place that shows none any more has still lost them.
_TAKE_AWAY = (
    "UPDATE census SET photos = max(photos - ?, 1) "
    "WHERE library = ? AND place = ? AND view <> ? AND photos > 0"
)

_GAINS: Mapping[Actions, tuple[Side, int]] = {
    Actions.UPLOAD_LOCAL: (Side.REMOTE, 1),
    Actions.DELETE_REMOTE: (Side.REMOTE, -1),
    Actions.DOWNLOAD_REMOTE: (Side.LOCAL, 1),
    Actions.DELETE_LOCAL: (Side.LOCAL, -1),
}


class StoredCensus:
    """The census of one library, in the state file.

    Places are roots and services by their names, of which `scopes` tells by the number
    of their scope whose photos they show. Each set of rules has a census of its own: of
    two cron lines one may show the photos and one the videos.
    """

    def __init__(
        self,
        database: Database,
        library: str,
        scopes: Mapping[str, int],
        rules_hash: str,
    ) -> None:
        self._database = database
        self._library = library
        self._scopes = scopes
        self._rules_hash = rules_hash

    def read(self, roots: Sequence[str]) -> dict[str, Census]:
        """Return what the last run left of these roots and of the services.

        That is the last run under these rules, else the last of all.
        """
        rows = self._database.read(_READ, (self._library, self._rules_hash))
        stored: dict[str, Census] = {}
        for key, rules_hash, identity, photos in rows:
            census = Census(rules_hash, decode_text(identity), photos)
            stored[decode_text(key)] = census
        found: dict[str, Census] = {}
        for place in (*roots, *self._scopes):
            key = self._key(place)
            if key in stored:
                found[place] = stored[key]
        return found

    def make_change(self, places: Mapping[str, Census]) -> Change:
        """Return the change that writes what is known of places."""
        rows = [
            (
                self._library,
                encode_text(self._key(place)),
                census.rules_hash,
                encode_text(census.identity),
                census.photos,
            )
            for place, census in places.items()
        ]
        return _KEEP, rows

    def make_loss(self, gains: Mapping[str, int]) -> Change:
        """Return the change by which photos that we took away are no loss elsewhere.

        Which of them other rules show is not known: all are taken off.
        """
        rows = [
            (-number, self._library, encode_text(self._key(place)), self._rules_hash)
            for place, number in gains.items()
            if number < 0
        ]
        return _TAKE_AWAY, rows

    def _key(self, place: str) -> str:
        return f"scope {self._scopes[place]}" if place in self._scopes else place


class RunningCensus:
    """The census while a run goes on: each step that is done changes it.

    `before` is what was stored, `found` how many photos each root held, and `services`
    what was found there. What could not be seen as a whole is in neither: of it, what
    was stored stands.
    """

    def __init__(
        self,
        rules_hash: str,
        before: Mapping[str, Census],
        found: Mapping[str, int],
        services: Mapping[str, Census],
    ) -> None:
        self._rules_hash = rules_hash
        self._before = before
        self._found = found
        self._services = services
        self._gains: Counter[str] = Counter()
        self._written = before

    def count(self, gains: Mapping[str, int]) -> None:
        """Count photos that a step added to places, or took away."""
        for place, number in gains.items():
            self._gains[place] += number

    def find_changes(self) -> dict[str, Census]:
        """Return the places that hold something else than was last written."""
        return dict(self._make_all().items() - self._written.items())

    def accept_changes(self, changes: Mapping[str, Census]) -> None:
        """Take changes for written."""
        self._written = {**self._written, **changes}

    def _make_all(self) -> dict[str, Census]:
        # Roots are looked at again each time: of a disk that went away meanwhile what
        # was stored stands.
        roots = make_census(self._found, self._rules_hash)
        places = {**self._before, **roots, **self._services}
        now: dict[str, Census] = {}
        for place, census in places.items():
            photos = max(census.photos + self._gains[place], 0)
            now[place] = census._replace(photos=photos)
        return now


def make_census(found: Mapping[str, int], rules_hash: str) -> dict[str, Census]:
    """Return the census of the roots that are there, by how many photos each holds."""
    census: dict[str, Census] = {}
    for root, photos in found.items():
        identity = _identify(root)
        if identity:
            census[root] = Census(rules_hash, identity, photos)
    return census


def count_gains(
    step: Step, path: str, effect: Effect, roots: Sequence[str]
) -> dict[str, int]:
    """Return how many photos a step that is done added to each place.

    `path` is that of the local file before the step, empty where there was none.
    """
    if step.action is Actions.MOVE_LOCAL and effect.local:
        # An album may go from one disk to another.
        old = find_around(path, roots)
        new = find_around(effect.local.path, roots)
        return {} if old == new else {old: -1, new: 1}
    if step.action is Actions.DOWNLOAD_REMOTE and step.local:
        # It took the place of the file that was there.
        return {}
    if step.action not in _GAINS:
        return {}
    side, number = _GAINS[step.action]
    if side is Side.REMOTE:
        return {step.service: number}
    return {find_around(path, roots): number}


def _identify(root: str) -> str:
    """Return which folder of which disk a root is, empty where it has gone."""
    try:
        status = os.stat(root)  # noqa: PTH116 - a str stays a str
    except OSError:
        return ""
    return f"{status.st_dev}:{status.st_ino}"
