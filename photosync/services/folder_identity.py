"""What a folder remote is known by, wherever it is mounted: a small file in its base.

It carries the id of the folder, and for each home a stamp that every run of that home
renews. A folder whose stamp is not the last one is a copy of another, or came back from
a backup: what memory knows of that id does not hold for it.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

from photosync.disk.errors import describe_disk_error, disk_errors
from photosync.disk.folder import Folder
from photosync.disk.silence import asking
from photosync.errors import NotFound, Rejected, SideError

MARK = ".photosync-id"

_NEW_MARK = f"{MARK}.new"
_TEXT = "photosync knows this folder by this file; neither copy nor delete it\n"
_LARGEST = 65_536
_NONE_OF_OURS = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK


class FolderMark(NamedTuple):
    """What the file says: an id, and by the id of each home the stamp of its last run."""

    id: str
    stamps: Mapping[str, str]


class FolderPlace(NamedTuple):
    """Where a folder remote lies, without links, and what it is known by.

    `device` tells its file system and inode, empty where there is no such folder;
    `mount` is where its file system is mounted; `mark` is None where it has none.
    """

    path: str
    device: str
    mount: str
    mark: FolderMark | None


def make_id() -> str:
    """Return an id, or a stamp, that nobody else has."""
    return secrets.token_hex(16)


def look_at_place(path: str) -> FolderPlace:
    """Return what a folder is known by; an unreadable one is known by its path only."""
    real_path = os.path.realpath(path)
    return FolderPlace(
        real_path,
        find_device(real_path),
        _find_mount(real_path),
        _read_mark(f"{real_path}/{MARK}"),
    )


def check_mark(path: str) -> None:
    """Raise Rejected where the file is there and cannot be read, as one that belongs to
    root: taken for a new folder, it would give back what was deleted.
    """
    try:
        os.close(os.open(f"{path}/{MARK}", _READ))
    except OSError as error:
        if error.errno in _NONE_OF_OURS:
            return
        raise Rejected(
            f"{path}/{MARK} cannot be read ({describe_disk_error(error)}), which tells "
            "what folder this is; nothing is done there"
        ) from error


def find_unmarked_account(place: FolderPlace) -> str:
    """Return what a folder is known by as long as it carries no mark."""
    # A folder yet to be made has no device; its first write gives it an id.
    return f"device {place.device}" if place.device else f"path {place.path}"


def find_device(path: str) -> str:
    """Return file system and inode of a folder, empty where there is none."""
    try:
        with asking(path):
            status = os.stat(path)  # noqa: PTH116 - a str stays a str
            file_system = os.statvfs(path).f_fsid
    except OSError:
        return ""
    # A disk gets another device number with each plugging in; its file system has a
    # number of its own, where it has one.
    return f"{file_system or status.st_dev}:{status.st_ino}"


def write_mark(base: Folder, mark: FolderMark) -> None:
    """Write the file in one go; raises SideError, on a read-only disk for one."""
    with suppress(NotFound):
        base.remove(_NEW_MARK)
    try:
        _write_new_mark(base, mark)
    except SideError:
        # The disk is full: nothing half-written stays on it.
        with suppress(SideError):
            base.remove(_NEW_MARK)
        raise
    base.rename(_NEW_MARK, base, MARK)
    base.flush()


def _write_new_mark(base: Folder, mark: FolderMark) -> None:
    root = base.root.path
    with disk_errors(root=root), os.fdopen(base.create_file(_NEW_MARK), "wb") as stream:
        stream.write(_format_mark(mark))
        stream.flush()
        os.fsync(stream.fileno())


def _format_mark(mark: FolderMark) -> bytes:
    homes = [f"home {home} {stamp}\n" for home, stamp in mark.stamps.items()]
    return "".join([_TEXT, f"id {mark.id}\n", *homes]).encode()


def _read_mark(path: str) -> FolderMark | None:
    try:
        file = os.open(path, _READ)
        with open(file, "rb") as stream:  # noqa: PTH123 - by its descriptor
            text = stream.read(_LARGEST).decode()
    except (OSError, UnicodeDecodeError):
        # None, or none of ours: a link, a folder, a file that rotted.
        return None
    return _parse_mark(text)


def _parse_mark(text: str) -> FolderMark | None:
    found = ""
    stamps: dict[str, str] = {}
    for line in text.splitlines():
        match line.split():
            case ["id", name]:
                found = name
            case ["home", home, stamp]:
                stamps[home] = stamp
            case _:
                # What tells a person what this file is.
                continue
    return FolderMark(found, stamps) if found else None


def _find_mount(path: str) -> str:
    """Return the nearest folder above, or this one, that a disk is mounted at."""
    folder = path
    while folder != "/" and not os.path.ismount(folder):
        folder = os.path.dirname(folder)  # noqa: PTH120 - a str stays a str
    return folder
