"""Opens the memory of a run: its lock, its database, and the recorder that uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

from photosync.config.settings import Settings
from photosync.history.database import Database, open_database
from photosync.history.lock import hold_lock
from photosync.history.recorder import Recorder, rules_hash_of


def make_recorder(settings: Settings, database: Database | None) -> Recorder:
    """Return the recorder of the library and the rules that the settings name."""
    # Who asks for a fresh look wants no listing carried on from an earlier one.
    audit_days = 0 if settings.needs_fresh_listings else settings.audit_days
    return Recorder(
        database,
        settings.root_paths,
        rules_hash_of(settings.rules, settings.filters),
        audit_days=audit_days,
    )


@contextmanager
def open_recorder(
    settings: Settings, warn: Callable[[str], None]
) -> Iterator[Recorder]:
    """Hold the lock of the home and open its database; close both in the end.

    With `test` in the settings nothing is written and no lock is taken. `warn` is told
    of a memory that is damaged or could not be kept. Raises AlreadyRunning.
    """
    lock = nullcontext() if settings.test else hold_lock(settings.home.state)
    with lock:
        database, warning = None, ""
        if not settings.stateless:
            database, warning = open_database(
                settings.home.state, read_only=settings.test
            )
        if warning:
            warn(warning)
        recorder = make_recorder(settings, database)
        try:
            yield recorder
            if recorder.problem:
                warn(recorder.problem)
        finally:
            recorder.close()
