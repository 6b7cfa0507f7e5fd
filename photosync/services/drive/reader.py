"""What is looked at on Drive and not changed: albums, photos, descriptions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from functools import partial

from photosync.disk.streams import Readable
from photosync.model import (
    Absence,
    Actions,
    AskedDetails,
    Details,
    Problem,
    RemoteAlbum,
    RemotePhoto,
)
from photosync.naming import read_title
from photosync.services.alone import list_alone
from photosync.services.base import Backend
from photosync.services.capabilities import AlbumListing, Capabilities
from photosync.services.costs import UNKNOWN_ROOM, Allowance, Room
from photosync.services.drive.albums.album_edits import AlbumEdits
from photosync.services.drive.albums.base_folder import Base
from photosync.services.drive.albums.folders import Folders
from photosync.services.drive.calls.about import fetch_free_space
from photosync.services.drive.calls.connection import Connection
from photosync.services.drive.calls.costs import COSTS
from photosync.services.drive.calls.reading_calls import locate
from photosync.services.drive.files_api import FilesApi
from photosync.services.drive.listings import folder_lists, listing
from photosync.services.drive.listings.cached_listing import CachedListing
from photosync.services.drive.photos.absence import AbsenceCheck
from photosync.services.drive.photos.details import FIELDS, DetailsEdits
from photosync.services.drive.photos.downloads import open_download
from photosync.services.persistence import ListingCache, Row

SEES_TOO_LITTLE = (
    "this sign-in does not see what other programs put into them (sign in with "
    "--drive-scope full to remove them)"
)
"""Why no album is removed with the narrow scope."""

_MORE_SPACE = "free space there, or buy some at https://one.google.com"


class DriveReader(Backend):
    """The folders inside one base folder; ids are Drive's own.

    `account` is the address of who is signed in; `is_narrow`: the sign-in covers only
    the files that photosync made; `on_close` is called when the backend is no longer
    used. With an owner in `base` the folder is another user's; what may be done in it
    is known once `albums` was read.
    """

    name = "drive"

    def __init__(
        self,
        connection: Connection,
        *,
        account: str,
        base: Base,
        is_narrow: bool,
        keep_trash: bool,
        on_close: Callable[[], None],
    ) -> None:
        whose = f"{base.owner.name} to {account}" if base.owner else account
        self._account = f"{whose}/{base.name}"
        self._connection = connection
        self._files_api = FilesApi(connection, keep_trash=keep_trash)
        self._folders = Folders(self._files_api, base)
        self._absence_check = AbsenceCheck(self._files_api, is_narrow=is_narrow)
        self._album_edits = AlbumEdits(self._files_api)
        self._details = DetailsEdits(self._files_api)
        self._on_close = on_close
        self._is_narrow = is_narrow
        self._cache: ListingCache | None = None
        self._cached_listing: CachedListing | None = None
        self._listing_warnings: list[Problem] = []
        self._forbidden: dict[str, Mapping[Actions, str]] = {}

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
            prepares_saves=True,
            is_far=True,
            tags=True,
            keeps_metadata=True,
            read_only=self._folders.read_only,
            keeps_albums=SEES_TOO_LITTLE if self._is_narrow else "",
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
            yield from map(self._note, found)
            return
        for album, files in folder_lists.list_albums(self._connection, albums):
            build = partial(listing.build_listing, album, files, self._listing_warnings)
            yield self._note(list_alone(album, build))

    def _note(self, found: AlbumListing) -> AlbumListing:
        """Note what a listing tells besides its photos, and return it."""
        self._forbidden.update(found.forbidden)
        return self._details.note(found)

    def find_forbidden(self) -> Mapping[str, Mapping[Actions, str]]:
        return self._forbidden

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
        place = locate("files", photo.id)
        address = self._connection.make_address(place, alt="media", **reach)
        # Of a smaller copy its own size is not listed.
        most = None if photo.reduced else photo.size
        return open_download(self._connection, address, most)

    def details(self, photo: RemotePhoto) -> Details | None:
        return self._details.find(photo)

    def ask_details(self, photo: RemotePhoto, fields: AbstractSet[str]) -> AskedDetails:  # noqa: ARG002 - it has but one
        """Return the description (`files.get`)."""
        return self._details.ask(photo)

    def find_absences(self, photos: Sequence[RemotePhoto]) -> Sequence[Absence]:
        """Ask for the files themselves (`files.get`, `files.list` of the trash)."""
        return self._absence_check.find(photos, self._folders.base)

    # -- the end
    # ---------------------------------------------------------------------------

    def cancel(self) -> None:
        self._connection.cancel()

    def close(self) -> None:
        self._connection.close()
        self._on_close()
