"""Bringing to its disk what was written: threads that ask at the same time share one
flush, and what follows it.

A flush waits for the disk, on a USB stick for a tenth of a second. Eight photos that are
copied side by side need not wait for eight of them, one after the other; nor for eight of
the folder that they got their names in.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from threading import Condition, Lock
from typing import NamedTuple

Flush = Callable[[int], None]
"""Brings an open file, or all of the disk that it lies on, to the disk; raises OSError."""


_LEAVES_ERRORS_SINCE = (4, 4)
"""The first Linux whose flush of a whole disk leaves what went wrong with a file to be
told by the flush of that file. Older ones, as many a NAS has, forget it: a photo that is
not on the disk would pass for flushed.
"""


def leaves_errors(release: str) -> bool:
    """Whether a system of this release leaves errors to the flush of each file."""
    version = re.match(r"(\d+)\.(\d+)", release)
    if version is None:
        return False
    return (int(version[1]), int(version[2])) >= _LEAVES_ERRORS_SINCE


@cache
def find_sync_disk() -> Flush | None:
    """Return what writes a whole disk at once, None where the system has no such call
    that can be trusted.
    """
    if not leaves_errors(os.uname().release):
        return None
    try:
        import ctypes  # noqa: PLC0415 - only who copies side by side needs it

        libc = ctypes.CDLL(None, use_errno=True)
        syncfs = libc.syncfs
    except (ImportError, AttributeError, OSError):
        # A Python built without it; a Mac; a Python that loads no libraries.
        return None

    def sync_disk(handle: int) -> None:
        if syncfs(handle):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))

    return sync_disk


class Naming(NamedTuple):
    """What gives a flushed file its name, and the open folder that it gets it in.

    Raises SideError where it cannot have it.
    """

    folder: int
    give: Callable[[], None]


@dataclass(slots=True, eq=False)
class _Request:
    """What one thread waits for; it went wrong as long as nobody says otherwise."""

    handle: int
    naming: Naming | None
    error: Exception | None

    def attempt(self, work: Callable[[], None]) -> bool:
        """Do a part of it; tells whether that went well."""
        try:
            work()
        except Exception as error:  # noqa: BLE001 - who waits for it raises it
            self.error = error
            return False
        return True


class _Batch:
    """What is flushed together."""

    def __init__(self) -> None:
        self.requests: list[_Request] = []
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
    def waiting(self) -> int:
        """How many wait for the next flush."""
        return len(self._next.requests)

    def flush(self, handle: int, naming: Naming | None = None) -> None:
        """Return once an open file or folder is on the disk, and so is the name that it
        got after that; raises OSError, and what `naming` raises.
        """
        lost = OSError(errno.EIO, os.strerror(errno.EIO))
        request = _Request(handle, naming, lost)
        with self._turn:
            batch = self._next
            batch.requests.append(request)
            self._turn.wait_for(lambda: batch.is_done or not self._is_busy)
            # Who wakes first flushes for all that wait with him.
            leads = not batch.is_done
            if leads:
                self._is_busy = True
                self._next = _Batch()
        if leads:
            self._lead(batch)
        if request.error:
            raise request.error

    def _lead(self, batch: _Batch) -> None:
        """Flush and name a batch for all who wait for it."""
        try:
            flushed = self._flush_files(batch.requests)
            for request in self._give_names(flushed):
                request.error = None
        finally:
            with self._turn:
                batch.is_done = True
                self._is_busy = False
                self._turn.notify_all()

    def _flush_files(self, requests: Sequence[_Request]) -> Sequence[_Request]:
        """Flush them; return those for which that went well."""
        if len(requests) > 1:
            self._sync_disk(requests[0].handle)
        # Each is asked all the same, which costs little once it is written: before
        # Linux 5.8, as NAS have it, the flush of a whole disk tells of no error, and FAT
        # leaves all in the disk's own cache.
        return [request for request in requests if self._flush_file(request)]

    def _flush_file(self, request: _Request) -> bool:
        return request.attempt(partial(self._flush_one, request.handle))

    def _give_names(self, flushed: Sequence[_Request]) -> Sequence[_Request]:
        """Give what is on the disk its names, and flush each folder once; return those
        for which that went well.
        """
        folders: dict[int, int] = {}
        done: list[_Request] = []
        for request in flushed:
            naming = request.naming
            if naming is None or request.attempt(naming.give):
                done.append(request)
            if naming is not None:
                folders[os.fstat(naming.folder).st_ino] = naming.folder
        for folder in folders.values():
            # Not every file system can.
            with suppress(OSError):
                self._flush_one(folder)
        return done

    def _sync_disk(self, handle: int) -> None:
        """Write all that waits for a disk in one go, where the system can."""
        sync_disk = self._find_sync()
        if sync_disk is not None:
            with suppress(OSError):
                sync_disk(handle)


_flushes: dict[int, SharedFlush] = {}
_finding = Lock()


def flush(handle: int, naming: Naming | None = None) -> None:
    """Return once an open file or folder is on its disk, with the name that it gets
    after that; raises OSError, and what `naming` raises.
    """
    device = os.fstat(handle).st_dev
    with _finding:
        if device not in _flushes:
            _flushes[device] = SharedFlush()
    _flushes[device].flush(handle, naming)
