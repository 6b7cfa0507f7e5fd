"""Changing a disk so that a crash at any instant loses nothing.

New content is written aside, verified, flushed and only then given its name; old
content goes to the trash of its root first. Every error of the disk leaves here as a
SideError.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple, Self

from photosync.disk.names import is_abandoned, make_part_path
from photosync.disk.streams import (
    Progress,
    Readable,
    SeekableReadable,
    compute_md5,
    copy_stream,
)
from photosync.errors import (
    Changed,
    NotFound,
    QuotaExceeded,
    ReadOnly,
    Rejected,
    SideError,
)
from photosync.model import RemotePhoto


class OtherDisk(Rejected):
    """A file cannot be renamed to another disk; it has to be copied."""


_ERRORS: dict[int | None, tuple[type[SideError], str]] = {
    errno.ENOSPC: (QuotaExceeded, "the disk is full"),
    errno.EDQUOT: (QuotaExceeded, "the disk quota is used up"),
    errno.EROFS: (ReadOnly, "the disk is mounted read-only"),
    errno.ENOENT: (NotFound, "it is gone"),
    errno.ENAMETOOLONG: (
        Rejected,
        "the name is too long for this disk; use a shorter one",
    ),
    errno.EINVAL: (Rejected, "this disk cannot hold such a name"),
    errno.EILSEQ: (Rejected, "this disk cannot hold such a name"),
    errno.EFBIG: (Rejected, "the file is too big for this disk"),
    errno.EACCES: (Rejected, "permission denied; check owner and mode"),
    errno.EPERM: (Rejected, "permission denied; check owner and mode"),
    errno.EXDEV: (OtherDisk, "it would have to go to another disk"),
    errno.EEXIST: (Rejected, "a file of that name is there already"),
}


@contextmanager
def disk_errors() -> Iterator[None]:
    """Turn an OSError raised inside into the SideError that says what it means."""
    try:
        yield
    except OSError as error:
        kind, text = _ERRORS.get(error.errno, (Rejected, error.strerror or str(error)))
        raise kind(text) from error


# -- folders
# -------------------------------------------------------------------------------


def flush_folder(folder: str) -> None:
    """Make the names in a folder survive a power cut, on file systems that can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def make_folder(folder: str) -> None:
    """Create a folder and its missing parents durably."""
    path = Path(folder)
    if path.is_dir():
        return
    make_folder(str(path.parent))
    # Another thread may have made it meanwhile.
    path.mkdir(exist_ok=True)
    flush_folder(str(path.parent))


def remove_tree(folder: str) -> None:
    """Remove a folder of our own with all that an earlier run left in it."""
    with disk_errors():
        if os.path.isdir(folder):  # noqa: PTH112
            shutil.rmtree(folder)


# -- writing
# -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Content:
    """What is about to be written, as far as it is known beforehand."""

    size: int | None = None
    md5: str | None = None
    modified_ns: int | None = None

    @classmethod
    def of(cls, remote: RemotePhoto) -> Self:
        """Return what is to arrive when this photo is downloaded."""
        if remote.reduced:
            # Size and MD5 are those of the original, which the service does not have.
            return cls(modified_ns=remote.modified_ns)
        return cls(remote.size, remote.md5, remote.modified_ns)


class Part(NamedTuple):
    """A file written aside, and the MD5 of its bytes in hex."""

    path: str
    md5: str


@contextmanager
def write_aside(
    folder: str, stream: Readable, expected: Content, progress: Progress
) -> Iterator[Part]:
    """Write a stream to a temporary file in `folder`, verified and flushed.

    The file is removed on leaving unless it was given its name by then. Raises Changed
    for other bytes than expected, Rejected for a disk that does not keep them.
    """
    path = make_part_path(folder)
    with disk_errors():
        make_folder(folder)
        try:
            with Path(path).open("xb") as file:
                size, md5 = copy_stream(stream, file, progress)
                file.flush()
                if expected.modified_ns is not None:
                    os.utime(path, ns=(expected.modified_ns, expected.modified_ns))
                os.fsync(file.fileno())
            _check_arrived(size, md5, expected)
            _check_stored(path, md5)
            yield Part(path, md5)
        finally:
            with suppress(OSError):
                Path(path).unlink(missing_ok=True)


def _check_arrived(size: int, md5: str, expected: Content) -> None:
    # A download that was cut short, or a photo replaced on the service meanwhile.
    if expected.size is not None and size != expected.size:
        raise Changed(
            f"{size} bytes arrived instead of {expected.size}; the next run tries again"
        )
    if expected.md5 is not None and md5 != expected.md5:
        raise Changed(
            "the bytes that arrived are not those announced; the next run tries again"
        )


def _check_stored(path: str, md5: str) -> None:
    # A failing disk or a bad USB cable takes bytes without a word and gives others.
    if compute_file_md5(path, from_disk=True) != md5:
        raise Rejected(
            "the disk gave back other bytes than were written; check the disk"
        )


def publish(part: str, path: str) -> None:
    """Give a file written aside its name; never over a file that is there already."""
    with disk_errors():
        try:
            os.link(part, path)
        except FileExistsError:
            raise
        except OSError:
            # FAT, exFAT and some network shares know no hard links.
            if os.path.lexists(path):
                raise FileExistsError(errno.EEXIST, "exists", path) from None
            Path(part).rename(path)
    flush_folder(os.path.dirname(path))  # noqa: PTH120 - a str stays a str


def move_file(old: str, new: str) -> None:
    """Rename a file, making the new folder; never over a file that is there already."""
    old_folder = str(Path(old).parent)
    new_folder = str(Path(new).parent)
    with disk_errors():
        if os.path.lexists(new):
            raise FileExistsError(errno.EEXIST, "exists", new)
        make_folder(new_folder)
        Path(old).rename(new)
    # The new name first: after a power cut the file is rather there twice than not.
    flush_folder(new_folder)
    flush_folder(old_folder)


def remove_leftover(path: str) -> None:
    """Remove a temporary file that an earlier run left; a living run's file stays.

    To be called before this run writes.
    """
    if is_abandoned(Path(path).name):
        with suppress(OSError):
            Path(path).unlink()


# -- reading
# -------------------------------------------------------------------------------


def compute_file_md5(path: str, *, from_disk: bool = False) -> str:
    """Return the MD5 of a file in hex, raising SideError when it cannot be read.

    `from_disk` first drops what the system still holds of it in memory.
    """
    with disk_errors(), Path(path).open("rb") as file:
        if from_disk and hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return compute_md5(file)


def check_unchanged(path: str, size: int | None, modified_ns: int | None) -> int:
    """Return the inode of a file that is still what the scan saw.

    Raises Changed or NotFound when it no longer is.
    """
    with disk_errors():
        status = Path(path).stat()
    _check_status(status, size, modified_ns)
    return status.st_ino


def _check_status(
    status: os.stat_result, size: int | None, modified_ns: int | None
) -> None:
    if (status.st_size, status.st_mtime_ns) != (size, modified_ns):
        raise Changed("it changed since it was looked at; the next run takes it up")


class _CheckedFile:
    """A file's bytes; once all are read it is certain that none changed meanwhile."""

    def __init__(
        self, file: IO[bytes], size: int | None, modified_ns: int | None
    ) -> None:
        self._file = file
        self._size = size
        self._modified_ns = modified_ns

    def seek(self, offset: int, /) -> int:
        with disk_errors():
            return self._file.seek(offset)

    def read(self, size: int = -1, /) -> bytes:
        with disk_errors():
            data = self._file.read(size)
            # Some readers stop at the last byte and never ask for the empty rest.
            is_at_end = not data or self._file.tell() >= (self._size or 0)
            if is_at_end:
                status = os.fstat(self._file.fileno())
                _check_status(status, self._size, self._modified_ns)
        return data


@contextmanager
def open_unchanged(
    path: str, size: int | None, modified_ns: int | None
) -> Iterator[SeekableReadable]:
    """Open a file that is still what the scan saw, to be read from its first byte.

    Raises Changed, also at its end, if it is not.
    """
    check_unchanged(path, size, modified_ns)
    with disk_errors(), Path(path).open("rb") as file:
        yield _CheckedFile(file, size, modified_ns)
