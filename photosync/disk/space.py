"""How much room a disk has, for files and for their names."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import NamedTuple

from photosync.disk.silence import asking
from photosync.errors import Rejected
from photosync.formatting import format_size

_LARGE = 64 * 1024 * 1024
"""Bytes of a file that is worth the question: a smaller one is as soon written."""

_USUAL_LONGEST = 255


class Space(NamedTuple):
    """What is free on a disk, in bytes, and the number that tells it from others."""

    device: int
    free: int


def find_space(path: str) -> Space | None:
    """Return what is free where a folder lies, or will be made; None if that cannot be
    told.
    """
    with asking(path), suppress(OSError):
        # A folder that is yet to be made will lie on the disk of the one above it.
        while not os.path.lexists(path) and path != os.path.dirname(path):  # noqa: PTH120 - a str stays a str
            path = os.path.dirname(path)  # noqa: PTH120
        status = os.statvfs(path)
        device = os.stat(path).st_dev  # noqa: PTH116
        return Space(device, status.f_bavail * status.f_frsize)
    return None


def is_read_only(path: str) -> bool:
    """Whether the disk of a folder is mounted so that nothing can be written to it."""
    with asking(path), suppress(OSError):
        return bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    return False


def check_room(handle: int, root: str, size: int | None) -> None:
    """Raise Rejected where the disk of an open folder has less room than a large file
    takes; raises OSError as well. `root` is what lies on the disk.

    Written all the same, a film would fill the disk for a moment each night, and all
    photos that fit would be left for the next run.
    """
    if size is None or size < _LARGE:
        return
    status = os.fstatvfs(handle)
    free = status.f_bavail * status.f_frsize
    # Some shares do not tell how large they are.
    if status.f_blocks and free < size:
        raise Rejected(
            f"it takes {format_size(size)}, and the disk of {root} has "
            f"{format_size(free)} free; make room there"
        )


def find_longest_name(folder: str) -> int:
    """Return how many bytes a file name may have on the disk of a folder."""
    try:
        with asking(folder):
            return os.pathconf(folder, "PC_NAME_MAX")
    except (OSError, ValueError):
        # It does not tell, or is away: so many it has nearly everywhere.
        return _USUAL_LONGEST
