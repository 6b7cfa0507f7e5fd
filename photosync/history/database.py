"""What is remembered between runs, in one SQLite file: a memory, never the truth.

Lost, damaged or written by a newer photosync it is not used; the next run then compares
two-way and adopts what matches. One thread owns the connection, whoever asks waits for
its answer.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeVar

from photosync.errors import StateUnusable
from photosync.history.schema import made, ready
from photosync.model import Census, RemotePhoto, Result
from photosync.naming import name_key

if TYPE_CHECKING:
    import sqlite3

T = TypeVar("T")

Change = tuple[str, Sequence[Sequence[object]]]
"""A statement, and the rows it is carried out for."""

FILE = "state.sqlite"

MD5, TAKEN = "md5", "taken"
"""What is kept of files once it was read: their hash, and when they were taken."""

_SAME_FILE = "WHERE path = ? AND size = ? AND modified_ns = ? AND inode = ?"
_READ = {
    MD5: f"SELECT md5 FROM hashes {_SAME_FILE}",  # noqa: S608 - our own text
    TAKEN: f"SELECT taken FROM moments {_SAME_FILE}",  # noqa: S608
}
_KEEP = {
    MD5: "INSERT OR REPLACE INTO hashes VALUES (?, ?, ?, ?, ?)",
    TAKEN: "INSERT OR REPLACE INTO moments VALUES (?, ?, ?, ?, ?)",
}


UNDO, RESTORED = "undo", "RESTORED"
"""How a run that brings photos back, and what it does about each, stand in the
state.
"""

_EVENT_DAYS = 400
_DAY = 86_400

_FIELDS = (
    "run, service, album, name, path, comparison, action, result, reason, remote, kept, "
    "kept_by, scope"
)
_EVENTS = f"SELECT {_FIELDS} FROM events"  # noqa: S608 - our own text
_KEEP_EVENT = (
    f"INSERT INTO events ({_FIELDS}, album_key, name_key) "  # noqa: S608 - our own text
    f"VALUES ({', '.join('?' * 15)})"
)
# Of an event with kept bytes it must stay known that they were brought back.
_PRUNE_EVENTS = (
    f"DELETE FROM events WHERE kept = '' AND action <> '{RESTORED}' "  # noqa: S608 - our own text
    "AND run IN (SELECT id FROM runs WHERE began < ?)"
)
_PRUNE_RUNS = "DELETE FROM runs WHERE began < ? AND id NOT IN (SELECT run FROM events)"
_REMOTE_ID = "CASE WHEN remote <> '' THEN json_extract(remote, '$[1]') END"
_THE_PHOTO = "((album_key = ?1 AND name_key = ?2) OR path = ?3)"
_EVENTS_OF = (
    f"{_EVENTS} WHERE {_THE_PHOTO} OR (service, {_REMOTE_ID}) IN "  # noqa: S608 - our own text
    f"(SELECT service, {_REMOTE_ID} FROM events WHERE {_THE_PHOTO}) ORDER BY id"
)


class Event(NamedTuple):
    """What one run did about one photo; `backup` and `backup_side` as in
    `model.Effect`.

    `scope` is the number of the account and the library, as `State.scope` gives it.
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


class State:
    """The open file. Its methods may be called from any thread.

    Read-only it is opened without changing anything on the disk, as a dry run wants it.
    `problem` tells why something could not be kept, empty while all could.
    """

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        self.path = folder / FILE
        self.read_only = read_only
        self.problem = ""
        self._thread = ThreadPoolExecutor(1, "state")
        try:
            self._db = self._ask(self._open)
        except BaseException:
            self._thread.shutdown()
            raise

    def close(self) -> None:
        self._ask(self._db.close)
        self._thread.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def scope(self, service: str, account: str, library: str) -> int:
        """The number of one account of a service together with one library."""
        values = (text_of(service), text_of(account), text_of(library))
        rows = self.read(
            "SELECT id FROM scopes WHERE service = ? AND account = ? AND roots = ?",
            values,
        )
        if rows:
            return int(rows[0][0])
        if self.read_only:
            return 0
        self.write(
            [
                (
                    "INSERT INTO scopes (service, account, roots) VALUES (?, ?, ?)",
                    [values],
                )
            ]
        )
        return self.scope(service, account, library)

    def accounts(self) -> dict[int, str]:
        """The account of each scope, by its number."""
        rows = self.read("SELECT id, account FROM scopes")
        return {number: original(account) for number, account in rows}

    # -- what was read of files
    # ------------------------------------------------------------

    def read_of(
        self, what: str, path: str, stat_key: tuple[int, int, int]
    ) -> str | None:
        """What was once read of a file of this size, modification time and inode.

        `what` is MD5 or TAKEN.
        """
        rows = self.read(_READ[what], (text_of(path), *map(bounded, stat_key)))
        return str(rows[0][0]) if rows else None

    def note_read(
        self, what: str, known: Mapping[str, tuple[tuple[int, int, int], str]]
    ) -> None:
        """Keep what was read of files, by path."""
        rows = [
            (text_of(path), *map(bounded, stat_key), value)
            for path, (stat_key, value) in known.items()
        ]
        self.write([(_KEEP[what], rows)])

    # -- guards
    # ----------------------------------------------------------------------------

    def known(self, library: str) -> dict[str, Census]:
        """What was last known of the roots and the services of a library, by their
        names.
        """
        rows = self.read(
            "SELECT place, view, identity, photos FROM places WHERE library = ?",
            (library,),
        )
        return {
            original(place): Census(rules_hash, original(identity), photos)
            for place, rules_hash, identity, photos in rows
        }

    def note_known(self, library: str, places: Mapping[str, Census]) -> None:
        """Keep what is known of roots and services now."""
        before = self.known(library)
        changed = {
            name: known for name, known in places.items() if before.get(name) != known
        }
        self.write([places_kept(library, changed)])

    # -- runs
    # ------------------------------------------------------------------------------

    def begin_run(self, library: str, mode: str) -> int:
        """Note that a run begins; its number."""
        row = (int(time.time()), library, mode)
        self.write(
            [("INSERT INTO runs (began, library, mode) VALUES (?, ?, ?)", [row])]
        )
        runs = self.read("SELECT max(id) FROM runs")
        return int(runs[0][0] or 0)

    def end_run(self, run: int, exit_code: int) -> None:
        """Note how a run ended, and forget what is too old to matter to anybody."""
        now = int(time.time())
        ended = (
            "UPDATE runs SET ended = ?, exit_code = ? WHERE id = ?",
            [(now, exit_code, run)],
        )
        limit = [(now - _EVENT_DAYS * _DAY,)]
        self.write([ended, (_PRUNE_EVENTS, limit), (_PRUNE_RUNS, limit)])

    def runs(self) -> list[Run]:
        """All runs, the latest first."""
        rows = self.read(
            "SELECT id, began, ended, library, mode, exit_code FROM runs ORDER BY id DESC"
        )
        return [Run(*row) for row in rows]

    def events(self, run: int) -> list[Event]:
        """What one run did, in its order."""
        return [
            _event(row)
            for row in self.read(f"{_EVENTS} WHERE run = ? ORDER BY id", (run,))
        ]

    def restored(self) -> list[Event]:
        """What all runs brought back, in its order."""
        rows = self.read(f"{_EVENTS} WHERE action = ? ORDER BY id", (RESTORED,))
        return [_event(row) for row in rows]

    def is_repeated(self, event: Event) -> bool:
        """Whether a step ended as it did when it was last tried, without being done."""
        if event.result == Result.DONE:
            return False
        rows = self.read(
            "SELECT action, result, reason FROM events WHERE album_key = ? AND name_key = ? "
            "AND service = ? AND scope = ? ORDER BY id DESC LIMIT 1",
            (*_keys(event), text_of(event.service), event.scope),
        )
        return rows == [(event.action, event.result, text_of(event.reason))]

    def events_of(self, album: str, name: str, path: str) -> list[Event]:
        """What happened to a photo, known by its album and name or by its path here.

        It is followed through its moves, as far as the services kept its id.
        """
        values = (text_of(name_key(album)), text_of(name_key(name)), text_of(path))
        return [_event(row) for row in self.read(_EVENTS_OF, values)]

    # -- the connection
    # --------------------------------------------------------------------

    def read(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        """The rows of a query."""
        return self._ask(lambda: self._db.execute(statement, values).fetchall())

    def write(self, changes: Iterable[Change]) -> None:
        """Carry out statements for many rows in one transaction; nothing in a dry
        run.
        """
        wanted = [(statement, rows) for statement, rows in changes if rows]
        if self.read_only or not wanted:
            return

        def carry_out() -> None:
            with self._db:
                for statement, rows in wanted:
                    self._db.executemany(statement, rows)

        try:
            self._ask(carry_out)
        except StateUnusable as error:
            # A memory that cannot be kept is no reason to stop: the next run finds out
            # by looking.
            self.problem = (
                self.problem or f"{error}; what this run does is not remembered"
            )

    def _ask(self, what: Callable[[], T]) -> T:
        import sqlite3  # noqa: PLC0415 - only a run needs it

        try:
            return self._thread.submit(what).result()
        except (sqlite3.Error, OverflowError, UnicodeError) as error:
            raise StateUnusable(f"{self.path}: {error}") from error

    def _open(self) -> sqlite3.Connection:
        import sqlite3  # noqa: PLC0415 - only a run needs it

        if not self.path.exists():
            if self.read_only:
                return made(sqlite3.connect(":memory:"))
            _touch(self.path)
        if self.read_only:
            # A dry run leaves no trace; what a killed run left beside the file must be
            # heeded.
            alone = (
                "" if self.path.with_name(f"{FILE}-wal").exists() else "&immutable=1"
            )
            db = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode=ro{alone}", uri=True
            )
        else:
            db = sqlite3.connect(self.path)
        try:
            return ready(db, read_only=self.read_only)
        except BaseException:
            db.close()
            raise


def _touch(path: Path) -> None:
    # Addresses of unfinished uploads are in it, which nobody else may know.
    with suppress(FileExistsError):
        path.touch(0o600, exist_ok=False)


def open_state(folder: Path, *, read_only: bool) -> tuple[State | None, str]:
    """The state, or None, and what to tell the user of it.

    A damaged file is set aside; one of a newer photosync, or that may not be written,
    stays as it is and is not used.
    """
    import sqlite3  # noqa: PLC0415 - only a run needs it

    path = folder / FILE
    if not read_only and path.exists() and not _is_writable(path):
        return None, f"{path} may not be written; this run compares without memory"
    try:
        return State(folder, read_only=read_only), ""
    except StateUnusable as error:
        newer = (
            isinstance(error.__cause__, sqlite3.OperationalError)
            or error.__cause__ is None
        )
        if newer or read_only:
            return (
                None,
                f"{path} is not used ({_reason(error)}); this run compares without memory",
            )
        aside = _set_aside(path)
        text = (
            f"{path} is damaged and was set aside as {aside.name}; this run compares without "
            "memory and adopts what is equal"
        )
        return State(folder), text


def _reason(error: StateUnusable) -> str:
    return str(error.__cause__ or error)


def _is_writable(path: Path) -> bool:
    try:
        with path.open("r+b"):
            return True
    except OSError:
        return False


def _set_aside(path: Path) -> Path:
    now = datetime.now(tz=UTC)
    aside = path.with_name(f"{FILE}.damaged-{now:%Y%m%d-%H%M%S}")
    path.rename(aside)
    for rest in ("-wal", "-shm"):
        path.with_name(FILE + rest).unlink(missing_ok=True)
    return aside


def places_kept(library: str, places: Mapping[str, Census]) -> Change:
    """What keeps what is known of roots and services, for `State.write`."""
    rows = [
        (
            library,
            text_of(name),
            known.rules_hash,
            text_of(known.identity),
            known.photos,
        )
        for name, known in places.items()
    ]
    return "INSERT OR REPLACE INTO places VALUES (?, ?, ?, ?, ?)", rows


def text_of(text: str) -> str | bytes:
    """What SQLite takes: names on a disk need not be valid UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape")
    return text


def bounded(number: int) -> int:
    """A number as SQLite takes it: some damaged disks know dates beyond all
    calendars.
    """
    return max(-(2**63), min(number, 2**63 - 1))


def original(value: str | bytes) -> str:
    """The text that `text_of` was given."""
    return value if isinstance(value, str) else value.decode("utf-8", "surrogateescape")


def noted(events: Iterable[Event]) -> tuple[str, list[list[object]]]:
    """The change that keeps events, for `State.write`."""
    rows: list[list[object]] = []
    for event in events:
        plain = event._replace(remote=None)
        values = [
            text_of(value) if isinstance(value, str) else value for value in plain
        ]
        values[_REMOTE] = json.dumps(event.remote) if event.remote else ""
        rows.append([*values, *_keys(event)])
    return _KEEP_EVENT, rows


def _keys(event: Event) -> tuple[str | bytes, str | bytes]:
    return text_of(name_key(event.album)), text_of(name_key(event.name))


_REMOTE = Event._fields.index("remote")


def _event(row: Sequence[Any]) -> Event:
    texts: list[Any] = [original(v) if isinstance(v, bytes) else v for v in row]
    texts[_REMOTE] = photo_of(texts[_REMOTE]) if texts[_REMOTE] else None
    return Event(*texts)


def photo_of(text: str) -> RemotePhoto | None:
    """A remote photo that was kept as JSON; None where that cannot be understood any
    more.
    """
    try:
        return RemotePhoto(*json.loads(text))
    except (ValueError, TypeError):
        return None
