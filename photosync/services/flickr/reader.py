"""What is looked at on Flickr and not changed: albums, photos, originals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from threading import Lock

from photosync.disk.streams import Readable
from photosync.errors import NotFound, Rejected
from photosync.model import PhotoMetadata, Problem, RemoteAlbum, RemotePhoto
from photosync.services.base import (
    AlbumListing,
    Backend,
    ListingCache,
    OriginalWithheld,
)
from photosync.services.flickr.connection import Connection
from photosync.services.flickr.downloads import WITHHELD, Downloads
from photosync.services.flickr.listing import Original
from photosync.services.flickr.listing_cache import Cache
from photosync.services.flickr.metadata import Licences, facts_of
from photosync.services.flickr.photo_edits import PhotoEdits
from photosync.services.flickr.photo_index import PhotoIndex
from photosync.services.flickr.photosets import PhotoSets
from photosync.services.flickr.users import nsid_of

FREE = (
    "a free account: Flickr keeps 1,000 items of it, 50 of them if they are not public, and does "
    "not hand out originals"
)


class FlickrViewer(Backend):
    """The albums of whoever is signed in, or the public ones of another user, `owner`.

    `owner` is a user's name, NSID or the address of the photostream.
    """

    name = "flickr"

    def __init__(
        self, connection: Connection, owner: str, closed: Callable[[], None]
    ) -> None:
        self._connection = connection
        self._owner = owner
        self._closed = closed
        self._downloads = Downloads(connection)
        self._sets = PhotoSets(connection)
        self._edits = PhotoEdits(connection)
        self._photo_index = PhotoIndex(connection)
        self._cache = Cache(connection)
        self._licences = Licences(connection)
        self._pro: bool | None = None
        self._found_owner = not owner
        self._lock = Lock()

    @property
    def account(self) -> str:
        """The NSID of whoever is signed in, after that of the user looked at if it is
        another.
        """
        mine = self._connection.user_id
        return f"{self._connection.subject}@{mine}" if self._is_foreign() else mine

    def use_cache(self, cache: ListingCache) -> None:
        self._cache.use_cache(cache)

    def albums(self) -> Iterator[RemoteAlbum]:
        """Photosets (`photosets.getList`); the parts of a continued album share its
        title.
        """
        if not self._is_foreign():
            # The feed of changes is of one's own photos alone.
            self._cache.begin()
        found = self._sets.read()
        self._cache.listed(found)
        for one in found:
            yield RemoteAlbum(one.album, one.id)

    def photos(self, albums: Sequence[RemoteAlbum]) -> Iterator[AlbumListing]:
        """Members of the sets, as kept or by `photosets.getPhotos`, one set after the
        other.
        """
        self._is_foreign()
        wanted = {album.id: album for album in albums}
        for set_id, rows, unknown in self._cache.members(list(wanted)):
            photos = [self._photo_index.listed(row, set_id) for row in rows]
            yield AlbumListing(
                wanted[set_id], () if unknown else photos, unknown=unknown
            )

    def upload_warnings(self, uploads: int) -> Sequence[Problem]:
        """What a free account cannot hold (`people.getUploadStatus`)."""
        if self._is_foreign() or self._is_pro():
            return ()
        reason = f"{FREE}; {uploads} photos are to be uploaded"
        return (Problem(self.name, reason, failed=False),)

    def md5(self, photo: RemotePhoto) -> str | None:
        """What our tags tell; who asks although they do has found them to be stale."""
        if photo.md5 is None:
            self._photo_index.distrust(photo.id)
        return photo.md5

    def is_gone(self, photo: RemotePhoto) -> bool:
        """Whether a photo is in no part of its album any more
        (`photos.getAllContexts`).
        """
        sets = self._edits.sets_of(photo.id)
        if sets is None or not photo.album_id:
            return sets is None
        album = self._sets.album_of(photo.album_id)
        parts = (
            {one.id for one in self._sets.parts(album)} if album is not None else set()
        )
        return sets.isdisjoint(parts | {photo.album_id})

    @contextmanager
    def open(self, photo: RemotePhoto) -> Iterator[Readable]:
        """What was sent, byte for byte; raises OriginalWithheld where Flickr has none
        to give.

        Of a photo that is `reduced` that is the smaller copy, whatever kind its name
        promises.
        """
        original = self._original(photo)
        is_whole = (
            original.is_video or photo.reduced or _is_kept(photo, original.format)
        )
        if not is_whole:
            raise OriginalWithheld(
                "Flickr keeps only a converted copy of this kind of file; "
                "--largest takes the largest one"
            )
        with ExitStack() as opened:
            try:
                stream = opened.enter_context(
                    self._downloads.original(photo.id, original)
                )
            except NotFound:
                # The account may have lost its originals since that was noted: the feed
                # is silent.
                if not original.is_video and not self._downloads.located(photo.id).url:
                    raise OriginalWithheld(WITHHELD) from None
                raise
            yield stream

    @contextmanager
    def open_largest(self, photo: RemotePhoto) -> Iterator[Readable]:
        """The largest picture that Flickr gives, which is not the original
        (`photos.getSizes`).
        """
        with self._downloads.largest(photo.id) as stream:
            yield stream

    def metadata(self, photo: RemotePhoto) -> PhotoMetadata | None:
        """Title, description, tags, date and licence (`photos.getInfo`,
        `licenses.getInfo`).
        """
        return facts_of(photo, self._edits.info(photo.id), self._licences)

    def cancel(self) -> None:
        self._connection.retry_policy.cancel()

    def close(self) -> None:
        self._connection.close()
        self._closed()

    def _is_foreign(self) -> bool:
        """Whether another user's photos are looked at; raises Rejected if there is no
        such user.
        """
        with self._lock:
            if not self._found_owner:
                self._connection.subject = nsid_of(self._connection, self._owner)
                self._found_owner = True
        return self._connection.subject != self._connection.user_id

    def _check_own(self) -> None:
        """Raise Rejected where nothing may be changed."""
        if self._is_foreign():
            raise Rejected(
                f"the album belongs to {self._owner}; it can only be downloaded"
            )

    def _is_pro(self) -> bool:
        with self._lock:
            if self._pro is None:
                user = self._connection.call("people.getUploadStatus")["user"]
                self._pro = bool(int(user.get("ispro", 0)))
            return self._pro

    def _original(self, photo: RemotePhoto) -> Original:
        return self._photo_index.original(photo.id) or self._downloads.located(photo.id)


_KEPT = {"jpg": "jpg", "jpeg": "jpg", "jpe": "jpg", "png": "png", "gif": "gif"}


def _is_kept(photo: RemotePhoto, original_format: str) -> bool:
    """Whether Flickr kept the bytes of a file: it converts all but three formats.

    One of these under the name of another is kept as well; that it is, its hash will
    prove.
    """
    kept = _KEPT.get(photo.name.rpartition(".")[2].lower())
    if kept is None or not original_format:
        return kept is not None
    there = _KEPT.get(original_format)
    return kept == there or (there is not None and photo.md5 is not None)
