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
    part_path,
    publish,
    remove_leftover,
    written_aside,
)
from photosync.disk.streams import Readable, ignore_progress
from photosync.errors import NotFound, Rejected
from photosync.naming import PART_PREFIX, TRASH


class Trash:
    """Where deleted and overwritten files of one root wait: `.photosync-trash/DATE/` in
    it.
    """

    def __init__(self, root: str, *, enabled: bool = True) -> None:
        self.root = root
        self.enabled = enabled
        self._choosing = Lock()

    def take(self, path: str) -> str:
        """Remove a file from its folder; it stays in the trash unless that is switched
        off.

        Returns its place in the trash, as a path relative to the root; empty where it
        is not kept.
        """
        place = ""
        with disk_errors():
            if self.enabled:
                place = self._with_place(path, _move_across)
            else:
                Path(path).unlink()
        flush_folder(os.path.dirname(path))  # noqa: PTH120
        return place

    def store(self, path: str, stream: Readable, expected: Content) -> str:
        """Keep bytes that are nowhere in this root, as if `path` had held them; their
        place.
        """
        # Half a file lies at the top, where it is found without looking through all
        # that is kept.
        top = f"{self.root}/{TRASH}"
        # Several threads may store files of one name: each place is chosen by one at a
        # time.
        with (
            disk_errors(),
            written_aside(top, stream, expected, ignore_progress) as part,
            self._choosing,
        ):
            return self._with_place(path, lambda _, place: publish(part.path, place))

    def remove_leftovers(self) -> None:
        """Remove what killed runs left half stored; to be called before this run
        stores.
        """
        with suppress(OSError):
            for path in Path(self.root, TRASH).glob(f"{PART_PREFIX}*"):
                remove_leftover(str(path))

    def keep(self, path: str) -> str:
        """Keep the present content of a file that is about to be overwritten; its
        place.
        """
        with disk_errors():
            return self._with_place(path, _link_or_copy) if self.enabled else ""

    def supersede(self, part: str, path: str) -> str:
        """Put a file written aside over an old one, which is kept; there is always one
        of them.

        Returns the place of the old one as `take` does.
        """
        place = self.keep(path)
        with disk_errors():
            Path(part).replace(path)
        flush_folder(os.path.dirname(path))  # noqa: PTH120
        return place

    def restore(self, place: str, path: str) -> None:
        """Move what is kept at a place of this trash back; never over a file that is
        there.

        Raises NotFound where it is not kept any longer, Rejected where a file is in its
        way.
        """
        if os.path.lexists(path):
            raise Rejected("a file of that name is there again; move it away first")
        move_file(self._kept(place), path)

    def bring_back(self, place: str, path: str) -> None:
        """Put what is kept in the place of a file, which is kept in its turn."""
        kept = self._kept(place)
        with disk_errors():
            status = Path(kept).stat()
            expected = Content(status.st_size, None, status.st_mtime_ns)
            with (
                Path(kept).open("rb") as stream,
                written_aside(
                    os.path.dirname(path),  # noqa: PTH120
                    stream,
                    expected,
                    ignore_progress,
                ) as part,
            ):
                self.supersede(part.path, path)
            Path(kept).unlink()
        flush_folder(os.path.dirname(kept))  # noqa: PTH120

    def _kept(self, place: str) -> str:
        """The path of a place that `take` named; nothing outside of this trash is
        one.
        """
        top = str(Path(self.root, TRASH))
        path = os.path.normpath(Path(self.root, place))
        if not path.startswith(f"{top}/") or not os.path.lexists(path):
            raise NotFound("it is not in the trash any longer")
        return path

    def expired(self, days: int) -> int:
        """How many files were put here more than `days` ago."""
        return sum(
            sum(file.is_file() for file in folder.rglob("*"))
            for folder in self._expired(days)
        )

    def empty(self, days: int) -> None:
        """Remove for good what was put here more than `days` ago."""
        for folder in list(self._expired(days)):
            with disk_errors():
                shutil.rmtree(folder)

    def _expired(self, days: int) -> Iterator[Path]:
        limit = datetime.now(tz=UTC).date() - timedelta(days=days)
        try:
            folders = sorted(Path(self.root, TRASH).glob("????-??-??*"))
        except OSError:
            # A place that may not be looked at is not looked at; its listing says so.
            return
        for folder in folders:
            with suppress(ValueError):
                if date.fromisoformat(folder.name[:10]) < limit and folder.is_dir():
                    yield folder

    def _with_place(self, path: str, put: Callable[[str, str], None]) -> str:
        relative = os.path.relpath(path, self.root)
        today = datetime.now(tz=UTC).date().isoformat()
        days = itertools.chain([today], (f"{today}.{n}" for n in itertools.count(2)))
        while True:
            day = next(days)
            place = str(Path(self.root, TRASH, day, relative))
            make_folder(str(Path(place).parent))
            if os.path.lexists(place):
                if os.path.lexists(path) and Path(place).samefile(path):
                    # A crash came between keeping and replacing: it is kept already.
                    Path(place).unlink()
                else:
                    continue
            put(path, place)
            flush_folder(str(Path(place).parent))
            return os.path.relpath(place, self.root)


def _link_or_copy(path: str, place: str) -> None:
    try:
        os.link(path, place, follow_symlinks=False)
    except OSError:
        part = part_path(str(Path(place).parent))
        shutil.copy2(path, part, follow_symlinks=False)
        if not Path(part).is_symlink():
            with Path(part).open("rb") as file:
                os.fsync(file.fileno())
        Path(part).rename(place)


def _move_across(path: str, place: str) -> None:
    try:
        Path(path).rename(place)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _link_or_copy(path, place)
        Path(path).unlink()
