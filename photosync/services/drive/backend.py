"""Google Drive as a remote: the folder `photosync`, and in it one folder per album."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Lock
from typing import TYPE_CHECKING

from photosync.disk.streams import Progress
from photosync.errors import Changed, NotFound, Rejected
from photosync.model import (
    AlbumMetadata,
    Details,
    DetailsEdit,
    LocalPhoto,
    RemoteAlbum,
    RemotePhoto,
)
from photosync.naming import check_utf8
from photosync.services.capabilities import Describe, Source
from photosync.services.drive.albums.base_folder import Base
from photosync.services.drive.calls.connection import Connection
from photosync.services.drive.calls.errors import InTrash, NotPermitted
from photosync.services.drive.files_api import check_not_trashed
from photosync.services.drive.listings import listing
from photosync.services.drive.listings.rights import (
    EDIT,
    TRASH,
    check_right,
    check_single_folder,
    field_of,
)
from photosync.services.drive.photos.photo_edits import PhotoEdits
from photosync.services.drive.reader import SEES_TOO_LITTLE, DriveReader
from photosync.services.drive.uploads.unfinished import Place
from photosync.services.persistence import NoUploads, UnfinishedUploads

if TYPE_CHECKING:
    from photosync.services.drive.uploads.uploads import Uploads


class DriveBackend(DriveReader):
    """What photosync changes in the base folder; read-only where its owner says so."""

    def __init__(
        self,
        connection: Connection,
        *,
        account: str,
        base: Base,
        is_narrow: bool = False,
        keep_trash: bool = True,
        on_close: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(
            connection,
            account=account,
            base=base,
            is_narrow=is_narrow,
            keep_trash=keep_trash,
            on_close=on_close,
        )
        self._unfinished: UnfinishedUploads = NoUploads()
        self._made_uploads: Uploads | None = None
        self._making = Lock()
        self._photo_edits = PhotoEdits(self._files_api)

    @property
    def _uploads(self) -> Uploads:
        with self._making:
            if self._made_uploads is None:
                # A run with nothing to send does without Google's library, on which this
                # stands.
                from photosync.services.drive.uploads.uploads import Uploads  # noqa: PLC0415

                self._made_uploads = Uploads(self._files_api, self._unfinished)
            return self._made_uploads

    def use_uploads(self, uploads: UnfinishedUploads) -> None:
        self._unfinished = uploads

    def use_descriptions(self, describe: Describe) -> None:
        self._folders.describe = describe

    # -- writing photos
    # ---------------------------------------------------------------------------

    def prepare_album(self, album: str) -> None:
        """Make the folder of an album (`files.create`), unless it is there."""
        self._folders.make_album(album)

    def prepare_save(self, album: str, name: str, source: Source) -> None:
        """Give the photo its id, and note it, where its album is there by now."""
        folder = self._folders.find_album(album)
        if folder is not None:
            self._uploads.prepared.prepare(Place(folder, name), source)

    def save(
        self, album: str, name: str, source: Source, progress: Progress
    ) -> RemotePhoto:
        """Upload a photo (`files.create`), or go on with an upload of an earlier run."""
        check_utf8("Google Drive", name)
        with self._into_album(album) as folder:
            return self._uploads.create(Place(folder, name), source, progress)

    def replace(
        self, photo: RemotePhoto, source: Source, progress: Progress
    ) -> RemotePhoto:
        """Upload other content (`files.update`); what was there stays as a revision."""
        from photosync.services.drive.restore import name_backup  # noqa: PLC0415 - as `_uploads`

        self._album_edits.forget(photo.album_id)
        more = f"headRevisionId,{field_of(EDIT)}"
        file = self._files_api.check_unchanged(photo, more)
        # Else its bytes would go over the line each night, and be refused.
        check_right(file, EDIT)
        stored = self._uploads.replace(
            photo,
            source,
            progress,
            undo=lambda _: self._photo_edits.restore_time(photo),
        )
        return stored._replace(backup=name_backup(photo, file))

    def update_metadata(self, photo: RemotePhoto, local: LocalPhoto) -> RemotePhoto:
        """Write modification time and name (`files.update`)."""
        self._album_edits.forget(photo.album_id)
        with self._needing(EDIT, photo):
            return self._photo_edits.describe(photo, local)

    def has_described(self, photo: RemotePhoto) -> bool:
        return self._uploads.has_described(photo.id)

    def write_details(
        self, photo: RemotePhoto, listed: Details, edit: DetailsEdit
    ) -> str:
        """Write the description (`files.update`)."""
        with self._needing(EDIT, photo):
            return self._details.write(photo, listed, edit)

    def move(self, photo: RemotePhoto, album: str, name: str) -> RemotePhoto:
        """Write name and parent (`files.update`); no bytes are sent."""
        check_utf8("Google Drive", name)
        self._album_edits.forget(photo.album_id)
        if self._folders.find_album(album) is None:
            # Where Drive refuses the move no empty album is to be left behind.
            check_right(self._files_api.get(photo.id, field_of(EDIT)), EDIT)
        with self._into_album(album) as folder, self._needing(EDIT, photo):
            return self._photo_edits.move(photo, folder, name)

    def check_present(self, photo: RemotePhoto) -> None:
        """Ask for the file (`files.get`): one in the trash is gone."""
        file = self._files_api.check_unchanged(photo)
        if listing.read_photo(file).modified_ns != photo.modified_ns:
            raise Changed("its date was changed there since it was listed")

    def rename_album(
        self, album: RemoteAlbum, title: str, photos: Sequence[RemotePhoto]
    ) -> Sequence[RemotePhoto]:
        """Write the folder's name (`files.update`); nothing that is in it changes."""
        check_utf8("Google Drive", title)
        self._album_edits.forget(album.id)
        check_not_trashed(self._files_api.patch(album.id, {"name": title}))
        self._folders.forget(album.id)
        self._folders.remember(title, album.id)
        return photos

    def tag(self, photo: RemotePhoto) -> RemotePhoto:
        """Give a photo a star to find it by, and a property of ours (`files.update`)."""
        with self._needing(EDIT, photo):
            return self._photo_edits.tag(photo)

    def untag(self, photo: RemotePhoto) -> RemotePhoto:
        """Take back property and star of `tag` (`files.update`).

        A star that a person gave stays.
        """
        with self._needing(EDIT, photo):
            return self._photo_edits.untag(photo)

    def delete(self, photo: RemotePhoto) -> str:
        """Move to Drive's trash (`files.update`), or `files.delete` without trash."""
        self._album_edits.forget(photo.album_id)
        try:
            with self._needing(TRASH, photo):
                check_single_folder(self._files_api.check_unchanged(photo))
                return self._files_api.discard(photo.id)
        except NotFound:
            return ""

    def restore(self, photo: RemotePhoto, backup: str) -> None:
        """Take out of the trash, or make a revision the content again, or an old
        description that of the photo.
        """
        from photosync.services.drive.restore import restore_file  # noqa: PLC0415 - as `_uploads`

        if self._details.restore(photo, backup):
            return
        self._folders.find_once()
        self._album_edits.forget(photo.album_id)
        restore_file(self._files_api, self._uploads, photo.id, backup)

    # -- writing albums
    # ---------------------------------------------------------------------------

    def update_album(self, album: str, metadata: AlbumMetadata) -> None:
        """Write date and description of the folder in one `files.update`."""
        folder = self._folders.find_album(album)
        if folder:
            given = self._folders.made.pop(folder, None)
            self._album_edits.update(folder, metadata, given)

    def remove_album(self, album: RemoteAlbum) -> None:
        """Move the folder to the trash (`files.update`), having seen that it is empty.

        Never for good, and never with a sign-in that does not see what other programs
        put into it.
        """
        if self._is_narrow:
            raise Rejected(SEES_TOO_LITTLE)
        with suppress(NotFound):
            if listing.list_folders(self._connection, [album.id])[album.id]:
                raise Rejected("the folder is not empty")
            self._files_api.patch(album.id, {"trashed": True})
        self._folders.forget(album.id)

    def close(self) -> None:
        super().close()
        if self._made_uploads is not None:
            # Of a memory that fails the lines and the token know nothing.
            self._made_uploads.prepared.withdraw()

    @contextmanager
    def _needing(self, right: str, photo: RemotePhoto) -> Iterator[None]:
        """Raise LeftAlone where Drive forbids what is done with a photo, and the photo
        itself tells that we lack the right (`files.get`).
        """
        try:
            yield
        except NotPermitted:
            # It may as well be the album that is not ours.
            file = self._files_api.get(photo.id, field_of(right))
            check_right(file, right)
            raise

    @contextmanager
    def _into_album(self, title: str) -> Iterator[str]:
        """Give the folder of an album that something is to be put into, made if need be.

        Where that proves to lie in the trash, nothing more is put there.
        """
        check_utf8("Google Drive", title)
        folder = self._folders.make_album(title)
        self._album_edits.forget(folder)
        try:
            yield folder
        except InTrash:
            # Two thousand more photos need not be sent to find that out again.
            self._folders.close_album(folder)
            raise
