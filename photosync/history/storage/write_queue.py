"""Writes that wait for the disk, and reach it together."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    import sqlite3

Row = Sequence[object]
Change = tuple[str, Collection[Row]]
"""A statement, and the rows it is carried out for."""

T = TypeVar("T")


class MadeRows(Collection[Row], Generic[T]):
    """Rows of which each is made only as it is written: 100,000 of them take room."""

    def __init__(self, make: Callable[[T], Row], items: Collection[T]) -> None:
        self._make = make
        self._items = items

    def __iter__(self) -> Iterator[Row]:
        return map(self._make, self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, row: object) -> bool:
        return any(one == row for one in self)


_PRIMARY = 0xFF
"""The bits of an error code of SQLite that tell its kind."""


class _Write(NamedTuple):
    changes: Sequence[Change]
    done: Future[None]


class WriteQueue:
    """Writes of any threads, carried out in their order by the thread of the connection.

    What waits by then is one transaction, so that it is flushed to the disk once: on
    the disk of a NAS that takes as long as sending a photo.
    """

    def __init__(self) -> None:
        self._waiting: deque[_Write] = deque()

    def add(self, changes: Sequence[Change]) -> Future[None]:
        """Add changes that are carried out all or none; return what tells that they
        are on the disk, or raises what SQLite raised.
        """
        write = _Write(changes, Future())
        self._waiting.append(write)
        return write.done

    def carry_out(self, db: sqlite3.Connection) -> None:
        """Carry out all that waits."""
        writes: list[_Write] = []
        while self._waiting:
            writes.append(self._waiting.popleft())
        try:
            _commit(db, writes)
        except Exception as error:  # noqa: BLE001 - whoever waits for it gets it
            if len(writes) == 1 or is_locked(error):
                _settle(writes, error)
                return
            # A row that SQLite does not take spoils no other photo's. Only for a lock
            # nobody waits once more.
            for write in writes:
                _commit_alone(db, write)
        else:
            _settle(writes, None)


def _commit(db: sqlite3.Connection, writes: Sequence[_Write]) -> None:
    with db:
        for write in writes:
            for statement, rows in write.changes:
                db.executemany(statement, rows)


def _commit_alone(db: sqlite3.Connection, write: _Write) -> None:
    try:
        _commit(db, [write])
    except Exception as error:  # noqa: BLE001 - as above
        _settle([write], error)
    else:
        _settle([write], None)


def is_locked(error: Exception) -> bool:
    """Whether another program did not let go of the file for as long as is waited."""
    import sqlite3  # noqa: PLC0415 - only a run needs it

    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    return code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def _settle(writes: Sequence[_Write], error: Exception | None) -> None:
    for write in writes:
        if error is None:
            write.done.set_result(None)
        else:
            write.done.set_exception(error)
