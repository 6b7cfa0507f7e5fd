"""Where a photo that comes from the other side goes."""

from __future__ import annotations

import os
from collections.abc import Sequence

from photosync.disk.names import find_around
from photosync.errors import Rejected
from photosync.local.library import LibraryNames
from photosync.local.names import AlbumNames, write_file_name
from photosync.model import LocalPhoto

NO_FOLDER = (
    "under the naming rules no folder name leads to this album title; rename the album "
    "there, or change -n or -r"
)


class Places:
    """The folders below some roots that may receive photos.

    For all methods `as_is` says that the names are file names already.
    """

    def __init__(self, roots: Sequence[str], names: LibraryNames) -> None:
        self._roots = roots
        self._names = names

    def find_receiver(self, album: str, *, as_is: bool) -> str | None:
        """Return the folder that receives new photos of an album, None if there is
        none.
        """
        return self._find_receiver(self._names.get_album(album, as_is=as_is))

    def list_paths(self, album: str) -> list[str]:
        """List the paths of an album's folders, or of the one it would get, from their
        roots.
        """
        names = self._names.get_album(album)
        receiver = self._find_receiver(names)
        if receiver is None:
            return []
        paths: list[str] = []
        for folder in names.folders or [receiver]:
            path = os.path.relpath(folder, find_root(self._roots, folder))
            paths.append("" if path == "." else f"{path}/")
        return paths

    def locate(self, album: str, name: str, *, as_is: bool) -> tuple[str, str]:
        """Return folder and file name for a new photo.

        Raises Rejected where no folder leads to its album.
        """
        names = self._names.get_album(album, as_is=as_is)
        receiver = self._find_receiver(names)
        if receiver is None:
            raise Rejected(NO_FOLDER)
        folder, name_there = names.locate(name, receiver)
        file = write_file_name(name_there, as_is=as_is)
        if name_there != name and os.path.lexists(f"{folder}/{file}"):
            # A file has that name already, so the beginning of the photo's name does not
            # mean this folder.
            return receiver, write_file_name(name, as_is=as_is)
        return folder, file

    def locate_moved(
        self, photo: LocalPhoto, album: str, name: str, *, as_is: bool
    ) -> tuple[str, str]:
        """Return folder and file name for a photo that was moved on the other side.

        Raises Rejected where no folder leads to its album.
        """
        root = find_root(self._roots, photo.folder)
        places = self._names.list_places_beside(photo, root, album, name, as_is=as_is)
        for folder, file in places:
            if self._is_reachable(folder):
                return folder, file
        raise Rejected(NO_FOLDER)

    def _find_receiver(self, names: AlbumNames) -> str | None:
        if names.folders:
            return names.folders[0]
        for folder in names.new_folders:
            if self._is_reachable(folder):
                return folder
        return None

    def _is_reachable(self, folder: str) -> bool:
        # Nothing is written through a link, as it may lead to a disk of somebody else.
        # The link may have been made since the scan, so this is checked each time.
        root = find_root(self._roots, folder)
        below = folder.removeprefix(root)
        return os.path.realpath(folder) == os.path.realpath(root).rstrip("/") + below


def find_root(roots: Sequence[str], folder: str) -> str:
    """Return the root that a folder lies in; raises Rejected where there is none."""
    root = find_around(folder, roots)
    if not root:
        # The history may know a photo in a folder that is no root any more.
        raise Rejected(f"{folder} lies in none of the folders given with -d")
    return root
