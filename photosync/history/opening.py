"""Opens the memory of a run: its lock, its state, and the recorder that uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

from photosync.config.settings import Settings
from photosync.history.database import State, open_state
from photosync.history.lock import hold_lock
from photosync.history.recorder import Recorder, rules_hash_of


def make_recorder(settings: Settings, state: State | None) -> Recorder:
    """Return the recorder of the library and the rules that the settings name."""
    # Who asks for a fresh look wants no listing carried on from an earlier one.
    audit_days = 0 if settings.needs_fresh_listings else settings.audit_days
    return Recorder(
        state,
        settings.root_paths,
        rules_hash_of(settings.rules, settings.filters),
        audit_days=audit_days,
    )


@contextmanager
def open_recorder(
    settings: Settings, warn: Callable[[str], None]
) -> Iterator[Recorder]:
    """Hold the lock of the home and open its state; close both in the end.

    With `test` in the settings nothing is written and no lock is taken. `warn` is told
    of a memory that is damaged or could not be kept. Raises AlreadyRunning.
    """
    lock = nullcontext() if settings.test else hold_lock(settings.home.state)
    with lock:
        state, warning = None, ""
        if not settings.stateless:
            state, warning = open_state(settings.home.state, read_only=settings.test)
        if warning:
            warn(warning)
        recorder = make_recorder(settings, state)
        try:
            yield recorder
            if recorder.problem:
                warn(recorder.problem)
        finally:
            recorder.close()
