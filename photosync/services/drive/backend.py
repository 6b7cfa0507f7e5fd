"""Google Drive as a remote: the folder `photosync`, and in it one folder per album."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

from photosync.disk.streams import Progress, Readable
from photosync.errors import NotFound, Rejected
from photosync.model import (
    Absence,
    AlbumMetadata,
    AskedDetails,
    Details,
    DetailsEdit,
    LocalPhoto,
    Problem,
    RemoteAlbum,
    RemotePhoto,
)
from photosync.naming import check_utf8, read_title
from photosync.services.base import Backend
from photosync.services.capabilities import (
    AlbumListing,
    Capabilities,
    Describe,
    Source,
)
from photosync.services.costs import UNKNOWN_ROOM, Allowance, Room
from photosync.services.drive import folder_lists, listing
from photosync.services.drive.about import fetch_free_space
from photosync.services.drive.absence import AbsenceCheck
from photosync.services.drive.album_metadata import AlbumEdits
from photosync.services.drive.base_folder import Base
from photosync.services.drive.cached_listing import CachedListing
from photosync.services.drive.connection import Connection
from photosync.services.drive.costs import COSTS
from photosync.services.drive.details import FIELDS, DetailsEdits
from photosync.services.drive.downloads import open_download
from photosync.services.drive.errors import InTrash
from photosync.services.drive.files_api import TRASH, FilesApi, check_not_trashed
from photosync.services.drive.folders import Folders
from photosync.services.drive.photo_edits import PhotoEdits
from photosync.services.drive.restore import (
    Revision,
    restore_from_trash,
    restore_revision,
)
from photosync.services.drive.shrunk_marker import Original
from photosync.services.drive.unfinished import Place
from photosync.services.drive.uploads import Uploads
from photosync.services.persistence import ListingCache, Row, UnfinishedUploads

_SEES_TOO_LITTLE = (
    "this sign-in does not see what other programs put into them (sign in with "
    "--drive-scope full to remove them)"
)
_MORE_SPACE = "free space there, or buy some at https://one.google.com"


class DriveBackend(Backend):
    """Albums as folders inside one base folder; ids are Drive's own.

    `account` is the address of who is signed in; `is_narrow`: the sign-in covers only
    the files that photosync made; `on_close` is called when the backend is no longer
    used. With an owner in `base` the folder is another user's;
    what may be done in it is known once `albums` was read.
    """

    name = "drive"

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
        whose = f"{base.owner.name} to {account}" if base.owner else account
        self._account = f"{whose}/{base.name}"
        self._connection = connection
        self._files_api = FilesApi(connection, keep_trash=keep_trash)
        self._folders = Folders(self._files_api, base)
        self._absence_check = AbsenceCheck(self._files_api, is_narrow=is_narrow)
        self._uploads = Uploads(self._files_api)
        self._photo_edits = PhotoEdits(self._files_api)
        self._album_edits = AlbumEdits(self._files_api)
        self._details = DetailsEdits(self._files_api)
        self._on_close = on_close
        self._is_narrow = is_narrow
        self._cache: ListingCache | None = None
        self._cached_listing: CachedListing | None = None
        self._listing_warnings: list[Problem] = []

    @property
    def calls(self) -> int:
        return self._connection.calls

    @property
    def account(self) -> str:
        return self._account

    @property
    def capabilities(self) -> Capabilities:
        """Whether an owner permits changes is known once `albums` was read."""
        return Capabilities(
            is_far=True,
            tags=True,
            keeps_metadata=True,
            read_only=self._folders.read_only,
            keeps_albums=_SEES_TOO_LITTLE if self._is_narrow else "",
            details=FIELDS,
            costs=COSTS,
        )

    @property
    def allowance(self) -> Allowance | None:
        return self._connection.allowance

    def find_room(self) -> Room:
        """Ask what the account has left (`about.get`)."""
        # In the folder of another user it is theirs that counts, of which nobody tells.
        if self._folders.owner:
            return UNKNOWN_ROOM
        return Room(fetch_free_space(self._connection), advice=_MORE_SPACE)

    def use_cache(self, cache: ListingCache) -> None:
        self._cache = cache

    def use_uploads(self, uploads: UnfinishedUploads) -> None:
        self._uploads.unfinished = uploads

    # -- listing
    # ---------------------------------------------------------------------------

    def albums(self) -> Iterator[RemoteAlbum]:
        """List the sub-folders of the base folder (`changes.list` or `files.list`)."""
        rows = self._list_base()
        self._listing_warnings[:] = self._folders.notices
        for file in rows:
            if file["mimeType"] == listing.FOLDER:
                title = read_title(file["name"])
                self._folders.remember(title, file["id"])
                self._album_edits.remember(file)
                yield RemoteAlbum(title, file["id"])
            else:
                reason = "lies beside the albums, not in one; left alone"
                self._listing_warnings.append(
                    Problem(f"Drive {file['name']}", reason, failed=False)
                )

    def photos(self, albums: Sequence[RemoteAlbum]) -> Iterator[AlbumListing]:
        """List the albums' folders, as cached or by `files.list` for many at once."""
        if self._cached_listing:
            found = self._cached_listing.photos(albums, self._listing_warnings)
            yield from map(self._details.note, found)
            return
        for album, files in folder_lists.list_albums(self._connection, albums):
            built = listing.build_listing(album, files, self._listing_warnings)
            yield self._details.note(built)

    def _list_base(self) -> Sequence[Row]:
        # The feed of changes tells of one's own drive alone.
        if self._cache and not self._folders.owner:
            self._cached_listing = CachedListing(self._connection, self._cache)
            return self._cached_listing.albums(self._folders.find)
        base = self._folders.find()
        if base is None:
            return []
        return listing.list_folders(self._connection, [base])[base]

    def listing_warnings(self) -> Sequence[Problem]:
        return tuple(self._listing_warnings)

    # -- reading
    # ---------------------------------------------------------------------------

    def open(self, photo: RemotePhoto) -> AbstractContextManager[Readable]:
        """Download a photo (`files.get` with alt=media)."""
        reach = self._connection.reach.files
        request = self._connection.files.get_media(fileId=photo.id, **reach)
        # Of a smaller copy its own size is not listed.
        most = None if photo.reduced else photo.size
        return open_download(self._connection, request.uri, most)

    def details(self, photo: RemotePhoto) -> Details | None:
        return self._details.find(photo)

    def ask_details(self, photo: RemotePhoto, fields: AbstractSet[str]) -> AskedDetails:  # noqa: ARG002 - it has but one
        """Return the description (`files.get`)."""
        return self._details.ask(photo)

    def find_absences(self, photos: Sequence[RemotePhoto]) -> Sequence[Absence]:
        """Ask for the files themselves (`files.get`, `files.list` of the trash)."""
        return self._absence_check.find(photos, self._folders.base)

    # -- writing photos
    # ---------------------------------------------------------------------------

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
        self._album_edits.forget(photo.album_id)
        file = self._files_api.check_unchanged(photo, "headRevisionId")
        stored = self._uploads.replace(
            photo,
            source,
            progress,
            undo=lambda _: self._photo_edits.restore_time(photo),
        )
        return stored._replace(backup=_name_backup(photo, file))

    def update_metadata(self, photo: RemotePhoto, local: LocalPhoto) -> RemotePhoto:
        """Write modification time and name (`files.update`)."""
        self._album_edits.forget(photo.album_id)
        return self._photo_edits.describe(photo, local)

    def has_described(self, photo: RemotePhoto) -> bool:
        return self._uploads.has_described(photo.id)

    def write_details(
        self, photo: RemotePhoto, listed: Details, edit: DetailsEdit
    ) -> str:
        """Write the description (`files.update`)."""
        return self._details.write(photo, listed, edit)

    def move(self, photo: RemotePhoto, album: str, name: str) -> RemotePhoto:
        """Write name and parent (`files.update`); no bytes are sent."""
        check_utf8("Google Drive", name)
        self._album_edits.forget(photo.album_id)
        with self._into_album(album) as folder:
            return self._photo_edits.move(photo, folder, name)

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
        return self._photo_edits.tag(photo)

    def untag(self, photo: RemotePhoto) -> RemotePhoto:
        """Take back property and star of `tag` (`files.update`).

        A star that a person gave stays.
        """
        return self._photo_edits.untag(photo)

    def delete(self, photo: RemotePhoto) -> str:
        """Move to Drive's trash (`files.update`), or `files.delete` without trash."""
        self._album_edits.forget(photo.album_id)
        try:
            self._files_api.check_unchanged(photo)
            return self._files_api.discard(photo.id)
        except NotFound:
            return ""

    def restore(self, photo: RemotePhoto, backup: str) -> None:
        """Take out of the trash, or make a revision the content again, or an old
        description that of the photo.
        """
        if self._details.restore(photo, backup):
            return
        self._folders.find_once()
        self._album_edits.forget(photo.album_id)
        revision = Revision.parse(backup)
        if revision:
            restore_revision(self._files_api, self._uploads, photo.id, revision)
        elif backup == TRASH:
            restore_from_trash(self._files_api, photo.id)
        else:
            raise NotFound("it was deleted for good")

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

    def use_descriptions(self, describe: Describe) -> None:
        self._folders.describe = describe

    def prepare_album(self, album: str) -> None:
        """Make the folder of an album (`files.create`), unless it is there."""
        self._folders.make_album(album)

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
            raise Rejected(_SEES_TOO_LITTLE)
        with suppress(NotFound):
            if listing.list_folders(self._connection, [album.id])[album.id]:
                raise Rejected("the folder is not empty")
            self._files_api.patch(album.id, {"trashed": True})
        self._folders.forget(album.id)

    # -- the end
    # ---------------------------------------------------------------------------

    def cancel(self) -> None:
        self._connection.cancel()

    def close(self) -> None:
        self._connection.close()
        self._on_close()


def _name_backup(photo: RemotePhoto, file: Mapping[str, Any]) -> str:
    """Say where the content is that a replace found; empty where Drive keeps none."""
    head = file.get("headRevisionId")
    if not head:
        return ""
    mark = str(Original.read(file) or "")
    return str(Revision(head, photo.modified_ns or 0, mark))
