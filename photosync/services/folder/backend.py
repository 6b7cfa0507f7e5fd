"""An ordinary folder as a remote: a USB disk, a mounted share. Each album is a
sub-folder.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from photosync.disk.files import (
    Content,
    move_file,
    remove_leftover,
    write_aside,
    write_new,
)
from photosync.disk.folder import Folder
from photosync.disk.reading import check_status, compute_md5_below, open_unchanged
from photosync.disk.silence import asking
from photosync.disk.space import is_read_only
from photosync.disk.streams import Progress, Readable
from photosync.errors import LeftAlone, NotFound, Rejected, SideError, SideStopped
from photosync.formatting import count_nouns, name_service
from photosync.media import find_moment
from photosync.model import (
    GONE,
    THERE,
    Absence,
    Actions,
    AlbumMetadata,
    LocalPhoto,
    Problem,
    RemoteAlbum,
    RemotePhoto,
    Whereabouts,
)
from photosync.naming import name_key, name_of_file, posix_file_name, read_title
from photosync.services.alone import list_alone
from photosync.services.capabilities import AlbumListing, Capabilities, Source
from photosync.services.dates import parse_local_time
from photosync.services.fetching import check_same_bytes
from photosync.services.folder.base_folder import FolderBase
from photosync.services.folder.listing import list_albums, list_entries, make_photo

_NOT_READ = (
    "it cannot be read there, so nobody knows whether it is this photo; give yourself the "
    "right to read it"
)

_REPLACED = "trash:"
"""What stands before the place of content that was replaced, not deleted."""


class FolderBackend(FolderBase):
    """Albums as sub-folders of `root`; ids are paths relative to it."""

    capabilities = Capabilities(names_are_files=True)

    def __init__(self, root: str, *, keep_trash: bool = True) -> None:
        super().__init__(root, keep_trash=keep_trash)
        self._leftovers: list[tuple[str, str]] = []
        self._folders: dict[str, str] = {}
        self._links: set[str] = set()
        self._unread: set[str] = set()
        self._warnings: list[Problem] = []
        self._folds_case = False

    @property
    def folds_case(self) -> bool:
        return self._folds_case

    def prepare(self) -> None:
        """Remove the unfinished files that the listings came upon."""
        for album, file in self._leftovers:
            with suppress(SideError), self._open_album(album) as folder:
                remove_leftover(folder, file)
        self._trash.tidy()

    # -- listing
    # ---------------------------------------------------------------------------

    def albums(self) -> Iterator[RemoteAlbum]:
        """List the sub-folders; none where the folder is yet to be made, in a dry run."""
        if self.is_missing():
            self._was_absent = True
            return
        self._held.hold()
        with self._held.open_folder(self.root) as base:
            found = list_albums(base)
            self._folds_case = base.folds_case()
        self._links = found.links
        for folder in sorted([*found.folders, *found.links]):
            title = read_title(name_of_file(folder))
            self._folders.setdefault(name_key(title), folder)
            yield RemoteAlbum(title, folder)

    def photos(self, albums: Sequence[RemoteAlbum]) -> Iterator[AlbumListing]:
        for album in albums:
            yield list_alone(album, partial(self._list_folder, album))

    def _list_folder(self, album: RemoteAlbum) -> AlbumListing:
        if album.id in self._links:
            return AlbumListing(album, (), closed="is a link there")
        with self._open_album(album.id) as folder:
            if folder.find_device() != self._held.find_device():
                self._held.watch(folder.path)
            found = list_entries(folder, album.id, self.name)
        self._leftovers += [(album.id, file) for file in found.leftovers]
        self._warnings += found.describe(self.name)
        return AlbumListing(
            album, found.photos, found.others, unknown_names=found.unknown
        )

    def listing_warnings(self) -> Sequence[Problem]:
        if not self._was_absent:
            return self._warnings
        text = "is not there; is its disk mounted? A run asks before it makes it"
        return [Problem(name_service(self.name), text, failed=False)]

    def upload_warnings(self, uploads: int) -> Sequence[Problem]:
        """Warn of a disk that takes nothing: Linux mounts one that fails read-only."""
        if not is_read_only(self.root):
            return ()
        photos = count_nouns(uploads, "photo")
        reason = f"its disk is mounted read-only and takes none of the {photos} to be uploaded"
        return (Problem(name_service(self.name), reason, failed=False),)

    # -- reading
    # ---------------------------------------------------------------------------

    def md5(self, photo: RemotePhoto) -> str | None:
        try:
            with self._open_photo(photo) as (folder, file):
                return compute_md5_below(folder, file)
        except SideError:
            self._unread.add(photo.id)
            raise

    def find_forbidden(self) -> Mapping[str, Mapping[Actions, str]]:
        """With our time a file that cannot be read would look equal to ours for good."""
        forbidden = {Actions.UPDATE_REMOTE_METADATA: _NOT_READ}
        return dict.fromkeys(self._unread, forbidden)

    def _read_md5(self, photo: RemotePhoto) -> str | None:
        """Return the MD5 of a photo, None where it cannot be read."""
        with suppress(SideError):
            return self.md5(photo)
        return None

    def taken(self, photo: RemotePhoto) -> str:
        """Look into the file: a folder keeps nothing beside it."""
        path = f"{self.root}/{photo.id}"
        with asking(self.root):
            return find_moment(path, photo.modified_ns or 0, photo.name).text

    @contextmanager
    def open(self, photo: RemotePhoto) -> Iterator[Readable]:
        with (
            self._open_photo(photo) as (folder, file),
            open_unchanged(folder, file, photo.size, photo.modified_ns) as stream,
        ):
            yield stream

    # -- writing
    # ---------------------------------------------------------------------------

    def save(
        self, album: str, name: str, source: Source, progress: Progress
    ) -> RemotePhoto:
        album_id = self._choose_folder(album)
        with source.open() as stream, self._open_album(album_id, make=True) as folder:
            file = folder.fit(posix_file_name(name))
            md5 = write_new(folder, file, stream, _foresee(source), progress)
            return _read_back(folder, album_id, file)._replace(md5=md5)

    def replace(
        self, photo: RemotePhoto, source: Source, progress: Progress
    ) -> RemotePhoto:
        """Write other content aside, then put it in place of the old."""
        file = Path(photo.id).name
        with (
            source.open() as stream,
            self._open_album(photo.album_id, make=True) as folder,
            write_aside(folder, stream, _foresee(source), progress) as part,
        ):
            _check_unchanged(part.folder, photo)
            place = self._trash.supersede(part, file)
            stored = _read_back(part.folder, photo.album_id, file)
        backup = f"{_REPLACED}{place}" if place else ""
        return stored._replace(md5=part.md5, backup=backup)

    def update_metadata(self, photo: RemotePhoto, local: LocalPhoto) -> RemotePhoto:
        """Set the modification time, which is all that a folder keeps of a photo."""
        md5 = photo.md5 or self._read_md5(photo)
        if md5 is None:
            raise LeftAlone(_NOT_READ)
        # With our time other bytes would look equal for good.
        check_same_bytes(photo._replace(md5=md5), local)
        with self._open_photo(photo) as (folder, file):
            _check_unchanged(folder, photo)
            folder.set_time(file, local.modified_ns)
            updated = _read_back(folder, photo.album_id, file)
        return updated._replace(md5=photo.md5)

    def move(self, photo: RemotePhoto, album: str, name: str) -> RemotePhoto:
        album_id = self._choose_folder(album)
        with self._open_photo(photo) as (old, old_file):
            _check_unchanged(old, photo)
            with self._open_album(album_id, make=True) as new:
                file = new.fit(posix_file_name(name))
                move_file(old, old_file, new, file)
                return _read_back(new, album_id, file)

    def check_present(self, photo: RemotePhoto) -> None:
        with self._open_photo(photo) as (folder, _):
            _check_unchanged(folder, photo)

    def rename_album(
        self, album: RemoteAlbum, title: str, photos: Sequence[RemotePhoto]
    ) -> Sequence[RemotePhoto]:
        """Rename the sub-folder; the ids of its photos change with it."""
        with self._held.open_folder(self.root) as base:
            folder = base.fit(posix_file_name(title))
            move_file(base, album.id, base, folder)
        self._folders = {
            key: name for key, name in self._folders.items() if name != album.id
        }
        self._folders[name_key(title)] = folder
        return [
            photo._replace(id=f"{folder}/{Path(photo.id).name}", album_id=folder)
            for photo in photos
        ]

    def find_absences(self, photos: Sequence[RemotePhoto]) -> Sequence[Absence]:
        # The first photo sent there makes the folder anew: the others are not gone for
        # that.
        if self._was_absent:
            raise Rejected("the whole folder is not there; is its disk mounted?")
        return [self._find_absence(photo) for photo in photos]

    def _find_absence(self, photo: RemotePhoto) -> Absence:
        try:
            with self._open_photo(photo) as (folder, file):
                status = folder.look_at(file)
        except NotFound:
            return GONE
        except Rejected as error:
            return Absence(Whereabouts.UNKNOWN, str(error))
        if stat.S_ISREG(status.st_mode):
            return THERE
        reason = "something else is in its place there; left alone"
        return Absence(Whereabouts.UNKNOWN, reason)

    def delete(self, photo: RemotePhoto) -> str:
        """Move to the trash of this folder; returns its place there, relative to the
        folder.
        """
        try:
            with self._open_photo(photo) as (folder, _):
                _check_unchanged(folder, photo)
                return self._trash.take(f"{self.root}/{photo.id}")
        except NotFound:
            return ""

    def restore(self, photo: RemotePhoto, backup: str) -> None:
        """Move back what was deleted, or put replaced content in the place of the
        present one.
        """
        place = backup.removeprefix(_REPLACED)
        path = f"{self.root}/{photo.id}"
        was_replaced = backup.startswith(_REPLACED)
        # Of replaced content, what took its place may have been deleted since.
        if was_replaced and os.path.lexists(path):
            self._trash.bring_back(place, path)
        else:
            self._trash.restore(place, path)

    def update_album(self, album: str, metadata: AlbumMetadata) -> None:
        """Set the time of the sub-folder; there is no place for a description."""
        folder = self._folders.get(name_key(album))
        when = parse_local_time(metadata.earliest)
        if folder is None or when is None:
            return
        with self._open_album(folder) as opened:
            opened.set_own_time(when)

    def remove_album(self, album: RemoteAlbum) -> None:
        try:
            with self._held.open_folder(self.root) as base:
                base.remove_folder(album.id)
                base.flush()
        except NotFound:
            return
        except SideStopped:
            raise
        except SideError as error:
            raise Rejected(
                f"the folder is not empty or cannot be removed ({error})"
            ) from error

    def _choose_folder(self, album: str) -> str:
        """Return the sub-folder of an album, by the spelling that is there already.

        A Mac spells umlauts otherwise than Linux: one album must not become two.
        """
        key = name_key(album)
        if key not in self._folders:
            with self._held.open_folder(self.root) as base:
                self._folders[key] = base.fit(posix_file_name(album))
        return self._folders[key]


def _foresee(source: Source) -> Content:
    """Return what is about to be written of a source."""
    return Content(source.size, None, source.photo.modified_ns)


def _read_back(folder: Folder, album_id: str, file: str) -> RemotePhoto:
    return make_photo(album_id, file, folder.look_at(file))


def _check_unchanged(folder: Folder, photo: RemotePhoto) -> None:
    status = folder.look_at(Path(photo.id).name)
    check_status(status, photo.size, photo.modified_ns)
