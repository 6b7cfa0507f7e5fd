"""The base of a folder remote: whose it is, held open, and made only at the start."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from photosync.config.settings import FOLDER_SCOPE
from photosync.disk.errors import disk_errors
from photosync.disk.files import flush_folder
from photosync.disk.folder import Folder
from photosync.disk.names import find_overlap
from photosync.disk.root import LOST_TIMES, Root
from photosync.disk.silence import asking
from photosync.disk.space import find_space
from photosync.disk.trash import Trash
from photosync.errors import SideError, UsageError
from photosync.formatting import name_service
from photosync.model import Problem, RemotePhoto
from photosync.services.base import Backend
from photosync.services.costs import UNKNOWN_ROOM, Room
from photosync.services.folder_identity import (
    FolderMark,
    FolderPlace,
    check_mark,
    find_unmarked_account,
    look_at_place,
    write_mark,
)


class FolderBase(Backend):
    """What does not concern single photos of a folder remote."""

    def __init__(self, root: str, *, keep_trash: bool = True) -> None:
        self.root = os.path.abspath(root)  # noqa: PTH100 - the name the user gave, unresolved
        self._name = f"{FOLDER_SCOPE}{root}"
        self._held = Root(self.root)
        self._trash = Trash(self._held, enabled=keep_trash)
        self._was_absent = False

    @property
    def name(self) -> str:
        return self._name

    @property
    def account(self) -> str:
        mark = self.find_place().mark
        return mark.id if mark else os.path.realpath(self.root)

    def is_of(self, account: str) -> bool:
        # Until it was marked, memory knew it by its path or by its device.
        place = self.find_place()
        names = {self.account, place.path, find_unmarked_account(place)}
        return account in names

    def find_place(self) -> FolderPlace:
        with asking(self.root):
            return look_at_place(self.root)

    def mark(self, mark_id: str, home: str, stamp: str) -> bool:
        # Another computer may have left its stamp since this run began.
        found = self.find_place().mark
        others = found.stamps if found and found.id == mark_id else {}
        mark = FolderMark(mark_id, {**others, home: stamp})
        try:
            with self._held.open_folder(self.root) as base:
                write_mark(base, mark)
        except SideError:
            # A read-only disk, or one that was unplugged: its steps will tell.
            return False
        return True

    def check(self, roots: Sequence[str]) -> None:
        """Raise UsageError for a folder that cannot serve beside these local roots."""
        with asking(self.root):
            self._check_place()
        for root in roots:
            with asking(root):
                overlap = find_overlap([self.root, root])
            if overlap:
                raise UsageError(
                    f"-p {self.name}: lies inside or around {root}; choose another"
                )

    def check_there(self, *, writes: bool) -> None:
        """Raise UsageError for a folder that is not there, and that no run will make."""
        path = Path(self.root)
        with asking(self.root):
            # A run that writes makes it, but never a whole way that a disk should be at.
            may_make = writes and path.parent.is_dir()
            is_there = path.exists()
        if not is_there and not may_make:
            raise UsageError(f"-p {self.name}: no such folder; is its disk mounted?")

    def _check_place(self) -> None:
        path = Path(self.root)
        try:
            path.exists()
        except OSError as error:
            raise UsageError(
                f"-p {self.name}: cannot be looked at ({error.strerror}); check owner "
                "and mode of the folders above it"
            ) from error
        if path.exists() and not path.is_dir():
            raise UsageError(f"-p {self.name}: not a folder; choose another")

    def check_readable(self) -> None:
        """Raise Rejected where it cannot be told what folder this is."""
        with asking(self.root):
            check_mark(self.root)

    def is_missing(self) -> bool:
        with asking(self.root):
            return not os.path.lexists(self.root)

    def make_place(self) -> None:
        with disk_errors(root=self.root):
            Path(self.root).mkdir()
        flush_folder(str(Path(self.root).parent))

    def find_room(self) -> Room:
        """Look at the disk that the folder is on, or will be."""
        space = find_space(self.root)
        if space is None:
            return UNKNOWN_ROOM
        return Room(space.free, space.device, keeps_replaced=self._trash.enabled)

    def run_notices(self) -> Sequence[Problem]:
        if not self._held.has_lost_times():
            return ()
        return [Problem(name_service(self.name), LOST_TIMES, failed=False)]

    def close(self) -> None:
        """Let go of the folder, so that its disk can be unmounted."""
        self._held.release()

    # -- its trash
    # ---------------------------------------------------------------------------

    def count_expired_trash(self, days: int) -> int:
        return self._trash.count_expired(days)

    def empty_trash(self, days: int) -> None:
        self._trash.empty(days)

    # -- what lies below
    # ---------------------------------------------------------------------------

    @contextmanager
    def _open_album(self, album_id: str, *, make: bool = False) -> Iterator[Folder]:
        path = f"{self.root}/{album_id}"
        with self._held.open_folder(path, make=make) as folder:
            yield folder

    @contextmanager
    def _open_photo(self, photo: RemotePhoto) -> Iterator[tuple[Folder, str]]:
        """Open the sub-folder of a photo; yields it with the name of the file."""
        folder, file = os.path.split(photo.id)
        with self._open_album(folder) as opened:
            yield opened, file
