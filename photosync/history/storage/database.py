"""The state file: one SQLite database, whose connection one thread owns.

It is a memory, never the truth. Lost, damaged or written by a newer photosync, it is not
used; the next run then compares the two sides with each other, and adopts what matches.

A write that fails raises StateUnusable. What that means depends on who wrote:

- `UnfinishedUploads.put` and `begin`: no byte of the photo is sent. Its id would be lost
  in a crash, and the next run would make a second photo.
- `Recorder.begin` and `record`: nothing is deleted or overwritten from then on, as undo
  could not bring it back. Uploads go on: the next run finds them by their bytes.
  Where that begins with the run, as another program holds the file, the run does not begin.
- An undo does not begin, or stops: undoing twice would take back what came after.
- Listing and file caches: the entry is lost, and read again by the next run.

The first three make the exit code 1, and all are told in one line at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from photosync.disk.private import (
    check_no_link,
    prepare_private_file,
)
from photosync.disk.silence import asking, note_answer
from photosync.errors import StateLocked, StateUnusable
from photosync.history.storage.schema import (
    MIGRATIONS,
    check_integrity,
    migrate,
    read_version,
)
from photosync.history.storage.write_queue import Change, WriteQueue, is_locked

if TYPE_CHECKING:
    import sqlite3

T = TypeVar("T")

FILE = "state.sqlite"

PATIENCE = 5.0
"""Seconds to wait for another program, such as a backup, to let go of the file.

To open it takes two such waits at most, so that nobody waits in silence for long.
"""


_STEPS = 100_000
"""How many instructions SQLite carries out between two signs that it is still at work."""


class Database:
    """The open file. Its methods may be called from any thread.

    Read-only it is opened without changing anything on the disk, as a dry run wants it,
    and writes do nothing. `is_damaged` once what was read of it made no sense.

    Raises StateUnusable, and StateLocked after `patience` seconds.
    """

    def __init__(
        self, folder: Path, *, read_only: bool = False, patience: float = PATIENCE
    ) -> None:
        self.path = folder / FILE
        self.read_only = read_only
        self.is_damaged = False
        self._patience = patience
        self._is_copy = False
        self._thread = ThreadPoolExecutor(1, "state")
        self._queue = WriteQueue()
        try:
            self._db = self._call(self._open)
        except BaseException:
            self._thread.shutdown()
            raise

    def close(self) -> None:
        """Close the file; nothing may be called afterwards."""
        self._call(self._carry_out)
        self._call(self._db.close)
        self._thread.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        """Return the rows of a query; raises StateUnusable."""
        return self._call(lambda: self._db.execute(statement, values).fetchall())

    def read_each(
        self, statement: str, keys: Sequence[Sequence[object]]
    ) -> list[list[Any]]:
        """Return the rows of a query for each of many keys.

        All are looked up at once: where other threads are busy, waiting for the thread
        of the database takes longer than the query. Raises StateUnusable.
        """
        return self._call(
            lambda: [self._db.execute(statement, key).fetchall() for key in keys]
        )

    def write(self, changes: Iterable[Change]) -> None:
        """Carry out all changes in one transaction, or none: then raises StateUnusable.

        A change without rows is left out.
        """
        self.begin_write(changes)()

    def begin_write(self, changes: Iterable[Change]) -> Callable[[], None]:
        """Begin to carry out changes as `write` does; return a function that waits until
        they are on the disk, and raises what `write` raises.
        """
        if self.read_only:
            return _do_nothing
        return self._begin_write(changes)

    def write_later(
        self, change: Change, on_loss: Callable[[StateUnusable], None]
    ) -> None:
        """Carry out a change together with the next write, or when the file is closed;
        `on_loss` is called where that fails.

        For changes that may be lost in a crash without harm.
        """
        if not self.read_only:
            self._add(change, on_loss)

    def write_soon(
        self, change: Change, on_loss: Callable[[StateUnusable], None]
    ) -> None:
        """Carry out a change at once, but wait for nothing; `on_loss` is called where it
        fails.

        For changes whose loss in a crash costs the next run some calls.
        """
        if not self.read_only:
            self._add(change, on_loss)
            self._submit(self._carry_out)

    def _add(self, change: Change, on_loss: Callable[[StateUnusable], None]) -> None:
        def report_loss(done: Future[None]) -> None:
            try:
                self._wait_for(done)
            except StateUnusable as error:
                on_loss(error)

        self._queue.add([change]).add_done_callback(report_loss)

    def carry_over(self, changes: Iterable[Change]) -> None:
        """Write changes that the run itself has to see, even a dry run: what is known of
        a root that moved.

        A dry run works on a copy in memory from then on. Raises StateUnusable.
        """
        if self.read_only and not self._is_copy:
            self._call(self._go_on_with_copy)
        self._begin_write(changes)()

    def _begin_write(self, changes: Iterable[Change]) -> Callable[[], None]:
        wanted = [(statement, rows) for statement, rows in changes if rows]
        if not wanted:
            return _do_nothing
        done = self._queue.add(wanted)
        self._submit(self._carry_out)
        return partial(self._wait_for, done)

    def _carry_out(self) -> None:
        self._queue.carry_out(self._db)

    def _go_on_with_copy(self) -> None:
        self._db = _copy_to_memory(self._db)
        self._is_copy = True

    def insert(self, statement: str, row: Sequence[object]) -> int:
        """Insert one row and return its id, 0 in a dry run; raises StateUnusable."""
        if self.read_only:
            return 0

        def carry_out() -> int:
            with self._db:
                return self._db.execute(statement, row).lastrowid or 0

        return self._call(carry_out)

    def _call(self, work: Callable[[], T]) -> T:
        return self._wait_for(self._submit(work))

    def _submit(self, work: Callable[[], T]) -> Future[T]:
        def wait_for_disk() -> T:
            with asking(str(self.path)):
                return work()

        return self._thread.submit(wait_for_disk)

    def _wait_for(self, done: Future[T]) -> T:
        import sqlite3  # noqa: PLC0415 - only a run needs it

        try:
            return done.result()
        except sqlite3.Error as error:
            if is_locked(error):
                raise StateLocked(
                    f"{self.path} is locked by another program; wait for it to end"
                ) from error
            self.is_damaged = self.is_damaged or is_damage(error)
            raise StateUnusable(f"{self.path}: {error}") from error
        except (OverflowError, UnicodeError) as error:
            # A number or a name that no table takes: only what a broken disk tells.
            raise StateUnusable(f"{self.path}: {error}") from error
        except OSError as error:
            raise StateUnusable(error.strerror or str(error)) from None

    def _open(self) -> sqlite3.Connection:
        db = self._connect_read_only() if self.read_only else self._connect()
        # A statement that takes long is no disk that does not answer.
        db.set_progress_handler(note_answer, _STEPS)
        try:
            if self.read_only:
                return _prepare_to_read(db)
            # The file of a newer photosync is refused before anything in it changes.
            migrate(db)
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            _check_after_crash(db)
        except BaseException:
            db.close()
            raise
        return db

    def _connect(self) -> sqlite3.Connection:
        import sqlite3  # noqa: PLC0415 - only a run needs it

        check_no_link(self.path)
        if not self.path.exists():
            self._make_file()
        # Addresses of unfinished uploads are in it, which nobody else may know.
        prepare_private_file(self.path)
        self._check_not_empty()
        return sqlite3.connect(self.path, timeout=self._patience)

    def _make_file(self) -> None:
        """Make a new file, which gets its name only when it has its tables.

        So an empty file is never a new one that a crash left behind, but one that has
        lost all it knew.
        """
        import sqlite3  # noqa: PLC0415 - only a run needs it

        aside = self.path.with_name(f"{FILE}.new")
        # Left by a run that was killed, or by a state file that somebody deleted: SQLite
        # would write what is in them over the tables of the new file.
        for left in (".new", ".new-journal", "-journal", "-wal", "-shm"):
            self.path.with_name(f"{FILE}{left}").unlink(missing_ok=True)
        prepare_private_file(aside)
        with closing(sqlite3.connect(aside)) as db:
            migrate(db)
        aside.rename(self.path)

    def _check_not_empty(self) -> None:
        """Raise sqlite3.DatabaseError for an empty file, which SQLite would take for a
        new one: a power cut leaves such a file, and a backup made on a full disk does.
        """
        import sqlite3  # noqa: PLC0415 - only a run needs it

        if self.path.stat().st_size == 0:
            raise sqlite3.DatabaseError("the file is empty")

    def _connect_read_only(self) -> sqlite3.Connection:
        import sqlite3  # noqa: PLC0415 - only a run needs it

        check_no_link(self.path)
        if not self.path.exists():
            return sqlite3.connect(":memory:")
        self._check_not_empty()
        # A dry run leaves no trace, so the file is taken as immutable: no lock, no new
        # files beside it. What a killed run left beside it must be read, though.
        beside = self.path.with_name(f"{FILE}-wal")
        if not beside.exists():
            return self._connect_as("mode=ro&immutable=1")
        db = self._connect_as("mode=ro")
        try:
            read_version(db)
        except sqlite3.OperationalError as error:
            db.close()
            if is_locked(error) or beside.stat().st_size:
                raise
            # On a full disk a run ended before it had written a byte beside it: that is
            # when a person asks what became of it.
            return self._connect_as("mode=ro&immutable=1")
        return db

    def _connect_as(self, how: str) -> sqlite3.Connection:
        import sqlite3  # noqa: PLC0415 - only a run needs it

        address = f"{self.path.absolute().as_uri()}?{how}"
        return sqlite3.connect(address, uri=True, timeout=self._patience)


def _do_nothing() -> None:
    """Wait for nothing."""


def _prepare_to_read(db: sqlite3.Connection) -> sqlite3.Connection:
    """Return a connection with the latest tables, of an older file to a copy of it."""
    if read_version(db) < len(MIGRATIONS):
        db = _copy_to_memory(db)
    migrate(db)
    _check_after_crash(db)
    return db


def _check_after_crash(db: sqlite3.Connection) -> None:
    """Raise sqlite3.DatabaseError for a file that a crash damaged.

    Reading all of it takes seconds on a NAS, so this is done only after a run that did
    not end, as by a power cut. Other damage is noticed where it is read.
    """
    last = db.execute("SELECT ended FROM runs ORDER BY id DESC LIMIT 1").fetchone()
    if last == (None,):
        check_integrity(db)


def _copy_to_memory(db: sqlite3.Connection) -> sqlite3.Connection:
    import sqlite3  # noqa: PLC0415 - only a run needs it

    copy = sqlite3.connect(":memory:")
    db.backup(copy)
    db.close()
    return copy


def is_damage(error: BaseException | None) -> bool:
    """Whether an error tells of a damaged file."""
    import sqlite3  # noqa: PLC0415 - only a run needs it

    # Not its subclasses: an OperationalError is about the disk, such as a full one, and
    # the others are about what was to be written.
    return type(error) is sqlite3.DatabaseError
