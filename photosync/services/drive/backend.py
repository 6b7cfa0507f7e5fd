"""Google Drive as a remote: the folder `photosync`, and in it one folder per album."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from typing import Any

from photosync.disk.files import check_unchanged, compute_file_md5
from photosync.disk.streams import Progress, Readable
from photosync.errors import Changed, NotFound, Rejected, Transient
from photosync.model import (
    AlbumMetadata,
    LocalPhoto,
    Problem,
    RemoteAlbum,
    RemotePhoto,
)
from photosync.naming import check_utf8, name_key
from photosync.services.base import (
    AlbumListing,
    Backend,
    Capabilities,
    ListingCache,
    Row,
    Source,
    UnfinishedUploads,
)
from photosync.services.drive import listing
from photosync.services.drive.album_metadata import Shown
from photosync.services.drive.cached_listing import KeptListing
from photosync.services.drive.connection import OTHER, Connection
from photosync.services.drive.files_api import TRASH, Calls
from photosync.services.drive.folders import Base, Folders
from photosync.services.drive.restore import Revision, bring_back, untrash
from photosync.services.drive.shrunk_marker import Original
from photosync.services.drive.transfers import received
from photosync.services.drive.uploads import Uploads


class DriveBackend(Backend):
    """Albums as folders inside one base folder; ids are Drive's own.

    `account` is the address of who is signed in; `closed` is told when the backend is
    no longer used. With an owner in `base` the folder is another user's; what may be
    done in it is known once `albums` was read.
    """

    name = "drive"

    def __init__(
        self,
        connection: Connection,
        *,
        account: str,
        base: Base,
        keep_trash: bool = True,
        closed: Callable[[], None] = lambda: None,
    ) -> None:
        whose = f"{base.owner.name} to {account}" if base.owner else account
        self._account = f"{whose}/{base.name}"
        self._connection = connection
        self._calls = Calls(connection, keep_trash=keep_trash)
        self._folders = Folders(self._calls, base)
        self._uploads = Uploads(self._calls)
        self._shown = Shown(self._calls)
        self._closed = closed
        self._cache: ListingCache | None = None
        self._kept: KeptListing | None = None
        self._notices: list[Problem] = []

    @property
    def account(self) -> str:
        return self._account

    @property
    def capabilities(self) -> Capabilities:
        """Whether an owner permits changes is known once `albums` was read."""
        return Capabilities(
            tags=True, keeps_metadata=True, read_only=self._folders.read_only
        )

    def use_cache(self, cache: ListingCache) -> None:
        self._cache = cache

    def use_uploads(self, uploads: UnfinishedUploads) -> None:
        self._uploads.unfinished = uploads

    # -- listing
    # ---------------------------------------------------------------------------

    def albums(self) -> Iterator[RemoteAlbum]:
        """Sub-folders of the base folder, by `changes.list` or `files.list`."""
        self._notices.clear()
        for file in self._inside_base():
            if file["mimeType"] == listing.FOLDER:
                self._folders.know(file["name"], file["id"])
                self._shown.know(file)
                yield RemoteAlbum(file["name"], file["id"])
            else:
                reason = "lies beside the albums, not in one; left alone"
                self._notices.append(
                    Problem(f"drive {file['name']}", reason, failed=False)
                )

    def photos(self, albums: Sequence[RemoteAlbum]) -> Iterator[AlbumListing]:
        """Files of the albums' folders, as they are kept or by `files.list` for many at
        once.
        """
        if self._kept:
            yield from self._kept.photos(albums, self._notices)
            return
        for album, files in listing.contents(self._connection, albums):
            yield listing.listing_of(album, files, self._notices)

    def _inside_base(self) -> Sequence[Row]:
        # The feed of changes tells of one's own drive alone.
        if self._cache and not self._folders.owner:
            self._kept = KeptListing(self._connection, self._cache)
            return self._kept.albums(self._folders.base, self._folders.find)
        base = self._folders.find()
        return listing.children(self._connection, [base])[base] if base else []

    def listing_warnings(self) -> Sequence[Problem]:
        return tuple(self._notices)

    # -- reading
    # ---------------------------------------------------------------------------

    def open(self, photo: RemotePhoto) -> AbstractContextManager[Readable]:
        """`files.get` with alt=media."""
        reach = self._connection.reach.files
        request = self._connection.files.get_media(fileId=photo.id, **reach)
        return received(self._connection, request.uri)

    # -- writing
    # ---------------------------------------------------------------------------

    def save(
        self, album: str, name: str, source: Source, progress: Progress
    ) -> RemotePhoto:
        """`files.create`, or on with one that an earlier run has begun."""
        check_utf8("Google Drive", name)
        return self._uploads.create(self._folder(album), name, source, progress)

    def replace(
        self, photo: RemotePhoto, source: Source, progress: Progress
    ) -> RemotePhoto:
        """`files.update` with content; what was there stays as a revision."""
        self._shown.doubt(photo.album_id)
        file = self._calls.check_unchanged(photo, "headRevisionId")
        head = file.get("headRevisionId")
        stored = self._uploads.replace(
            photo, source, progress, lambda _: self._set_back(photo)
        )
        mark = str(Original.of(file) or "")
        backup = str(Revision(head, photo.modified_ns or 0, mark)) if head else ""
        return stored._replace(backup=backup)

    def update_metadata(self, photo: RemotePhoto, local: LocalPhoto) -> RemotePhoto:
        """`files.update` of modification time and name; raises Rejected if the bytes
        differ.
        """
        self._shown.doubt(photo.album_id)
        body = {"modifiedTime": listing.text_of(local.modified_ns)}
        md5 = _md5_here(photo, local)
        if name_key(photo.name) not in {
            name_key(local.name),
            name_key(local.qualified),
        }:
            check_utf8("Google Drive", local.name)
            body["name"] = local.name
        file = self._calls.patch(photo.id, body)
        if file.get("trashed"):
            raise NotFound("it is gone")
        described = listing.photo_of(file)
        if described.md5 != md5:
            self._set_back(photo)
            raise Changed(
                "it changed there since it was listed; the next run takes it up"
            )
        return described

    def move(self, photo: RemotePhoto, album: str, name: str) -> RemotePhoto:
        """`files.update` of name and parent; no bytes are sent."""
        check_utf8("Google Drive", name)
        self._shown.doubt(photo.album_id)
        parent = self._folder(album)
        parents = (
            {}
            if parent == photo.album_id
            else {"addParents": parent, "removeParents": photo.album_id}
        )
        return listing.photo_of(
            self._calls.patch(photo.id, {"name": name, **_at(photo)}, **parents)
        )

    def rename_album(
        self, album: RemoteAlbum, title: str, photos: Sequence[RemotePhoto]
    ) -> Sequence[RemotePhoto]:
        """`files.update` of the folder's name; nothing that is in it changes."""
        check_utf8("Google Drive", title)
        self._shown.doubt(album.id)
        self._calls.patch(album.id, {"name": title})
        self._folders.forget(album.id)
        self._folders.know(title, album.id)
        return photos

    def tag(self, photo: RemotePhoto) -> RemotePhoto:
        """Mark a photo that is missing here: a star to find it by, and a property of
        ours.
        """
        body = {
            "appProperties": {listing.MISSING: "local"},
            "starred": True,
            **_at(photo),
        }
        return listing.photo_of(self._calls.patch(photo.id, body))

    def untag(self, photo: RemotePhoto) -> RemotePhoto:
        """Take back the mark and the star of `tag`; a star that a person gave stays."""
        now = listing.photo_of(self._calls.get(photo.id))
        if now.marked:
            body = {
                "appProperties": {listing.MISSING: None},
                "starred": False,
                **_at(now),
            }
            now = listing.photo_of(self._calls.patch(photo.id, body))
        return now

    def is_gone(self, photo: RemotePhoto) -> bool:
        """By `files.get`: lists lag behind."""
        file = self._found(photo.id) or self._found_after_all(photo.id)
        place = (file.get("parents"), file.get("name"), bool(file.get("trashed")))
        return place != ([photo.album_id], photo.name, False)

    def delete(self, photo: RemotePhoto) -> str:
        """Move to Drive's trash (`files.update`), or `files.delete` without trash."""
        self._shown.doubt(photo.album_id)
        try:
            self._calls.check_unchanged(photo)
            return self._calls.discard(photo.id)
        except NotFound:
            return ""

    def restore(self, photo: RemotePhoto, backup: str) -> None:
        """Take out of the trash, or make a revision the content again."""
        self._folders.reach()
        self._shown.doubt(photo.album_id)
        revision = Revision.of(backup)
        if revision:
            bring_back(self._calls, self._uploads, photo.id, revision)
        elif backup == TRASH:
            untrash(self._calls, photo.id)
        else:
            raise NotFound("it was deleted for good")

    def update_album(self, album: str, metadata: AlbumMetadata) -> None:
        """Date and description of the folder, in one `files.update` where they differ.

        A description that somebody else wrote stays.
        """
        folder = self._folders.known(album)
        if folder:
            self._shown.update(folder, metadata)

    def remove_album(self, album: RemoteAlbum) -> None:
        """Move the folder to the trash, after making sure that it is empty.

        Never for good: that would take along what other programs keep in it unseen by
        us.
        """
        if listing.children(self._connection, [album.id])[album.id]:
            raise Rejected("the folder is not empty")
        with suppress(NotFound):
            self._calls.patch(album.id, {"trashed": True})
        self._folders.forget(album.id)

    def cancel(self) -> None:
        self._connection.retry_policy.cancel()

    def close(self) -> None:
        self._connection.close()
        self._closed()

    def _found(self, file_id: str) -> dict[str, Any]:
        """A file as it is now, empty where it is gone."""
        try:
            return self._calls.get(file_id)
        except NotFound:
            return {}

    def _found_after_all(self, file_id: str) -> dict[str, Any]:
        """The same once it is certain that Drive itself answers, and no proxy on the
        way.
        """
        try:
            account_of(self._connection)
        except NotFound as error:
            raise Transient("it is not Drive that answers") from error
        return self._found(file_id)

    def _folder(self, album: str) -> str:
        check_utf8("Google Drive", album)
        folder = self._folders.album(album)
        self._shown.doubt(folder)
        return folder

    def _set_back(self, photo: RemotePhoto) -> None:
        """Give a photo its old time again, so that the next run sees it differ
        again.
        """
        if photo.modified_ns is not None:
            self._calls.patch(photo.id, _at(photo))


def account_of(connection: Connection) -> dict[str, Any]:
    """Who is signed in and what space is left, by `about.get`."""
    request = connection.about.get(
        fields="user(displayName,emailAddress),storageQuota(limit,usage)"
    )
    about = connection.run(request, OTHER)
    if not about.get("user", {}).get("emailAddress"):
        raise Transient("Drive does not say who is signed in")
    return about


def _at(photo: RemotePhoto) -> dict[str, str]:
    """The time of a photo, sent along: whether Drive moves it by itself is nowhere
    promised.
    """
    return (
        {}
        if photo.modified_ns is None
        else {"modifiedTime": listing.text_of(photo.modified_ns)}
    )


def _md5_here(photo: RemotePhoto, local: LocalPhoto) -> str:
    """The MD5 of a local file of which only the facts are sent; Rejected if the bytes
    differ.
    """
    md5 = compute_file_md5(local.path) if photo.size == local.size else ""
    check_unchanged(local.path, local.size, local.modified_ns)
    if not md5 or md5 != photo.md5:
        raise Rejected(
            "the photo there has other bytes; only its facts were to be brought up"
        )
    return md5
