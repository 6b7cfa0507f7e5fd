"""The census: how many photos each root and service held, which the guards go by."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence

from photosync.disk.names import find_around
from photosync.history.storage.database import Database
from photosync.history.storage.encoding import decode_text, encode_text
from photosync.history.storage.write_queue import Change
from photosync.model import Actions, Census, Effect, Side, Step

_READ = (
    "SELECT place, view, identity, photos FROM census WHERE library = ? "
    "ORDER BY view = ?, rowid"
)
_KEEP = "INSERT OR REPLACE INTO census VALUES (?, ?, ?, ?, ?)"
# One photo stays counted, so that a place which shows none at all still misses one.
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

    A place is a root, or a service by its name; `scopes` holds the number of the scope
    of each service. Each set of rules has a census of its own: of two lines in cron, one
    may show the photos and one the videos.
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
        """Return the census of these roots and of the services after the last run.

        That is the last run under these rules, else the last one under any.
        """
        rows = self._database.read(_READ, (self._library, self._rules_hash))
        # The rows of these rules come last, and so are those that stay.
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
        """Return the change that writes the census of places."""
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
        """Return the change by which photos that we deleted are no loss under other rules.

        It is not known which of them other rules show: all are taken off.
        """
        rows = [
            (-number, self._library, encode_text(self._key(place)), self._rules_hash)
            for place, number in gains.items()
            if number < 0
        ]
        return _TAKE_AWAY, rows

    def _key(self, place: str) -> str:
        if place not in self._scopes:
            return place
        return f"scope {self._scopes[place]}"


class RunningCensus:
    """The census during a run, which each step that is done changes.

    `before` is the stored one, `found` is how many photos each root held, and `services`
    the census of those that were listed. A place that could not be read completely is in
    neither of these, and keeps what was stored.
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
        """Return the census of the places that differ from what was last written."""
        changes = self._make_all().items() - self._written.items()
        return dict(changes)

    def accept_changes(self, changes: Mapping[str, Census]) -> None:
        """Take changes for written."""
        self._written = {**self._written, **changes}

    def _make_all(self) -> dict[str, Census]:
        # Each root is looked at again: one whose disk went away keeps what was stored.
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
    """Return the device and inode of a root as text; empty where it is gone."""
    try:
        status = os.stat(root)  # noqa: PTH116 - a str stays a str
    except OSError:
        return ""
    return f"{status.st_dev}:{status.st_ino}"
