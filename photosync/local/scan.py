"""Walking the roots into albums: what lies below them, and what it is called.

What cannot be read is unknown, not empty; what two photos would share is told apart or
refused.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from photosync.disk.names import find_overlap, is_within
from photosync.errors import UsageError
from photosync.filters import Filters
from photosync.local.library import AlbumTitles, LibraryNames
from photosync.local.names import (
    AlbumNames,
    FindKnownNames,
    name_photos,
    no_known_names,
)
from photosync.model import LocalAlbum, LocalPhoto, LocalTree, Problem
from photosync.naming import (
    PART_PREFIX,
    STAND_IN,
    name_key,
    name_of_file,
)
from photosync.titles import NamingRules

_NO_FILE = "is no ordinary file; left alone"


class _Folder(NamedTuple):
    """A folder on the walk: `names` lead to it from its root."""

    root: str
    names: tuple[str, ...]
    path: str
    is_behind_link: bool = False

    def child(self, name: str, *, is_link: bool = False) -> _Folder:
        return _Folder(
            self.root,
            (*self.names, name),
            f"{self.path}/{name}",
            self.is_behind_link or is_link,
        )

    def relative_path(self, name: str) -> str:
        """Return the path of an entry of this folder, counted from its root."""
        return "/".join((*self.names, name))


@dataclass(slots=True)
class _Bucket:
    """An album while it is being filled."""

    title: str
    folders: list[str] = field(default_factory=list)
    photos: list[LocalPhoto] = field(default_factory=list)
    hidden: list[LocalPhoto] = field(default_factory=list)
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Scanned:
    """The tree, and what besides it the walk came upon.

    `titles` pairs each folder that holds photos with the title of its album;
    `leftovers` are files that an earlier run did not finish.
    """

    tree: LocalTree
    names: LibraryNames
    titles: tuple[tuple[str, str], ...]
    leftovers: tuple[str, ...]


class _Walk:
    def __init__(
        self,
        roots: Sequence[str],
        rules: NamingRules,
        filters: Filters,
        find_known: FindKnownNames,
    ) -> None:
        self._roots = roots
        self._filters = filters
        self._find_known = find_known
        self._titles = AlbumTitles(rules, filters)
        self._buckets: dict[str, _Bucket] = {}
        self._hidden_titles: set[str] = set()
        self._hidden_files: dict[str, list[LocalPhoto]] = {}
        self._problems: list[Problem] = []
        self._unreadable: list[str] = []
        self._leftovers: list[str] = []
        self._photo_count = 0

    def run(self) -> Scanned:
        photo_counts = {root: self._walk_root(root) for root in self._roots}
        # What lies in excluded folders hides the same names in the albums that are
        # seen.
        for title in self._hidden_files.keys() & self._buckets.keys():
            self._buckets[title].hidden.extend(self._hidden_files[title])
        albums: dict[str, LocalAlbum] = {}
        names: dict[str, AlbumNames] = {}
        for title, bucket in sorted(self._buckets.items()):
            names[title] = self._name_album(bucket)
            albums[title] = self._finish_album(bucket, names[title])
        hidden_titles = frozenset(self._hidden_titles - albums.keys())
        tree = LocalTree(
            albums,
            hidden_titles,
            tuple(self._unreadable),
            photo_counts,
            tuple(self._problems),
        )
        return Scanned(
            tree,
            LibraryNames(self._roots[0], self._titles, names, hidden_titles),
            tuple(sorted(self._pair_folders_with_titles())),
            tuple(self._leftovers),
        )

    def _walk_root(self, root: str) -> int:
        """Walk a root and return how many photos it holds."""
        before = self._photo_count
        # A list instead of recursion: no tree is too deep for it.
        pending = [_Folder(root, (), root)]
        while pending:
            pending.extend(self._read_folder(pending.pop()))
        return self._photo_count - before

    def _pair_folders_with_titles(self) -> Iterator[tuple[str, str]]:
        for bucket in self._buckets.values():
            for folder in {photo.folder for photo in bucket.photos}:
                yield folder, bucket.title

    # -- one folder
    # ------------------------------------------------------------------------

    def _read_folder(self, folder: _Folder) -> Iterator[_Folder]:
        """Take up the files of a folder and yield its subfolders."""
        bucket = self._open_bucket(folder)
        try:
            with os.scandir(folder.path) as entries:
                for entry in entries:
                    if entry.is_file(follow_symlinks=False):
                        self._add_file(folder, bucket, entry)
                    elif entry.is_dir(follow_symlinks=False):
                        yield from self._enter_subfolder(folder, entry.name)
                    elif entry.is_symlink():
                        yield from self._follow_link(folder, bucket, entry)
                    elif self._filters.is_wanted_kind(entry.name):
                        self._hide_file(folder, bucket, entry.name, _NO_FILE)
        except OSError as error:
            # A folder of another user, or a disk that went in the middle: what it held
            # must not look deleted.
            bucket.unknown = f"{folder.path} could not be read ({error.strerror})"
            self._unreadable.append(folder.path)
            self._report(folder.path, f"cannot be read ({error.strerror}); left alone")
        if bucket.photos and not bucket.title:
            # After a new --replace: the photos are here, though in no album.
            self._unreadable.append(folder.path)
            self._report(
                folder.path, "the naming rules leave no album title; change them"
            )

    def _open_bucket(self, folder: _Folder) -> _Bucket:
        """Return the album that a folder's photos belong to.

        One without a title is nobody's: it is thrown away after its folder.
        """
        title = self._find_title(folder)
        if not title:
            return _Bucket(title)
        bucket = self._buckets.setdefault(name_key(title), _Bucket(title))
        bucket.folders.append(folder.path)
        return bucket

    def _find_title(self, folder: _Folder) -> str:
        return self._titles.find_title(folder.root, folder.names)

    def _enter_subfolder(
        self, folder: _Folder, name: str, *, is_link: bool = False
    ) -> Iterator[_Folder]:
        child = folder.child(name, is_link=is_link)
        if self._filters.is_junk_folder(name):
            return
        if self._filters.hides_folder(name, folder.relative_path(name)):
            self._note_hidden(child)
        else:
            yield child

    def _note_hidden(self, folder: _Folder) -> None:
        """Note the albums that an excluded folder would make, and the photos it holds."""
        pending = [folder]
        while pending:
            current = pending.pop()
            title = name_key(self._find_title(current))
            self._hidden_titles.add(title)
            try:
                with os.scandir(current.path) as entries:
                    for entry in entries:
                        if entry.is_dir(follow_symlinks=False):
                            if not self._filters.is_junk_folder(entry.name):
                                pending.append(current.child(entry.name))
                        elif self._filters.is_wanted_kind(entry.name):
                            files = self._hidden_files.setdefault(title, [])
                            files.append(_make_hidden(current.path, entry.name))
            except OSError:
                # Excluded and unreadable: nobody asked for it.
                continue

    def _add_file(
        self, folder: _Folder, bucket: _Bucket, entry: os.DirEntry[str]
    ) -> None:
        file = entry.name
        if not self._filters.is_wanted_kind(file):
            if file.startswith(PART_PREFIX):
                self._leftovers.append(entry.path)
        elif file.endswith(STAND_IN):
            # The best picture of a withheld original is not the original.
            original = file.removesuffix(STAND_IN)
            bucket.hidden.append(_make_hidden(folder.path, original))
        elif self._filters.skip and self._filters.skips(
            file, folder.relative_path(file)
        ):
            bucket.hidden.append(_make_hidden(folder.path, file))
        else:
            status = entry.stat()
            self._photo_count += 1
            photo = LocalPhoto(
                name_of_file(file),
                folder.path,
                file,
                status.st_size,
                status.st_mtime_ns,
            )
            bucket.photos.append(photo)

    # -- symbolic links
    # --------------------------------------------------------------------

    def _follow_link(
        self, folder: _Folder, bucket: _Bucket, entry: os.DirEntry[str]
    ) -> Iterator[_Folder]:
        target = os.path.realpath(entry.path)
        # Unlike those of Path, these take what may not be looked at for absent.
        if os.path.isdir(target):  # noqa: PTH112
            yield from self._enter_linked_folder(folder, entry.name, target)
        elif self._filters.is_wanted_kind(entry.name):
            refusal = _refuse_target(target, folder.root)
            if refusal:
                self._hide_file(folder, bucket, entry.name, refusal)
            else:
                self._add_file(folder, bucket, entry)

    def _enter_linked_folder(
        self, folder: _Folder, name: str, target: str
    ) -> Iterator[_Folder]:
        path = f"{folder.path}/{name}"
        if not is_within(target, os.path.realpath(folder.root)):
            # Through it photos of somebody else could be overwritten or deleted.
            self._notice(path, "is a link out of the root; not followed")
            title = self._find_title(folder.child(name))
            self._hidden_titles.add(name_key(title))
        elif is_within(os.path.realpath(folder.path), target):
            self._notice(path, "is a link in a circle; not followed")
        elif folder.is_behind_link:
            # One link deep is enough: links to links could multiply without end.
            self._notice(path, "is a link behind a link; not followed")
        else:
            yield from self._enter_subfolder(folder, name, is_link=True)

    # -- from buckets to albums
    # --------------------------------------------------------------------

    def _name_album(self, bucket: _Bucket) -> AlbumNames:
        folders = sorted(bucket.folders, key=self._rank)
        hidden_folders = {photo.folder for photo in bucket.hidden}
        all_folders = sorted({*folders, *hidden_folders}, key=self._rank)
        return AlbumNames(bucket.title, folders, named_from=all_folders)

    def _finish_album(self, bucket: _Bucket, names: AlbumNames) -> LocalAlbum:
        named = name_photos(names, bucket.photos, bucket.hidden, self._find_known)
        for photo in named.refused:
            self._report(
                photo.path, "another file of this album has the same name; rename it"
            )
        return LocalAlbum(
            bucket.title,
            names.folders,
            tuple(named.photos),
            frozenset(named.hidden),
            bucket.unknown,
        )

    def _rank(self, path: str) -> tuple[int, str]:
        """Return the sort key of an album's folders: by root, as given, then by path."""
        for number, root in enumerate(self._roots):
            if is_within(path, root):
                return number, path
        raise AssertionError(f"{path} lies in no root")

    # -- what the person is told
    # --------------------------------------------------------------------

    def _hide_file(
        self, folder: _Folder, bucket: _Bucket, file: str, reason: str
    ) -> None:
        bucket.hidden.append(_make_hidden(folder.path, file))
        self._notice(f"{folder.path}/{file}", reason)

    def _notice(self, subject: str, reason: str) -> None:
        self._problems.append(Problem(subject, reason, failed=False))

    def _report(self, subject: str, reason: str) -> None:
        self._problems.append(Problem(subject, reason))


def _make_hidden(folder: str, file: str) -> LocalPhoto:
    """Return a photo of which only the name matters: what has it is nobody's business."""
    return LocalPhoto(name_of_file(file), folder, file, 0, 0)


def _refuse_target(target: str, root: str) -> str:
    """Return why what a link to a file leads to is no photo of ours; empty if it is."""
    if not os.path.exists(target):  # noqa: PTH110
        return "is a link to nowhere; left alone"
    if not is_within(target, os.path.realpath(root)):
        return "is a link out of the root; left alone"
    if not os.path.isfile(target):  # noqa: PTH113
        return _NO_FILE
    return ""


def _check_root(root: str) -> None:
    path = Path(root)
    if not path.exists():
        raise UsageError(f"-d {root}: no such folder; is its disk mounted?")
    if not path.is_dir():
        raise UsageError(f"-d {root}: not a folder")
    if not os.access(root, os.R_OK | os.X_OK):
        raise UsageError(f"-d {root}: cannot be read; check owner and mode")


def check_roots(roots: Sequence[str]) -> None:
    """Raise UsageError for a root that is no readable folder, or lies inside another."""
    for root in roots:
        _check_root(root)
    overlap = find_overlap(roots)
    if overlap:
        inner, outer = overlap
        raise UsageError(f"-d: {inner} lies inside {outer}; name one of them only")


def scan_roots(
    roots: Sequence[str],
    rules: NamingRules,
    filters: Filters,
    find_known: FindKnownNames = no_known_names,
) -> Scanned:
    """Walk all roots, which have been checked, into albums."""
    return _Walk(roots, rules, filters, find_known).run()
