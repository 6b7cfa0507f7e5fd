"""Reading a photo: the very file that the scan saw, no pipe and no link in its place."""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from photosync.disk.errors import disk_errors
from photosync.disk.folder import Folder
from photosync.disk.silence import asking
from photosync.disk.streams import compute_md5
from photosync.errors import Changed

_BLOCK = 4096
"""Bytes that are read at once at least: some disks tell of none."""


def may_be_searched(folder: str | int) -> bool:
    """Whether entries of a folder may be looked at, by its path or its descriptor.

    If not, all of them are refused; else it is that of one entry.
    """
    if isinstance(folder, str):
        return os.access(folder, os.X_OK)
    return os.access(".", os.X_OK, dir_fd=folder)


def open_ordinary(path: str, *, follows_link: bool = True) -> BinaryIO:
    """Open an ordinary file; raises OSError.

    A pipe in its place is refused and never waited for. A link may be followed only
    where the bytes stay here.
    """
    flags = 0 if follows_link else os.O_NOFOLLOW
    with asking(path):
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | flags)
        status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is no ordinary file", path)
    # Blocks of the size that `open` takes: of a photo only a few are wanted.
    return io.BufferedReader(_AskedFile(handle, path), max(status.st_blksize, _BLOCK))


class _AskedFile(io.FileIO):
    """An open file; whoever reads it waits for its disk."""

    def __init__(self, handle: int, path: str) -> None:
        super().__init__(handle, "rb")
        self._path = path

    def readinto(self, buffer: Any, /) -> int:
        with asking(self._path):
            return super().readinto(buffer)

    def readall(self) -> bytes:
        with asking(self._path):
            return super().readall()


def compute_file_md5(path: str) -> str:
    """Return the MD5 of a file in hex, raising SideError when it cannot be read."""
    with disk_errors(root=path), open_ordinary(path) as file:
        return compute_md5(file)


def compute_md5_below(folder: Folder, name: str) -> str:
    """Return the MD5 of a file of an open folder in hex; raises SideError."""
    with (
        disk_errors(root=folder.root.path),
        os.fdopen(folder.open_file(name), "rb", buffering=0) as file,
    ):
        return compute_md5(file)


def check_unchanged(
    path: str, size: int | None, modified_ns: int | None
) -> os.stat_result:
    """Return the status of a file that is still what the scan saw.

    Raises Changed or NotFound when it no longer is.
    """
    with disk_errors(root=path):
        status = os.stat(path)  # noqa: PTH116 - a str stays a str
    check_status(status, size, modified_ns)
    return status


def check_status(
    status: os.stat_result, size: int | None, modified_ns: int | None
) -> None:
    """Raise Changed for the status of another file than one of this size and time."""
    is_same = (status.st_size, status.st_mtime_ns) == (size, modified_ns)
    if not is_same or not stat.S_ISREG(status.st_mode):
        raise Changed("it changed since it was looked at; the next run takes it up")


class CheckedFile:
    """The bytes of an open file; once all are read it is certain that none changed
    meanwhile.

    `handle` is that of the file, and `status` what the disk told of it last.
    """

    def __init__(self, handle: int, root: str, status: os.stat_result) -> None:
        """`root` is what lies on its disk."""
        self.handle = handle
        self.status = status
        self._root = root
        self._position = 0

    @property
    def mode(self) -> int:
        """Who may read and write it, as the disk keeps that."""
        return stat.S_IMODE(self.status.st_mode)

    def seek(self, offset: int, /) -> int:
        self._position = offset
        return offset

    def read(self, size: int = -1, /) -> bytes:
        # Some readers stop at the last byte and never ask for the rest: that it is
        # empty its status tells, which is looked at together with the last byte.
        left = max(0, self.status.st_size - self._position)
        if not left and self._position:
            return b""
        wanted = left if size < 0 else min(size, left)
        with disk_errors(root=self._root):
            data = self._read_all(wanted)
            self._position += len(data)
            if len(data) == left or len(data) < wanted:
                self.look_again()
        return data

    def look_again(self) -> os.stat_result:
        """Return its status; raises Changed where it is not as it was, and OSError."""
        status = os.fstat(self.handle)
        check_status(status, self.status.st_size, self.status.st_mtime_ns)
        self.status = status
        return status

    def _read_all(self, wanted: int) -> bytes:
        """Read so many bytes, less only where the file ends before."""
        data = os.pread(self.handle, wanted, self._position)
        # Some disks give a part only.
        while 0 < len(data) < wanted:
            place = self._position + len(data)
            more = os.pread(self.handle, wanted - len(data), place)
            if not more:
                break
            data += more
        return data


@contextmanager
def open_unchanged(
    folder: Folder, name: str, size: int | None, modified_ns: int | None
) -> Iterator[CheckedFile]:
    """Open a file that is still what the scan saw, to be read from its first byte.

    Raises Changed, also at its end, if it is not.
    """
    handle = folder.open_entry(name)
    try:
        with disk_errors():
            # What is open counts: by its name it may be exchanged at any moment.
            status = os.fstat(handle)
            check_status(status, size, modified_ns)
            yield CheckedFile(handle, folder.root.path, status)
    finally:
        os.close(handle)
