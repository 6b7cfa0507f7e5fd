"""The journal: the runs and what each of them did, for `--history` and `--undo`."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from photosync.history.journal.clock_leaps import find_leap
from photosync.history.storage.database import Database
from photosync.history.storage.encoding import (
    decode_photo,
    decode_text,
    decode_value,
    decode_words,
    encode_photo,
    encode_text,
    encode_value,
)
from photosync.history.storage.write_queue import Change
from photosync.model import RemotePhoto, Result
from photosync.naming import name_key

UNDO = "undo"
RESTORED = "RESTORED"
"""The mode of a run that brings photos back, and what it does about each of them."""

_EVENT_DAYS = 400
_DAY = 86_400

# In the order of the fields of Event. `kept` and `kept_by` are its backup.
_COLUMNS = (
    "run, service, album, name, path, comparison, action, result, reason, remote, kept, "
    "kept_by, scope, origin_album, origin_name"
)
_KEYS = "album_key, name_key, origin_album_key, origin_name_key"
_SELECT = f"SELECT {_COLUMNS} FROM events"  # noqa: S608 - our own text
_INSERT = (
    f"INSERT INTO events ({_COLUMNS}, {_KEYS}) "  # noqa: S608 - our own text
    f"VALUES ({', '.join('?' * 19)})"
)
_LAST_TRY = (
    "SELECT id, action, result, reason FROM events WHERE album_key = ? AND name_key = ? "
    "AND service = ? AND scope = ? ORDER BY id DESC LIMIT 1"
)
# Where a second plan of the same run fails in the same way, that is no other failure.
_REPEAT = "INSERT OR IGNORE INTO repeats SELECT ?1, id FROM events WHERE id = ?2 AND run <> ?1"
_FORGET_REPEATS = "DELETE FROM repeats WHERE run <> ?"
_FORGET_ENDINGS = "DELETE FROM endings"
_PUT_ENDING = "INSERT INTO endings VALUES (?, ?, ?)"
_BEGIN = "INSERT INTO runs (began, library, mode, left_alone, unreached) VALUES (?, ?, ?, ?, ?)"
_GO_ON = "UPDATE runs SET left_alone = ?, unreached = ? WHERE id = ?"
_READ_RUNS = (
    "SELECT id, began, ended, library, mode, exit_code, left_alone, unreached FROM runs "
    "ORDER BY id DESC"
)
_COUNT = """
SELECT run, action, result, count(*) FROM (
    SELECT run, action, result FROM events UNION ALL
    SELECT repeats.run, action, result FROM repeats JOIN events ON events.id = event)
GROUP BY run, action, result
"""
# As long as an event with a backup is kept, so is the event that brought it back.
_PRUNE_EVENTS = (
    f"DELETE FROM events WHERE kept = '' AND action <> '{RESTORED}' "  # noqa: S608 - our own text
    "AND run IN (SELECT id FROM runs WHERE began < ?)"
)
_PRUNE_RUNS = "DELETE FROM runs WHERE began < ? AND id NOT IN (SELECT run FROM events)"
_NUMBERED = f"SELECT id, {_COLUMNS} FROM events"  # noqa: S608 - our own text
_SELECT_THERE = f"{_NUMBERED} WHERE album_key = ?1 AND name_key = ?2"
_SELECT_GONE = (
    f"{_NUMBERED} WHERE origin_name_key <> '' "
    "AND origin_album_key = ?1 AND origin_name_key = ?2"
)
_SELECT_ALBUM = (
    f"{_SELECT} WHERE album_key = ?1 OR (origin_name_key <> '' AND origin_album_key = ?1) "
    "ORDER BY id"
)
# As the index of the schema has it.
_REMOTE_ID = (
    "CASE WHEN json_valid({0}.remote) THEN json_extract({0}.remote, '$[1]') END"
)
_IDS_OF_SAME = (
    "SELECT same.id FROM events AS there JOIN events AS same "  # noqa: S608 - our own text
    f"ON same.service = there.service AND {_REMOTE_ID.format('same')} = "
    f"{_REMOTE_ID.format('there')} WHERE there.album_key = ?1 AND there.name_key = ?2"
)
_SELECT_SAME = f"{_NUMBERED} WHERE id IN ({_IDS_OF_SAME})"


class Place(NamedTuple):
    """An album and a name in it, where a photo is or was."""

    album: str
    name: str

    @property
    def key(self) -> tuple[str, str]:
        """The same for all spellings of one place."""
        return name_key(self.album), name_key(self.name)

    def __str__(self) -> str:
        return f"{self.album}/{self.name}"


class Event(NamedTuple):
    """What one run did about one photo; `backup` and `backup_side` as in
    `model.Effect`.

    `scope` is the number of the account and the library, as `Scope` gives it. For a
    photo that was moved, `origin_album` and `origin_name` say from where.
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
    origin_album: str = ""
    origin_name: str = ""

    @property
    def place(self) -> Place:
        """Where the photo is after it."""
        return Place(self.album, self.name)

    @property
    def origin(self) -> Place | None:
        """Where a moved photo came from; None where the photo was not moved."""
        if not self.origin_name or self.result != Result.DONE:
            return None
        return Place(self.origin_album, self.origin_name)


class Run(NamedTuple):
    """One run; times in seconds since 1970, `ended` and `exit_code` None if it was
    killed.

    `library` are its roots as a list in JSON. `left_alone` counts the photos that were
    only reported and that somebody should look at; `unreached` are the services that it
    could not read.
    """

    id: int
    began: int
    ended: int | None
    library: str
    mode: str
    exit_code: int | None
    left_alone: int = 0
    unreached: Sequence[str] = ()


class Ending(NamedTuple):
    """What a run said at its end, line by line, and the command that was typed."""

    command: str
    lines: Sequence[str]


class Journal:
    """The runs and events of all accounts and libraries.

    Whatever writes raises StateUnusable.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin_run(
        self,
        library: str,
        mode: str,
        left_alone: int = 0,
        unreached: Sequence[str] = (),
    ) -> int:
        """Write that a run begins, and return its number; 0 in a dry run."""
        services = json.dumps(list(unreached))
        row = (int(time.time()), library, mode, left_alone, services)
        return self._database.insert(_BEGIN, row)

    def go_on(self, run: int, left_alone: int, unreached: Sequence[str]) -> None:
        """Replace the two figures of a run by those of its second plan."""
        row = (left_alone, json.dumps(list(unreached)), run)
        self._database.write([(_GO_ON, [row])])

    def end_run(self, run: int, exit_code: int) -> None:
        """Write how a run ended, and forget the events of more than 400 days ago."""
        now = int(time.time())
        # After a leap of the clock all events seem to be old.
        is_doubtful = find_leap(self._database, now) is not None
        limit = [] if is_doubtful else [(now - _EVENT_DAYS * _DAY,)]
        self._database.write(
            [
                (
                    "UPDATE runs SET ended = ?, exit_code = ? WHERE id = ?",
                    [(now, exit_code, run)],
                ),
                (_FORGET_REPEATS, [(run,)]),
                (_PRUNE_EVENTS, limit),
                (_PRUNE_RUNS, limit),
            ]
        )

    def keep_ending(self, run: int, ending: Ending) -> None:
        """Write what a run said at its end, in place of that of the run before."""
        # Names on a disk may be no valid UTF-8: JSON escapes them.
        row = (run, encode_text(ending.command), json.dumps(ending.lines))
        self._database.write([(_FORGET_ENDINGS, [()]), (_PUT_ENDING, [row])])

    def read_ending(self, run: int) -> Ending | None:
        """Return what the last run said at its end; None where it said nothing, was
        killed, or is not the last one.
        """
        found = self._database.read(
            "SELECT command, lines FROM endings WHERE run = ?", (run,)
        )
        if not found:
            return None
        command, lines = found[0]
        return Ending(decode_text(command), decode_words(lines))

    def read_runs(self) -> list[Run]:
        """Return all runs, the latest first."""
        runs: list[Run] = []
        for row in self._database.read(_READ_RUNS):
            run = Run(*row)
            unreached = decode_words(row[-1])
            runs.append(run._replace(unreached=unreached))
        return runs

    def add(self, event: Event, *changes: Change) -> None:
        """Write one event, and further changes together with it."""
        self._database.write([self.make_change([event]), *changes])

    def make_change(self, events: Iterable[Event]) -> Change:
        """Return the change that writes events."""
        return _INSERT, [_encode_event(event) for event in events]

    def count_events(self) -> Mapping[int, Mapping[tuple[str, str], int]]:
        """Return for each run how many events of each action and result it has."""
        rows = self._database.read(_COUNT)
        counts: dict[int, dict[tuple[str, str], int]] = {}
        for run, action, result, count in rows:
            counts.setdefault(run, {})[action, result] = count
        return counts

    def read_events(self, run: int) -> list[Event]:
        """Return what one run did, in its order; for the last run also what failed in
        the same way as before.
        """
        repeated = "SELECT event FROM repeats WHERE run = ?1"
        where = f"WHERE run = ?1 OR id IN ({repeated}) ORDER BY id"
        return self._select(f"{_SELECT} {where}", run)

    def read_restored(self) -> list[Event]:
        """Return what all undos brought back, in their order."""
        return self._select(f"{_SELECT} WHERE action = ? ORDER BY id", RESTORED)

    def read_at(self, place: Place) -> dict[int, Event]:
        """Return what was done about the photos of a place, by the order of all events."""
        return self._select_numbered(_SELECT_THERE, place)

    def read_album(self, album: str) -> list[Event]:
        """Return what was done in an album, and what was moved away from it."""
        return self._select(_SELECT_ALBUM, encode_text(name_key(album)))

    def read_departures(self, place: Place) -> dict[int, Event]:
        """Return the moves away from a place."""
        return self._select_numbered(_SELECT_GONE, place)

    def read_same(self, place: Place) -> dict[int, Event]:
        """Return what was done about the photos that services knew at a place, wherever
        they were at the time.
        """
        return self._select_numbered(_SELECT_SAME, place)

    def make_note(self, event: Event) -> Change:
        """Return the change that writes an event, or that it failed in the same way as
        when it was last tried.

        Else the history of a photo would get the same line each night.
        """
        repeated = self.find_repeated(event)
        if repeated:
            return _REPEAT, [(event.run, repeated)]
        return self.make_change([event])

    def find_repeated(self, event: Event) -> int:
        """Return the number of the earlier event that is the same as this one; 0 for
        none.
        """
        # What was done twice happened twice.
        if event.result == Result.DONE:
            return 0
        service = encode_text(event.service)
        keys = *_encode_key(event.place), service, event.scope
        rows = self._database.read(_LAST_TRY, keys)
        if not rows:
            return 0
        number, action, result, reason = rows[0]
        last = (action, result, reason)
        now = (event.action, event.result, encode_text(event.reason))
        return int(number) if last == now else 0

    def _select_numbered(self, statement: str, place: Place) -> dict[int, Event]:
        rows = self._database.read(statement, _encode_key(place))
        return {row[0]: _decode_event(row[1:]) for row in rows}

    def _select(self, statement: str, *values: object) -> list[Event]:
        return [_decode_event(row) for row in self._database.read(statement, values)]


def _encode_event(event: Event) -> list[object]:
    row = [encode_value(value) for value in event]
    row[_REMOTE] = encode_photo(event.remote)
    origin = Place(event.origin_album, event.origin_name)
    return [*row, *_encode_key(event.place), *_encode_key(origin)]


def _decode_event(row: Sequence[Any]) -> Event:
    values: list[Any] = [decode_value(value) for value in row]
    values[_REMOTE] = decode_photo(values[_REMOTE])
    return Event(*values)


_REMOTE = Event._fields.index("remote")


def _encode_key(place: Place) -> tuple[str | bytes, str | bytes]:
    album, name = place.key
    return encode_text(album), encode_text(name)
