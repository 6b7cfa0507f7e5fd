"""Bringing to its disk what was written: threads that ask at the same time share one
flush.

A flush waits for the disk, on a USB stick for a tenth of a second. Eight photos that are
copied side by side need not wait for eight of them, one after the other.
"""

from __future__ import annotations

import errno
import functools
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Condition, Lock

Flush = Callable[[int], None]
"""Brings an open file, or all of the disk that it lies on, to the disk; raises OSError."""


@functools.cache
def find_sync_disk() -> Flush | None:
    """Return what writes a whole disk at once, None where the system has no such call."""
    try:
        import ctypes  # noqa: PLC0415 - only who copies side by side needs it

        libc = ctypes.CDLL(None, use_errno=True)
        syncfs = libc.syncfs
    except (ImportError, AttributeError):
        # A Python built without it; a Mac.
        return None

    def sync_disk(handle: int) -> None:
        if syncfs(handle):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))

    return sync_disk


class _Batch:
    """What is flushed together, and what went wrong with each."""

    def __init__(self) -> None:
        self.handles: list[int] = []
        self.errors: dict[int, OSError] = {}
        self.is_done = False


class SharedFlush:
    """The flushes of one disk: one runs at a time, and the next is for all who came
    meanwhile.
    """

    def __init__(
        self,
        flush_one: Flush = os.fsync,
        find_sync: Callable[[], Flush | None] = find_sync_disk,
    ) -> None:
        """`flush_one` flushes a file, `find_sync` finds what flushes a whole disk."""
        self._flush_one = flush_one
        self._find_sync = find_sync
        self._turn = Condition()
        self._next = _Batch()
        self._is_busy = False

    @property
    def waiting(self) -> Sequence[int]:
        """What waits for the next flush."""
        return self._next.handles

    def flush(self, handle: int) -> None:
        """Return once an open file or folder is on the disk; raises OSError."""
        with self._turn:
            batch = self._next
            batch.handles.append(handle)
            self._turn.wait_for(lambda: batch.is_done or not self._is_busy)
            leads = not batch.is_done
            if leads:
                self._is_busy = True
                self._next = _Batch()
        if leads:
            self._lead(batch)
        if handle in batch.errors:
            raise batch.errors[handle]

    def _lead(self, batch: _Batch) -> None:
        """Flush a batch for all who wait for it."""
        # Whatever happens here, nobody may take for flushed what is not.
        lost = OSError(errno.EIO, os.strerror(errno.EIO))
        batch.errors = dict.fromkeys(batch.handles, lost)
        try:
            batch.errors = self._flush_all(batch.handles)
        finally:
            with self._turn:
                batch.is_done = True
                self._is_busy = False
                self._turn.notify_all()

    def _flush_all(self, handles: Sequence[int]) -> dict[int, OSError]:
        if len(handles) > 1:
            self._sync_disk(handles[0])
        # Each is asked all the same, which costs little once it is written: before
        # Linux 5.8, as NAS have it, the flush of a whole disk tells of no error, and FAT
        # leaves all in the disk's own cache.
        errors: dict[int, OSError] = {}
        for handle in handles:
            try:
                self._flush_one(handle)
            except OSError as error:
                errors[handle] = error
        return errors

    def _sync_disk(self, handle: int) -> None:
        """Write all that waits for a disk in one go, where the system can."""
        sync_disk = self._find_sync()
        if sync_disk is not None:
            with suppress(OSError):
                sync_disk(handle)


_flushes: dict[int, SharedFlush] = {}
_finding = Lock()


def flush(handle: int) -> None:
    """Return once an open file or folder is on its disk; raises OSError."""
    device = os.fstat(handle).st_dev
    with _finding:
        shared = _flushes.setdefault(device, SharedFlush())
    shared.flush(handle)
