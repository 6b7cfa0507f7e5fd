"""Changing a disk so that a crash at any instant loses nothing.

New content is written aside, verified, flushed and only then given its name; old
content goes to the trash of its root first. Every error of the disk leaves here as a
SideError.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

from photosync.disk.errors import disk_errors
from photosync.disk.flushing import Naming, flush
from photosync.disk.folder import Folder, name_folders
from photosync.disk.names import is_abandoned, make_part_name
from photosync.disk.reading import CheckedFile
from photosync.disk.silence import asking
from photosync.disk.space import check_room
from photosync.disk.spelling import find_other_spelling, make_refusal
from photosync.disk.streams import Copied, Progress, Readable, copy_stream
from photosync.disk.writing import Writing
from photosync.errors import Changed, Rejected, SideError
from photosync.model import RemotePhoto

_OWNER = 0o700

# -- folders of our own
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


# -- writing below a root
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


@dataclass(slots=True)
class Part:
    """A file written aside in a folder, still open; its size, and the MD5 of its bytes
    in hex.

    `is_aside` until its name aside is no longer there.
    """

    folder: Folder
    name: str
    handle: int
    size: int = 0
    md5: str = ""
    is_aside: bool = True


@contextmanager
def write_aside(
    folder: Folder, stream: Readable, expected: Content, progress: Progress
) -> Iterator[Part]:
    """Write a stream to a temporary file in `folder`, verified and flushed.

    Who may not read a file of a disk may not read its copy. The file is removed on
    leaving unless it was given its name by then. Raises Changed for other bytes than
    expected, Rejected for a disk that does not keep them all.
    """
    with _write_part(folder, stream, expected, progress) as part:
        with disk_errors(root=folder.root.path):
            flush(part.handle)
        _check_stored(part)
        yield part


def write_new(
    folder: Folder, name: str, stream: Readable, expected: Content, progress: Progress
) -> str:
    """Write a stream to a new file, aside until it is verified and flushed; return the
    MD5 of its bytes in hex.

    Photos that are written side by side share the flush and that of their names. Raises
    what `write_aside` and `publish` raise.
    """
    with _write_part(folder, stream, expected, progress) as part:
        naming = Naming(folder.handle, partial(_check_and_name, part, name))
        with disk_errors(root=folder.root.path):
            flush(part.handle, naming)
        return part.md5


@contextmanager
def _write_part(
    folder: Folder, stream: Readable, expected: Content, progress: Progress
) -> Iterator[Part]:
    """Write a stream aside; nothing of it need be on the disk yet."""
    with disk_errors(root=folder.root.path):
        check_room(folder.handle, folder.root.path, expected.size)
    name = make_part_name()
    part = Part(folder, name, folder.create_file(name))
    try:
        root = folder.root.path
        with disk_errors(root=root):
            mode = _hide(part.handle)
        # Who waits for the stream does not wait for this disk.
        with disk_errors():
            writing = Writing(part.handle, root)
            copied = copy_stream(stream, writing.write, progress)
            writing.begin()
        part.size = copied.size
        part.md5 = copied.md5
        if expected.modified_ns is not None:
            with disk_errors(root=root):
                folder.set_time_of(part.handle, expected.modified_ns)
        _check_arrived(copied, expected)
        if isinstance(stream, CheckedFile):
            mode &= stream.mode
        folder.set_mode_of(part.handle, mode)
        yield part
    finally:
        _close(part)


def _hide(handle: int) -> int:
    """Let nobody else read an open file yet; returns its mode before."""
    mode = stat.S_IMODE(os.fstat(handle).st_mode)
    with suppress(OSError):
        os.fchmod(handle, mode & _OWNER)
    return mode


def _close(part: Part) -> None:
    """Close a part, and remove it where nobody gave it its name."""
    # Whether it is on the disk its flush has told.
    with asking(part.folder.root.path), suppress(OSError):
        os.close(part.handle)
    if part.is_aside:
        with suppress(SideError):
            part.folder.remove(part.name)


def _check_arrived(copied: Copied, expected: Content) -> None:
    # A download that was cut short, or a photo replaced on the service meanwhile.
    if expected.size is not None and copied.size != expected.size:
        raise Changed(
            f"{copied.size} bytes arrived instead of {expected.size}; "
            "the next run tries again"
        )
    if expected.md5 is not None and copied.md5 != expected.md5:
        raise Changed(
            "the bytes that arrived are not those announced; the next run tries again"
        )


def _check_stored(part: Part) -> None:
    """Raise Rejected where a disk that told of no error has not kept all bytes."""
    # Not read back: right after the flush the answer comes from the memory of a server
    # or of the disk itself, and says nothing of what it keeps. That is for `--verify`.
    with disk_errors(root=part.folder.root.path):
        size = os.fstat(part.handle).st_size
    if size != part.size:
        raise Rejected(
            f"the disk kept {size} of {part.size} bytes and told of no error; "
            "check the disk"
        )


def _check_and_name(part: Part, name: str) -> None:
    _check_stored(part)
    _give_name(part, name)


def publish(part: Part, name: str) -> None:
    """Give a file written aside its name; never over a file that is there already.

    Raises RootGone where the disk went away while the file was written.
    """
    _give_name(part, name)
    part.folder.flush()


def _give_name(part: Part, name: str) -> None:
    folder = part.folder
    folder.root.check()
    put_at(folder, part.name, folder, name)
    # Losing its other name later would be one more change of the file.
    with suppress(SideError):
        folder.remove(part.name)
        part.is_aside = False


def put_at(old: Folder, old_name: str, new: Folder, name: str) -> None:
    """Give a file a name that nothing has; it may keep the old one as well."""
    with disk_errors(name_folders(old, new), root=new.root.path):
        try:
            link_file(old, old_name, new, name)
        except FileExistsError:
            _check_free(new, name)
            raise
        except OSError:
            # FAT, exFAT and some network shares know no hard links.
            _rename_to_free(old, old_name, new, name)


def link_file(old: Folder, old_name: str, new: Folder, name: str) -> None:
    """Give a file, or a link itself, a second name; raises OSError."""
    os.link(
        old_name,
        name,
        src_dir_fd=old.handle,
        dst_dir_fd=new.handle,
        follow_symlinks=False,
    )


def move_file(old: Folder, old_name: str, new: Folder, name: str) -> None:
    """Rename a file or folder; never over a file that is there already."""
    with disk_errors(name_folders(old, new), root=new.root.path):
        if new.path == old.path and new.takes_for_one(name, old_name):
            _respell(new, old_name, name)
            return
        _rename_to_free(old, old_name, new, name)
    # The new name first: after a power cut the file is rather there twice than not.
    new.flush()
    old.flush()


def _respell(folder: Folder, old_name: str, name: str) -> None:
    """Change the case of a name on a disk that takes both spellings for one."""
    stem = Path(name).stem
    ending = Path(name).suffix
    # Some do nothing where both names are one already, so it goes by a third name. It
    # is one that the next scan sees: a crash in between leaves a renamed photo.
    third = f"{stem} (renamed){ending}"
    while folder.has(third):
        third = f"{Path(third).stem} (renamed){ending}"
    folder.rename(old_name, folder, third)
    folder.rename(third, folder, name)
    folder.flush()


def _rename_to_free(old: Folder, old_name: str, new: Folder, name: str) -> None:
    # Two threads may bring a.jpg and A.jpg to a disk that takes them for one name.
    with new.root.naming:
        _check_free(new, name)
        old.rename(old_name, new, name)


def _check_free(folder: Folder, name: str) -> None:
    if not folder.has(name):
        return
    other = find_other_spelling(folder.handle, name)
    if other:
        raise make_refusal(name, other)
    raise FileExistsError(errno.EEXIST, "exists", name)


def remove_leftover(folder: Folder, name: str) -> None:
    """Remove a temporary file that an earlier run left; a living run's file stays.

    To be called before this run writes.
    """
    with suppress(SideError):
        # The modification time may already be that of the photo.
        age = time.time() - folder.look_at(name).st_ctime
        if is_abandoned(name, age):
            folder.remove(name)
