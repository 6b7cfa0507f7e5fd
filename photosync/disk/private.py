"""The files of a home folder: for their owner's eyes, whatever the umask, and never
somewhere else.
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

_FOLDER = 0o700
_FILE = 0o600
_OTHERS = 0o077
_LINK = "it is a link, which is not followed here"


def make_private_folder(folder: Path) -> None:
    """Make a folder that its owner alone may look into; one that is there stays as it
    is. Raises OSError.
    """
    if folder.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Another run may have made it meanwhile.
    with suppress(FileExistsError):
        folder.mkdir(_FOLDER)
        folder.chmod(_FOLDER)


def read_private(path: Path) -> str:
    """Return the text of a file; raises OSError, also for a link."""
    with os.fdopen(_open(path, os.O_RDONLY), encoding="utf-8") as file:
        return file.read()


def write_private(path: Path, text: str) -> None:
    """Write a file anew: whoever reads it, or loses power, has the old or the new one.

    Raises OSError.
    """
    handle, aside = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), _FILE)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        # A link in its place is replaced itself.
        Path(aside).replace(path)
    finally:
        with suppress(FileNotFoundError):
            Path(aside).unlink()


def overwrite_private(path: Path, text: str) -> None:
    """Write a file in its place, as whoever holds a lock on it must; raises OSError."""
    with os.fdopen(_open(path, os.O_WRONLY | os.O_TRUNC), "w") as file:
        file.write(text)


def prepare_private_file(path: Path) -> None:
    """Let a file be there, for its owner alone; raises OSError, also for a link."""
    handle = _open(path, os.O_RDWR | os.O_CREAT)
    try:
        # It may be of an earlier photosync, or belong to who runs it as another user.
        with suppress(PermissionError):
            os.fchmod(handle, _FILE)
    finally:
        os.close(handle)


def check_no_link(path: Path) -> None:
    """Raise OSError where a link is in the place of a file."""
    if path.is_symlink():
        raise OSError(errno.ELOOP, _LINK, str(path))


def describe_owner(path: Path) -> str:
    """Return whose a file or folder is and what to do about it, empty where it is
    ours: `sudo photosync` was tried once.
    """
    try:
        owner = path.lstat().st_uid
    except OSError:
        return ""
    if owner == os.geteuid():
        return ""
    name = "root" if owner == 0 else f"user {owner}"
    return f"; it belongs to {name}: sudo chown -R {os.geteuid()} {path}"


def is_readable_by_others(path: Path) -> bool:
    """Whether other users of this machine may read a file; False without one."""
    try:
        return bool(path.stat().st_mode & _OTHERS)
    except OSError:
        return False


def _open(path: Path, flags: int) -> int:
    check_no_link(path)
    handle = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK, _FILE)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is no ordinary file", str(path))
    return handle
