"""How much room a disk has."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import NamedTuple

from photosync.disk.silence import asking


class Space(NamedTuple):
    """What is free on a disk, in bytes, and the number that tells it from others."""

    device: int
    free: int


def find_space(path: str) -> Space | None:
    """Return what is free where a folder lies, or will be made; None if that cannot be
    told.
    """
    with asking(path), suppress(OSError):
        while not os.path.lexists(path) and path != os.path.dirname(path):  # noqa: PTH120 - a str stays a str
            path = os.path.dirname(path)  # noqa: PTH120
        status = os.statvfs(path)
        device = os.stat(path).st_dev  # noqa: PTH116
        return Space(device, status.f_bavail * status.f_frsize)
    return None
