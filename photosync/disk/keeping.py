"""Giving a file its place in the trash: by a link, by moving it, or as a copy where that
cannot be.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from photosync.disk.files import Content, Part, link_file, publish, write_aside
from photosync.disk.folder import Folder
from photosync.disk.reading import open_unchanged
from photosync.disk.streams import ignore_progress


def link_or_copy(old: Folder, old_name: str, new: Folder, name: str) -> None:
    """Give a file a second name, or its content a second file where no links are."""
    try:
        link_file(old, old_name, new, name)
    except OSError:
        _copy(old, old_name, new, name)


def move_or_copy(old: Folder, old_name: str, new: Folder, name: str) -> None:
    """Move a file, as a copy where another disk is in between."""
    try:
        os.rename(old_name, name, src_dir_fd=old.handle, dst_dir_fd=new.handle)
    except OSError as error:
        # A folder below the root may be another disk, mounted there.
        if error.errno != errno.EXDEV:
            raise
        _copy(old, old_name, new, name)
        old.remove(old_name)


@contextmanager
def copy_aside(
    old: Folder, name: str, status: os.stat_result, new: Folder
) -> Iterator[Part]:
    """Write the content of a file aside in another folder; raises Changed where it is
    not as its status tells any more.
    """
    size = status.st_size
    modified_ns = status.st_mtime_ns
    expected = Content(size, None, modified_ns)
    with (
        open_unchanged(old, name, size, modified_ns) as stream,
        write_aside(new, stream, expected, ignore_progress) as part,
    ):
        yield part


def _copy(old: Folder, old_name: str, new: Folder, name: str) -> None:
    status = old.look_at(old_name)
    if stat.S_ISLNK(status.st_mode):
        target = os.readlink(old_name, dir_fd=old.handle)
        os.symlink(target, name, dir_fd=new.handle)
        return
    with copy_aside(old, old_name, status, new) as part:
        # A share without modes takes the photo all the same.
        with suppress(OSError):
            mode = stat.S_IMODE(status.st_mode)
            os.chmod(part.name, mode, dir_fd=new.handle)
        publish(part, name)
