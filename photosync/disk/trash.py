"""The trash of one root: what is deleted or overwritten waits in it, by day."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import date
from threading import Lock

from photosync.disk.days import find_day, is_believed, is_past, name_days
from photosync.disk.errors import disk_errors
from photosync.disk.files import (
    Content,
    Part,
    move_file,
    put_at,
    remove_leftover,
    write_aside,
)
from photosync.disk.folder import Folder, name_folders
from photosync.disk.keeping import copy_aside, link_or_copy, move_or_copy
from photosync.disk.names import is_within
from photosync.disk.root import Root
from photosync.disk.silence import asking, note_answer
from photosync.disk.streams import Readable, ignore_progress
from photosync.errors import NotFound, Rejected, SideError
from photosync.naming import PART_PREFIX, TRASH

_NOT_KEPT = "it is not in the trash any longer"

_PutAt = Callable[[Folder, str], None]
"""Puts what is to be kept at its place, an open folder and a name in it."""


class Trash:
    """Where deleted and overwritten files of one root wait: `.photosync-trash/DATE/` in
    it.

    A place in the trash is a path relative to the root.
    """

    def __init__(self, root: Root, *, enabled: bool = True) -> None:
        self.enabled = enabled
        self._root = root
        self._top = f"{root.path.rstrip('/')}/{TRASH}"
        self._choosing = Lock()

    # -- putting into it
    # ---------------------------------------------------------------------------

    def take(self, path: str) -> str:
        """Remove a file from its folder and return its place in the trash.

        With the trash switched off the file is gone and the place empty.
        """
        parent, name = os.path.split(path)
        with self._root.open_folder(parent) as folder:
            place = ""
            if self.enabled:
                place = self._put_file(folder, name, move_or_copy)
            else:
                folder.remove(name)
            folder.flush()
        return place

    def store(self, path: str, stream: Readable, expected: Content) -> str:
        """Keep bytes that are nowhere in this root, as if `path` had held them.

        Returns their place.
        """
        # Half a file lies at the top, where it is found without looking through all
        # that is kept. Several threads may store files of one name: each place is
        # chosen by one at a time.
        with (
            self._open_top(make=True) as top,
            write_aside(top, stream, expected, ignore_progress) as part,
            self._choosing,
        ):

            def put(target: Folder, name: str) -> None:
                put_at(top, part.name, target, name)

            return self._put(path, put, None)

    def keep(self, path: str) -> str:
        """Keep the present content of a file that is about to be overwritten.

        Returns its place; empty with the trash switched off.
        """
        if not self.enabled:
            return ""
        parent, name = os.path.split(path)
        with self._root.open_folder(parent) as folder:
            return self._put_file(folder, name, link_or_copy)

    def supersede(self, part: Part, name: str) -> str:
        """Put a file written aside over an old one, which is kept.

        At every moment one of the two has the name. Returns the place of the old one.
        """
        folder = part.folder
        folder.root.check()
        place = ""
        if self.enabled:
            place = self._put_file(folder, name, link_or_copy)
        # A photo that only its owner may see stays so, whatever it shows now; but what
        # nobody could read would be sent again in every run. Where root runs us by cron,
        # its owner goes on writing keywords into a sidecar.
        with suppress(NotFound):
            old = folder.look_at(name)
            folder.set_owner(part.name, old.st_uid, old.st_gid)
            folder.set_mode(part.name, stat.S_IMODE(old.st_mode) | stat.S_IRUSR)
        folder.rename(part.name, folder, name)
        folder.flush()
        return place

    def tidy(self) -> None:
        """Remove what killed runs left half stored, and date anew what was put here by
        a wrong clock: its days are counted from now on.

        To be called before this run stores anything.
        """
        with suppress(SideError, OSError), self._open_top() as top:
            for name in top.list_names():
                if name.startswith(PART_PREFIX):
                    remove_leftover(top, name)
            for name, day in self._list_days(top):
                if not is_believed(day):
                    os.utime(name, dir_fd=top.handle, follow_symlinks=False)

    def _put_file(
        self,
        folder: Folder,
        name: str,
        put: Callable[[Folder, str, Folder, str], None],
    ) -> str:
        def put_there(target: Folder, new_name: str) -> None:
            whose = name_folders(folder, target)
            with disk_errors(whose, root=self._root.path):
                put(folder, name, target, new_name)

        kept = folder.look_at(name)
        return self._put(f"{folder.path}/{name}", put_there, kept)

    def _put(self, path: str, put: _PutAt, kept: os.stat_result | None) -> str:
        """Put content at a free place of today and return that place.

        `kept` tells of a file that is on the disk already.
        """
        relative = os.path.relpath(path, self._root.path)
        parent, name = os.path.split(relative)
        for day in name_days():
            with self._open_place(day, parent) as target:
                is_there = target.has(name)
                if is_there and not _holds(target, name, kept):
                    # An earlier version of today: deleted, downloaded, deleted again.
                    continue
                if is_there:
                    # A crash came between keeping and replacing: it is kept already.
                    target.remove(name)
                put(target, name)
                target.flush()
                return f"{TRASH}/{day}/{relative}"
        raise AssertionError("the days never end")

    # -- coming back
    # ---------------------------------------------------------------------------

    def restore(self, place: str, path: str) -> None:
        """Move what is kept at a place of this trash back, never over another file.

        Raises NotFound where it is not kept any longer, Rejected where a file is in its
        way.
        """
        parent, name = os.path.split(path)
        with (
            self.open_kept(place) as (kept, kept_name),
            self._root.open_folder(parent, make=True) as folder,
        ):
            if folder.has(name):
                raise Rejected("a file of that name is there again; move it away first")
            move_file(kept, kept_name, folder, name)

    def bring_back(self, place: str, path: str) -> None:
        """Put what is kept in the place of a file, which is kept in its turn."""
        parent, name = os.path.split(path)
        with (
            self.open_kept(place) as (kept, kept_name),
            self._root.open_folder(parent) as folder,
        ):
            status = kept.look_at(kept_name)
            with copy_aside(kept, kept_name, status, folder) as part:
                self.supersede(part, name)
            kept.remove(kept_name)
            kept.flush()

    @contextmanager
    def open_kept(self, place: str) -> Iterator[tuple[Folder, str]]:
        """Open the folder of a place that `take` named; yields it with the file's name.

        Raises NotFound where nothing is kept there.
        """
        path = os.path.normpath(f"{self._root.path}/{place}")
        parent, name = os.path.split(path)
        is_in_trash = path != self._top and is_within(path, self._top)
        if not is_in_trash:
            # A journal that was damaged or edited could name a file outside of it.
            raise NotFound(_NOT_KEPT)
        with ExitStack() as stack:
            try:
                stack.enter_context(self._open_top())
                folder = stack.enter_context(self._root.open_folder(parent))
                folder.look_at(name)
            except NotFound as error:
                raise NotFound(_NOT_KEPT) from error
            yield folder, name

    # -- what is old
    # ---------------------------------------------------------------------------

    def count_expired(self, days: int) -> int:
        """Count the files that were put here more than `days` ago."""
        count = 0
        # A place that may not be looked at is not looked at; its listing says so.
        with suppress(SideError, OSError), self._open_top() as top:
            for name, day in self._list_days(top):
                if is_past(day, days):
                    count += self._count_files(top, name)
        return count

    def count(self) -> int:
        """Count all files that wait here."""
        with suppress(SideError, OSError), self._open_top() as top:
            return sum(self._count_files(top, name) for name, _ in self._list_days(top))
        return 0

    def empty(self, days: int) -> None:
        """Remove for good what was put here more than `days` ago."""
        with suppress(NotFound), self._open_top() as top:
            for name, day in self._list_days(top):
                if is_past(day, days):
                    whose = f"the folder {top.path}/{name}"
                    with disk_errors(whose, root=self._root.path):
                        _remove_tree(top, name)

    def _count_files(self, top: Folder, name: str) -> int:
        count = 0
        with asking(self._root.path):
            for _, _, files, _ in os.fwalk(name, dir_fd=top.handle):
                note_answer()
                count += len(files)
        return count

    def _list_days(self, top: Folder) -> Iterator[tuple[str, date]]:
        """Yield the folders of days that are our own, and how old they are."""
        for name in top.list_names():
            status = top.look_at(name)
            if not stat.S_ISDIR(status.st_mode) or not self._is_ours(status):
                continue
            day = find_day(name, status)
            if day is not None:
                yield name, day

    # -- its folders
    # ---------------------------------------------------------------------------

    @contextmanager
    def _open_top(self, *, make: bool = False) -> Iterator[Folder]:
        with self._root.open_folder(self._top, make=make) as top:
            self._check_ours(top)
            yield top

    @contextmanager
    def _open_place(self, day: str, parent: str) -> Iterator[Folder]:
        """Open, and make, the folder for what lay in the folder `parent` of the root."""
        with (
            self._open_top(make=True),
            self._root.open_folder(f"{self._top}/{day}", make=True) as folder,
        ):
            self._check_ours(folder)
            path = f"{self._top}/{day}/{parent}"
            with self._root.open_folder(path, make=True) as place:
                yield place

    def _check_ours(self, folder: Folder) -> None:
        """Raise Rejected for a folder that another user of a shared disk has made."""
        status = os.fstat(folder.handle)
        if self._is_ours(status):
            return
        if status.st_uid != self._root.probe_owner():
            raise Rejected(
                f"{folder.path} belongs to another user and is no trash of yours; "
                "move it away, or do without with --no-trash"
            )

    def _is_ours(self, status: os.stat_result) -> bool:
        # On exFAT and on many shares all is said to belong to one user, who need not be
        # the one who runs photosync: the root's owner is as good.
        return status.st_uid in {os.geteuid(), self._root.find_owner()}


def _remove_tree(top: Folder, name: str) -> None:
    """Remove a folder with all that is in it; raises OSError.

    The disk is noted to answer with each file: a day may have a hundred thousand.
    """
    below = os.fwalk(name, topdown=False, onerror=_raise, dir_fd=top.handle)
    for _, folders, files, handle in below:
        for file in files:
            note_answer()
            os.unlink(file, dir_fd=handle)
        for folder in folders:
            try:
                os.rmdir(folder, dir_fd=handle)
            except NotADirectoryError:
                # A link to a folder is only a file.
                os.unlink(folder, dir_fd=handle)
    os.rmdir(name, dir_fd=top.handle)


def _raise(error: OSError) -> None:
    raise error


def _holds(folder: Folder, name: str, kept: os.stat_result | None) -> bool:
    """Whether a name in a folder is one of the file that is to be kept."""
    if kept is None:
        return False
    # Of links themselves, not of what they lead to, which may be nothing.
    return os.path.samestat(kept, folder.look_at(name))
