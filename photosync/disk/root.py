"""A root held open, and the folders below it, reached without a link on the way."""

from __future__ import annotations

import errno
import os
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Lock

from photosync.disk.errors import disk_errors
from photosync.disk.folder import Folder
from photosync.disk.names import is_within, make_part_name
from photosync.disk.silence import asking
from photosync.disk.spelling import (
    check_spelling,
    is_refused,
)
from photosync.errors import NotFound, Rejected, RootGone
from photosync.naming import find_doubtful

_BELOW = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW

LOST_TIMES = (
    "its disk lets nobody set the date of a file, so photos there have that of their "
    "copying; they are known by what is remembered"
)


class Root:
    """A local root, or the base folder of a folder remote.

    It is held open from the first look on: what is written goes to the folder that was
    looked at, or nowhere. Paths below it are absolute, as a scan spells them. May be
    used from several threads, but for `hold` and `release`. `naming` is held while a
    name is looked for below it and then given: of one root, as its disk may be mute.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.naming = Lock()
        self._opening = Lock()
        self._handle: int | None = None
        self._close: Callable[[], object] = _do_nothing
        self._inner: list[Root] = []
        self._trying = Lock()
        self._tried: dict[tuple[int, str], bool] = {}
        self._spelt: set[str] = set()
        self._resolved: dict[str, str] = {}
        self.loses_times = False

    def hold(self) -> None:
        """Stay from now on with the folder that the path leads to.

        Raises RootGone where there is none, Rejected where it cannot be read.
        """
        try:
            with disk_errors(root=self.path):
                # The root itself may be named by a link: that is the user's own word.
                handle = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        except NotFound as error:
            text = f"{self.path} is not there; is its disk mounted?"
            raise RootGone(text, self.path) from error
        self.release()
        self._resolved.clear()
        self._handle = handle
        self._close = weakref.finalize(self, os.close, handle)

    def release(self) -> None:
        """Let go of the folder, so that its disk can be unmounted."""
        for inner in self._inner:
            inner.release()
        self._inner = []
        self._handle = None
        self._close()

    def watch(self, path: str) -> None:
        """Stay with a folder below the root as well, as another disk is mounted there.

        What lies on it is opened only as long as it is there. Raises as `hold` does.
        """
        inner = Root(path)
        inner.hold()
        self._inner.append(inner)

    def has_lost_times(self) -> bool:
        """Whether a disk let us set no time of a file in this run."""
        return self.loses_times or any(inner.loses_times for inner in self._inner)

    def check(self) -> None:
        """Raise RootGone where the path leads elsewhere than to the folder held.

        The disk may have been unmounted in mid-run, which leaves its empty mount point,
        or another one may be mounted there.
        """
        handle = self._get_handle()
        try:
            with asking(self.path):
                there = os.stat(self.path)  # noqa: PTH116
            is_same = os.path.samestat(os.fstat(handle), there)
        except OSError:
            is_same = False
        if not is_same:
            text = (
                f"{self.path} is no longer the folder that it was when this run began; "
                "is its disk mounted?"
            )
            raise RootGone(text, self.path)

    def find_device(self) -> int:
        """Return the number of the disk that the root lies on."""
        return os.fstat(self._get_handle()).st_dev

    def find_owner(self) -> int:
        """Return the number of the user whom the root belongs to."""
        return os.fstat(self._get_handle()).st_uid

    def probe_owner(self) -> int:
        """Return the number of the user whom a new file in the root belongs to.

        A server may give all that root writes to nobody. Writes a file for a moment.
        """
        with self.open_folder(self.path) as folder:
            name = make_part_name()
            handle = folder.create_file(name)
            try:
                return os.fstat(handle).st_uid
            finally:
                os.close(handle)
                folder.remove(name)

    @contextmanager
    def open_folder(self, path: str, *, make: bool = False) -> Iterator[Folder]:
        """Open a folder below the root, or the root; `make`: with those that lack.

        Raises RootGone, NotFound, and Rejected where a link or a file is on the way.
        """
        self.check()
        for inner in self._inner:
            if is_within(path, inner.path):
                inner.check()
        with disk_errors(f"the folder {path}", root=self.path):
            handle = self._walk(self._split(path), make=make)
        try:
            yield Folder(self, path, handle)
        finally:
            os.close(handle)

    @contextmanager
    def open_around(self, path: str) -> Iterator[tuple[Folder, str]]:
        """Open the folder that a file really lies in, wherever links on the way lead to;
        yields it with the name of the file there.

        Raises as `open_folder` and `resolve` do.
        """
        folder, name = os.path.split(path)
        with asking(self.path):
            is_link = os.path.islink(path)  # noqa: PTH114
        if is_link:
            folder, name = os.path.split(self.resolve(path))
        else:
            folder = self._resolve_folder(folder)
        with self.open_folder(folder) as opened:
            yield opened, name

    def _resolve_folder(self, folder: str) -> str:
        """Return where links lead on the way to a folder, found out once for its photos.

        Should a link take its place later it is not opened: `open_folder` follows none.
        """
        if folder not in self._resolved:
            self._resolved[folder] = self.resolve(folder)
        return self._resolved[folder]

    def fit_path(self, path: str) -> str:
        """Return a path below the root by names that its disk can hold.

        The names that it refuses are escaped; raises SideError where that cannot be
        tried.
        """
        fitted = self.path.rstrip("/")
        for name in self._split(path):
            if find_doubtful(name):
                with self._open_nearest(fitted) as folder:
                    fitted = f"{fitted}/{folder.fit(name)}"
            else:
                fitted = f"{fitted}/{name}"
        return fitted

    def find_refused(self, handle: int, characters: set[str]) -> set[str]:
        """Return those of some characters that the disk of an open folder takes in no
        name.

        Each is tried once for each disk.
        """
        device = os.fstat(handle).st_dev
        refused: set[str] = set()
        with disk_errors(root=self.path), self._trying:
            for character in characters:
                key = (device, character)
                if key not in self._tried:
                    self._tried[key] = is_refused(handle, character)
                if self._tried[key]:
                    refused.add(character)
        return refused

    @contextmanager
    def _open_nearest(self, path: str) -> Iterator[Folder]:
        """Open a folder below the root, or the one it would be made in."""
        with asking(self.path):
            while is_within(path, self.path) and not os.path.isdir(path):  # noqa: PTH112
                path = os.path.dirname(path)  # noqa: PTH120
        with self.open_folder(path) as folder:
            yield folder

    def resolve(self, path: str) -> str:
        """Return where links lead on the way to a path below the root.

        Raises Rejected where that is out of the root: what lies there is somebody
        else's.
        """
        with asking(self.path):
            real_path = os.path.realpath(path)
            real_root = os.path.realpath(self.path)
        if not is_within(real_path, real_root):
            raise Rejected("it is reached by a link out of its root; left alone")
        return self.path + real_path.removeprefix(real_root.rstrip("/"))

    def _get_handle(self) -> int:
        with self._opening:
            if self._handle is None:
                self.hold()
            assert self._handle is not None
            return self._handle

    def _split(self, path: str) -> list[str]:
        """Return the names that lead from the root to a path below it."""
        # A state file that was damaged or edited could name any file of this machine.
        below = path.removeprefix(self.path)
        names = below.strip("/").split("/")
        if not is_within(path, self.path) or ".." in names:
            raise Rejected(f"{path} does not lie in {self.path}; left alone")
        return [name for name in names if name not in {"", "."}]

    def _walk(self, names: list[str], *, make: bool) -> int:
        held = self._get_handle()
        if not names:
            # Not a copy of the handle: two threads that list by copies of one get half
            # each.
            return os.open(".", _BELOW, dir_fd=held)
        handle = held
        path = self.path
        for name in names:
            path = f"{path}/{name}"
            try:
                below = self._enter(handle, name, path, make=make)
            finally:
                if handle != held:
                    os.close(handle)
            handle = below
        return handle

    def _enter(self, above: int, name: str, path: str, *, make: bool) -> int:
        handle = _open_below(above, name, make=make)
        if make and path not in self._spelt:
            # Into Rome must go nothing of rome, which would be another album. Looked at
            # afterwards: another thread may have made Rome just now.
            try:
                check_spelling(above, name)
            except BaseException:
                os.close(handle)
                raise
            self._spelt.add(path)
        return handle


def _do_nothing() -> None:
    """Close a root that was never held."""


def _open_below(handle: int, name: str, *, make: bool) -> int:
    try:
        return os.open(name, _BELOW, dir_fd=handle)
    except FileNotFoundError:
        if not make:
            raise
    except OSError as error:
        # Linux says of a link that it is no folder.
        if error.errno in {errno.ELOOP, errno.ENOTDIR}:
            raise Rejected(f"{name} is a link or no folder; left alone") from error
        raise
    with suppress(FileExistsError):
        # Another thread may have made it meanwhile.
        os.mkdir(name, dir_fd=handle)
    with suppress(OSError):
        os.fsync(handle)
    return _open_below(handle, name, make=False)
