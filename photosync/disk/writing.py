"""Writing an open file, so that little is left to do when it is flushed."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache

from photosync.disk.errors import disk_errors
from photosync.disk.silence import asking

AT_ONCE = 8 * 1024 * 1024
"""Bytes that are left to the system together: less would tear a film on a hard disk into
pieces, more would have to be waited for at its end.
"""

StartWriting = Callable[[int, int, int], None]
"""Lets the system begin to write a part of an open file, from an offset, so many bytes."""

_SYNC_FILE_RANGE_WRITE = 2


@cache
def find_start_writing() -> StartWriting | None:
    """Return what lets a file be written while more is copied; None where the system
    has no such call.

    It waits for nothing and tells of no error: the flush does both.
    """
    try:
        import ctypes  # noqa: PLC0415 - only who writes needs it

        sync_file_range = ctypes.CDLL(None).sync_file_range
    except (ImportError, AttributeError, OSError):
        # A Python built without it; a Mac; a Python that loads no libraries.
        return None
    offset = ctypes.c_int64
    sync_file_range.argtypes = (ctypes.c_int, offset, offset, ctypes.c_uint)

    def start_writing(handle: int, begin: int, count: int) -> None:
        sync_file_range(handle, begin, count, _SYNC_FILE_RANGE_WRITE)

    return start_writing


class Writing:
    """An open file that is written from its first byte on.

    The system begins early to bring it to the disk: what it keeps in memory all waits at
    the flush, with the photos beside it.
    """

    def __init__(
        self,
        handle: int,
        root: str,
        find_start: Callable[[], StartWriting | None] = find_start_writing,
    ) -> None:
        """`root` is what lies on the disk."""
        self._handle = handle
        self._root = root
        self._written = 0
        self._begun = 0
        self._start = find_start()

    def write(self, data: bytes) -> None:
        """Write all of some bytes; raises SideError."""
        rest = memoryview(data)
        with disk_errors(root=self._root):
            while rest:
                rest = rest[os.write(self._handle, rest) :]
        self._written += len(data)
        if self._written - self._begun >= AT_ONCE:
            self.begin()

    def begin(self) -> None:
        """Let the system bring to the disk what was written."""
        if self._start is not None:
            with asking(self._root):
                self._start(self._handle, self._begun, self._written - self._begun)
        self._begun = self._written
