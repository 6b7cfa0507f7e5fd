"""The trash of one root: what is deleted or overwritten waits in it, by day."""

from __future__ import annotations

import errno
import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Lock

from photosync.disk.files import (
    Content,
    disk_errors,
    flush_folder,
    make_folder,
    move_file,
    publish,
    remove_leftover,
    write_aside,
)
from photosync.disk.names import is_within, make_part_path
from photosync.disk.streams import Readable, ignore_progress
from photosync.errors import NotFound, Rejected
from photosync.naming import PART_PREFIX, TRASH

_PutAt = Callable[[str, str], None]
"""Puts what is to be kept, now at the first path, at the second, its place."""


class Trash:
    """Where deleted and overwritten files of one root wait: `.photosync-trash/DATE/` in
    it.

    A place in the trash is a path relative to the root.
    """

    def __init__(self, root: str, *, enabled: bool = True) -> None:
        self.root = root
        self.enabled = enabled
        self._choosing = Lock()

    def take(self, path: str) -> str:
        """Remove a file from its folder and return its place in the trash.

        With the trash switched off the file is gone and the place empty.
        """
        place = ""
        with disk_errors():
            if self.enabled:
                place = self._put(path, _move)
            else:
                Path(path).unlink()
        flush_folder(os.path.dirname(path))  # noqa: PTH120
        return place

    def store(self, path: str, stream: Readable, expected: Content) -> str:
        """Keep bytes that are nowhere in this root, as if `path` had held them.

        Returns their place.
        """

        def put(_: str, place: str) -> None:
            publish(part.path, place)

        # Half a file lies at the top, where it is found without looking through all
        # that is kept.
        top = f"{self.root}/{TRASH}"
        # Several threads may store files of one name: each place is chosen by one at a
        # time.
        with (
            disk_errors(),
            write_aside(top, stream, expected, ignore_progress) as part,
            self._choosing,
        ):
            return self._put(path, put)

    def remove_leftovers(self) -> None:
        """Remove what killed runs left half stored.

        To be called before this run stores anything.
        """
        with suppress(OSError):
            for path in Path(self.root, TRASH).glob(f"{PART_PREFIX}*"):
                remove_leftover(str(path))

    def keep(self, path: str) -> str:
        """Keep the present content of a file that is about to be overwritten.

        Returns its place; empty with the trash switched off.
        """
        if not self.enabled:
            return ""
        with disk_errors():
            return self._put(path, _link_or_copy)

    def supersede(self, part: str, path: str) -> str:
        """Put a file written aside over an old one, which is kept.

        At every moment one of the two has the name. Returns the place of the old one.
        """
        place = self.keep(path)
        with disk_errors():
            Path(part).replace(path)
        flush_folder(os.path.dirname(path))  # noqa: PTH120
        return place

    def restore(self, place: str, path: str) -> None:
        """Move what is kept at a place of this trash back, never over another file.

        Raises NotFound where it is not kept any longer, Rejected where a file is in its
        way.
        """
        if os.path.lexists(path):
            raise Rejected("a file of that name is there again; move it away first")
        move_file(self._find(place), path)

    def bring_back(self, place: str, path: str) -> None:
        """Put what is kept in the place of a file, which is kept in its turn."""
        kept = self._find(place)
        folder = os.path.dirname(path)  # noqa: PTH120 - a str stays a str
        with disk_errors():
            status = Path(kept).stat()
            expected = Content(status.st_size, None, status.st_mtime_ns)
            with (
                Path(kept).open("rb") as stream,
                write_aside(folder, stream, expected, ignore_progress) as part,
            ):
                self.supersede(part.path, path)
            Path(kept).unlink()
        flush_folder(os.path.dirname(kept))  # noqa: PTH120

    def _find(self, place: str) -> str:
        """Return the path of a place that `take` named, raising NotFound without one."""
        top = str(Path(self.root, TRASH))
        path = os.path.normpath(Path(self.root, place))
        # A journal that was damaged or edited could name a file outside of the trash.
        is_in_trash = path != top and is_within(path, top)
        if not is_in_trash or not os.path.lexists(path):
            raise NotFound("it is not in the trash any longer")
        return path

    def expired(self, days: int) -> int:
        """Count the files that were put here more than `days` ago."""
        count = 0
        for folder in self._find_expired(days):
            count += sum(file.is_file() for file in folder.rglob("*"))
        return count

    def empty(self, days: int) -> None:
        """Remove for good what was put here more than `days` ago."""
        for folder in list(self._find_expired(days)):
            with disk_errors():
                shutil.rmtree(folder)

    def _find_expired(self, days: int) -> Iterator[Path]:
        """Yield the folders of the days that are past, the oldest first."""
        limit = datetime.now(tz=UTC).date() - timedelta(days=days)
        try:
            folders = sorted(Path(self.root, TRASH).glob("????-??-??*"))
        except OSError:
            # A place that may not be looked at is not looked at; its listing says so.
            return
        for folder in folders:
            # A folder that only looks like a day is somebody's own.
            with suppress(ValueError):
                if date.fromisoformat(folder.name[:10]) < limit and folder.is_dir():
                    yield folder

    def _put(self, path: str, put_at: _PutAt) -> str:
        """Put the content of a file at a free place of today and return that place."""
        relative = os.path.relpath(path, self.root)
        for day in _name_days():
            place = str(Path(self.root, TRASH, day, relative))
            folder = str(Path(place).parent)
            make_folder(folder)
            if os.path.lexists(place):
                if not _is_same_file(path, place):
                    # An earlier version of today: deleted, downloaded, deleted again.
                    continue
                # A crash came between keeping and replacing: it is kept already.
                Path(place).unlink()
            put_at(path, place)
            flush_folder(folder)
            return os.path.relpath(place, self.root)
        raise AssertionError("the days never end")


def _name_days() -> Iterator[str]:
    """Yield the folder names for what is put here today: DATE, DATE.2, DATE.3, ..."""
    today = datetime.now(tz=UTC).date().isoformat()
    yield today
    for number in itertools.count(2):
        yield f"{today}.{number}"


def _is_same_file(path: str, place: str) -> bool:
    return os.path.lexists(path) and Path(place).samefile(path)


def _link_or_copy(path: str, place: str) -> None:
    """Give a file a second name, or its content a second file where no links are."""
    try:
        os.link(path, place, follow_symlinks=False)
    except OSError:
        part = make_part_path(str(Path(place).parent))
        shutil.copy2(path, part, follow_symlinks=False)
        if not Path(part).is_symlink():
            with Path(part).open("rb") as file:
                os.fsync(file.fileno())
        Path(part).rename(place)


def _move(path: str, place: str) -> None:
    try:
        Path(path).rename(place)
    except OSError as error:
        # A folder below the root may be another disk, mounted there.
        if error.errno != errno.EXDEV:
            raise
        _link_or_copy(path, place)
        Path(path).unlink()
