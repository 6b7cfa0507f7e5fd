"""Photos on a disk, and processes that may be limited for good: what several tests
need.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

WHEN = 1_500_000_000
"""A moment long ago, in seconds since the epoch: no test mistakes it for now."""

NOBODY = 65534

T = TypeVar("T")


def make_photo(path: Path, content: bytes = b"photo", when: int = WHEN) -> Path:
    """A file with these bytes, last changed `when` seconds since the epoch, in a folder
    made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (when, when))
    return path


def files_below(folder: Path) -> dict[str, bytes]:
    """The content of every file below a folder, by its path from there.

    The file that a folder remote is known by is left out.
    """
    found = (path for path in folder.rglob("*") if path.is_file())
    found = (path for path in found if path != folder / ".photosync-id")
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def in_child(work: Callable[[], T]) -> T:
    """What `work` gives in a process of its own, which it may limit as it likes."""
    context = get_context("fork")
    receiving, sending = context.Pipe(duplex=False)

    def run() -> None:
        sending.send(work())

    child = context.Process(target=run)
    child.start()
    sending.close()
    try:
        result: T = receiving.recv()
    finally:
        child.join()
        receiving.close()
    return result


def as_ordinary_user(work: Callable[[], T]) -> T:
    """What `work` gives to a user whom the modes of files bind, as they do not bind
    root.
    """
    if os.geteuid() != 0:
        return work()

    def run() -> T:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        return work()

    return in_child(run)
