"""An ordinary folder as a remote: a USB disk, a mounted share. Each album is a
sub-folder.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from photosync.config.settings import FOLDER_SCOPE
from photosync.disk.files import (
    Content,
    Part,
    check_unchanged,
    compute_file_md5,
    disk_errors,
    flush_folder,
    move_file,
    open_unchanged,
    publish,
    remove_leftover,
    write_aside,
)
from photosync.disk.names import find_overlap
from photosync.disk.streams import Progress, Readable
from photosync.disk.trash import Trash
from photosync.errors import NotFound, Rejected, SideError, UsageError
from photosync.filters import Filters
from photosync.media import find_moment
from photosync.model import (
    AlbumMetadata,
    LocalPhoto,
    RemoteAlbum,
    RemotePhoto,
)
from photosync.naming import PART_PREFIX, name_key, name_of_file, posix_file_name
from photosync.services.base import Backend
from photosync.services.capabilities import AlbumListing, Capabilities, Source
from photosync.services.dates import parse_local_time

_REPLACED = "trash:"
"""What stands before the place of content that was replaced, not deleted."""


class FolderBackend(Backend):
    """Albums as sub-folders of `root`; ids are paths relative to it."""

    capabilities = Capabilities(names_are_files=True)

    def __init__(self, root: str, *, keep_trash: bool = True) -> None:
        self.root = os.path.abspath(root)  # noqa: PTH100 - the name the user gave, unresolved
        self._name = f"{FOLDER_SCOPE}{root}"
        self._account = os.path.realpath(root)
        self._trash = Trash(self.root, enabled=keep_trash)
        self._leftovers: list[str] = []
        self._folders: dict[str, str] = {}
        self._was_absent = False

    @property
    def name(self) -> str:
        return self._name

    @property
    def account(self) -> str:
        return self._account

    def check(self, roots: Sequence[str], *, writes: bool) -> None:
        """Raise UsageError for a folder that cannot serve beside these local roots."""
        path = Path(self.root)
        if path.exists() and not path.is_dir():
            raise UsageError(f"-p {self.name}: not a folder")
        if not path.exists() and not (writes and path.parent.is_dir()):
            raise UsageError(f"-p {self.name}: no such folder; is its disk mounted?")
        for root in roots:
            if find_overlap([self.root, root]):
                raise UsageError(
                    f"-p {self.name}: lies inside or around {root}; choose another"
                )

    def prepare(self) -> None:
        """Remove the unfinished files that the listings came upon."""
        for path in self._leftovers:
            remove_leftover(path)

    # -- listing
    # ---------------------------------------------------------------------------

    def albums(self) -> Iterator[RemoteAlbum]:
        """List the sub-folders, none where the folder is yet to be made."""
        if not Path(self.root).exists():
            self._was_absent = True
            return
        with disk_errors(), os.scandir(self.root) as entries:
            found = [entry.name for entry in entries if _is_album(entry)]
        for folder in sorted(found):
            title = name_of_file(folder)
            self._folders.setdefault(name_key(title), folder)
            yield RemoteAlbum(title, folder)

    def photos(self, albums: Sequence[RemoteAlbum]) -> Iterator[AlbumListing]:
        for album in albums:
            try:
                yield self._list_folder(album)
            except SideError as error:
                yield AlbumListing(album, (), unknown=f"cannot be listed ({error})")

    def _list_folder(self, album: RemoteAlbum) -> AlbumListing:
        photos: list[RemotePhoto] = []
        others = 0
        with disk_errors(), os.scandir(f"{self.root}/{album.id}") as entries:
            for entry in entries:
                if entry.name.startswith(PART_PREFIX):
                    self._leftovers.append(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    photos.append(
                        _make_photo(
                            album.id, entry.name, entry.stat(follow_symlinks=False)
                        )
                    )
                else:
                    others += 1
        photos.sort()
        return AlbumListing(album, photos, others)

    # -- reading
    # ---------------------------------------------------------------------------

    def md5(self, photo: RemotePhoto) -> str | None:
        return compute_file_md5(self._path(photo))

    def taken(self, photo: RemotePhoto) -> str:
        """Look into the file: a folder keeps nothing beside it."""
        return find_moment(self._path(photo), photo.modified_ns or 0, photo.name).text

    def open(self, photo: RemotePhoto) -> AbstractContextManager[Readable]:
        return open_unchanged(self._path(photo), photo.size, photo.modified_ns)

    # -- writing
    # ---------------------------------------------------------------------------

    def save(
        self, album: str, name: str, source: Source, progress: Progress
    ) -> RemotePhoto:
        folder, file = self._choose_folder(album), posix_file_name(name)
        with self._receive(folder, source, progress) as part:
            publish(part.path, f"{self.root}/{folder}/{file}")
        return self._read_back(folder, file)._replace(md5=part.md5)

    def replace(
        self, photo: RemotePhoto, source: Source, progress: Progress
    ) -> RemotePhoto:
        """Write other content aside, then put it in place of the old."""
        with self._receive(photo.album_id, source, progress) as part:
            self._check_unchanged(photo)
            place = self._trash.supersede(part.path, self._path(photo))
        backup = f"{_REPLACED}{place}" if place else ""
        stored = self._read_back(photo.album_id, Path(photo.id).name)
        return stored._replace(md5=part.md5, backup=backup)

    def update_metadata(self, photo: RemotePhoto, local: LocalPhoto) -> RemotePhoto:
        """Set the modification time, which is all that a folder keeps of a photo."""
        with disk_errors():
            os.utime(self._path(photo), ns=(local.modified_ns, local.modified_ns))
        updated = self._read_back(photo.album_id, Path(photo.id).name)
        return updated._replace(md5=photo.md5)

    def move(self, photo: RemotePhoto, album: str, name: str) -> RemotePhoto:
        folder, file = self._choose_folder(album), posix_file_name(name)
        self._check_unchanged(photo)
        move_file(self._path(photo), f"{self.root}/{folder}/{file}")
        return self._read_back(folder, file)

    def rename_album(
        self, album: RemoteAlbum, title: str, photos: Sequence[RemotePhoto]
    ) -> Sequence[RemotePhoto]:
        """Rename the sub-folder; the ids of its photos change with it."""
        folder = posix_file_name(title)
        move_file(f"{self.root}/{album.id}", f"{self.root}/{folder}")
        self._folders = {
            key: name for key, name in self._folders.items() if name != album.id
        }
        self._folders[name_key(title)] = folder
        return [
            photo._replace(id=f"{folder}/{Path(photo.id).name}", album_id=folder)
            for photo in photos
        ]

    def is_gone(self, photo: RemotePhoto) -> bool:
        # The first photo sent there makes the folder anew: the others are not gone for
        # that.
        if self._was_absent or not Path(self.root).is_dir():
            raise Rejected("the whole folder is not there; is its disk mounted?")
        try:
            with disk_errors():
                return not stat.S_ISREG(Path(self._path(photo)).lstat().st_mode)
        except NotFound:
            return True

    def delete(self, photo: RemotePhoto) -> str:
        """Move to the trash of this folder; returns its place there, relative to the
        folder.
        """
        try:
            self._check_unchanged(photo)
            return self._trash.take(self._path(photo))
        except NotFound:
            return ""

    def restore(self, photo: RemotePhoto, backup: str) -> None:
        """Move back what was deleted, or put replaced content in the place of the
        present one.
        """
        place, path = backup.removeprefix(_REPLACED), self._path(photo)
        was_replaced = backup.startswith(_REPLACED)
        # Of replaced content, what took its place may have been deleted since.
        if was_replaced and Path(path).exists():
            self._trash.bring_back(place, path)
        else:
            self._trash.restore(place, path)

    def update_album(self, album: str, metadata: AlbumMetadata) -> None:
        """Set the time of the sub-folder; there is no place for a description."""
        folder = self._folders.get(name_key(album))
        when = parse_local_time(metadata.earliest)
        if folder is None or when is None:
            return
        path = Path(self.root, folder)
        with disk_errors():
            status = path.stat()
            if status.st_mtime_ns != when:
                os.utime(path, ns=(status.st_atime_ns, when))

    def remove_album(self, album: RemoteAlbum) -> None:
        try:
            Path(self.root, album.id).rmdir()
        except FileNotFoundError:
            return
        except OSError as error:
            raise Rejected(
                f"the folder is not empty or cannot be removed ({error.strerror})"
            ) from error
        flush_folder(self.root)

    def expired_trash(self, days: int) -> int:
        return self._trash.expired(days)

    def empty_trash(self, days: int) -> None:
        self._trash.empty(days)

    @contextmanager
    def _receive(
        self, folder: str, source: Source, progress: Progress
    ) -> Iterator[Part]:
        """Write a photo aside in a sub-folder; it has no name there yet."""
        expected = Content(source.size, None, source.photo.modified_ns)
        with (
            source.open() as stream,
            write_aside(f"{self.root}/{folder}", stream, expected, progress) as part,
        ):
            yield part

    def _choose_folder(self, album: str) -> str:
        """Return the sub-folder of an album, by the spelling that is there already.

        A Mac spells umlauts otherwise than Linux: one album must not become two.
        """
        return self._folders.setdefault(name_key(album), posix_file_name(album))

    def _path(self, photo: RemotePhoto) -> str:
        return f"{self.root}/{photo.id}"

    def _read_back(self, folder: str, file: str) -> RemotePhoto:
        with disk_errors():
            return _make_photo(folder, file, Path(self.root, folder, file).stat())

    def _check_unchanged(self, photo: RemotePhoto) -> None:
        check_unchanged(self._path(photo), photo.size, photo.modified_ns)


def _is_album(entry: os.DirEntry[str]) -> bool:
    # Links are left alone: they may lead back into the library itself.
    if not entry.is_dir(follow_symlinks=False):
        return False
    return not Filters.is_junk_folder(entry.name)


def _make_photo(folder: str, file: str, status: os.stat_result) -> RemotePhoto:
    return RemotePhoto(
        name=name_of_file(file),
        id=f"{folder}/{file}",
        size=status.st_size,
        modified_ns=status.st_mtime_ns,
        version=f"{status.st_size}-{status.st_mtime_ns}",
        album_id=folder,
    )
