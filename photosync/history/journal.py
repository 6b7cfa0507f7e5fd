"""The journal: runs, and what each did, for history and undo."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from photosync.history.database import Change, Database
from photosync.history.values import (
    decode_photo,
    decode_value,
    encode_photo,
    encode_text,
    encode_value,
)
from photosync.model import RemotePhoto, Result
from photosync.naming import name_key

UNDO, RESTORED = "undo", "RESTORED"
"""The mode of a run that brings photos back, and what it does about each of them."""

_EVENT_DAYS = 400
_DAY = 86_400

# In the order of the fields of Event. `kept` and `kept_by` are its backup.
_COLUMNS = (
    "run, service, album, name, path, comparison, action, result, reason, remote, kept, "
    "kept_by, scope"
)
_SELECT = f"SELECT {_COLUMNS} FROM events"  # noqa: S608 - our own text
_INSERT = (
    f"INSERT INTO events ({_COLUMNS}, album_key, name_key) "  # noqa: S608 - our own text
    f"VALUES ({', '.join('?' * 15)})"
)
_LAST_TRY = (
    "SELECT action, result, reason FROM events WHERE album_key = ? AND name_key = ? "
    "AND service = ? AND scope = ? ORDER BY id DESC LIMIT 1"
)
# Of an event with a backup it must stay known that it was brought back.
_PRUNE_EVENTS = (
    f"DELETE FROM events WHERE kept = '' AND action <> '{RESTORED}' "  # noqa: S608 - our own text
    "AND run IN (SELECT id FROM runs WHERE began < ?)"
)
_PRUNE_RUNS = "DELETE FROM runs WHERE began < ? AND id NOT IN (SELECT run FROM events)"
_REMOTE_ID = "CASE WHEN remote <> '' THEN json_extract(remote, '$[1]') END"
_THE_PHOTO = "((album_key = ?1 AND name_key = ?2) OR path = ?3)"
_SELECT_PHOTO = (
    f"{_SELECT} WHERE {_THE_PHOTO} OR (service, {_REMOTE_ID}) IN "  # noqa: S608 - our own text
    f"(SELECT service, {_REMOTE_ID} FROM events WHERE {_THE_PHOTO}) ORDER BY id"
)


class Event(NamedTuple):
    """What one run did about one photo; `backup` and `backup_side` as in
    `model.Effect`.

    `scope` is the number of the account and the library, as `Scope` gives it.
    """

    run: int
    service: str
    album: str
    name: str
    path: str
    comparison: str
    action: str
    result: str
    reason: str
    remote: RemotePhoto | None
    backup: str
    backup_side: str
    scope: int = 0


class Run(NamedTuple):
    """One run; times in seconds since 1970, `ended` and `exit_code` None if it was
    killed.

    `library` are its roots as a list in JSON.
    """

    id: int
    began: int
    ended: int | None
    library: str
    mode: str
    exit_code: int | None


class Journal:
    """The runs and events of all accounts and libraries.

    Whatever writes raises StateUnusable.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin_run(self, library: str, mode: str) -> int:
        """Write that a run begins, and return its number; 0 in a dry run."""
        return self._database.insert(
            "INSERT INTO runs (began, library, mode) VALUES (?, ?, ?)",
            (int(time.time()), library, mode),
        )

    def end_run(self, run: int, exit_code: int) -> None:
        """Write how a run ended, and forget what is too old to matter to anybody."""
        now = int(time.time())
        limit = [(now - _EVENT_DAYS * _DAY,)]
        self._database.write(
            [
                (
                    "UPDATE runs SET ended = ?, exit_code = ? WHERE id = ?",
                    [(now, exit_code, run)],
                ),
                (_PRUNE_EVENTS, limit),
                (_PRUNE_RUNS, limit),
            ]
        )

    def read_runs(self) -> list[Run]:
        """Return all runs, the latest first."""
        rows = self._database.read(
            "SELECT id, began, ended, library, mode, exit_code FROM runs ORDER BY id DESC"
        )
        return [Run(*row) for row in rows]

    def add(self, event: Event) -> None:
        """Write one event."""
        self._database.write([self.make_change([event])])

    def make_change(self, events: Iterable[Event]) -> Change:
        """Return the change that writes events."""
        return _INSERT, [_encode_event(event) for event in events]

    def count_events(self) -> Mapping[int, Mapping[tuple[str, str], int]]:
        """Return how often each run did what, by action and result."""
        rows = self._database.read(
            "SELECT run, action, result, count(*) FROM events GROUP BY run, action, result"
        )
        counts: dict[int, dict[tuple[str, str], int]] = {}
        for run, action, result, count in rows:
            counts.setdefault(run, {})[action, result] = count
        return counts

    def read_events(self, run: int) -> list[Event]:
        """Return what one run did, in its order."""
        return self._select(f"{_SELECT} WHERE run = ? ORDER BY id", run)

    def read_restored(self) -> list[Event]:
        """Return what all undos brought back, in their order."""
        return self._select(f"{_SELECT} WHERE action = ? ORDER BY id", RESTORED)

    def read_events_of(self, album: str, name: str, path: str) -> list[Event]:
        """Return what happened to a photo, by its album and name or by its path here.

        It is followed through its moves, as far as the services kept its id.
        """
        keys = encode_text(name_key(album)), encode_text(name_key(name))
        return self._select(_SELECT_PHOTO, *keys, encode_text(path))

    def is_repeated(self, event: Event) -> bool:
        """Tell whether a step failed as it did when it was last tried.

        A nightly run would else fill the history of a photo with one and the same line.
        """
        if event.result == Result.DONE:
            return False
        keys = *_keys(event), encode_text(event.service), event.scope
        last = self._database.read(_LAST_TRY, keys)
        return last == [(event.action, event.result, encode_text(event.reason))]

    def _select(self, statement: str, *values: object) -> list[Event]:
        return [_decode_event(row) for row in self._database.read(statement, values)]


def _encode_event(event: Event) -> list[object]:
    row = [encode_value(value) for value in event._replace(remote=None)]
    row[_REMOTE] = encode_photo(event.remote)
    return [*row, *_keys(event)]


def _decode_event(row: Sequence[Any]) -> Event:
    values: list[Any] = [decode_value(value) for value in row]
    values[_REMOTE] = decode_photo(values[_REMOTE])
    return Event(*values)


_REMOTE = Event._fields.index("remote")


def _keys(event: Event) -> tuple[str | bytes, str | bytes]:
    return encode_text(name_key(event.album)), encode_text(name_key(event.name))
