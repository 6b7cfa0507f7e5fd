"""The roots, held open, with their trashes: all reading and writing below them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from threading import Lock
from typing import Final

from photosync.disk.files import (
    Content,
    Part,
    move_file,
    publish,
    remove_leftover,
    write_aside,
)
from photosync.disk.folder import Folder
from photosync.disk.root import LOST_TIMES, Root
from photosync.disk.silence import asking
from photosync.disk.streams import Progress, Readable
from photosync.disk.trash import Trash
from photosync.errors import SideError
from photosync.local.beside import find_free_name, find_version
from photosync.local.photos import (
    Saved,
    check_photo,
    look_at,
)
from photosync.local.places import find_root
from photosync.local.root_checks import check_roots
from photosync.model import LocalPhoto, PhotoMetadata, Problem
from photosync.naming import fold_name, name_of_file, safe_file_name

_FAT_STEP_NS: Final = 2_000_000_000
"""The dates of FAT are two seconds apart."""


class Roots:
    """The root folders, each with its own trash.

    Whatever is written goes into the folder that `hold` found, or nowhere: each of the
    methods raises RootGone where the path of a root leads to another folder by now.
    """

    def __init__(self, roots: Sequence[str], *, keep_trash: bool) -> None:
        self.roots = tuple(os.path.abspath(path) for path in roots)  # noqa: PTH100 - no resolving
        self._held = {path: Root(path) for path in self.roots}
        self._trashes: dict[str, Trash] = {}
        for path, root in self._held.items():
            self._trashes[path] = Trash(root, enabled=keep_trash)
        self._naming = Lock()

    # -- the roots themselves
    # ---------------------------------------------------------------------------

    def missing_roots(self) -> list[str]:
        """List the roots that are no readable folders."""
        missing: list[str] = []
        for root in self.roots:
            with asking(root):
                is_readable = os.access(root, os.R_OK | os.X_OK)
                is_folder = os.path.isdir(root)  # noqa: PTH112
            if not is_folder or not is_readable:
                missing.append(root)
        return missing

    def hold(self) -> None:
        """Hold the folders open to which the paths of the roots lead now.

        Raises UsageError for one that cannot be used.
        """
        check_roots(self.roots)
        for root in self._held.values():
            root.hold()

    def watch(self, mounts: Iterable[str]) -> None:
        """Watch the disks that are mounted at folders below the roots, too."""
        for folder in mounts:
            self._find_held(folder).watch(folder)

    def check(self) -> None:
        """Raise RootGone for a root that is no longer the folder it was."""
        for root in self._held.values():
            root.check()

    def run_notices(self) -> Iterator[Problem]:
        """Yield what turned out about the disks while files were written."""
        for path, root in self._held.items():
            if root.has_lost_times():
                yield Problem(path, LOST_TIMES, failed=False)

    def close(self) -> None:
        """Let go of the roots, so that their disks can be unmounted."""
        for root in self._held.values():
            root.release()

    def find_root(self, folder: str) -> str:
        """Return the root that a folder lies in; raises Rejected where there is none."""
        return find_root(self.roots, folder)

    def _find_held(self, folder: str) -> Root:
        root = self.find_root(folder)
        return self._held[root]

    # -- reading
    # ---------------------------------------------------------------------------

    @contextmanager
    def _open_folder(self, folder: str, *, make: bool = False) -> Iterator[Folder]:
        root = self._find_held(folder)
        with root.open_folder(folder, make=make) as opened:
            yield opened

    @contextmanager
    def _open_photo(self, photo: LocalPhoto) -> Iterator[tuple[Folder, str]]:
        """Open the folder of a photo; yield it with the name of the file in it."""
        root = self._find_held(photo.folder)
        with root.open_around(photo.path) as opened:
            yield opened

    @contextmanager
    def _receive(
        self, folder: str, stream: Readable, expected: Content, progress: Progress
    ) -> Iterator[Part]:
        """Write a stream to a part in a folder; it has not got its name there yet."""
        with (
            self._open_folder(folder, make=True) as opened,
            write_aside(opened, stream, expected, progress) as part,
        ):
            yield part

    def _check_photo(self, photo: LocalPhoto) -> None:
        """Raise Changed or NotFound for a file that has changed since the scan."""
        # A disk that went away must not look like a photo that is gone.
        self._find_held(photo.folder).check()
        check_photo(photo)

    def resolve(self, photo: LocalPhoto) -> str:
        """Return the path of a file with all links followed.

        Raises Rejected where they lead out of its root by now.
        """
        root = self._find_held(photo.folder)
        return root.resolve(photo.path)

    def clean(self, leftovers: Iterable[str]) -> None:
        """Remove the half-written files of killed runs: these, and those in the trashes."""
        for path in leftovers:
            folder, file = os.path.split(path)
            with suppress(SideError), self._open_folder(folder) as opened:
                remove_leftover(opened, file)
        for trash in self._trashes.values():
            trash.tidy()

    # -- writing
    # ---------------------------------------------------------------------------

    def save_beside(
        self,
        photo: LocalPhoto,
        mark: str,
        stream: Readable,
        expected: Content,
        progress: Progress,
    ) -> Saved:
        """Write another version of a photo next to it, its name followed by a mark.

        Where a file with these bytes lies there already, it is that version.
        """
        with self._receive(photo.folder, stream, expected, progress) as part:
            # Two services may bring their versions of one photo at the same time.
            with self._naming:
                # A killed run may have brought this version, and not remembered it.
                file = find_version(part, photo)
                if file is None:
                    file = find_free_name(part.folder, photo, mark)
                    publish(part, file)
            name = name_of_file(file)
            written = look_at(part.folder, file, name)
            return Saved(written, part.md5)

    def overwrite(
        self, photo: LocalPhoto, stream: Readable, expected: Content, progress: Progress
    ) -> Saved:
        """Put new bytes in the place of a photo; the old ones go to the trash.

        Raises Changed if it is another one by now.
        """
        root = self.find_root(photo.folder)
        expected = _date_apart(photo, expected)
        with self._receive(photo.folder, stream, expected, progress) as part:
            # Somebody may have edited the photo during the download.
            self._check_photo(photo)
            place = self._trashes[root].supersede(part, photo.file)
            written = look_at(part.folder, photo.file, photo.name)
        backup = make_backup(root, place)
        return Saved(written, part.md5, backup)

    def describe(self, photo: LocalPhoto, metadata: PhotoMetadata) -> None:
        """Write titles and keywords that the file of a photo does not have into its
        sidecar, unless another program wrote that.
        """
        # Only --sidecars reads and writes XML.
        from photosync.media import xmp  # noqa: PLC0415
        from photosync.media.carried import select_missing  # noqa: PLC0415

        missing = select_missing(photo.path, metadata)
        with self._open_folder(photo.folder) as folder:
            xmp.write(folder, photo.file, missing)

    def _folds_case(self, root: str) -> bool:
        with suppress(SideError), self._open_folder(root) as folder:
            return folder.folds_case()
        return False

    def _fit(self, folder: str, file: str) -> tuple[str, str]:
        """Return folder and file in a spelling that the disk can hold."""
        root = self._find_held(folder)
        fitted = root.fit_path(f"{folder}/{file}")
        folder, file = os.path.split(fitted)
        return folder, file

    def _respell_folder(self, photo: LocalPhoto, folder: str) -> LocalPhoto:
        """Rename the folder of a photo to `folder` where the disk takes both names for
        one; return the photo at its new path.

        An album that is `rome` there now and `Rome` here is renamed in this way, as a
        whole.
        """
        above, old_name = os.path.split(photo.folder)
        new_above, name = os.path.split(folder)
        if old_name == name or fold_name(old_name) != fold_name(name):
            return photo
        # A root is never renamed.
        if above != new_above or photo.folder in self.roots:
            return photo
        with self._naming, self._open_folder(above) as opened:
            if opened.takes_for_one(name, old_name):
                move_file(opened, old_name, opened, name)
            if opened.takes_for_one(old_name, name):
                return photo._replace(folder=folder)
        return photo

    def _remove_if_empty(self, folder: str) -> None:
        if folder in self.roots:
            return
        above, name = os.path.split(folder)
        with suppress(SideError), self._open_folder(above) as opened:
            opened.remove_folder(name)

    # -- deleting and bringing back
    # --------------------------------------------------------------------------

    @property
    def keeps_trash(self) -> bool:
        """Whether what is deleted or overwritten is kept."""
        return self._trashes[self.roots[0]].enabled

    def keep(self, album: str, name: str, stream: Readable, expected: Content) -> str:
        """Put a photo that a service is about to lose into the trash of the first root.

        Returns its path there.
        """
        root = self.roots[0]
        folder = safe_file_name(album)
        file = safe_file_name(name)
        path = self._held[root].fit_path(f"{root}/{folder}/{file}")
        place = self._trashes[root].store(path, stream, expected)
        return make_backup(root, place)

    def delete(self, photo: LocalPhoto) -> str:
        """Move a photo to the trash of its root.

        Returns its path there; empty where no trash is kept. Raises Changed if the photo
        has changed since the scan.
        """
        self._check_photo(photo)
        return self._throw_away(photo)

    def _throw_away(self, photo: LocalPhoto) -> str:
        root = self.find_root(photo.folder)
        place = self._trashes[root].take(photo.path)
        return make_backup(root, place)

    def restore(self, backup: str, path: str) -> None:
        """Bring a file that `delete` or `overwrite` put into the trash back to its path.

        A file that is there now goes to the trash in turn. Raises NotFound where the
        trash does not have it any more.
        """
        folder, _ = os.path.split(path)
        root = self.find_root(folder)
        trash = self._trashes[root]
        place = os.path.relpath(backup, root)
        if os.path.lexists(path):
            trash.bring_back(place, path)
        else:
            trash.restore(place, path)

    def find_kept(self, backup: str, name: str) -> LocalPhoto:
        """Return the file at a path in the trash of a root, as a photo with this name.

        Raises NotFound where there is none, Rejected for a path outside the trashes.
        """
        folder, _ = os.path.split(backup)
        root = self.find_root(folder)
        place = os.path.relpath(backup, root)
        with self._trashes[root].open_kept(place) as (kept, file):
            return look_at(kept, file, name)

    def count_expired_trash(self, days: int) -> int:
        """Count the files that have been in the trashes for longer than `days`."""
        counts = [trash.count_expired(days) for trash in self._trashes.values()]
        return sum(counts)

    def empty_trash(self, days: int) -> None:
        """Remove for good the files that have been in the trashes for longer than
        `days`.
        """
        for trash in self._trashes.values():
            trash.empty(days)


def _date_apart(photo: LocalPhoto, expected: Content) -> Content:
    """Return what is expected of a download, with another date than that of the photo
    that it replaces.

    Flickr keeps the date of a photo that was replaced there. If the size is the same,
    too, another service that does not get the photo in this run would never see that
    the file here has changed.
    """
    may_look_alike = expected.size in {None, photo.size}
    if may_look_alike and expected.modified_ns == photo.modified_ns:
        return replace(expected, modified_ns=photo.modified_ns + _FAT_STEP_NS)
    return expected


def make_backup(root: str, place: str) -> str:
    """Return the path of a place in a trash; empty where nothing was kept."""
    return f"{root}/{place}" if place else ""
