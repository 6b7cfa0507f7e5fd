"""An open folder below a root: what is done with its entries, each by its name."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import Protocol, Self

from photosync.disk.errors import disk_errors
from photosync.disk.flushing import flush
from photosync.disk.silence import asking
from photosync.disk.spelling import find_other_spelling, folds_case, list_names
from photosync.errors import NotFound, Rejected
from photosync.naming import escape_refused, find_doubtful

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_CREATE = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


_NO_TIMES = {
    errno.EPERM,
    errno.EACCES,
    errno.ENOSYS,
    errno.EOPNOTSUPP,
    errno.EINVAL,
}


class Above(Protocol):
    """The root that a folder lies in, at `path`; `loses_times` once its disk let us set
    none. `naming` is held while a name is looked for and then given.
    """

    loses_times: bool
    naming: Lock

    @property
    def path(self) -> str: ...

    def check(self) -> None:
        """Raise RootGone where it is another one by now."""

    def find_refused(self, handle: int, characters: set[str]) -> AbstractSet[str]:
        """Return those of some characters that the disk of an open folder refuses."""


@dataclass(frozen=True, slots=True)
class Folder:
    """An open folder below a root; names are those of its entries, never paths.

    Every call raises SideError.
    """

    root: Above
    path: str
    handle: int

    def find_device(self) -> int:
        """Return the number of the disk that the folder lies on."""
        return os.fstat(self.handle).st_dev

    def look_at(self, name: str) -> os.stat_result:
        """Return the status of an entry itself, not of what a link leads to."""
        with disk_errors(root=self.root.path):
            return os.stat(name, dir_fd=self.handle, follow_symlinks=False)

    def has(self, name: str) -> bool:
        """Whether there is an entry of this name, whatever it is."""
        try:
            self.look_at(name)
        except NotFound:
            return False
        return True

    def takes_for_one(self, name: str, other: str) -> bool:
        """Whether an entry spelt like the other is found under the first name as well."""
        with disk_errors(root=self.root.path):
            return find_other_spelling(self.handle, name) == other

    def folds_case(self) -> bool:
        """Whether its disk finds entries in capitals and small letters alike.

        False where no entry has letters.
        """
        names = self.list_names()
        with disk_errors(root=self.root.path):
            return folds_case(self.handle, names)

    def list_names(self) -> list[str]:
        """List the names of all entries, sorted."""
        with disk_errors(root=self.root.path):
            return sorted(list_names(self.handle))

    def open_file(self, name: str) -> int:
        """Open an ordinary file to be read; returns its descriptor.

        Raises Rejected for anything else: a link leads elsewhere, a pipe never ends.
        """
        handle = self.open_entry(name)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise Rejected("it is no ordinary file any longer; left alone")
        return handle

    def open_entry(self, name: str) -> int:
        """Open whatever has this name but a link, and wait for no pipe: who reads it has
        to look first what it is.
        """
        with disk_errors(f"the files in {self.path}", root=self.root.path):
            return os.open(name, _READ, dir_fd=self.handle)

    def fit(self, name: str) -> str:
        """Return a name without the characters that the disk refuses, which are
        escaped.
        """
        doubtful = find_doubtful(name)
        if not doubtful:
            return name
        return escape_refused(name, self.root.find_refused(self.handle, doubtful))

    def create_file(self, name: str) -> int:
        """Create a file that was not there; returns its descriptor."""
        with disk_errors(f"the folder {self.path}", root=self.root.path):
            return os.open(name, _CREATE, 0o666, dir_fd=self.handle)

    def rename(self, name: str, target: Self, new_name: str) -> None:
        """Give an entry another name or folder, in place of what has that name."""
        with disk_errors(name_folders(self, target), root=self.root.path):
            os.rename(name, new_name, src_dir_fd=self.handle, dst_dir_fd=target.handle)

    def remove(self, name: str) -> None:
        """Remove a file, or a link and not what it leads to."""
        with disk_errors(f"the folder {self.path}", root=self.root.path):
            os.unlink(name, dir_fd=self.handle)

    def remove_folder(self, name: str) -> None:
        """Remove an empty folder."""
        with disk_errors(f"the folder {self.path}", root=self.root.path):
            os.rmdir(name, dir_fd=self.handle)

    def set_mode(self, name: str, mode: int) -> None:
        """Say who may read and write a file, on disks that keep that."""
        handle = self.open_file(name)
        try:
            self.set_mode_of(handle, mode)
        finally:
            os.close(handle)

    def set_owner(self, name: str, user: int, group: int) -> None:
        """Give a file to a user and a group, on disks that keep that and where we may."""
        with asking(self.root.path), suppress(OSError):
            os.chown(name, user, group, dir_fd=self.handle, follow_symlinks=False)

    def set_mode_of(self, handle: int, mode: int) -> None:
        """Say who may read and write an open file in it, on disks that keep that."""
        # FAT and many shares have one mode for all files.
        with asking(self.root.path), suppress(OSError):
            os.fchmod(handle, mode)

    def set_time_of(self, file: int | str, modified_ns: int) -> None:
        """Set the modification time of a file in it, by descriptor or name, on disks
        that let us.
        """
        times = (modified_ns, modified_ns)
        try:
            if isinstance(file, int):
                os.utime(file, ns=times)
            else:
                os.utime(file, ns=times, dir_fd=self.handle, follow_symlinks=False)
        except OSError as error:
            # A share of another owner, a phone: it takes photos all the same.
            if error.errno not in _NO_TIMES:
                raise
            self.root.loses_times = True

    def set_time(self, name: str, modified_ns: int) -> None:
        """Set the modification time of a file, on disks that let us; Rejected for a
        link.
        """
        if not stat.S_ISREG(self.look_at(name).st_mode):
            raise Rejected("it is no ordinary file any longer; left alone")
        # By its name: who owns a file may set its time even if he may not read it.
        with disk_errors(root=self.root.path):
            self.set_time_of(name, modified_ns)

    def set_own_time(self, modified_ns: int) -> None:
        """Set the modification time of the folder itself, where it differs."""
        with disk_errors(root=self.root.path):
            status = os.fstat(self.handle)
            if status.st_mtime_ns != modified_ns:
                self.set_time_of(self.handle, modified_ns)

    def flush(self) -> None:
        """Make its names survive a power cut, on file systems that can."""
        with asking(self.root.path), suppress(OSError):
            flush(self.handle)


def name_folders(old: Folder, new: Folder) -> str:
    """Name the folders whose owner and mode decide where an entry goes from one to the
    other.
    """
    if old.path == new.path:
        return f"the folder {new.path}"
    return f"the folders {old.path} and {new.path}"
