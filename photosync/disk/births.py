"""When a file was made, which `os.stat` does not tell on Linux."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from struct import unpack_from

FindBirth = Callable[[str], int | None]
"""Returns when the file at a path was made, in nanoseconds since 1970; None where that
is not known, or where a program could have set it.
"""

_HONEST = frozenset({0xEF53, 0x58465342, 0x9123683E, 0x2FC12FC1, 0xF2F52010})
"""The numbers of ext4, XFS, Btrfs, ZFS and F2FS. On a share or a disk of Windows the
program that puts a backup back also puts back when its files were made.
"""

_ROOM = 512
"""Bytes that are enough for either answer of the system."""

_AT_CURRENT_FOLDER = -100
_WANTS_BIRTH = 0x800
_BIRTH = 80
"""Where it stands in what the system answers."""

_KIND_BITS = 0xFFFFFFFF


@cache
def load_birth_finder() -> FindBirth | None:
    """Return what tells of any file when it was made; None where the system has no such
    call.
    """
    try:
        import ctypes  # noqa: PLC0415 - only who suspects an old backup needs it

        libc = ctypes.CDLL(None)
        statfs, statx = libc.statfs, libc.statx
    except (ImportError, AttributeError, OSError):
        return None

    def find_birth(path: str) -> int | None:
        name = os.fsencode(path)
        disk = ctypes.create_string_buffer(_ROOM)
        if statfs(name, disk) != 0:
            return None
        kind = ctypes.c_long.from_buffer(disk).value & _KIND_BITS
        if kind not in _HONEST:
            return None
        file = ctypes.create_string_buffer(_ROOM)
        if statx(_AT_CURRENT_FOLDER, name, 0, _WANTS_BIRTH, file) != 0:
            return None
        (known,) = unpack_from("I", file)
        seconds, nanoseconds = unpack_from("qI", file, _BIRTH)
        # Of what was there before the disk was made, the disk may know nothing.
        if not known & _WANTS_BIRTH or not seconds:
            return None
        return int(seconds) * 10**9 + int(nanoseconds)

    return find_birth
