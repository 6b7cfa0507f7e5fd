"""Google Drive as a remote: the folder `photosync`, and in it one folder per album."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from threading import Lock
from typing import Any

from photosync.backend import (
    Advance,
    AlbumListing,
    Capabilities,
    Readable,
    SeekableReadable,
    Source,
)
from photosync.backends.drive import listing
from photosync.backends.drive.connection import MODIFY, OTHER, READ, Connection
from photosync.backends.drive.errors import AlreadyThere
from photosync.backends.drive.transfers import Media, received, send
from photosync.errors import Changed, NotFound, Rejected, Transient
from photosync.model import LocalPhoto, Problem, RemoteAlbum, RemotePhoto
from photosync.naming import key

_IDS_AT_ONCE = 200
_FILE = listing.FILE_FIELDS
_MARK = "photosync"
_LONGEST_MARK = 100
"""Drive takes 124 bytes of a mark's name and value together."""


class DriveBackend:
    """Albums as folders inside one base folder; ids are Drive's own.

    `known_base` is the id of the base folder as an earlier run learned it, and `remember_base` is
    told a new one: so it is found after it was renamed, and made only once. `closed` is told when
    the backend is no longer used.
    """

    capabilities = Capabilities()
    name = "drive"

    def __init__(
        self,
        connection: Connection,
        *,
        folder: str = "photosync",
        known_base: str | None = None,
        remember_base: Callable[[str], None] = lambda _: None,
        keep_trash: bool = True,
        closed: Callable[[], None] = lambda: None,
    ) -> None:
        self._connection = connection
        self._folder = folder
        self._base = known_base
        self._remember_base = remember_base
        self._keep_trash = keep_trash
        self._closed = closed
        self._album_ids: dict[str, str] = {}
        self._new_albums: dict[str, str] = {}
        self._new_base = ""
        self._ids: list[str] = []
        self._lock = Lock()
        self._notices: list[Problem] = []

    def prepare(self) -> None:
        """Nothing half written is ever left there; the base folder is made on first use."""

    # -- listing ---------------------------------------------------------------------------

    def albums(self) -> Iterator[RemoteAlbum]:
        """Sub-folders of the base folder, by `files.list`."""
        self._notices.clear()
        base = self._find_base()
        if base is None:
            return
        for file in listing.children(self._connection, [base])[base]:
            if file["mimeType"] == listing.FOLDER:
                self._album_ids.setdefault(key(file["name"]), file["id"])
                yield RemoteAlbum(file["name"], file["id"])
            else:
                reason = "lies beside the albums, not in one; left alone"
                self._notices.append(Problem(f"drive {file['name']}", reason, failed=False))

    def photos(self, albums: Sequence[RemoteAlbum]) -> Iterator[AlbumListing]:
        """Files of the albums' folders, by `files.list` for many folders at once."""
        return listing.albums(self._connection, albums, self._notices)

    def notices(self) -> Sequence[Problem]:
        return tuple(self._notices)

    def _find_base(self) -> str | None:
        if self._base is not None:
            found = self._base_by_id(self._base)
            if found:
                return found
        self._base = self._search_base()
        if self._base:
            self._remember_base(self._base)
        return self._base

    def _base_by_id(self, base: str) -> str | None:
        try:
            file = self._get(base)
        except NotFound:
            return None
        if file.get("trashed"):
            raise Rejected(
                f"the folder {file['name']!r} is in the trash of Drive; restore it there, or "
                "delete it for good to start anew"
            )
        return base

    def _search_base(self) -> str | None:
        """By the mark we gave it, else by its name."""
        value = listing.quoted(self._mark())
        marked = f"appProperties has {{ key='{_MARK}' and value={value} }}"
        named = f"name = {listing.quoted(self._folder)} and 'root' in parents"
        for query in (marked, named):
            found = listing.search(
                self._connection,
                f"{query} and mimeType = '{listing.FOLDER}' and trashed = false",
            )
            exact = [file for file in found if query is marked or file["name"] == self._folder]
            if exact:
                return min(str(file["id"]) for file in exact)
        return None

    def _mark(self) -> str:
        """What our base folder carries whatever it is renamed to: the name it was made under."""
        return self._folder.encode()[:_LONGEST_MARK].decode(errors="ignore")

    def cautions(self, uploads: int) -> Sequence[Problem]:  # noqa: ARG002 - no limit to tell of
        return ()

    # -- reading ---------------------------------------------------------------------------

    def md5(self, photo: RemotePhoto) -> str | None:
        return photo.md5

    def open(self, photo: RemotePhoto) -> AbstractContextManager[Readable]:
        """`files.get` with alt=media."""
        request = self._connection.files.get_media(fileId=photo.id)
        return received(self._connection, request.uri)

    # -- writing ---------------------------------------------------------------------------

    def save(self, album: str, name: str, source: Source, advance: Advance) -> RemotePhoto:
        """`files.create` under an id drawn beforehand, so that a repeat makes no second file."""
        _check_text(name)
        parent = self._album(album)
        new = self._new_id()
        body = {"id": new, "name": name, "parents": [parent]}
        with source.open() as stream:
            media = self._media(stream, source.photo, advance)
            body["modifiedTime"] = listing.text_of(source.photo.modified_ns)
            try:
                file = send(self._connection, lambda: self._create(body, media), media)
            except AlreadyThere:
                file = self._get(new)
                if file.get("md5Checksum") != media.md5:
                    file = self._update(new, source.photo, media)
            return self._verified(file, source.photo, media, self._discard)

    def settle(self, album: str) -> None:
        """A photo saved is in its album already."""

    def open_largest(self, photo: RemotePhoto) -> AbstractContextManager[Readable]:
        return self.open(photo)

    def replace(self, photo: RemotePhoto, source: Source, advance: Advance) -> RemotePhoto:
        """`files.update` with content: the id stays, Drive keeps the old revision for 30 days."""
        self._check_unchanged(photo)
        with source.open() as stream:
            media = self._media(stream, source.photo, advance)
            file = self._update(photo.id, source.photo, media)
            return self._verified(file, source.photo, media, lambda _: self._set_back(photo))

    def describe(self, photo: RemotePhoto, local: LocalPhoto) -> RemotePhoto:
        """`files.update` of the modification time alone."""
        body = {"modifiedTime": listing.text_of(local.modified_ns)}
        return listing.photo_of(self._patch(photo.id, body))

    def move(self, photo: RemotePhoto, album: str, name: str) -> RemotePhoto:
        """`files.update` of name and parent; no bytes are sent."""
        _check_text(name)
        parent = self._album(album)
        parents = (
            {}
            if parent == photo.album_id
            else {"addParents": parent, "removeParents": photo.album_id}
        )
        # Whether a new name alone moves the time is nowhere promised.
        body = {"name": name}
        if photo.modified_ns is not None:
            body["modifiedTime"] = listing.text_of(photo.modified_ns)
        return listing.photo_of(self._patch(photo.id, body, **parents))

    def delete(self, photo: RemotePhoto) -> None:
        """Move to Drive's trash (`files.update`), or `files.delete` without trash."""
        try:
            self._check_unchanged(photo)
            self._discard(photo.id)
        except NotFound:
            return

    def remove_album(self, album: RemoteAlbum) -> None:
        """Move the folder to the trash, after making sure that it is empty.

        Never for good: that would take along what other programs keep in it unseen by us.
        """
        if listing.children(self._connection, [album.id])[album.id]:
            raise Rejected("the folder is not empty")
        with suppress(NotFound):
            self._patch(album.id, {"trashed": True})
        with self._lock:
            known = self._album_ids
            self._album_ids = {title: one for title, one in known.items() if one != album.id}

    def expired_trash(self, days: int) -> int:  # noqa: ARG002 - Drive empties its trash itself
        """Drive empties its trash itself, after 30 days."""
        return 0

    def empty_trash(self, days: int) -> None:
        """The user's trash is not ours to empty."""

    def interrupt(self) -> None:
        self._connection.patience.interrupt()

    def close(self) -> None:
        self._connection.close()
        self._closed()

    # -- single calls ----------------------------------------------------------------------

    def _get(self, file_id: str) -> dict[str, Any]:
        request = self._connection.files.get(fileId=file_id, fields=_FILE)
        return self._connection.run(request, READ)

    def _patch(self, file_id: str, body: dict[str, Any], **parents: str) -> dict[str, Any]:
        request = self._connection.files.update(fileId=file_id, body=body, fields=_FILE, **parents)
        return self._connection.run(request, MODIFY)

    def _create(self, body: dict[str, Any], media: Media) -> Any:
        return self._connection.files.create(body=body, media_body=media, fields=_FILE)

    def _update(self, file_id: str, photo: LocalPhoto, media: Media) -> dict[str, Any]:
        body = {"modifiedTime": listing.text_of(photo.modified_ns)}
        update = self._connection.files.update
        return send(
            self._connection,
            lambda: update(fileId=file_id, body=body, media_body=media, fields=_FILE),
            media,
        )

    def _discard(self, file_id: str) -> None:
        if self._keep_trash:
            self._patch(file_id, {"trashed": True})
        else:
            self._connection.run(self._connection.files.delete(fileId=file_id), MODIFY)

    def _check_unchanged(self, photo: RemotePhoto) -> None:
        file = self._get(photo.id)
        if file.get("trashed"):
            raise NotFound("it is gone")
        if _what(listing.photo_of(file)) != _what(photo):
            raise Changed("it changed there since it was listed; the next run takes it up")

    def _verified(
        self,
        file: dict[str, Any],
        photo: LocalPhoto,
        media: Media,
        undo: Callable[[str], None],
    ) -> RemotePhoto:
        """What Drive stored, proved equal to what was read, after one more try if it is not.

        `undo` is told the id of a copy that stays wrong; then Changed is raised.
        """
        stored = listing.photo_of(file)
        if (stored.md5, stored.size) != (media.md5, photo.size):
            stored = listing.photo_of(self._update(stored.id, photo, media))
        if (stored.md5, stored.size) != (media.md5, photo.size):
            undo(stored.id)
            raise Changed("Drive stored other bytes than were sent; the next run tries again")
        return stored

    def _set_back(self, photo: RemotePhoto) -> None:
        """Give a photo its old time again, so that the next run replaces it again."""
        if photo.modified_ns is not None:
            self._patch(photo.id, {"modifiedTime": listing.text_of(photo.modified_ns)})

    def _media(self, stream: SeekableReadable, photo: LocalPhoto, advance: Advance) -> Media:
        kind = mimetypes.guess_type(photo.file)[0] or "application/octet-stream"
        return Media(stream, photo.size, kind, advance)

    # -- ids and folders -------------------------------------------------------------------

    def _new_id(self) -> str:
        """An id for a create, from `files.generateIds`."""
        with self._lock:
            if not self._ids:
                request = self._connection.files.generateIds(
                    count=_IDS_AT_ONCE, space="drive", fields="ids"
                )
                self._ids = list(self._connection.run(request, OTHER).get("ids", ()))
                if not self._ids:
                    raise Transient("Drive gave no ids for new files")
            return self._ids.pop()

    def _album(self, title: str) -> str:
        """The folder of an album, made on first use; one thread makes it, the others wait."""
        _check_text(title)
        album = key(title)
        new = self._new_id() if album not in self._album_ids else ""
        new_base = self._new_id() if self._base is None else ""
        with self._lock:
            if self._base is None:
                self._base = self._make_base(new_base)
            if album not in self._album_ids:
                # The same id for every try: one that failed may have made the folder all the same.
                new = self._new_albums.setdefault(album, new)
                body = {"name": title, "parents": [self._base]}
                self._album_ids[album] = self._make_folder(new, body)
                del self._new_albums[album]
            return self._album_ids[album]

    def _make_base(self, new: str) -> str:
        """Make the base folder, under one id for every try; it is remembered before it is sent."""
        self._new_base = self._new_base or new
        self._remember_base(self._new_base)
        mark = {_MARK: self._mark()}
        return self._make_folder(self._new_base, {"name": self._folder, "appProperties": mark})

    def _make_folder(self, new: str, body: dict[str, Any]) -> str:
        body = {"id": new, "mimeType": listing.FOLDER, **body}
        with suppress(AlreadyThere):
            self._connection.run(self._connection.files.create(body=body, fields="id"), MODIFY)
        return new


def account_of(connection: Connection) -> dict[str, Any]:
    """Who is signed in and what space is left, by `about.get`."""
    request = connection.about.get(
        fields="user(displayName,emailAddress),storageQuota(limit,usage)"
    )
    about = connection.run(request, OTHER)
    if not about.get("user", {}).get("emailAddress"):
        raise Transient("Drive does not say who is signed in")
    return about


def _what(photo: RemotePhoto) -> tuple[object, ...]:
    """What the plan went by: a photo of other bytes, name or album is another one."""
    return photo.md5, photo.size, photo.name, photo.album_id


def _check_text(name: str) -> None:
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise Rejected("the name is no valid UTF-8, which Drive demands; rename it") from error
