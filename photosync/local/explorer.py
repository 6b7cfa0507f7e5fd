"""The local side: walks the roots into albums, reads photos, and writes and deletes
them safely.
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, NamedTuple, Protocol, TypeVar

from photosync.disk.files import (
    Content,
    check_unchanged,
    compute_file_md5,
    disk_errors,
    move_file,
    open_unchanged,
    publish,
    remove_leftover,
    write_aside,
)
from photosync.disk.names import is_within
from photosync.disk.streams import Progress, Readable, SeekableReadable
from photosync.disk.trash import Trash
from photosync.errors import Rejected
from photosync.filters import Filters
from photosync.local.scan import Scanned, photos_in, root_name, walk
from photosync.media import Kind, taken
from photosync.model import LocalPhoto, LocalTree
from photosync.naming import (
    NamingRules,
    name_key,
    name_of_file,
    posix_file_name,
    safe_file_name,
)

ObjectT = TypeVar("ObjectT")

StatKey = tuple[int, int, int]
"""Size, modification time and inode: while these stay, a file's bytes stay."""

_SETTLED_NS = 2 * 10**9
"""A file changed within this time may change again without its facts telling."""


class Cache(Protocol):
    """What was once read of files. Its methods may be called from any thread."""

    def get(self, what: str, path: str, stat_key: StatKey) -> str | None:
        """The "md5" or "taken" of a file with these facts, None if it was never
        read.
        """

    def note(self, what: str, path: str, stat_key: StatKey, value: str) -> None:
        """Keep it."""


class Saved(NamedTuple):
    """A photo written here as a scan would find it, and its MD5.

    `backup` is the path in the trash of what it took the place of.
    """

    photo: LocalPhoto
    md5: str
    backup: str = ""


@dataclass(frozen=True, slots=True)
class LocalSource:
    """A local photo ready to be sent; implements `backend.Source`."""

    photo: LocalPhoto
    original_md5: ClassVar[str] = ""

    @property
    def size(self) -> int:
        return self.photo.size

    def open(self) -> AbstractContextManager[SeekableReadable]:
        """The bytes from the first one on; raises SideError when they cannot be
        read.
        """
        return open_unchanged(self.photo.path, self.photo.size, self.photo.modified_ns)


@dataclass(frozen=True, slots=True)
class ReducedSource:
    """A smaller copy of a local photo, that goes in its place; implements
    `backend.Source`.
    """

    photo: LocalPhoto
    original_md5: str
    path: str

    @property
    def size(self) -> int:
        return Path(self.path).stat().st_size

    @contextmanager
    def open(self) -> Iterator[SeekableReadable]:
        """The copy's bytes; raises Changed if the original is another one by now."""
        _check(self.photo)
        with disk_errors(), Path(self.path).open("rb") as file:
            yield file


def _seen(folder: str, file: str, name: str) -> LocalPhoto:
    """A file just written, as a scan would find it."""
    with disk_errors():
        status = Path(folder, file).stat()
    return LocalPhoto(name, folder, file, status.st_size, status.st_mtime_ns)


def _check(photo: LocalPhoto) -> int:
    """The inode of a file that is still what the scan saw; raises Changed or
    NotFound.
    """
    return check_unchanged(photo.path, photo.size, photo.modified_ns)


class Explorer:
    """The albums below some roots, under naming rules and filters."""

    def __init__(
        self,
        roots: Sequence[str],
        rules: NamingRules | None = None,
        filters: Filters | None = None,
        *,
        keep_trash: bool = True,
        cache: Cache | None = None,
    ) -> None:
        self.roots = tuple(os.path.abspath(root) for root in roots)  # noqa: PTH100 - no resolving
        self.rules = rules or NamingRules()
        self.filters = filters or Filters()
        self._trashes = {root: Trash(root, enabled=keep_trash) for root in self.roots}
        self._tree: Scanned | None = None
        self._cache = cache

    # -- looking
    # ---------------------------------------------------------------------------

    def missing_roots(self) -> list[str]:
        """The roots that are no folders which can be read."""
        return [
            root
            for root in self.roots
            if not (os.path.isdir(root) and os.access(root, os.R_OK | os.X_OK))  # noqa: PTH112
        ]

    def scan(self) -> LocalTree:
        """Walk all roots; raises UsageError for a root that is not a readable
        folder.
        """
        self._tree = walk(self.roots, self.rules, self.filters)
        return self._tree.tree

    @property
    def tree(self) -> LocalTree:
        """What the last scan found."""
        return self._scanned().tree

    def folders(self) -> Iterator[tuple[str, str]]:
        """Each folder that holds photos with its album title, in the order of the
        walk.
        """
        return iter(self._scanned().titles)

    def qualified(self) -> Iterator[LocalPhoto]:
        """Photos that carry the name of their folder because another has their own."""
        for album in self._scanned().tree.albums.values():
            yield from (
                photo for photo in album.photos if photo.name == photo.qualified
            )

    def md5(self, photo: LocalPhoto) -> str:
        """MD5 of the file in hex, read once; raises SideError when it cannot be
        read.
        """
        return self._read_once("md5", photo, lambda: compute_file_md5(photo.path))

    def taken(self, photo: LocalPhoto) -> str:
        """When a photo was taken, as `YYYY-MM-DD HH:MM:SS` in the camera's own time,
        read once.

        By EXIF, video header, file name or modification time; raises SideError when it
        is gone.
        """
        return self._read_once(
            "taken", photo, lambda: taken(photo.path, photo.modified_ns)
        )

    def _read_once(self, what: str, photo: LocalPhoto, read: Callable[[], str]) -> str:
        stat_key = (photo.size, photo.modified_ns, _check(photo))
        known = self._cache.get(what, photo.path, stat_key) if self._cache else None
        if known is not None:
            return known
        value = read()
        _check(photo)
        if self._cache and time.time_ns() - photo.modified_ns > _SETTLED_NS:
            self._cache.note(what, photo.path, stat_key, value)
        return value

    def folder_for(self, album: str, *, as_is: bool = False) -> str | None:
        """The folder that receives photos of an album; None where the rules name no
        such folder.

        An album that exists only remotely gets a new folder in the first root; `as_is`
        says that its title is a folder name already.
        """
        known = self._scanned().tree.albums.get(name_key(album))
        if known:
            return known.folders[0]
        root = self.roots[0]
        written = posix_file_name if as_is else safe_file_name
        for folders in self.rules.folders_for(album, root_name(root), written):
            path = "/".join((root, *folders))
            if (
                not self._excludes(folders)
                and not any(self.filters.not_in_title(name) for name in folders)
                and is_within(os.path.realpath(path), os.path.realpath(root))
            ):
                return path
        return None

    def hides_album(self, album: str) -> bool:
        """Whether an album belongs to an excluded folder and is invisible on both
        sides.
        """
        tree = self._scanned().tree
        if name_key(album) in tree.albums:
            return False
        if name_key(album) in tree.hidden_albums:
            return True
        return any(
            self._excludes(folders)
            for folders in self.rules.folders_for(album, root_name(self.roots[0]))
        )

    def places(self, album: str) -> list[str]:
        """What the folders of an album, or the one it would get, put before a name for
        `--skip`.
        """
        known = self._scanned().tree.albums.get(name_key(album))
        folder = self.folder_for(album)
        folders = known.folders if known else filter(None, [folder])
        relative = (os.path.relpath(path, self._root_of(path)) for path in folders)
        return ["" if path == "." else f"{path}/" for path in relative]

    # -- changing
    # --------------------------------------------------------------------------

    def prepare(self) -> None:
        """Remove what killed runs left half written; to be called before the first
        step.
        """
        for path in self._scanned().leftovers:
            remove_leftover(path)
        for trash in self._trashes.values():
            trash.remove_leftovers()

    def source(self, photo: LocalPhoto) -> LocalSource:
        return LocalSource(photo)

    def save(
        self,
        album: str,
        name: str,
        stream: Readable,
        expected: Content,
        progress: Progress,
        *,
        as_is: bool = False,
    ) -> Saved:
        """Write a new photo; `as_is` says that the name is a file name already.

        Raises Rejected where a file of that name is there or no folder leads to the
        album.
        """
        folder, file = self._place(album, name, as_is=as_is)
        with write_aside(folder, stream, expected, progress) as part:
            publish(part.path, f"{folder}/{file}")
        return Saved(_seen(folder, file, name), part.md5)

    def save_beside(
        self,
        photo: LocalPhoto,
        mark: str,
        stream: Readable,
        expected: Content,
        progress: Progress,
    ) -> Saved:
        """Write another version of a photo next to it, its name followed by a mark."""
        marks = itertools.chain(
            [mark], (f"{mark} {number}" for number in itertools.count(2))
        )
        names = (
            f"{Path(photo.file).stem} ({one}){Path(photo.file).suffix}" for one in marks
        )
        file = next(
            name for name in names if not os.path.lexists(f"{photo.folder}/{name}")
        )
        with write_aside(photo.folder, stream, expected, progress) as part:
            publish(part.path, f"{photo.folder}/{file}")
        return Saved(_seen(photo.folder, file, name_of_file(file)), part.md5)

    def overwrite(
        self, photo: LocalPhoto, stream: Readable, expected: Content, progress: Progress
    ) -> Saved:
        """Put new bytes in the place of a photo; the old ones go to the trash of its
        root.
        """
        with write_aside(photo.folder, stream, expected, progress) as part:
            _check(photo)
            backup = self._trash_of(photo).supersede(part.path, photo.path)
        root = self._root_of(photo.folder)
        written = _seen(photo.folder, photo.file, photo.name)
        return Saved(written, part.md5, f"{root}/{backup}" if backup else "")

    def move(
        self, photo: LocalPhoto, album: str, name: str, *, as_is: bool = False
    ) -> LocalPhoto:
        """Give a photo another album or name; a folder left empty by it goes.

        Raises Changed if it is another one by now, Rejected as `save` does.
        """
        _check(photo)
        folder, file = self._place(album, name, as_is=as_is)
        move_file(photo.path, f"{folder}/{file}")
        if photo.folder not in self.roots:
            with suppress(OSError):
                Path(photo.folder).rmdir()
        return _seen(folder, file, name)

    @property
    def keeps_trash(self) -> bool:
        """Whether what is deleted or overwritten is kept."""
        return self._trashes[self.roots[0]].enabled

    def keep(self, album: str, name: str, stream: Readable, expected: Content) -> str:
        """Put what is about to vanish elsewhere into the trash of the first root; its
        path.
        """
        path = "/".join((self.roots[0], safe_file_name(album), safe_file_name(name)))
        return f"{self.roots[0]}/{self._trashes[self.roots[0]].store(path, stream, expected)}"

    def delete(self, photo: LocalPhoto) -> str:
        """Move a photo to the trash of its root, and tell its path there, empty without
        trash.

        Raises Changed if it is another one by now.
        """
        _check(photo)
        backup = self._trash_of(photo).take(photo.path)
        return f"{self._root_of(photo.folder)}/{backup}" if backup else ""

    def restore(self, backup: str, path: str) -> None:
        """Bring back from the trash what `delete` or `overwrite` put there, to its old
        path.

        What is there now goes to the trash in its turn. Raises NotFound where it is not
        kept.
        """
        root = self._root_of(os.path.dirname(path))  # noqa: PTH120
        trash, place = self._trashes[root], os.path.relpath(backup, root)
        if os.path.lexists(path):
            trash.bring_back(place, path)
        else:
            trash.restore(place, path)

    def expired_trash(self, days: int) -> int:
        """How many files have lain in the trashes of the roots longer than `days`."""
        return sum(trash.expired(days) for trash in self._trashes.values())

    def empty_trash(self, days: int) -> None:
        """Remove for good what has lain in the trashes of the roots longer than
        `days`.
        """
        for trash in self._trashes.values():
            trash.empty(days)

    def _excludes(self, folders: Sequence[str]) -> bool:
        """Whether the scan would leave out a folder, named from its root."""
        return any(
            self.filters.hides_folder(name, "/".join(folders[: depth + 1]))
            or Filters.is_junk_folder(name)
            for depth, name in enumerate(folders)
        )

    def _scanned(self) -> Scanned:
        if self._tree is None:
            self.scan()
        assert self._tree is not None
        return self._tree

    def _trash_of(self, photo: LocalPhoto) -> Trash:
        return self._trashes[self._root_of(photo.folder)]

    def _root_of(self, folder: str) -> str:
        return max((root for root in self.roots if is_within(folder, root)), key=len)

    def _place(self, album: str, name: str, *, as_is: bool) -> tuple[str, str]:
        folder = self.folder_for(album, as_is=as_is)
        if folder is None:
            raise Rejected(
                "under the naming rules no folder name leads to this album title"
            )
        known = self._scanned().tree.albums.get(name_key(album))
        for other, qualifier in self._scanned().qualifiers(known):
            if name.startswith(qualifier):
                folder, name = other, name.removeprefix(qualifier)
        return folder, posix_file_name(name) if as_is else safe_file_name(name)

    # -- the names of photoSync's Explorer
    # -------------------------------------------------

    @staticmethod
    def get_all_albums(directory: str) -> dict[str, list[str]]:
        """Album titles below a folder, sorted, each with all folders that lead to
        it.
        """
        tree = Explorer([directory], filters=Filters(format=Kind.BOTH)).scan()
        albums = sorted(tree.albums.values(), key=lambda album: album.title)
        return {album.title: list(album.folders) for album in albums}

    @staticmethod
    def get_photos_in_directories(directories: Sequence[str]) -> dict[str, str]:
        """Photo names in these folders (not below them), sorted, each with the path of
        its file.

        Of two files of one name the second is told apart by its folder's name.
        """
        return photos_in(directories, Filters(format=Kind.BOTH))

    @staticmethod
    def compare_photosets(
        ps1: Mapping[str, ObjectT], ps2: Mapping[str, ObjectT]
    ) -> tuple[dict[str, ObjectT], dict[str, ObjectT]]:
        """What the first set lacks of the second, and what the second lacks of the
        first.
        """
        return _missing(ps1, ps2), _missing(ps2, ps1)


def _missing(
    where: Mapping[str, ObjectT], of: Mapping[str, ObjectT]
) -> dict[str, ObjectT]:
    have = {name_key(name) for name in where}
    return {name: of[name] for name in sorted(of) if name_key(name) not in have}
