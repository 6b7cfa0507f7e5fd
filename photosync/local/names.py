"""The names of local albums and photos, both ways, each worked out once.

A folder gives its album a title under the naming rules, and a title leads back to
folders. A file has a name in its album, and a name leads back to a folder and file.
Reads no disk: the scan tells what is there.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
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
        for number, folder in enumerate(named_from or folders):
            self._order[folder] = number
            main = next(iter(self._order))
            self._prefixes[folder] = _make_prefix(folder, main)

    def qualify(self, folder: str, name: str) -> str:
        """Return the name that tells a photo apart by its folder.

        Empty for the main folder: its photos always keep their names.
        """
        prefix = self._prefixes[folder]
        return prefix + name if prefix else ""

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


class NamedPhotos(NamedTuple):
    """The photos of an album, each under a name of its own.

    `hidden` are the keys of names that hidden photos have or had; `refused` those
    photos for which no name was left.
    """

    photos: list[LocalPhoto]
    hidden: set[str]
    refused: list[LocalPhoto]


def name_photos(
    names: AlbumNames, visible: Sequence[LocalPhoto], hidden: Sequence[LocalPhoto]
) -> NamedPhotos:
    """Give each photo of an album a name that no other has.

    A photo keeps its name if it is free, else it gets the one qualified by its folder.
    """
    named = NamedPhotos([], set(), [])
    if names.has_one_folder() and not hidden:
        keys = {name_key(photo.name) for photo in visible}
        if len(keys) == len(visible):
            named.photos.extend(sorted(visible))
            return named
    hidden_photos = frozenset(hidden)
    taken: set[str] = set()
    for photo in sorted((*visible, *hidden_photos), key=names.rank):
        qualified = names.qualify(photo.folder, photo.name)
        found = photo._replace(qualified=qualified)
        if qualified and name_key(photo.name) in taken:
            found = found._replace(name=qualified)
        if photo in hidden_photos:
            # Shown, it may have been sent under either name: neither is a new photo's,
            # and under neither it is deleted there.
            keys = {name_key(found.name), name_key(qualified)} - {""} - taken
            named.hidden.update(keys)
            taken |= keys
        elif name_key(found.name) in taken:
            named.refused.append(found)
        else:
            taken.add(name_key(found.name))
            named.photos.append(found)
    return named
