"""Changing a disk so that a crash at any instant loses nothing.

New content is written aside, verified, flushed and only then given its name; old
content goes to the trash of its root first. Every error of the disk leaves here as a
SideError.
"""

from __future__ import annotations

import errno
import itertools
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple

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
from photosync.naming import PART_PREFIX

_PART = re.compile(re.escape(PART_PREFIX) + r"(\d+)-\d+")
_numbers = itertools.count()

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
    if not path.is_dir():
        make_folder(str(path.parent))
        path.mkdir(exist_ok=True)
        flush_folder(str(path.parent))


@dataclass(frozen=True, slots=True)
class Content:
    """What is about to be written, as far as it is known beforehand."""

    size: int | None = None
    md5: str | None = None
    modified_ns: int | None = None


class Part(NamedTuple):
    """A file written aside, and the MD5 of its bytes in hex."""

    path: str
    md5: str


def compute_file_md5(path: str, *, from_disk: bool = False) -> str:
    """Return the MD5 of a file in hex, raising SideError when it cannot be read.

    `from_disk` first drops what the system still holds of it in memory.
    """
    with disk_errors(), Path(path).open("rb") as file:
        if from_disk and hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return compute_md5(file)


def _verify(part: str, size: int, md5: str, expected: Content) -> None:
    if expected.size is not None and size != expected.size:
        raise Changed(
            f"{size} bytes arrived instead of {expected.size}; the next run tries again"
        )
    if expected.md5 is not None and md5 != expected.md5:
        raise Changed(
            "the bytes that arrived are not those announced; the next run tries again"
        )
    if compute_file_md5(part, from_disk=True) != md5:
        raise Rejected(
            "the disk gave back other bytes than were written; check the disk"
        )


def part_path(folder: str) -> str:
    """A name for a file that is not whole yet, which no other thread or run takes."""
    return f"{folder}/{PART_PREFIX}{os.getpid()}-{next(_numbers)}"


@contextmanager
def written_aside(
    folder: str, stream: Readable, expected: Content, progress: Progress
) -> Iterator[Part]:
    """Write a stream to a temporary file in `folder`, verified and flushed.

    The file is removed on leaving unless it was given its name by then.
    """
    part = part_path(folder)
    with disk_errors():
        make_folder(folder)
        try:
            with Path(part).open("xb") as file:
                size, md5 = copy_stream(stream, file, progress)
                file.flush()
                if expected.modified_ns is not None:
                    os.utime(part, ns=(expected.modified_ns, expected.modified_ns))
                os.fsync(file.fileno())
            _verify(part, size, md5, expected)
            yield Part(part, md5)
        finally:
            with suppress(OSError):
                Path(part).unlink(missing_ok=True)


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
    with disk_errors():
        if os.path.lexists(new):
            raise FileExistsError(errno.EEXIST, "exists", new)
        make_folder(str(Path(new).parent))
        Path(old).rename(new)
    flush_folder(str(Path(new).parent))
    flush_folder(str(Path(old).parent))


def check_unchanged(path: str, size: int | None, modified_ns: int | None) -> int:
    """Raise Changed or NotFound when a file is no longer what the scan saw; its
    inode.
    """
    with disk_errors():
        now = Path(path).stat()
    _compare(now, size, modified_ns)
    return now.st_ino


def _compare(now: os.stat_result, size: int | None, modified_ns: int | None) -> None:
    if (now.st_size, now.st_mtime_ns) != (size, modified_ns):
        raise Changed("it changed since it was looked at; the next run takes it up")


class _Watched:
    """A file's bytes; once they are all read it is certain that none changed
    meanwhile.
    """

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
            if not data or self._file.tell() >= (self._size or 0):
                _compare(os.fstat(self._file.fileno()), self._size, self._modified_ns)
        return data


@contextmanager
def open_unchanged(
    path: str, size: int | None, modified_ns: int | None
) -> Iterator[SeekableReadable]:
    """A file's bytes from the first on; raises Changed if they are not those the scan
    saw.
    """
    check_unchanged(path, size, modified_ns)
    with disk_errors(), Path(path).open("rb") as file:
        yield _Watched(file, size, modified_ns)


def remove_tree(folder: str) -> None:
    """Remove a folder of our own with all that an earlier run left in it."""
    with disk_errors():
        if os.path.isdir(folder):  # noqa: PTH112
            shutil.rmtree(folder)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def remove_leftover(path: str) -> None:
    """Remove a temporary file that an earlier run left; a living run's file stays.

    To be called before this run writes: a file with our own process number is an
    earlier one's.
    """
    found = _PART.fullmatch(Path(path).name)
    if found and (int(found[1]) == os.getpid() or not _is_running(int(found[1]))):
        with suppress(OSError):
            Path(path).unlink()
