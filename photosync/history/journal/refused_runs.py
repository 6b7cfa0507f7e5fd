"""Runs that were refused before they began: no disk, no sign-in, a guard.

They are no runs to the rest of the memory: nothing was read for sure, done or learnt.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import NamedTuple

from photosync.config.settings import Settings
from photosync.errors import (
    AlreadyRunning,
    Interrupted,
    PhotosyncError,
    SideError,
    StateUnusable,
)
from photosync.history.identity.libraries import make_library_key
from photosync.history.journal.clock_leaps import find_leap
from photosync.history.storage.database import FILE, Database
from photosync.history.storage.encoding import decode_text, encode_text
from photosync.history.storage.lock import hold_lock
from photosync.unforeseen import contain

_READ = (
    "SELECT moment, library, mode, exit_code, reason, after_run FROM refused_runs "
    "ORDER BY rowid DESC"
)
_PUT = (
    "INSERT INTO refused_runs "
    "VALUES (?, ?, ?, ?, ?, (SELECT coalesce(max(id), 0) FROM runs))"
)
_PRUNE = "DELETE FROM refused_runs WHERE moment < ?"
_KEPT_SECONDS = 400 * 24 * 60 * 60

_PATIENCE = 1.0
"""Seconds to wait for a memory that another program holds: somebody waits for a word."""

_UNTOLD = (Interrupted, AlreadyRunning, StateUnusable)
"""Who stopped it knows, and a memory that is in use takes no note."""


class RefusedRun(NamedTuple):
    """A run that was refused: when, in seconds since 1970, of which library (its roots as
    a list in JSON), and why. `after_run` is the number of the run before it, 0 for none.
    """

    moment: int
    library: str
    mode: str
    exit_code: int
    reason: str
    after_run: int


def read_refused_runs(database: Database) -> list[RefusedRun]:
    """Return what was refused, the latest first; raises StateUnusable."""
    rows = database.read(_READ)
    return [
        RefusedRun(moment, decode_text(library), mode, code, decode_text(reason), run)
        for moment, library, mode, code, reason, run in rows
    ]


def note_refused_run(settings: Settings, error: PhotosyncError) -> None:
    """Write that a run was refused, as far as there is a memory that takes it.

    The mail of cron that told of it may have gone nowhere. A dry run leaves no trace.
    """
    state = settings.home.state
    leaves_no_trace = settings.test or settings.stateless
    # Before the first run there is nothing to look back at.
    if leaves_no_trace or isinstance(error, _UNTOLD) or not _has_memory(state):
        return
    try:
        with (
            contain("a run that was refused"),
            hold_lock(state),
            Database(state, patience=_PATIENCE) as database,
        ):
            _write(database, settings, error)
    except SideError:
        # It was told; that a later --runs tells it too is not worth another line.
        return


def _has_memory(state: Path) -> bool:
    # Not Path.exists: the share that it lies on may be what went away.
    return os.path.exists(state / FILE)  # noqa: PTH110


def _write(database: Database, settings: Settings, error: PhotosyncError) -> None:
    now = int(time.time())
    row = (
        now,
        encode_text(make_library_key(settings.root_paths)),
        settings.mode,
        error.exit_code,
        encode_text(str(error).partition("\n")[0]),
    )
    # After a leap of the clock all of them seem to be old.
    is_doubtful = find_leap(database, now) is not None
    limit = [] if is_doubtful else [(now - _KEPT_SECONDS,)]
    database.write([(_PRUNE, limit), (_PUT, [row])])
