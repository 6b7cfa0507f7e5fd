"""Which files of a folder or memory card are in the library, and on which services.

This is asked before a card is formatted. A file is found by its bytes, whatever its name
is, and only what was read, or is known by a hash, counts.
"""

from __future__ import annotations

import os
import stat
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from photosync.disk.names import find_overlap, is_within
from photosync.disk.reading import compute_file_md5
from photosync.disk.silence import asking
from photosync.errors import SideError, UsageError
from photosync.history.journal.copies import KnownCopy
from photosync.naming import PART_PREFIX, TRASH
from photosync.services.folder_identity import MARK

_LEFT_BY_SYSTEMS = frozenset(
    {
        ".ds_store",
        ".fseventsd",
        ".spotlight-v100",
        ".temporaryitems",
        ".trashes",
        "thumbs.db",
        "desktop.ini",
        "system volume information",
        "$recycle.bin",
        "recycler",
        MARK.casefold(),
        TRASH.casefold(),
    }
)
"""Files that are no loss when a card is formatted; any other hidden file may be one."""

_LEFT_PREFIXES = ("._", PART_PREFIX)


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A file, where its bytes are in the library, and which services hold them.

    `absent` are the folder remotes that held them according to the memory, but do not
    now. `problem` says why the file could not be read; empty where it could.
    """

    path: str
    in_library: str = ""
    services: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    problem: str = ""

    @property
    def is_saved(self) -> bool:
        """Whether there is another copy, byte for byte."""
        return bool(self.in_library or self.services)


def find_saved_files(
    folder: str, roots: Sequence[str], copies: Mapping[str, Sequence[KnownCopy]]
) -> Iterator[SavedFile]:
    """Yield every file of a folder, and where else its bytes are.

    `copies` tells by MD5 what services held when last agreed with; a folder remote is
    looked at now. Raises UsageError for a folder that
    cannot be read, or that is part of the library itself.
    """
    with asking(folder):
        is_folder = os.path.isdir(folder)  # noqa: PTH112
    if not is_folder:
        raise UsageError(f"--is-saved: {folder} is no folder that can be read")
    for root in roots:
        if find_overlap([os.path.realpath(folder), os.path.realpath(root)]):
            raise UsageError(
                f"--is-saved: {folder} lies inside or around {root}, which is the library "
                "itself"
            )
    library = _Library(roots)
    own = os.path.realpath(folder)
    closed: list[OSError] = []
    for path in _list_files(folder, closed.append):
        yield _look_up(path, library, copies, own)
    # Nobody knows what is in a folder that cannot be read.
    for error in closed:
        yield SavedFile(str(error.filename), problem=str(error.strerror))


def _look_up(
    path: str,
    library: _Library,
    copies: Mapping[str, Sequence[KnownCopy]],
    own: str,
) -> SavedFile:
    """Return where else the bytes of a file are; `own` is the folder it was found in."""
    try:
        md5 = compute_file_md5(path)
        size = os.lstat(path).st_size
    except (SideError, OSError) as error:
        return SavedFile(path, problem=str(error))
    in_library = library.find(size, md5)
    # The disk to be formatted may be the folder remote itself.
    known = [copy for copy in copies.get(md5, ()) if not is_within(copy.path, own)]
    # Where the library has the file, it does not depend on the copy: that is not read.
    depends_on_copy = not in_library
    present = [copy for copy in known if _is_there(copy, md5, read=depends_on_copy)]
    services = frozenset(copy.service for copy in present)
    absent = frozenset(copy.service for copy in known) - services
    return SavedFile(path, in_library, services, absent)


def _is_there(copy: KnownCopy, md5: str, *, read: bool) -> bool:
    """Whether a copy counts: a file on a disk must be there now, and with `read` have
    these bytes.

    For a photo on a web service the memory must do, as no service is asked.
    """
    if not copy.path:
        return True
    try:
        with asking(copy.path):
            status = os.lstat(copy.path)
        if not stat.S_ISREG(status.st_mode) or status.st_size != copy.size:
            return False
        if status.st_mtime_ns == copy.modified_ns and not read:
            return True
        # It may have a new date, be edited, or have lost a byte on its disk; and the
        # card is formatted next. Only the bytes tell.
        return compute_file_md5(copy.path) == md5
    except (SideError, OSError):
        return False


class _Library:
    """The files of the library, by size; only those of a size that is asked for are read."""

    def __init__(self, roots: Sequence[str]) -> None:
        self._by_size: defaultdict[int, list[str]] = defaultdict(list)
        self._read: dict[int, dict[str, str]] = {}
        for root in roots:
            for path in _list_files(root, _pass_over):
                # A file that has vanished meanwhile is no copy.
                with suppress(OSError):
                    size = os.lstat(path).st_size
                    self._by_size[size].append(path)

    def find(self, size: int, md5: str) -> str:
        """Return the path of a file with these bytes; empty where there is none."""
        if size not in self._read:
            self._read[size] = self._read_all(self._by_size.get(size, []))
        return self._read[size].get(md5, "")

    @staticmethod
    def _read_all(paths: Sequence[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for path in paths:
            try:
                found.setdefault(compute_file_md5(path), path)
            except SideError:
                # A file that cannot be read is no copy to rely on.
                continue
        return found


def _pass_over(_error: OSError) -> None:
    """Ignore a folder of the library that cannot be read: its files count as no copies."""


def _list_files(folder: str, on_error: Callable[[OSError], object]) -> Iterator[str]:
    """Yield the ordinary files below a folder, without those that operating systems leave
    there; `on_error` is called for a folder that cannot be read.
    """
    walk = os.walk(folder, onerror=on_error)
    while True:
        with asking(folder):
            found = next(walk, None)
        if found is None:
            return
        place, folders, files = found
        folders[:] = sorted(name for name in folders if not _is_left_by_system(name))
        for name in sorted(files):
            path = f"{place}/{name}"
            if not _is_left_by_system(name) and _is_ordinary(path):
                yield path


def _is_left_by_system(name: str) -> bool:
    return name.startswith(_LEFT_PREFIXES) or name.casefold() in _LEFT_BY_SYSTEMS


def _is_ordinary(path: str) -> bool:
    try:
        with asking(path):
            return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        # It vanished meanwhile, or cannot be looked at: reading it will show which.
        return True
