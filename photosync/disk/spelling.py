"""What a disk makes of names: which it takes for one, and which it cannot hold.

FAT, exFAT, NTFS, APFS and shares of such disks find `Rome` under `rome`; most of them
refuse `a:b` and drop a dot at the end. Which do what, only trying shows.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from contextlib import suppress

from photosync.disk.names import make_part_name
from photosync.errors import Rejected
from photosync.naming import fold_name, name_key


def find_other_spelling(handle: int, name: str) -> str:
    """Return the entry of an open folder that its disk takes a name for.

    Empty where one is spelt so, or nothing is found; raises OSError.
    """
    if not _has(handle, name):
        return ""
    names = list_names(handle)
    keys = {name_key(other) for other in names}
    # It is there under its own name; a Mac may write its accents in another way.
    if name_key(name) in keys:
        return ""
    folded = fold_name(name)
    others = [other for other in names if fold_name(other) == folded]
    return others[0] if others else "another name"


def list_names(handle: int) -> list[str]:
    """Return the entries of an open folder as it is now; raises OSError."""
    # Two threads that list by one handle get half of them each, and Btrfs shows by it
    # what was there when it was opened.
    own = os.open(".", os.O_RDONLY | os.O_DIRECTORY, dir_fd=handle)
    try:
        return os.listdir(own)  # noqa: PTH208 - a handle has no path
    finally:
        os.close(own)


def check_spelling(handle: int, name: str) -> None:
    """Raise Rejected where a disk takes a name for that of another entry.

    Raises OSError as well.
    """
    # A disk that tells case apart is not listed for it.
    is_folded = _has(handle, name.swapcase())
    may_lose_end = name != name.rstrip(". ")
    if not is_folded and not may_lose_end:
        return
    other = find_other_spelling(handle, name)
    if other:
        raise make_refusal(name, other)


def make_refusal(name: str, other: str) -> Rejected:
    """Return the problem of two names that a disk takes for one."""
    return Rejected(
        f"this disk takes the names {name} and {other} for one; rename one of the two"
    )


def is_refused(handle: int, character: str) -> bool:
    """Whether the disk of an open folder takes a character in no name, or not at its
    end.

    An empty file of such a name is made for a moment. Raises OSError where none can be
    made at all.
    """
    plain = make_part_name()
    name = f"{plain}{character}"
    # A dot and a blank are taken everywhere but at the end.
    if character not in ". ":
        name += "x"
    try:
        _make_file(handle, name)
    except OSError:
        _make_file(handle, plain)
        os.unlink(plain, dir_fd=handle)
        return True
    is_kept = name in list_names(handle)
    os.unlink(name, dir_fd=handle)
    return not is_kept


def _make_file(handle: int, name: str) -> None:
    file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, dir_fd=handle)
    os.close(file)


def folds_case(handle: int, names: Collection[str]) -> bool:
    """Whether a disk finds the entries of an open folder in capitals and small letters
    alike.

    False where no name in it has letters; `names` are all it holds.
    """
    known = frozenset(names)
    for name in known:
        swapped = name.swapcase()
        if swapped not in known and name_key(swapped) != name_key(name):
            return _has(handle, swapped)
    return False


def _has(handle: int, name: str) -> bool:
    with suppress(FileNotFoundError, NotADirectoryError):
        os.stat(name, dir_fd=handle, follow_symlinks=False)
        return True
    return False
