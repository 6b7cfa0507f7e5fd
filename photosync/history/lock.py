"""One run at a time per home folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from photosync.disk.private import (
    describe_owner,
    make_private_folder,
    overwrite_private,
    prepare_private_file,
)
from photosync.errors import AlreadyRunning, UsageError

FILE = "lock"


@contextmanager
def hold_lock(folder: Path) -> Iterator[None]:
    """Hold the lock of a home's folder of state, made if need be.

    Raises AlreadyRunning with the process number of the run that holds it, and
    UsageError where the folder cannot be written.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 - a dry run takes no lock

    path = folder / FILE
    try:
        make_private_folder(folder)
        prepare_private_file(path)
        lock = FileLock(path, timeout=0, mode=0o600)
        lock.acquire()
    except Timeout as error:
        owner = path.read_text().strip() or "unknown"
        raise AlreadyRunning(
            f"another photosync run (process {owner}) is using {folder}; wait for it to end"
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
        lock.release()
