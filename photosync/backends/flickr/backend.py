"""Flickr as a remote: one photoset per album, in machine tags what Flickr does not keep."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Lock

from photosync.backend import (
    Advance,
    AlbumListing,
    Capabilities,
    OriginalWithheld,
    Readable,
    Source,
)
from photosync.backends.flickr import listing, tags
from photosync.backends.flickr.albums import Albums, Arrival
from photosync.backends.flickr.connection import Connection
from photosync.backends.flickr.downloads import Downloads
from photosync.backends.flickr.errors import AlreadyIn
from photosync.backends.flickr.listing import Original
from photosync.backends.flickr.uploads import Limits, Uploader
from photosync.errors import Changed, NotFound, Rejected, SideError, SideStopped, Transient
from photosync.files import CHUNK, md5_of
from photosync.media import taken
from photosync.model import LocalPhoto, Problem, RemoteAlbum, RemotePhoto
from photosync.naming import key

_Bytes = tuple[str, str]

FREE = (
    "a free account: Flickr keeps 1,000 items of it, 50 of them if they are not public, and does "
    "not hand out originals"
)


class FlickrBackend:
    """Albums as photosets, photos by Flickr's own ids.

    A photo sent is in no album until `settle` puts it there, many at a time. A photo in several
    sets is one photo: the same bytes under the same name are sent once.
    """

    capabilities = Capabilities(final_delete=True, settles=True)
    name = "flickr"

    def __init__(
        self,
        connection: Connection,
        *,
        privacy: str = "private",
        closed: Callable[[], None] = lambda: None,
    ) -> None:
        self._connection = connection
        self._uploader = Uploader(connection, privacy)
        self._downloads = Downloads(connection)
        self._albums = Albums(connection)
        self._closed = closed
        self._originals: dict[str, Original] = {}
        self._known: dict[_Bytes, str] = {}
        self._loose_read = False
        self._arrivals: dict[str, list[Arrival]] = {}
        self._promised: Counter[str] = Counter()
        self._locks: dict[_Bytes | str, Lock] = {}
        self._limits: Limits | None = None
        self._pro: bool | None = None
        self._lock = Lock()

    def prepare(self) -> None:
        """Nothing half written is ever left there."""

    # -- listing ---------------------------------------------------------------------------

    def albums(self) -> Iterator[RemoteAlbum]:
        """Photosets (`photosets.getList`); the parts of a continued album share its title."""
        for one in self._albums.read():
            yield RemoteAlbum(one.album, one.id)

    def photos(self, albums: Sequence[RemoteAlbum]) -> Iterator[AlbumListing]:
        """Members of the sets, by `photosets.getPhotos`, one set after the other."""
        for album in albums:
            try:
                rows = listing.members(self._connection, album.id)
            except SideStopped:
                raise
            except SideError as error:
                yield AlbumListing(album, (), unknown=str(error))
            else:
                photos = [listing.photo_of(row, album.id) for row in rows]
                yield AlbumListing(album, [self._noted(*one) for one in photos])

    def notices(self) -> Sequence[Problem]:
        return ()

    def _noted(self, photo: RemotePhoto, original: Original) -> RemotePhoto:
        self._originals[photo.id] = original
        if photo.md5:
            self._known.setdefault((photo.md5, key(photo.name)), photo.id)
        return photo

    def cautions(self, uploads: int) -> Sequence[Problem]:
        """What a free account cannot hold (`people.getUploadStatus`)."""
        if self._is_pro():
            return ()
        reason = f"{FREE}; {uploads} photos are to be uploaded"
        return (Problem(self.name, reason, failed=False),)

    # -- reading ---------------------------------------------------------------------------

    def md5(self, photo: RemotePhoto) -> str | None:
        return photo.md5

    @contextmanager
    def open(self, photo: RemotePhoto) -> Iterator[Readable]:
        """The original as it was sent; raises OriginalWithheld where Flickr has none to give."""
        original = self._originals[photo.id]
        if not original.is_video and not _is_kept(photo.name, original.format):
            raise OriginalWithheld(
                "Flickr keeps only a converted copy of this kind of file; "
                "--largest takes the largest one"
            )
        with self._downloads.original(photo.id, original) as stream:
            yield stream

    @contextmanager
    def open_largest(self, photo: RemotePhoto) -> Iterator[Readable]:
        """The largest picture that Flickr gives, which is not the original (`photos.getSizes`)."""
        with self._downloads.largest(photo.id) as stream:
            yield stream

    # -- writing ---------------------------------------------------------------------------

    def save(self, album: str, name: str, source: Source, advance: Advance) -> RemotePhoto:
        """Upload, unless these bytes are there under this name already; `settle` finishes it."""
        photo = source.photo
        _check_text(album, name)
        self._limits_known().check(name, photo.size)
        md5 = _md5(source)
        photo_id = self._sent(source, md5, advance)
        moment = taken(photo.path, photo.modified_ns)
        with self._lock:
            self._arrivals.setdefault(album, []).append(Arrival(moment, photo_id))
        return RemotePhoto(name, photo_id, photo.size, photo.modified_ns, md5)

    def settle(self, album: str) -> None:
        """Put what was saved into its album (`photosets.create`, `editPhotos`, `addPhoto`)."""
        with self._lock:
            arrivals = self._arrivals.pop(album, [])
        try:
            self._albums.join(album, arrivals)
        finally:
            self._fulfil(arrival.id for arrival in arrivals)

    def replace(self, photo: RemotePhoto, source: Source, advance: Advance) -> RemotePhoto:
        """By the replace service where the account may use it, which keeps the id.

        Otherwise, and for videos and photos in several albums: upload, put the new one in the
        place of the old one, then remove the old one.
        """
        self._limits_known().check(source.photo.name, source.photo.size)
        md5 = _md5(source)
        alone = self._is_alone_there(photo)
        original = self._originals[photo.id]
        shared = self._forget_bytes(photo.id)
        if self._is_pro() and alone and not original.is_video and not shared:
            self._uploader.replace(source, photo.id, advance)
            self._rewrite_tags(photo.id, source.photo, md5)
            return RemotePhoto(
                photo.name,
                photo.id,
                source.photo.size,
                source.photo.modified_ns,
                md5,
                album_id=photo.album_id,
            )
        new = self._sent(source, md5, advance)
        try:
            self._albums.swap(photo.album_id, photo.id, new)
        finally:
            self._fulfil([new])
        if not shared:
            self._remove_replaced(photo.id)
        return RemotePhoto(
            photo.name,
            new,
            source.photo.size,
            source.photo.modified_ns,
            md5,
            album_id=photo.album_id,
        )

    def describe(self, photo: RemotePhoto, local: LocalPhoto) -> RemotePhoto:
        """Write our tags, after making sure that they tell of these bytes."""
        md5 = md5_of(local.path)
        there = photo.md5 or self._downloads.md5(photo.id, self._originals[photo.id])
        if there != md5:
            raise Rejected("the bytes there are others than the local ones; nothing was written")
        self._rewrite_tags(photo.id, local, md5)
        return photo._replace(size=local.size, modified_ns=local.modified_ns, md5=md5)

    def move(self, photo: RemotePhoto, album: str, name: str) -> RemotePhoto:
        """Another title and name tag (`photos.setMeta`), another set; comments stay."""
        if name != photo.name:
            self._connection.call("photos.setMeta", photo_id=photo.id, title=name)
            if photo.md5 and photo.size is not None and photo.modified_ns is not None:
                as_local = LocalPhoto(name, "", name, photo.size, photo.modified_ns)
                self._rewrite_tags(photo.id, as_local, photo.md5)
        known = {one.id: one.album for one in self._albums.read()}
        if key(known.get(photo.album_id, "")) != key(album):
            original = self._originals[photo.id]
            self._albums.join(album, [Arrival(original.taken, photo.id)])
            self._leave(photo.album_id, photo.id)
            parts = {one.id for one in self._albums.read() if key(one.album) == key(album)}
            now = next(iter(parts & self._sets_of(photo.id)), photo.album_id)
            return photo._replace(name=name, album_id=now)
        return photo._replace(name=name)

    def delete(self, photo: RemotePhoto) -> None:
        """`photosets.removePhoto` while other sets hold it, else `photos.delete`: final."""
        with self._lock_for(photo.id):
            sets = self._sets_of(photo.id)
            if photo.album_id not in sets:
                return
            if len(sets) > 1:
                self._leave(photo.album_id, photo.id)
            else:
                self._check_unchanged(photo)
                self._erase(photo.id)

    def remove_album(self, album: RemoteAlbum) -> None:
        """A set dies with its last photo; one that has photos stays."""
        if listing.members(self._connection, album.id):
            raise Rejected("the album is not empty")

    def expired_trash(self, days: int) -> int:  # noqa: ARG002 - Flickr has no trash
        return 0

    def empty_trash(self, days: int) -> None:
        """Flickr has no trash."""

    def interrupt(self) -> None:
        self._connection.patience.interrupt()

    def close(self) -> None:
        self._connection.close()
        self._closed()

    # -- single calls ----------------------------------------------------------------------

    def _limits_known(self) -> Limits:
        with self._lock:
            if self._limits is None:
                self._limits = Limits.of(self._connection)
            return self._limits

    def _is_pro(self) -> bool:
        with self._lock:
            if self._pro is None:
                user = self._connection.call("people.getUploadStatus")["user"]
                self._pro = bool(int(user.get("ispro", 0)))
            return self._pro

    def _lock_for(self, what: _Bytes | str) -> Lock:
        """One thread at a time sends equal bytes of one name, or deletes one photo."""
        with self._lock:
            return self._locks.setdefault(what, Lock())

    def _sent(self, source: Source, md5: str, advance: Advance) -> str:
        """The photo of these bytes and this name, sent if it is not there yet."""
        identity = (md5, key(source.photo.name))
        with self._lock_for(identity):
            photo_id = self._on_flickr(identity)
            if photo_id is None:
                photo_id = self._uploader.send(source, md5, advance)
                with self._lock:
                    self._known[identity] = photo_id
                    self._promised[photo_id] += 1
        return photo_id

    def _forget_bytes(self, photo_id: str) -> bool:
        """A photo is about to get other bytes: nobody may count on these any more.

        Whether somebody does already, and is to put it into another album.
        """
        with self._lock:
            self._known = {what: one for what, one in self._known.items() if one != photo_id}
            return self._promised[photo_id] > 0

    def _fulfil(self, photo_ids: Iterable[str]) -> None:
        with self._lock:
            self._promised.subtract(photo_ids)

    def _on_flickr(self, identity: _Bytes) -> str | None:
        """The photo of these bytes and this name, in another album or left in none by a crash."""
        with self._lock:
            if not self._loose_read:
                for row in listing.loose(self._connection):
                    self._noted(*listing.photo_of(row, ""))
                self._loose_read = True
            found = self._known.get(identity)
            if found:
                self._promised[found] += 1
            return found

    def _sets_of(self, photo_id: str) -> set[str]:
        """`photos.getAllContexts`; none for a photo that is gone."""
        try:
            answer = self._connection.call("photos.getAllContexts", photo_id=photo_id)
        except NotFound:
            return set()
        return {str(one["id"]) for one in answer.get("set", ())}

    def _leave(self, set_id: str, photo_id: str) -> None:
        with suppress(NotFound, AlreadyIn):
            self._connection.call("photosets.removePhoto", photoset_id=set_id, photo_id=photo_id)

    def _remove_replaced(self, photo_id: str) -> None:
        try:
            if not self._sets_of(photo_id):
                self._erase(photo_id)
        except Transient as error:
            raise Rejected(
                f"the new photo is in its place, but the old one ({photo_id}) is still there, in "
                f"no album: {error}"
            ) from error

    def _erase(self, photo_id: str) -> None:
        with suppress(NotFound):
            self._connection.call("photos.delete", photo_id=photo_id)

    def _is_alone_there(self, photo: RemotePhoto) -> bool:
        """Whether no other album holds a photo; raises Changed or NotFound if it is another now."""
        sets = self._sets_of(photo.id)
        if not sets:
            raise NotFound("it is gone there")
        if photo.album_id not in sets:
            raise Changed("it left its album there since it was listed; the next run takes it up")
        self._check_unchanged(photo)
        return len(sets) == 1

    def _check_unchanged(self, photo: RemotePhoto) -> None:
        try:
            now = self._connection.call("photos.getInfo", photo_id=photo.id)["photo"]
        except NotFound:
            return
        version = str(now.get("originalsecret") or now.get("secret", ""))
        if version != photo.version:
            raise Changed("it changed there since it was listed; the next run takes it up")

    def _rewrite_tags(self, photo_id: str, local: LocalPhoto, md5: str) -> None:
        """New tags first, then the stale ones go: at no moment are there none."""
        wanted = tags.written(local, md5)
        self._connection.call("photos.addTags", photo_id=photo_id, tags=wanted)
        info = self._connection.call("photos.getInfo", photo_id=photo_id)["photo"]
        for tag in info.get("tags", {}).get("tag", ()):
            raw = str(tag.get("raw", "")).lower()
            if tags.is_ours(raw) and raw not in wanted.split():
                with suppress(NotFound):
                    self._connection.call("photos.removeTag", tag_id=tag["id"])


def _check_text(*names: str) -> None:
    """Raise Rejected for bytes of a disk that are no text: Flickr could not give them back."""
    for name in names:
        try:
            name.encode()
        except UnicodeEncodeError:
            raise Rejected("Flickr takes no name that is not valid UTF-8; rename it") from None


def _md5(source: Source) -> str:
    """The hash that goes with the upload, of just the bytes that the scan saw."""
    digest = hashlib.md5(usedforsecurity=False)
    with source.open() as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


_KEPT = {"jpg": "jpg", "jpeg": "jpg", "jpe": "jpg", "png": "png", "gif": "gif"}


def _is_kept(name: str, original_format: str) -> bool:
    """Whether Flickr kept the bytes of a file of this name: it converts all but three formats."""
    kept = _KEPT.get(name.rpartition(".")[2].lower())
    return kept is not None and (not original_format or kept == _KEPT.get(original_format))
