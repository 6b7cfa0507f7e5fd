"""Opening the state file, whatever became of it: a damaged one is set aside."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from photosync.disk.private import describe_owner
from photosync.disk.space import find_space
from photosync.errors import StateLocked, StateUnusable, UsageError
from photosync.history.storage.database import FILE, PATIENCE, Database, is_damage

_LEAST_ROOM = 64 * 1024
"""Bytes that SQLite needs for what it keeps beside the file while it is open."""

_WAY_OUT = (
    "nothing was done, as without memory what you deleted comes back; "
    "--stateless does without it all the same"
)


def open_database(
    folder: Path, *, read_only: bool, patience: float = PATIENCE
) -> tuple[Database | None, str]:
    """Return the database, and what became of a damaged file, empty for none.

    It is set aside; read-only it stays, and there is None. Raises StateLocked, and
    UsageError where the file cannot be used, as one of a newer photosync or on a disk
    that is full.
    """
    path = folder / FILE
    # Not Path.exists: a share that went away is told below.
    is_there = os.path.exists(path)  # noqa: PTH110
    if not read_only and is_there and not _is_writable(path):
        raise UsageError(f"{path} may not be written{describe_owner(path)}; {_WAY_OUT}")
    try:
        return Database(folder, read_only=read_only, patience=patience), ""
    except StateLocked:
        raise
    except StateUnusable as error:
        reason = _find_reason(error, folder)
        if not is_damage(error.__cause__):
            raise UsageError(
                f"{path} cannot be used ({reason}){describe_owner(path)}; {_WAY_OUT}"
            ) from None
        if read_only:
            return None, f"{path} is damaged and not used ({reason})"
    aside = set_aside(path)
    return Database(folder), f"{path} is damaged and was set aside as {aside.name}"


@contextmanager
def open_whole_database(folder: Path, *, read_only: bool) -> Iterator[Database]:
    """Yield the database for what makes no sense without it, as an undo.

    Raises UsageError where it cannot be used or is damaged, and StateLocked.
    """
    database, damage = open_database(folder, read_only=read_only)
    if database is None:
        raise UsageError(damage)
    with database:
        if damage:
            raise UsageError(damage)
        yield database


def _find_reason(error: StateUnusable, folder: Path) -> str:
    """Return why a file cannot be opened."""
    import sqlite3  # noqa: PLC0415 - only a run needs it

    cause = error.__cause__
    space = find_space(str(folder))
    is_full = space is not None and space.free < _LEAST_ROOM
    if isinstance(cause, sqlite3.OperationalError) and is_full:
        # SQLite calls it "disk I/O error", as if the disk were failing.
        return "the disk is full"
    return str(cause or error)


def _is_writable(path: Path) -> bool:
    try:
        with path.open("r+b"):
            return True
    except OSError:
        return False


def set_aside(path: Path) -> Path:
    """Give a damaged file another name beside its own; return that."""
    now = datetime.now(tz=UTC)
    aside = path.with_name(f"{FILE}.damaged-{now:%Y%m%d-%H%M%S}")
    path.rename(aside)
    for rest in ("-wal", "-shm"):
        path.with_name(FILE + rest).unlink(missing_ok=True)
    return aside
