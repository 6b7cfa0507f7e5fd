"""Paths on a disk: which lies within which, and what unfinished files are called."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Sequence

from photosync.naming import PART_PREFIX

_PART = re.compile(re.escape(PART_PREFIX) + r"(\d+)-\d+")
_part_numbers = itertools.count()


def is_within(path: str, folder: str) -> bool:
    """Whether a path is a folder itself or below it, by whole components."""
    # "/photos2/a" begins with "/photos" and yet lies elsewhere.
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def find_overlap(paths: Sequence[str]) -> tuple[str, str] | None:
    """Return two of these paths of which the first lies within the second, or None.

    Links are followed first, and the real paths returned: two names of one folder
    overlap.
    """
    real_paths = [os.path.realpath(path) for path in paths]
    for inner, outer in itertools.permutations(real_paths, 2):
        if is_within(inner, outer):
            return inner, outer
    return None


def make_part_name() -> str:
    """Return a name for a file not whole yet, which no other thread or run takes."""
    return f"{PART_PREFIX}{os.getpid()}-{next(_part_numbers)}"


def is_abandoned(file: str) -> bool:
    """Whether a file name is that of an unfinished file whose run is over.

    To be asked before this run writes: our own process number then stands for an
    earlier run's.
    """
    found = _PART.fullmatch(file)
    if not found:
        return False
    process = int(found[1])
    return process == os.getpid() or not _is_running(process)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        # Another user's process may not be signalled, but it runs.
        return True
    return True
