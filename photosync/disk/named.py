"""Files that a person names for what goes in or comes out: a plan, a report, a log, a
key.

A name may be mistyped: it leads to a device that never ends, to a pipe at whose other
end nobody is, or to a photo.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from photosync.disk.private import write_private

_NOBODY_READS = "it is a pipe, and nobody reads from it"
_TOO_LARGE = "it is far too large"
_LARGE = 1024 * 1024
_BLANKS = b"\xef\xbb\xbf \t\r\n"
"""What may stand before JSON: Windows' Notepad puts a mark before what it saves."""


def open_named(path: Path) -> BinaryIO:
    """Open a file, or a stream as of `--apply <(ssh nas cat plan.json)`; raises OSError.

    A pipe that nobody writes to is empty, and not waited for.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(handle, True)
    try:
        return os.fdopen(handle, "rb")
    except OSError:
        # A folder is opened, and is no file all the same.
        os.close(handle)
        raise


def read_named(path: Path) -> bytes:
    """Return what is in a file; raises OSError, also for one that is far too large."""
    with open_named(path) as file:
        content = file.read(_LARGE + 1)
    if len(content) > _LARGE:
        raise OSError(errno.EFBIG, _TOO_LARGE, str(path))
    return content


def write_named(path: Path, text: str) -> None:
    """Write a file anew, or into a stream; raises OSError.

    `--plan /dev/stdout`: a pipe or a device is written to. As root, what was written
    aside would take its place, and the machine would have a file there from then on.
    """
    if not is_stream(path):
        write_private(path, text)
        return
    with os.fdopen(open_to_write(path, os.O_WRONLY), "w", encoding="utf-8") as stream:
        stream.write(text)


def open_to_write(path: Path | str, flags: int) -> int:
    """Open a file or a stream; raises OSError, also for a pipe that nobody reads."""
    try:
        handle = os.open(path, flags | os.O_NONBLOCK, 0o666)
    except OSError as error:
        if error.errno != errno.ENXIO:
            raise
        raise OSError(errno.ENXIO, _NOBODY_READS, str(path)) from None
    os.set_blocking(handle, True)
    return handle


def check_writable(path: Path) -> None:
    """Raise OSError where `write_named` would, as far as that can be seen before a run
    of hours.
    """
    folder = path.absolute().parent
    if path.is_dir():
        raise _describe(errno.EISDIR, path)
    # Whether somebody reads a pipe is seen only when it is written.
    if is_stream(path):
        return
    if not folder.is_dir():
        raise _describe(errno.ENOENT, path)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _describe(errno.EACCES, path)


def read_beginning(path: Path, count: int) -> bytes:
    """Return the first bytes of an ordinary file; none of what is not there, or is none.

    Raises OSError.
    """
    if not path.is_file():
        return b""
    with open_named(path) as file:
        return file.read(count)


def is_json_with(head: bytes, names: Iterable[str]) -> bool:
    """Whether a file that begins so is JSON with these names near its begin."""
    if not head.lstrip(_BLANKS).startswith(b"{"):
        return False
    quoted = [f'"{name}"'.encode() for name in names]
    return all(name in head for name in quoted)


def is_stream(path: Path) -> bool:
    """Whether a pipe or a device is named, or what stands for one, as `/dev/stderr`."""
    try:
        is_other = not stat.S_ISREG(path.stat().st_mode)
    except OSError:
        is_other = False
    # What is written there under a new name would stay for ever.
    return is_other or path.parent == Path(os.devnull).parent


def _describe(number: int, path: Path) -> OSError:
    return OSError(number, os.strerror(number), str(path))
