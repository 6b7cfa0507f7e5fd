"""The names of local albums and photos, in both directions.

A folder gives its album a title under the naming rules, and a title leads back to
folders. A file has a name in its album, and a name leads back to a folder and file.
Nothing here reads a disk: the scan says what is there.
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
    """Return the file name for a name of the other side; `as_is` says that it is one."""
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
        """`named_from` holds all folders of the album, excluded ones among them, in the
        order in which their photos are named.
        """
        self.title = title
        self.folders = tuple(folders)
        self.new_folders = tuple(new_folders)
        self.is_hidden = is_hidden
        # Excluding a folder must not rename the photos of the others, which a service
        # has under their names already. So excluded folders take part in the naming.
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
        if not prefix:
            return ""
        return prefix + name

    def qualify_main(self, photo: LocalPhoto) -> str:
        """Return the second name of a photo of the main folder, for the case that
        another photo has got its own; empty for other folders.
        """
        if self._prefixes[photo.folder]:
            return ""
        folder = name_of_file(os.path.basename(photo.folder))  # noqa: PTH119
        return f"{folder}{PATH_SEPARATOR}{photo.name}"

    def locate(self, name: str, receiver: str) -> tuple[str, str]:
        """Return the folder for a new photo and its name in it: the reverse of
        `qualify`.

        `receiver` is the folder for a name that does not begin with a folder.
        """
        # "Summer - Beach - a.jpg" belongs to Summer/Beach, although the names of photos
        # in Summer begin in the same way.
        folders = {name_key(self._prefixes[other]): other for other in self.folders}
        rest = name
        folder = receiver
        end = name.find(PATH_SEPARATOR)
        while end >= 0:
            end += len(PATH_SEPARATOR)
            # A Mac may spell the folder in another way than the service does.
            prefix = name_key(name[:end])
            if prefix in folders:
                folder = folders[prefix]
                rest = name[end:]
            end = name.find(PATH_SEPARATOR, end - 1)
        return folder, rest

    def has_one_folder(self) -> bool:
        """Whether there is no other folder that could have a photo of the same name."""
        return len(self._order) == 1

    def rank(self, photo: LocalPhoto) -> tuple[int, bool, LocalPhoto]:
        """Return the key by which photos are sorted before they are named."""
        # Where two files differ only in how an accent is spelt, the composed spelling,
        # which most programs write, comes first.
        is_decomposed = photo.file != name_key(photo.file)
        return self._order[photo.folder], is_decomposed, photo


def _make_prefix(folder: str, main: str) -> str:
    if folder == main:
        return ""
    steps = os.path.relpath(folder, main).split("/")
    names = [name_of_file(step) for step in steps if step not in {".", ".."}]
    return PATH_SEPARATOR.join(names) + PATH_SEPARATOR


def drop_prefix(photo: LocalPhoto, name: str) -> str:
    """Return a name without the folder of the photo at its beginning."""
    prefix = photo.qualified.removesuffix(name_of_file(photo.file))
    if prefix and name.startswith(prefix):
        return name.removeprefix(prefix)
    return name


FindKnownNames = Callable[[str], Mapping[str, str]]
"""Returns the names that the photos of an album once got, by the paths of their files."""


def no_known_names(_: str) -> Mapping[str, str]:
    """Return the names of an album of which nothing is remembered."""
    return {}


class NamedPhotos(NamedTuple):
    """The photos of an album, each with a name of its own.

    `hidden` are the keys of the names that hidden photos have or had; `refused` are the
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

    A photo keeps the name it once got. A new one gets the name of its file if that is
    free, else one that begins with its folder.
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
    """Chooses the names of the photos of an album, one after the other."""

    def __init__(
        self,
        names: AlbumNames,
        photos: Sequence[LocalPhoto],
        known: Mapping[str, str],
    ) -> None:
        self._names = names
        self._taken: set[str] = set()
        self._file_names = {name_key(photo.name) for photo in photos}
        # "_best/_best - a.jpg" and "_best/_best/a.jpg" have the same second name.
        self._claims = Counter(name_key(self._qualify(photo)) for photo in photos)
        self._owners: dict[str, str] = {}
        self._kept: dict[str, str] = {}
        for photo in photos:
            name = known.get(photo.path, "")
            key = name_key(name)
            # Where a file was edited and its name changed in case, the memory has the old
            # name for its path: that one is not kept.
            is_its_own = key.endswith(name_key(photo.name))
            if is_its_own and key not in self._owners:
                self._owners[key] = photo.path
                self._kept[photo.path] = name

    def choose(self, photo: LocalPhoto) -> LocalPhoto | None:
        """Return a photo with its name in the album; None where no name is left."""
        kept = self._kept.get(photo.path)
        if kept is not None:
            # Once sent under a name, it keeps that name, whichever photo comes or goes.
            qualified = ""
            if name_key(kept) != name_key(photo.name):
                qualified = kept
            return photo._replace(name=kept, qualified=qualified)
        if self._is_free(photo, photo.name):
            qualified = self._qualify(photo)
            if self._is_ambiguous(qualified):
                qualified = ""
            return photo._replace(qualified=qualified)
        for name in self._list_second_names(photo):
            if not name or self._is_file_name(name):
                continue
            if self._is_free(photo, name):
                return photo._replace(name=name, qualified=name)
        return None

    def _list_second_names(self, photo: LocalPhoto) -> list[str]:
        """List the names for a photo whose file name is taken, the best first; some may
        be empty.
        """
        names = [self._qualify(photo)]
        owner = self._owners.get(name_key(photo.name), "")
        if owner and os.path.dirname(owner) != photo.folder:  # noqa: PTH120
            # A photo in another folder got the name while it was free. Two photos in the
            # same folder are refused instead.
            names.append(self._names.qualify_main(photo))
        return names

    def take(self, name: str) -> None:
        self._taken.add(name_key(name))

    def take_all(self, photo: LocalPhoto, found: LocalPhoto | None) -> set[str]:
        """Take all names under which a hidden photo may have been sent; return their
        keys.

        No new photo gets one of them, and no remote photo of such a name is deleted.
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
        """Whether a second name could as well be that of another photo."""
        claims = self._claims[name_key(qualified)]
        return claims > 1 or self._is_file_name(qualified)

    def _is_file_name(self, name: str) -> bool:
        return name_key(name) in self._file_names

    def _is_free(self, photo: LocalPhoto, name: str) -> bool:
        key = name_key(name)
        if key in self._taken:
            return False
        # A name that the history keeps for a photo is free only for that photo.
        owner = self._owners.get(key)
        return owner is None or owner == photo.path
