"""What a person was told of and did nothing about yet, in the state file.

A conflict stays one for weeks. A mail about it each night is a mail that nobody reads.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Container, Iterable, Mapping
from collections.abc import Set as AbstractSet

from photosync.history.identity.scope import Scope
from photosync.history.storage.database import Database
from photosync.history.storage.encoding import decode_text, encode_text
from photosync.model import Step

_FIND = "SELECT album, name, comparison, moment FROM told WHERE scope = ? AND rules = ?"
_PUT = "INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?, ?, ?)"
_FORGET = (
    "DELETE FROM told "
    "WHERE scope = ? AND rules = ? AND album = ? AND name = ? AND comparison = ?"
)

_HOUR_SECONDS = 60 * 60
_AGAIN_SECONDS = (7 * 24 - 12) * _HOUR_SECONDS
"""Half a day less than a week: the run of the seventh night may begin a minute early."""

Subject = tuple[str, str, str]
"""An album, a name in it, and how its sides compare."""

Key = tuple[object, ...]
"""What names a row."""


class StoredNotifications:
    """What was told of photos, by the rules they were looked at with.

    Two cron lines with other filters see other photos, and neither forgets what the
    other one told. Whatever reads or writes raises StateUnusable.
    """

    def __init__(
        self, database: Database, scopes: Mapping[str, Scope], rules_hash: str
    ) -> None:
        self._database = database
        self._scopes = scopes
        self._rules_hash = rules_hash

    def find_due(self, steps: Iterable[Step]) -> list[Step]:
        """Return the steps that were not told yet, or a week ago."""
        now = time.time()
        told = {service: self._read(scope) for service, scope in self._scopes.items()}
        due: list[Step] = []
        for step in steps:
            told_there = told.get(step.service, {})
            moment = told_there.get(_subject_of(step))
            if moment is None or not _is_fresh(moment, now):
                due.append(step)
        return due

    def note(
        self,
        told: Iterable[Step],
        *,
        unsettled: Collection[Step],
        reached: Container[str],
    ) -> None:
        """Write that some steps were told now, and forget what is settled.

        What comes back after that is news. Nothing is forgotten of services that were
        not `reached`: nobody knows what they hold.
        """
        now = int(time.time())
        stale: list[Key] = []
        for service in self._scopes:
            if service in reached:
                settled = self._find_settled(service, unsettled)
                stale += [self._encode(service, subject) for subject in settled]
        rows: list[tuple[object, ...]] = []
        for step in told:
            key = self._encode(step.service, _subject_of(step))
            rows.append((*key, now))
        self._database.write([(_FORGET, stale), (_PUT, rows)])

    def _find_settled(
        self, service: str, unsettled: Iterable[Step]
    ) -> AbstractSet[Subject]:
        """Return what was told of a service once and holds no longer."""
        mine = [step for step in unsettled if step.service == service]
        before = self._read(self._scopes[service])
        return before.keys() - map(_subject_of, mine)

    def _read(self, scope: Scope) -> dict[Subject, int]:
        found: dict[Subject, int] = {}
        for album, name, comparison, moment in scope.read(_FIND, self._rules_hash):
            found[decode_text(album), decode_text(name), comparison] = moment
        return found

    def _encode(self, service: str, subject: Subject) -> Key:
        album, name, comparison = subject
        number = self._scopes[service].number
        return (
            number,
            self._rules_hash,
            encode_text(album),
            encode_text(name),
            comparison,
        )


def _subject_of(step: Step) -> Subject:
    return step.album, step.name, str(step.comparison)


def _is_fresh(moment: int, now: float) -> bool:
    # A clock that stood in the future keeps nothing quiet.
    return 0 <= now - moment < _AGAIN_SECONDS
