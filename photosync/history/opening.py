"""Opens the memory of a run: its lock, its database, and the recorder that uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

from photosync.config.settings import Settings
from photosync.errors import StateUnusable
from photosync.formatting import count_nouns
from photosync.history.memories import hash_rules
from photosync.history.recorder import Recorder
from photosync.history.storage.database import Database
from photosync.history.storage.lock import hold_lock
from photosync.history.storage.state_file import open_database, set_aside
from photosync.history.sync_state.file_cache import FileCache
from photosync.model import Attributes


def make_recorder(settings: Settings, database: Database | None) -> Recorder:
    """Return the recorder of the library and the rules that the settings name."""
    # Who asks for a fresh look wants no listing carried on from an earlier one.
    audit_days = 0 if settings.needs_fresh_listings else settings.audit_days
    return Recorder(
        database,
        settings.root_paths,
        hash_rules(settings.rules, settings.filters),
        audit_days=audit_days,
    )


def _refresh_hashes(files: FileCache, settings: Settings) -> Iterator[str]:
    """Forget the hashes that do not count any more; yield what to tell the user of
    it.
    """
    try:
        if settings.audit:
            files.forget_hashes(settings.root_paths)
        if Attributes.HASH in settings.attributes:
            count = files.forget_undated()
            if count:
                # An upgrade must not make an hour of reading of a minute without a word.
                yield (
                    "an edit that keeps the date and the size of a photo is noticed "
                    f"from now on; what was read of {count_nouns(count, 'photo')} is read once more"
                )
    except StateUnusable as error:
        yield f"{error}; files may be taken for what they were when last read"


@contextmanager
def open_recorder(
    settings: Settings, warn: Callable[[str], None]
) -> Iterator[Recorder]:
    """Hold the lock of the home and open its database; close both in the end.

    With `test` in the settings nothing is written and no lock is taken. `warn` is told
    of a memory that is damaged or could not be kept. Raises AlreadyRunning, StateLocked
    and UsageError.
    """
    # A dry run may look while another run goes on.
    lock = nullcontext() if settings.test else hold_lock(settings.home.state)
    with lock:
        database = _open_database(settings, warn)
        try:
            recorder = make_recorder(settings, database)
            if recorder.files:
                for notice in _refresh_hashes(recorder.files, settings):
                    warn(notice)
            with recorder.ending():
                yield recorder
            if recorder.problem:
                warn(recorder.problem)
        finally:
            if database:
                _close(database, warn)


def _open_database(settings: Settings, warn: Callable[[str], None]) -> Database | None:
    """Open the memory as far as the run has one; `warn` is told of a damaged one."""
    if settings.stateless:
        return None
    database, damage = open_database(settings.home.state, read_only=settings.test)
    if damage:
        how = "" if settings.test else " and adopts what is equal"
        warn(f"{damage}; this run compares without memory{how}")
    return database


def _close(database: Database, warn: Callable[[str], None]) -> None:
    """Close a database; one that turned out to be damaged is in the way of no other
    run.
    """
    database.close()
    if database.is_damaged and not database.read_only:
        aside = set_aside(database.path)
        warn(
            f"{database.path} is damaged and was set aside as {aside.name}; the next "
            "run compares without memory and adopts what is equal"
        )
