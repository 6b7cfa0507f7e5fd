"""A single local photo: looked at, checked, read once, and opened to be sent."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar, NamedTuple, Protocol

from photosync.disk.errors import disk_errors
from photosync.disk.files import Content, write_new
from photosync.disk.folder import Folder
from photosync.disk.reading import CheckedFile, check_unchanged, open_unchanged
from photosync.disk.root import Root
from photosync.disk.streams import SeekableReadable, ignore_progress
from photosync.errors import Changed, SideError
from photosync.media import find_moment_in, find_taken
from photosync.model import NO_DETAILS, Details, LocalPhoto


class StatKey(NamedTuple):
    """As long as these stay the same, the bytes of a file do; the first three as in
    `LocalStat`.

    A program that edits tags may put the modification time back, but not the time of
    change.
    """

    size: int
    modified_ns: int
    changed_ns: int
    inode: int


_HEAD = 64 * 1024
"""How many bytes are read at once to look for a date: hardly more comes before the pixels.
"""

_STILL_WRITTEN_NS = 2 * 10**9
"""A file written within this time may be written again with the same StatKey: FAT keeps
times to two seconds.
"""

_STILL_CHANGING_NS = 20 * 10**6
"""The same for the time of change, which systems count in ticks of up to ten milliseconds.
"""


class Cache(Protocol):
    """Remembers what was read of files. Its methods may be called from any thread."""

    def is_empty(self, what: str) -> bool:
        """Whether it has the "md5" or "taken" of no file at all."""

    def get(self, what: str, path: str, stat_key: StatKey) -> str | None:
        """Return the "md5" or "taken" of a file with this key, None if it was never
        read.
        """

    def get_each(
        self, what: str, stat_keys: Mapping[str, StatKey]
    ) -> Mapping[str, str]:
        """Return what is known of many files, by path, as `get` does for one."""

    def note(self, what: str, path: str, stat_key: StatKey, value: str) -> None:
        """Remember the "md5" or "taken" of a file with this key."""


ReadTaken = Callable[[LocalPhoto], str]
"""Reads when a photo was taken; raises SideError when it is gone."""


OnRead = Callable[[LocalPhoto, CheckedFile], None]
"""Called with a photo that was just sent, and its file, which is still open."""


def _do_nothing(_photo: LocalPhoto, _file: CheckedFile) -> None:
    """Leave a photo that was sent as it is."""


def read_taken_at_path(photo: LocalPhoto) -> str:
    """Return when a photo was taken, by its path; if it is gone, the time of the file."""
    return find_taken(photo.path, photo.modified_ns)


@dataclass(frozen=True, slots=True)
class LocalSource:
    """A local photo ready to be sent; implements `services.base.Source`.

    Where no root is given, the folder of the photo serves as one.
    """

    photo: LocalPhoto
    root: Root | None = None
    details: Details = NO_DETAILS
    read_taken: ReadTaken = read_taken_at_path
    on_read: OnRead = _do_nothing
    original_md5: ClassVar[str] = ""

    @property
    def size(self) -> int:
        return self.photo.size

    def taken(self) -> str:
        return self.read_taken(self.photo)

    @contextmanager
    def open(self) -> Iterator[SeekableReadable]:
        """Open the file at its first byte; raises SideError when it cannot be read."""
        photo = self.photo
        root = self.root or Root(photo.folder)
        with (
            root.open_around(photo.path) as (folder, file),
            open_unchanged(folder, file, photo.size, photo.modified_ns) as stream,
        ):
            yield stream
            self.on_read(photo, stream)


@dataclass(frozen=True, slots=True)
class ReducedSource:
    """A smaller copy of a local photo that is sent in its place; implements
    `services.base.Source`.
    """

    photo: LocalPhoto
    original_md5: str
    path: str
    details: Details = NO_DETAILS
    read_taken: ReadTaken = read_taken_at_path

    @property
    def size(self) -> int:
        return Path(self.path).stat().st_size

    def taken(self) -> str:
        return self.read_taken(self.photo)

    @contextmanager
    def open(self) -> Iterator[SeekableReadable]:
        """Open the copy; raises Changed if the original is another one by now."""
        check_photo(self.photo)
        with disk_errors(), Path(self.path).open("rb") as file:
            yield file


class Saved(NamedTuple):
    """A photo that was written here, as a scan would find it, and its MD5.

    `backup` is the path in the trash of the file that it replaced.
    """

    photo: LocalPhoto
    md5: str
    backup: str = ""


def check_photo(photo: LocalPhoto) -> StatKey:
    """Return the key of a file that is still as the scan saw it.

    Raises Changed or NotFound if it is not.
    """
    status = check_unchanged(photo.path, photo.size, photo.modified_ns)
    return _make_key(status)


def _make_key(status: os.stat_result) -> StatKey:
    return StatKey(
        status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino
    )


def read_once(
    cache: Cache | None, what: str, photo: LocalPhoto, read: Callable[[], str]
) -> str:
    """Return what the cache knows of a photo, else read and note it.

    Raises SideError when the file cannot be read or is another one by now.
    """
    stat_key = check_photo(photo)
    known = cache.get(what, photo.path, stat_key) if cache else None
    if known is not None:
        return known
    return read_anew(cache, what, photo, read)


def read_each_once(
    cache: Cache | None,
    what: str,
    photos: Iterable[LocalPhoto],
    read: Callable[[LocalPhoto], str],
) -> Iterator[tuple[LocalPhoto, str]]:
    """Yield many photos, each with what the cache knows of it, else with what is read and
    noted.

    A file that cannot be read, or has changed, is left out.
    """
    stat_keys: dict[LocalPhoto, StatKey] = {}
    for photo in photos:
        with suppress(SideError):
            stat_keys[photo] = check_photo(photo)
    by_path = {photo.path: stat_key for photo, stat_key in stat_keys.items()}
    known = cache.get_each(what, by_path) if cache else {}
    for photo in stat_keys:
        value = known.get(photo.path)
        if value is None:
            try:
                value = read_anew(cache, what, photo, partial(read, photo))
            except SideError:
                continue
        yield photo, value


def read_anew(
    cache: Cache | None,
    what: str,
    photo: LocalPhoto,
    read: Callable[[], str],
) -> str:
    """Read a photo, whatever the cache knows, note what was read, and return it.

    Raises SideError as `read_once` does.
    """
    stat_key = check_photo(photo)
    value = read()
    # An editor may have written it while it was read.
    if check_photo(photo) != stat_key:
        raise Changed("it changed while it was read; the next run takes it up")
    if cache and _has_settled(stat_key):
        cache.note(what, photo.path, stat_key, value)
    return value


def read_open_moment(photo: LocalPhoto, handle: int) -> str:
    """Return when a photo was taken; `handle` is the descriptor of its open file."""
    with os.fdopen(handle, "rb", buffering=_HEAD, closefd=False) as file:
        return find_moment_in(file, photo.modified_ns, photo.file).text


def note_open_moment(
    cache: Cache, photo: LocalPhoto, file: CheckedFile, root: str
) -> None:
    """Note when a photo was taken; its file is open, and `root` is on the same disk."""
    stat_key = _make_key(file.status)
    # If the photo is being edited at this moment, its date is read when it is asked for.
    with suppress(SideError), disk_errors(root=root):
        taken = read_open_moment(photo, file.handle)
        is_unchanged = _make_key(file.look_again()) == stat_key
        if is_unchanged and _has_settled(stat_key):
            cache.note("taken", photo.path, stat_key, taken)


def _has_settled(stat_key: StatKey) -> bool:
    """Whether any further change of a file will change its key."""
    now = time.time_ns()
    is_written = now - stat_key.modified_ns > _STILL_WRITTEN_NS
    return is_written and now - stat_key.changed_ns > _STILL_CHANGING_NS


def copy_photo(source: LocalSource, folder: Folder, file: str) -> None:
    """Write a verified copy of a photo; a file that is there is never overwritten.

    Raises Changed if the photo has changed.
    """
    photo = source.photo
    expected = Content(photo.size, None, photo.modified_ns)
    with source.open() as stream:
        write_new(folder, file, stream, expected, ignore_progress)


def recall(cache: Cache | None, what: str, photo: LocalPhoto) -> str | None:
    """Return what was read of a photo earlier; None if it has changed or was not read."""
    # In a first run over 100,000 photos there is nothing to look up for any of them.
    if cache is None or cache.is_empty(what):
        return None
    try:
        return cache.get(what, photo.path, check_photo(photo))
    except SideError:
        return None


def look_at(folder: Folder, file: str, name: str) -> LocalPhoto:
    """Return a file just written, as a scan would find it."""
    status = folder.look_at(file)
    return LocalPhoto(
        name,
        folder.path,
        file,
        status.st_size,
        status.st_mtime_ns,
        changed_ns=status.st_ctime_ns,
    )
