"""The sqlite file that holds everything of an emulated service but the contents."""

import sqlite3
import threading
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_OLD_TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
)

Row = sqlite3.Row
Value = str | int | float | None


class Database:
    """One sqlite connection shared by all threads, one statement or transaction at a
    time.

    `began_anew`: it held tables of another version, and they are gone.
    """

    def __init__(self, path: Path, tables: str) -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(
            path, check_same_thread=False, isolation_level=None
        )
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._make(tables)
        self._depth = 0

    def _make(self, tables: str) -> None:
        """Make the tables; those of another version of them, which nobody misses, go
        first.
        """
        version = zlib.crc32(tables.encode()) >> 1
        stored = self._connection.execute("PRAGMA user_version").fetchone()[0]
        found = [row["name"] for row in self._connection.execute(_OLD_TABLES)]
        drop = ""
        self.began_anew = bool(found) and stored != version
        if self.began_anew:
            drop = "".join(f"DROP TABLE IF EXISTS [{name}];" for name in found)
        self._connection.executescript(
            f"BEGIN; {drop} {tables} PRAGMA user_version = {version}; COMMIT;"
        )

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make the statements of the block one unit; blocks may be nested."""
        with self._lock:
            self._depth += 1
            try:
                if self._depth == 1:
                    self._connection.execute("BEGIN")
                yield
            except BaseException:
                if self._depth == 1:
                    self._connection.execute("ROLLBACK")
                raise
            else:
                if self._depth == 1:
                    self._connection.execute("COMMIT")
            finally:
                self._depth -= 1

    def rows(self, sql: str, *values: Value) -> list[Row]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Value) -> Row | None:
        found = self.rows(sql, *values)
        return found[0] if found else None

    def number(self, sql: str, *values: Value) -> int:
        """Give the single integer that a query yields, NULL as 0."""
        return int(self.rows(sql, *values)[0][0] or 0)

    def run(self, sql: str, *values: Value) -> int:
        """Run one statement, give the number of rows it changed."""
        with self._lock:
            return self._connection.execute(sql, values).rowcount

    def run_many(self, sql: str, values: Iterable[Sequence[Value]]) -> None:
        with self.transaction():
            self._connection.executemany(sql, values)

    def insert(self, table: str, **columns: Value) -> None:
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - our own names
        self.run(sql, *columns.values())

    def update(self, table: str, key: Value, **columns: Value) -> None:
        """Set columns of the row whose `id` is `key`."""
        pairs = ", ".join(f"{name} = ?" for name in columns)
        sql = f"UPDATE {table} SET {pairs} WHERE id = ?"  # noqa: S608 - our own names
        self.run(sql, *columns.values(), key)

    def take_numbers(self, name: str, start: int, count: int = 1) -> int:
        """Reserve `count` numbers that are given out once only, and give the first."""
        with self.transaction():
            self.run("INSERT OR IGNORE INTO counters VALUES (?, ?)", name, start)
            first = self.number("SELECT next FROM counters WHERE name = ?", name)
            self.run("UPDATE counters SET next = ? WHERE name = ?", first + count, name)
        return first
