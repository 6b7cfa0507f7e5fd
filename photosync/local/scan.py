"""Walking the roots: folders become albums, files become photos, and nothing is
silently lost.

What cannot be read is unknown, not empty; what two photos would share is told apart or
refused.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from photosync.disk.names import find_overlap, is_within
from photosync.errors import UsageError
from photosync.filters import Filters
from photosync.model import LocalAlbum, LocalPhoto, LocalTree, Problem
from photosync.naming import (
    PART_PREFIX,
    PATH_SEPARATOR,
    STAND_IN,
    NamingRules,
    name_key,
    name_of_file,
)

_NO_FILE = "is no ordinary file; left alone"


def root_name(root: str) -> str:
    return Path(root).name or root


class _Folder(NamedTuple):
    root: str
    names: tuple[str, ...]
    path: str
    through_link: bool = False

    def child(self, name: str, *, through_link: bool = False) -> _Folder:
        names = (*self.names, name)
        return _Folder(
            self.root, names, f"{self.path}/{name}", self.through_link or through_link
        )

    def relative(self, name: str) -> str:
        return "/".join((*self.names, name))


@dataclass(slots=True)
class _Bucket:
    """An album while it is being filled."""

    title: str
    folders: list[str] = field(default_factory=list)
    photos: list[LocalPhoto] = field(default_factory=list)
    hidden: list[LocalPhoto] = field(default_factory=list)
    hidden_names: set[str] = field(default_factory=set)
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Scanned:
    """The tree, and what besides it the walk came upon."""

    tree: LocalTree
    titles: tuple[tuple[str, str], ...]
    leftovers: tuple[str, ...]

    @staticmethod
    def qualifiers(album: LocalAlbum | None) -> Iterator[tuple[str, str]]:
        """The further folders of an album, each with what it puts before its names."""
        if album:
            for folder in album.folders[1:]:
                yield folder, _qualifier(folder, album.folders[0])


def _qualifier(folder: str, main: str) -> str:
    steps = os.path.relpath(folder, main).split("/")
    names = [name_of_file(step) for step in steps if step not in {".", ".."}]
    return PATH_SEPARATOR.join(names) + PATH_SEPARATOR


class _Walk:
    def __init__(
        self, roots: Sequence[str], rules: NamingRules, filters: Filters
    ) -> None:
        self.roots = roots
        self.rules = rules
        self.filters = filters
        self.buckets: dict[str, _Bucket] = {}
        self.hidden_albums: set[str] = set()
        self.hidden_files: dict[str, list[LocalPhoto]] = {}
        self.problems: list[Problem] = []
        self.unreadable: list[str] = []
        self.leftovers: list[str] = []
        self.found: dict[str, int] = {}
        self._found = 0

    def run(self) -> Scanned:
        for root in self.roots:
            before = self._found
            pending = [_Folder(root, (), root)]
            while pending:
                pending.extend(self._enter(pending.pop()))
            self.found[root] = self._found - before
        for title in self.hidden_files.keys() & self.buckets.keys():
            self.buckets[title].hidden.extend(self.hidden_files[title])
        titles: list[tuple[str, str]] = []
        albums = {
            k: self._settle(bucket, titles)
            for k, bucket in sorted(self.buckets.items())
        }
        tree = LocalTree(
            albums,
            frozenset(self.hidden_albums - albums.keys()),
            tuple(self.unreadable),
            self.found,
            tuple(self.problems),
        )
        return Scanned(tree, tuple(sorted(titles)), tuple(self.leftovers))

    # -- one folder
    # ------------------------------------------------------------------------

    def _enter(self, folder: _Folder) -> Iterator[_Folder]:
        bucket = self._bucket(folder)
        try:
            with os.scandir(folder.path) as entries:
                for entry in entries:
                    if entry.is_file(follow_symlinks=False):
                        self._file(folder, bucket, entry)
                    elif entry.is_dir(follow_symlinks=False):
                        yield from self._subfolder(folder, entry.name)
                    elif entry.is_symlink():
                        yield from self._link(folder, bucket, entry)
                    elif self.filters.is_wanted_kind(entry.name):
                        self._hide_file(folder, bucket, entry.name, _NO_FILE)
        except OSError as error:
            bucket.unknown = f"{folder.path} could not be read ({error.strerror})"
            self.unreadable.append(folder.path)
            self._problem(folder.path, f"cannot be read ({error.strerror}); left alone")
        if bucket.photos and not bucket.title:
            self._problem(
                folder.path, "the naming rules leave no album title; change them"
            )

    def _bucket(self, folder: _Folder) -> _Bucket:
        """The album that a folder's photos belong to; one without a title is
        nobody's.
        """
        title = self._title(folder)
        if not title:
            return _Bucket(title)
        bucket = self.buckets.setdefault(name_key(title), _Bucket(title))
        bucket.folders.append(folder.path)
        return bucket

    def _title(self, folder: _Folder) -> str:
        names = [
            name_of_file(n) for n in folder.names if not self.filters.not_in_title(n)
        ]
        return self.rules.title(names, root_name(folder.root))

    def _subfolder(
        self, folder: _Folder, name: str, *, through_link: bool = False
    ) -> Iterator[_Folder]:
        child = folder.child(name, through_link=through_link)
        if self.filters.is_junk_folder(name):
            return
        if self.filters.hides_folder(name, folder.relative(name)):
            self._hide_titles(child)
        else:
            yield child

    def _hide_titles(self, folder: _Folder) -> None:
        """Take note of the albums that an excluded folder would make, or add its photos
        to.
        """
        pending = [folder]
        while pending:
            current = pending.pop()
            title = name_key(self._title(current))
            self.hidden_albums.add(title)
            try:
                with os.scandir(current.path) as entries:
                    for entry in entries:
                        if entry.is_dir(follow_symlinks=False):
                            if not self.filters.is_junk_folder(entry.name):
                                pending.append(current.child(entry.name))
                        elif self.filters.is_wanted_kind(entry.name):
                            files = self.hidden_files.setdefault(title, [])
                            files.append(_hidden(current.path, entry.name))
            except OSError:
                # Excluded and unreadable: nobody asked for it.
                continue

    def _file(self, folder: _Folder, bucket: _Bucket, entry: os.DirEntry[str]) -> None:
        name = entry.name
        if not self.filters.is_wanted_kind(name):
            if name.startswith(PART_PREFIX):
                self.leftovers.append(entry.path)
        elif name.endswith(STAND_IN):
            bucket.hidden.append(_hidden(folder.path, name.removesuffix(STAND_IN)))
        elif self.filters.skip and self.filters.skips(name, folder.relative(name)):
            bucket.hidden.append(_hidden(folder.path, name))
        else:
            status = entry.stat()
            self._found += 1
            bucket.photos.append(
                LocalPhoto(
                    name_of_file(name),
                    folder.path,
                    name,
                    status.st_size,
                    status.st_mtime_ns,
                )
            )

    # -- symbolic links
    # --------------------------------------------------------------------

    def _link(
        self, folder: _Folder, bucket: _Bucket, entry: os.DirEntry[str]
    ) -> Iterator[_Folder]:
        target = os.path.realpath(entry.path)
        # Unlike those of Path, these take what may not be looked at for absent.
        if os.path.isdir(target):  # noqa: PTH112
            yield from self._linked_folder(folder, entry.name, target)
        elif self.filters.is_wanted_kind(entry.name):
            if not os.path.exists(target):  # noqa: PTH110
                self._hide_file(
                    folder, bucket, entry.name, "is a link to nowhere; left alone"
                )
            elif not is_within(target, os.path.realpath(folder.root)):
                self._hide_file(
                    folder, bucket, entry.name, "is a link out of the root; left alone"
                )
            elif not os.path.isfile(target):  # noqa: PTH113
                self._hide_file(folder, bucket, entry.name, _NO_FILE)
            else:
                self._file(folder, bucket, entry)

    def _linked_folder(
        self, folder: _Folder, name: str, target: str
    ) -> Iterator[_Folder]:
        path = f"{folder.path}/{name}"
        if not is_within(target, os.path.realpath(folder.root)):
            self._problem(path, "is a link out of the root; not followed", failed=False)
            self.hidden_albums.add(name_key(self._title(folder.child(name))))
        elif is_within(os.path.realpath(folder.path), target):
            self._problem(path, "is a link in a circle; not followed", failed=False)
        elif folder.through_link:
            # One link deep is enough: links to links could multiply without end.
            self._problem(path, "is a link behind a link; not followed", failed=False)
        else:
            yield from self._subfolder(folder, name, through_link=True)

    # -- settling names
    # --------------------------------------------------------------------

    def _settle(self, bucket: _Bucket, titles: list[tuple[str, str]]) -> LocalAlbum:
        bucket.folders.sort(key=self._rank)
        titles.extend(
            (folder, bucket.title) for folder in {p.folder for p in bucket.photos}
        )
        photos = tuple(self._qualified(bucket))
        hidden = frozenset(bucket.hidden_names)
        return LocalAlbum(
            bucket.title, tuple(bucket.folders), photos, hidden, bucket.unknown
        )

    def _rank(self, path: str) -> tuple[int, str]:
        """The place of a folder among those of its album: by root, then by path."""
        numbered = enumerate(self.roots)
        return next(number for number, root in numbered if is_within(path, root)), path

    def _qualified(self, bucket: _Bucket) -> list[LocalPhoto]:
        photos = sorted(bucket.photos)
        alone = len(bucket.folders) == 1 and not bucket.hidden
        if alone and len({name_key(photo.name) for photo in photos}) == len(photos):
            return photos
        return list(self._distinct(bucket))

    def _distinct(self, bucket: _Bucket) -> Iterator[LocalPhoto]:
        """The photos, each of a name that no other has; hidden ones keep theirs, also
        elsewhere.
        """
        hidden = frozenset(bucket.hidden)
        folders = sorted({*bucket.folders, *(p.folder for p in hidden)}, key=self._rank)
        rank = {folder: number for number, folder in enumerate(folders)}
        main = folders[0]
        taken: set[str] = set()
        for photo in sorted(
            (*bucket.photos, *hidden),
            key=lambda p: (rank[p.folder], p.file != name_key(p.file), p),
        ):
            found = photo
            if photo.folder != main:
                found = photo._replace(
                    qualified=_qualifier(photo.folder, main) + photo.name
                )
            if name_key(found.name) in taken and found.qualified:
                found = found._replace(name=found.qualified)
            if photo in hidden:
                names = {
                    name_key(name) for name in (found.name, found.qualified) if name
                } - taken
                bucket.hidden_names |= names
                taken |= names
                continue
            if name_key(found.name) in taken:
                self._problem(
                    found.path,
                    "another file of this album has the same name; rename it",
                )
                continue
            taken.add(name_key(found.name))
            yield found

    def _hide_file(
        self, folder: _Folder, bucket: _Bucket, name: str, reason: str
    ) -> None:
        bucket.hidden.append(_hidden(folder.path, name))
        self._problem(f"{folder.path}/{name}", reason, failed=False)

    def _problem(self, subject: str, reason: str, *, failed: bool = True) -> None:
        self.problems.append(Problem(subject, reason, failed=failed))


def _hidden(folder: str, file: str) -> LocalPhoto:
    """A file of which only its name matters: no photo of that name is anyone's
    business.
    """
    return LocalPhoto(name_of_file(file), folder, file, 0, 0)


def _check_root(root: str) -> None:
    path = Path(root)
    if not path.exists():
        raise UsageError(f"-d {root}: no such folder; is its disk mounted?")
    if not path.is_dir():
        raise UsageError(f"-d {root}: not a folder")
    if not os.access(root, os.R_OK | os.X_OK):
        raise UsageError(f"-d {root}: cannot be read; check owner and mode")


def walk(roots: Sequence[str], rules: NamingRules, filters: Filters) -> Scanned:
    """Walk all roots into albums.

    Raises UsageError for a root that is not a readable folder, or lies inside another.
    """
    for root in roots:
        _check_root(root)
    overlap = find_overlap(roots)
    if overlap:
        inner, outer = overlap
        raise UsageError(f"-d: {inner} lies inside {outer}; name one of them only")
    return _Walk(roots, rules, filters).run()


def photos_in(directories: Iterable[str], filters: Filters) -> dict[str, str]:
    """Photo names directly in these folders, sorted, each with its path; twins are told
    apart.
    """
    found: dict[str, str] = {}
    main = ""
    for directory in directories:
        main = main or directory
        with os.scandir(directory) as entries:
            files = sorted(
                e.name
                for e in entries
                if e.is_file() and filters.is_wanted_kind(e.name)
            )
        for file in files:
            name = name_of_file(file)
            if name in found:
                name = _qualifier(directory, main) + name
            found[name] = f"{directory}/{file}"
    return dict(sorted(found.items()))
