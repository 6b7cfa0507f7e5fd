"""The names of local albums and photos, both ways, each worked out once.

A folder gives its album a title under the naming rules, and a title leads back to
folders. A file has a name in its album, and a name leads back to a folder and file.
Reads no disk: the scan tells what is there.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from photosync.model import LocalPhoto
from photosync.naming import (
    name_key,
    name_of_file,
    posix_file_name,
    safe_file_name,
)
from photosync.titles import PATH_SEPARATOR


def write_file_name(name: str, *, as_is: bool) -> str:
    """Return the file name for a name; `as_is` says that it is one of a disk already."""
    if as_is:
        return posix_file_name(name)
    return safe_file_name(name)


class AlbumNames:
    """The names of one album: its title, its folders, and what its files are called.

    `folders` are those that the scan found, the main one first. For an album that is
    not here, `new_folders` are those that would make it, the simplest first.
    `is_hidden`: it belongs to an excluded folder and is invisible on both sides.
    """

    def __init__(
        self,
        title: str,
        folders: Sequence[str] = (),
        *,
        named_from: Sequence[str] = (),
        new_folders: Sequence[str] = (),
        is_hidden: bool = False,
    ) -> None:
        """`named_from` holds all folders that take part in telling names apart, excluded
        ones among them, in the order in which their photos are named.
        """
        self.title = title
        self.folders = tuple(folders)
        self.new_folders = tuple(new_folders)
        self.is_hidden = is_hidden
        # Excluding a folder must not rename the photos of the others, which a service
        # already has under their names: so an excluded folder still has its part.
        self._order: dict[str, int] = {}
        self._prefixes: dict[str, str] = {}
        named_folders = list(named_from or folders)
        for number, folder in enumerate(named_folders):
            self._order[folder] = number
            self._prefixes[folder] = _make_prefix(folder, main=named_folders[0])

    def qualify(self, folder: str, name: str) -> str:
        """Return the name that tells a photo apart by its folder.

        Empty for the main folder: its photos always keep their names.
        """
        prefix = self._prefixes[folder]
        return prefix + name if prefix else ""

    def qualify_main(self, photo: LocalPhoto) -> str:
        """Return the second name of a photo of the main folder, which has one only
        where another one got its first.

        Empty for the other folders.
        """
        if self._prefixes[photo.folder]:
            return ""
        folder = name_of_file(os.path.basename(photo.folder))  # noqa: PTH119
        return f"{folder}{PATH_SEPARATOR}{photo.name}"

    def locate(self, name: str, receiver: str) -> tuple[str, str]:
        """Return the folder for a new photo and its name in it: the way back of
        `qualify`.

        `receiver` is the folder for a name that tells of no other.
        """
        # "Summer - Beach - a.jpg" tells of Summer/Beach, although it begins as the
        # photos of Summer do.
        folders = {name_key(self._prefixes[other]): other for other in self.folders}
        rest = name
        folder = receiver
        end = name.find(PATH_SEPARATOR)
        while end >= 0:
            end += len(PATH_SEPARATOR)
            # A Mac spells the folder otherwise than the service spells the name.
            prefix = name_key(name[:end])
            if prefix in folders:
                folder = folders[prefix]
                rest = name[end:]
            end = name.find(PATH_SEPARATOR, end - 1)
        return folder, rest

    def has_one_folder(self) -> bool:
        """Whether no folder could hold a photo of a name that another has."""
        return len(self._order) == 1

    def rank(self, photo: LocalPhoto) -> tuple[int, bool, LocalPhoto]:
        """Return the key by which photos are sorted before they are named."""
        # Of two spellings of one name the composed one, which most programs write,
        # comes first.
        is_decomposed = photo.file != name_key(photo.file)
        return self._order[photo.folder], is_decomposed, photo


def _make_prefix(folder: str, main: str) -> str:
    if folder == main:
        return ""
    steps = os.path.relpath(folder, main).split("/")
    names = [name_of_file(step) for step in steps if step not in {".", ".."}]
    return PATH_SEPARATOR.join(names) + PATH_SEPARATOR


def drop_prefix(photo: LocalPhoto, name: str) -> str:
    """Return a name without what tells of the folder that a photo lies in."""
    prefix = photo.qualified.removesuffix(name_of_file(photo.file))
    if prefix and name.startswith(prefix):
        return name.removeprefix(prefix)
    return name


FindKnownNames = Callable[[str], Mapping[str, str]]
"""Tells the names that photos of an album once got, by the paths of their files."""


def no_known_names(_: str) -> Mapping[str, str]:
    """Return the names of an album of which nothing is remembered."""
    return {}


class NamedPhotos(NamedTuple):
    """The photos of an album, each under a name of its own.

    `hidden` are the keys of names that hidden photos have or had; `refused` those
    photos for which no name was left.
    """

    photos: list[LocalPhoto]
    hidden: set[str]
    refused: list[LocalPhoto]


def name_photos(
    names: AlbumNames,
    visible: Sequence[LocalPhoto],
    hidden: Sequence[LocalPhoto],
    find_known: FindKnownNames = no_known_names,
) -> NamedPhotos:
    """Give each photo of an album a name that no other has.

    A photo keeps the name it once got. A new one has that of its file if it is free,
    else one that tells of its folder.
    """
    named = NamedPhotos([], set(), [])
    if names.has_one_folder() and not hidden:
        keys = {name_key(photo.name) for photo in visible}
        if len(keys) == len(visible):
            named.photos.extend(sorted(visible))
            return named
    hidden_photos = frozenset(hidden)
    photos = sorted((*visible, *hidden_photos), key=names.rank)
    choice = _NameChoice(names, photos, find_known(names.title))
    for photo in photos:
        found = choice.choose(photo)
        if photo in hidden_photos:
            named.hidden.update(choice.take_all(photo, found))
        elif found is None:
            named.refused.append(photo)
        else:
            choice.take(found.name)
            named.photos.append(found)
    return named


class _NameChoice:
    """The names of an album that are still to be had."""

    def __init__(
        self,
        names: AlbumNames,
        photos: Sequence[LocalPhoto],
        known: Mapping[str, str],
    ) -> None:
        self._names = names
        self._taken: set[str] = set()
        self._file_names = {name_key(photo.name) for photo in photos}
        # "_best/_best - a.jpg" and "_best/_best/a.jpg" have one second name.
        self._claims = Counter(name_key(self._qualify(photo)) for photo in photos)
        self._owners: dict[str, str] = {}
        self._kept: dict[str, str] = {}
        for photo in photos:
            name = known.get(photo.path, "")
            key = name_key(name)
            # Of a file whose case changed with an edit the old name was noted.
            is_its_own = key.endswith(name_key(photo.name))
            if is_its_own and key not in self._owners:
                self._owners[key] = photo.path
                self._kept[photo.path] = name

    def choose(self, photo: LocalPhoto) -> LocalPhoto | None:
        """Return a photo with its name in the album, None where none is left."""
        kept = self._kept.get(photo.path)
        if kept is not None:
            # Once sent under a name it has that name, whoever comes or goes.
            is_apart = name_key(kept) != name_key(photo.name)
            return photo._replace(name=kept, qualified=kept if is_apart else "")
        if self._is_free(photo, photo.name):
            qualified = self._qualify(photo)
            if self._is_ambiguous(qualified):
                qualified = ""
            return photo._replace(qualified=qualified)
        for name in self._list_second_names(photo):
            if name and not self._is_file_name(name) and self._is_free(photo, name):
                return photo._replace(name=name, qualified=name)
        return None

    def _list_second_names(self, photo: LocalPhoto) -> list[str]:
        """List the names for a photo whose file name another one has, the best first;
        some may be empty.
        """
        names = [self._qualify(photo)]
        owner = self._owners.get(name_key(photo.name), "")
        if owner and os.path.dirname(owner) != photo.folder:  # noqa: PTH120
            # The name of this new photo of the main folder went to another folder
            # while it was free. Twins in one folder are refused.
            names.append(self._names.qualify_main(photo))
        return names

    def take(self, name: str) -> None:
        self._taken.add(name_key(name))

    def take_all(self, photo: LocalPhoto, found: LocalPhoto | None) -> set[str]:
        """Take all names that a hidden photo may have been sent under; return their
        keys.

        Neither is a new photo's, and under neither it is deleted there.
        """
        names = {self._qualify(photo)}
        if found is not None:
            names.add(found.name)
        keys = {name_key(name) for name in names} - {""} - self._taken
        self._taken |= keys
        return keys

    def _qualify(self, photo: LocalPhoto) -> str:
        return self._names.qualify(photo.folder, photo.name)

    def _is_ambiguous(self, qualified: str) -> bool:
        """Whether a second name could be meant for another photo, too."""
        claims = self._claims[name_key(qualified)]
        return claims > 1 or self._is_file_name(qualified)

    def _is_file_name(self, name: str) -> bool:
        return name_key(name) in self._file_names

    def _is_free(self, photo: LocalPhoto, name: str) -> bool:
        key = name_key(name)
        if key in self._taken:
            return False
        # A name that history keeps for a photo is free for that one only.
        owner = self._owners.get(key)
        return owner is None or owner == photo.path
