"""One run at a time per home folder."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from photosync.disk.private import (
    describe_owner,
    make_private_folder,
    overwrite_private,
    prepare_private_file,
)
from photosync.disk.silence import asking
from photosync.errors import AlreadyRunning, UsageError

FILE = "lock"


@contextmanager
def hold_lock(folder: Path) -> Iterator[None]:
    """Hold the lock of a home's folder of state, made if need be.

    Raises AlreadyRunning with the process number of the run that holds it, and
    UsageError where the folder cannot be written.
    """
    path = folder / FILE
    try:
        with asking(str(folder)):
            make_private_folder(folder)
            prepare_private_file(path)
            handle = _take(path)
    except BlockingIOError as error:
        raise AlreadyRunning(
            f"another photosync run ({_describe_owner(path)}) is using {folder}; wait for "
            "it to end"
        ) from error
    except OSError as error:
        where = path if os.path.lexists(path) else folder
        raise UsageError(
            f"--home: {where} cannot be written ({error.strerror}){describe_owner(where)}"
        ) from error
    try:
        # The lock holds without the number too, which a full disk may not take.
        with suppress(OSError):
            overwrite_private(path, f"{os.getpid()}\n")
        yield
    finally:
        # The lock goes with it. The file stays: another run may be opening it.
        # A share that went away meanwhile says so; what the run met says more.
        with suppress(OSError):
            os.close(handle)


def _describe_owner(path: Path) -> str:
    """Return which process holds a lock, and since when: one that waits for a disk that is
    gone is still there days later.
    """
    owner = path.read_text().strip() or "unknown"
    since = time.localtime(path.stat().st_mtime)
    return f"process {owner}, since {time.strftime('%Y-%m-%d %H:%M', since)}"


def _take(path: Path) -> int:
    """Open a file and lock it for this process; raises BlockingIOError where another
    one has.

    The system lets go of it however the process ends.
    """
    handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BaseException:
        os.close(handle)
        raise
    return handle
