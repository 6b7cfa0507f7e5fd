"""The local side: walks the roots into albums, reads photos, and writes and deletes
them safely.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from photosync.disk.files import (
    Content,
    OtherDisk,
    compute_file_md5,
    move_file,
    publish,
    remove_leftover,
    write_aside,
)
from photosync.disk.streams import Progress, Readable
from photosync.disk.trash import Trash
from photosync.filters import Filters
from photosync.local.photos import (
    Cache,
    LocalSource,
    Saved,
    check_photo,
    copy_photo,
    find_free_name,
    look_at,
    read_once,
    recall,
)
from photosync.local.photosets import ObjectT, find_missing, list_photos
from photosync.local.places import Places, find_root
from photosync.local.scan import Scanned, scan_roots
from photosync.media import Kind, find_taken
from photosync.model import LocalPhoto, LocalTree
from photosync.naming import name_of_file, safe_file_name
from photosync.titles import NamingRules


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
        self._last_scan: Scanned | None = None
        self._cache = cache

    # -- looking
    # ---------------------------------------------------------------------------

    def missing_roots(self) -> list[str]:
        """List the roots that are no folders which can be read."""
        missing: list[str] = []
        for root in self.roots:
            is_readable = os.access(root, os.R_OK | os.X_OK)
            if not os.path.isdir(root) or not is_readable:  # noqa: PTH112
                missing.append(root)
        return missing

    def scan(self) -> LocalTree:
        """Walk all roots; raises UsageError for a root that is no readable folder."""
        self._last_scan = scan_roots(self.roots, self.rules, self.filters)
        return self._last_scan.tree

    @property
    def tree(self) -> LocalTree:
        """What the last scan found."""
        return self._scanned.tree

    @property
    def _scanned(self) -> Scanned:
        if self._last_scan is None:
            self.scan()
        assert self._last_scan is not None
        return self._last_scan

    def list_folders(self) -> Sequence[tuple[str, str]]:
        """List the folders that hold photos, sorted, each with its album title."""
        return self._scanned.titles

    def list_qualified(self) -> Iterator[LocalPhoto]:
        """Yield the photos that carry the name of their folder, as another has theirs."""
        for album in self.tree.albums.values():
            for photo in album.photos:
                if photo.name == photo.qualified:
                    yield photo

    def md5(self, photo: LocalPhoto) -> str:
        """Return the MD5 of the file in hex, read once.

        Raises SideError when it cannot be read.
        """

        def read() -> str:
            return compute_file_md5(photo.path)

        return read_once(self._cache, "md5", photo, read)

    def known_md5(self, photo: LocalPhoto) -> str | None:
        """Return the MD5 of a file that was read earlier, None where it was not."""
        return recall(self._cache, "md5", photo)

    def taken(self, photo: LocalPhoto) -> str:
        """Return when a photo was taken, read once: `YYYY-MM-DD HH:MM:SS` by its camera.

        Raises SideError when it is gone.
        """

        def read() -> str:
            return find_taken(photo.path, photo.modified_ns)

        return read_once(self._cache, "taken", photo, read)

    # -- albums and their folders
    # --------------------------------------------------------------------------

    def find_folder(self, album: str, *, as_is: bool = False) -> str | None:
        """Return the folder that receives photos of an album, None if there is none.

        An album that exists only remotely gets a new folder in the first root, where
        the naming rules name one; `as_is` says that its title is a folder name already.
        """
        return self._places.find_receiver(album, as_is=as_is)

    def hides_album(self, album: str) -> bool:
        """Whether an album is that of an excluded folder, invisible on both sides."""
        return self._scanned.names.get_album(album).is_hidden

    def list_places(self, album: str) -> list[str]:
        """List what `--skip` sees before the names of an album's photos: the paths of
        its folders, or of the one it would get, from their roots.
        """
        return self._places.list_paths(album)

    def find_root(self, folder: str) -> str:
        """Return the root that a folder lies in."""
        return find_root(self.roots, folder)

    @property
    def _places(self) -> Places:
        return Places(self.roots, self._scanned.names)

    # -- writing
    # --------------------------------------------------------------------------

    def prepare(self) -> None:
        """Remove what killed runs left half written.

        To be called before the first step.
        """
        for path in self._scanned.leftovers:
            remove_leftover(path)
        for trash in self._trashes.values():
            trash.remove_leftovers()

    def source(self, photo: LocalPhoto) -> LocalSource:
        """Return a photo ready to be sent."""
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
        folder, file = self._places.locate(album, name, as_is=as_is)
        with write_aside(folder, stream, expected, progress) as part:
            publish(part.path, f"{folder}/{file}")
        return Saved(look_at(folder, file, name), part.md5)

    def save_beside(
        self,
        photo: LocalPhoto,
        mark: str,
        stream: Readable,
        expected: Content,
        progress: Progress,
    ) -> Saved:
        """Write another version of a photo next to it, its name followed by a mark."""
        file = find_free_name(photo, mark)
        with write_aside(photo.folder, stream, expected, progress) as part:
            publish(part.path, f"{photo.folder}/{file}")
        return Saved(look_at(photo.folder, file, name_of_file(file)), part.md5)

    def overwrite(
        self, photo: LocalPhoto, stream: Readable, expected: Content, progress: Progress
    ) -> Saved:
        """Put new bytes in the place of a photo; the old ones go to the trash.

        Raises Changed if it is another one by now.
        """
        with write_aside(photo.folder, stream, expected, progress) as part:
            # The download took its time: somebody may have edited the photo meanwhile.
            check_photo(photo)
            root = self.find_root(photo.folder)
            place = self._trashes[root].supersede(part.path, photo.path)
        written = look_at(photo.folder, photo.file, photo.name)
        return Saved(written, part.md5, _make_backup(root, place))

    def move(
        self, photo: LocalPhoto, album: str, name: str, *, as_is: bool = False
    ) -> LocalPhoto:
        """Give a photo another album or name; a folder left empty by it goes.

        It stays as near to where it was as its album allows, in its root first of all;
        on another disk it is a copy, and the old file goes to the trash. Raises Changed
        if it is another one by now, Rejected as `save` does.
        """
        check_photo(photo)
        folder, file = self._places.locate_moved(photo, album, name, as_is=as_is)
        try:
            move_file(photo.path, f"{folder}/{file}")
        except OtherDisk:
            copy_photo(photo, folder, file)
            self._trashes[self.find_root(photo.folder)].take(photo.path)
        if photo.folder not in self.roots:
            with suppress(OSError):
                Path(photo.folder).rmdir()
        return look_at(folder, file, name)

    # -- deleting and bringing back
    # --------------------------------------------------------------------------

    @property
    def keeps_trash(self) -> bool:
        """Whether what is deleted or overwritten is kept."""
        return self._trashes[self.roots[0]].enabled

    def keep(self, album: str, name: str, stream: Readable, expected: Content) -> str:
        """Put what is about to vanish elsewhere into the trash of the first root.

        Returns its path there.
        """
        root = self.roots[0]
        path = "/".join((root, safe_file_name(album), safe_file_name(name)))
        return _make_backup(root, self._trashes[root].store(path, stream, expected))

    def delete(self, photo: LocalPhoto) -> str:
        """Move a photo to the trash of its root.

        Returns its path there, empty without trash. Raises Changed if it is another one
        by now.
        """
        check_photo(photo)
        root = self.find_root(photo.folder)
        return _make_backup(root, self._trashes[root].take(photo.path))

    def restore(self, backup: str, path: str) -> None:
        """Bring back from the trash what `delete` or `overwrite` put there, to its old
        path.

        What is there now goes to the trash in its turn. Raises NotFound where it is not
        kept.
        """
        root = self.find_root(os.path.dirname(path))  # noqa: PTH120
        trash = self._trashes[root]
        place = os.path.relpath(backup, root)
        if os.path.lexists(path):
            trash.bring_back(place, path)
        else:
            trash.restore(place, path)

    def expired_trash(self, days: int) -> int:
        """Count the files that have lain in the trashes longer than `days`."""
        return sum(trash.expired(days) for trash in self._trashes.values())

    def empty_trash(self, days: int) -> None:
        """Remove for good what has lain in the trashes longer than `days`."""
        for trash in self._trashes.values():
            trash.empty(days)

    # -- the names of photoSync's Explorer
    # -------------------------------------------------

    @staticmethod
    def get_all_albums(directory: str) -> dict[str, list[str]]:
        """Return the album titles below a folder, sorted, each with all folders that
        lead to it.
        """
        tree = Explorer([directory], filters=Filters(format=Kind.BOTH)).scan()
        folders_of = {
            album.title: list(album.folders) for album in tree.albums.values()
        }
        return dict(sorted(folders_of.items()))

    @staticmethod
    def get_photos_in_directories(directories: Sequence[str]) -> dict[str, str]:
        """Return the photo names in these folders (not below them), sorted, each with
        the path of its file.

        Of two files of one name the second is told apart by its folder's name.
        """
        return list_photos(directories, Filters(format=Kind.BOTH))

    @staticmethod
    def compare_photosets(
        ps1: Mapping[str, ObjectT], ps2: Mapping[str, ObjectT]
    ) -> tuple[dict[str, ObjectT], dict[str, ObjectT]]:
        """Return what the first set lacks of the second, and the second of the first."""
        return find_missing(ps1, ps2), find_missing(ps2, ps1)


def _make_backup(root: str, place: str) -> str:
    """Return the path of a place in a trash; empty where nothing was kept."""
    return f"{root}/{place}" if place else ""
