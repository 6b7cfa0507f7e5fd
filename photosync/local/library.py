"""The titles of all albums and the folders that lead to them, here or yet to be made.

Reads no disk: the scan tells what is there.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from photosync.disk.names import find_around, is_within
from photosync.filters import Filters
from photosync.local.names import (
    AlbumNames,
    FindKnownNames,
    drop_prefix,
    no_known_names,
    write_file_name,
)
from photosync.model import LocalPhoto
from photosync.naming import name_key, name_of_file
from photosync.titles import Folders, NamingRules


class AlbumTitles:
    """Which title a folder gives its album, under naming rules and filters, and which
    folders lead to a title.
    """

    def __init__(self, rules: NamingRules, filters: Filters) -> None:
        self._rules = rules
        self._filters = filters

    @property
    def has_inverse(self) -> bool:
        """Whether the folders that make a title can be read from the title alone."""
        return self._rules.extract is None and self._rules.replace is None

    def find_title(self, root: str, folders: Sequence[str]) -> str:
        """Return the title of a folder, given by the names that lead to it from its root;
        empty if it makes none.
        """
        names = [name_of_file(folder) for folder in self._list_titled(folders)]
        return self._rules.make_title(names, name_root(root))

    def is_hidden(self, root: str, title: str, *, as_is: bool) -> bool:
        """Whether an excluded folder would lead to a title.

        `as_is` says that the title is a folder name already.
        """
        candidates = self._find_candidates(root, title, as_is=as_is)
        return any(self._filters.hides_path(folders) for folders in candidates)

    def may_lie_in(self, root: str, title: str, folder: Folders) -> bool:
        """Whether a folder, named from its root, may hold the album of a title."""
        candidates = list(self._find_candidates(root, title, as_is=False))
        if not candidates:
            # An expression has no inverse: the album may be made of any folder.
            return True
        depth = len(folder)
        return any(found[:depth] == folder for found in candidates)

    def list_folders(
        self, root: str, title: str, *, as_is: bool, near: Sequence[str] = ()
    ) -> list[str]:
        """List the folders below a root that make a title, without excluded ones.

        Those beside the folder `near`, given by its names from the root, come first,
        then the simplest.
        """
        found: list[str] = []
        key = name_key(title)
        for folders in self._find_candidates(root, title, as_is=as_is, near=near):
            given = self.find_title(root, folders)
            if name_key(given) != key:
                # A folder `_raw` has no part in a title, so it would make another one.
                continue
            if not self._filters.hides_path(folders):
                path = "/".join((root, *folders))
                found.append(path)
        return found

    def _find_candidates(
        self, root: str, title: str, *, as_is: bool, near: Sequence[str] = ()
    ) -> Iterator[Folders]:
        titled_near = [name_of_file(folder) for folder in self._list_titled(near)]
        for names in self._rules.find_folders(title, name_root(root), titled_near):
            yield self._write_folders(names, near, as_is=as_is)

    def find_untitled_end(self, folders: Sequence[str]) -> Folders:
        """Return the last folders of a path that have no part in its title: `_best` in
        `2019/Rome/_best`.
        """
        depth = len(folders)
        while depth and self._filters.is_untitled(folders[depth - 1]):
            depth -= 1
        return tuple(folders[depth:])

    def _list_titled(self, folders: Sequence[str]) -> list[str]:
        """Return the folders of a path that have a part in its title."""
        return [name for name in folders if not self._filters.is_untitled(name)]

    def _write_folders(
        self, names: Sequence[str], near: Sequence[str], *, as_is: bool
    ) -> Folders:
        """Return the folders for the parts of a title, as like the folder `near` as the
        title allows: with the same folders at its beginning, and, where both are equally
        deep, with those at its end that have no part in a title.
        """
        start: list[str] = []
        untitled: list[str] = []
        rest = list(names)
        for folder in near:
            if self._filters.is_untitled(folder):
                untitled.append(folder)
                continue
            if not rest:
                break
            start += untitled
            untitled = []
            if rest[0] != name_of_file(folder):
                break
            start.append(folder)
            del rest[0]
        start += [write_file_name(name, as_is=as_is) for name in rest]
        if len(names) == len(self._list_titled(near)):
            # Out of Trip/_best into Beach/_best.
            start += self.find_untitled_end(near)
        return tuple(start)


class LibraryNames:
    """The names of all albums: those that the scan found, and those it could find.

    May be asked from several threads.
    """

    def __init__(
        self,
        roots: Sequence[str],
        titles: AlbumTitles,
        albums: Mapping[str, AlbumNames],
        hidden_titles: AbstractSet[str],
        unknown: Sequence[tuple[str, Folders]] = (),
        find_known: FindKnownNames = no_known_names,
    ) -> None:
        """The first of the `roots` receives new albums; `albums` and `hidden_titles` go
        by the comparison key of a title. `unknown` are folders that could not be read,
        each as its root and the names that lead to it. `find_known` returns where the
        photos of an album lay.
        """
        self._roots = roots
        self._root = roots[0]
        self._titles = titles
        self._albums = albums
        self._hidden_titles = hidden_titles
        self._unknown = unknown
        self._find_known = find_known
        self._imagined: dict[tuple[str, bool], AlbumNames] = {}

    def get_album(self, title: str, *, as_is: bool = False) -> AlbumNames:
        """Return the names of an album, here or not.

        `as_is` says that its title is a folder name already.
        """
        found = self._albums.get(name_key(title))
        if found:
            return found
        imagined = self._imagined.get((title, as_is))
        if imagined is None:
            imagined = self._imagine_album(title, as_is=as_is)
            self._imagined[title, as_is] = imagined
        return imagined

    def list_places_beside(
        self, photo: LocalPhoto, root: str, title: str, name: str, *, as_is: bool
    ) -> list[tuple[str, str]]:
        """Return the folders that may receive a photo that gets a new album and name,
        the best first, each with the name of the file in it.

        Those in `root`, where the photo is, come first, as near to it as the title
        allows; those in other roots come last.
        """
        album = self.get_album(title, as_is=as_is)
        folder, rest = album.locate(name, "")
        if folder:
            # "Summer - a.jpg" names the folder Summer.
            return [(folder, write_file_name(rest, as_is=as_is))]
        if name_key(name) in {name_key(photo.name), name_key(photo.qualified)}:
            file = photo.file
        else:
            own_name = drop_prefix(photo, name)
            file = write_file_name(own_name, as_is=as_is)
        folders = self._list_beside(album, photo.folder, root, as_is=as_is)
        return [(folder, file) for folder in folders]

    def _list_beside(
        self, album: AlbumNames, folder: str, root: str, *, as_is: bool
    ) -> list[str]:
        if folder in album.folders:
            # It was renamed in its album: it stays in its folder.
            return [folder]
        near = _name_from_root(folder, root)
        here = [known for known in album.folders if is_within(known, root)]

        def count_common(known: str) -> int:
            return _count_common(known, folder)

        here.sort(key=count_common, reverse=True)
        # From Trip/_best it goes into Beach/_best, and only else into Beach itself.
        end = self._titles.find_untitled_end(near)
        ending_alike = ["/".join((known, *end)) for known in here]
        there_already = [known for known in ending_alike if known in here]
        to_be_made = [known for known in ending_alike if known not in here]
        new = self._titles.list_folders(root, album.title, as_is=as_is, near=near)
        return [
            *there_already,
            *to_be_made,
            *new,
            *album.folders,
            *album.new_folders,
        ]

    def _imagine_album(self, title: str, *, as_is: bool) -> AlbumNames:
        """Return the names of an album that is not here, with the folders it could get."""
        is_hidden = self._titles.is_hidden(self._root, title, as_is=as_is)
        is_hidden = is_hidden or name_key(title) in self._hidden_titles
        if is_hidden or self._may_be_unseen(title):
            return AlbumNames(title, is_hidden=True)
        former = self._find_former(title)
        if former is not None:
            root, near = former
        else:
            root = self._root
            near = self._find_like(title)
        new_folders = self._titles.list_folders(root, title, as_is=as_is, near=near)
        return AlbumNames(title, new_folders=new_folders)

    def _may_be_unseen(self, title: str) -> bool:
        """Whether an album that was not seen may lie in a folder that is not known."""
        return any(
            self._titles.may_lie_in(root, title, folder)
            for root, folder in self._unknown
        )

    def _find_former(self, title: str) -> tuple[str, Folders] | None:
        """Return the root, and the folder in it, where most photos of an album lay when
        both sides last agreed; None where that is not known.

        A disk died, and the album `2019 - Rome` comes home. Both the folder 2019/Rome
        and the folder `2019 - Rome` make this title: only the memory knows which it was.
        """
        paths = self._find_known(title)
        folders = Counter(os.path.dirname(path) for path in paths)  # noqa: PTH120
        for folder, _ in folders.most_common():
            root = find_around(folder, self._roots)
            if root:
                return root, _name_from_root(folder, root)
        return None

    def _find_like(self, title: str) -> Folders:
        """Return the folder whose title, but for its own name, begins like this one; none
        where the folders can be read from the title alone.

        With `-r` an expression made the title of the folder 2019/Rome, and what it does
        cannot be undone. So the folder for the album of Oslo is found by its neighbour.
        """
        if self._titles.has_inverse:
            return ()
        nearest: Folders = ()
        likeness = 0
        for album in self._albums.values():
            folders = _name_from_root(album.folders[0], self._root)
            if not folders or ".." in folders:
                # Of another root, or the root itself.
                continue
            own_name = name_of_file(folders[-1])
            start, _, _ = album.title.partition(own_name)
            if len(start) > likeness and title.startswith(start):
                nearest = folders
                likeness = len(start)
        return nearest


def _count_common(one: str, other: str) -> int:
    """Count the characters of the path that leads to two folders alike."""
    common = os.path.commonpath((one, other))
    return len(common)


def _name_from_root(folder: str, root: str) -> Folders:
    """Return the names of the folders that lead from a root to one below it."""
    path = os.path.relpath(folder, root)
    return () if path == "." else tuple(path.split("/"))


def name_root(root: str) -> str:
    """Return the name of a root folder; `/` has none and is called so."""
    return Path(root).name or root
