"""Flickr as a remote: one photoset per album, in machine tags what Flickr does not
keep.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from photosync.disk.files import compute_file_md5
from photosync.disk.streams import Progress, compute_md5
from photosync.errors import NotMovable, Rejected
from photosync.media import find_taken
from photosync.media.kinds import RAW, SIDECARS
from photosync.model import AlbumMetadata, LocalPhoto, RemoteAlbum, RemotePhoto
from photosync.naming import check_utf8, name_key
from photosync.services.base import Capabilities, Source
from photosync.services.flickr import listing
from photosync.services.flickr.album_edits import AlbumEdits
from photosync.services.flickr.albums import Albums, Arrival
from photosync.services.flickr.connection import Connection
from photosync.services.flickr.photo_index import Identity
from photosync.services.flickr.photosets import album_key
from photosync.services.flickr.reader import FlickrViewer
from photosync.services.flickr.uploads import Limits, Uploader

_CAPABILITIES = Capabilities(
    tags=True,
    final_delete=True,
    commits_albums=True,
    keeps_metadata=True,
    refuses=RAW | SIDECARS | {"avif"},
    converts=frozenset({"tif", "tiff", "bmp", "webp", "heic", "heif", "avif"}),
)


class FlickrBackend(FlickrViewer):
    """Albums as photosets, photos by Flickr's own ids.

    A photo sent is in no album until `commit_album` puts it there, many at a time. A
    photo in several sets is one photo: the same bytes under the same name are sent
    once.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        privacy: str = "private",
        owner: str = "",
        closed: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(connection, owner, closed)
        self._uploader = Uploader(connection, privacy)
        self._albums = Albums(connection, self._sets)
        self._album_edits = AlbumEdits(connection, self._sets, self._edits)
        self._arrivals: dict[str, list[Arrival]] = {}
        self._limits: Limits | None = None

    @property
    def capabilities(self) -> Capabilities:
        """What Flickr can do; raises SideError where it has to be asked who the owner
        is.
        """
        if not self._is_foreign():
            return _CAPABILITIES
        return replace(_CAPABILITIES, read_only=f"the albums belong to {self._owner}")

    def save(
        self, album: str, name: str, source: Source, progress: Progress
    ) -> RemotePhoto:
        """Upload, unless these bytes are there under this name already; `commit_album`
        finishes it.
        """
        self._check_own()
        photo = source.photo
        check_utf8("Flickr", album, name)
        self._limits_known().check(name, source.size)
        md5 = _md5(source)
        photo_id = self._sent(source, md5, progress)
        moment = find_taken(photo.path, photo.modified_ns)
        with self._lock:
            self._arrivals.setdefault(album, []).append(Arrival(moment, photo_id))
        reduced = bool(source.original_md5)
        return RemotePhoto(
            name, photo_id, photo.size, photo.modified_ns, md5, reduced=reduced
        )

    def commit_album(self, album: str) -> None:
        """Put what was saved into its album (`photosets.create`, `editPhotos`,
        `addPhoto`).
        """
        with self._lock:
            arrivals = self._arrivals.pop(album, [])
        try:
            self._albums.join(album, arrivals)
        finally:
            self._photo_index.fulfil(arrival.id for arrival in arrivals)

    def replace(
        self, photo: RemotePhoto, source: Source, progress: Progress
    ) -> RemotePhoto:
        """By the replace service where the account may use it, which keeps the id.

        Otherwise, and for videos and photos in several albums: upload, put the new one
        in the place of the old one, then remove the old one.
        """
        self._check_own()
        local = source.photo
        self._limits_known().check(local.name, source.size)
        md5, reduced = _md5(source), bool(source.original_md5)
        alone = self._edits.is_alone_there(photo)
        is_video = self._original(photo).is_video
        shared = self._photo_index.forget(photo)
        now = RemotePhoto(
            photo.name,
            photo.id,
            local.size,
            local.modified_ns,
            md5,
            album_id=photo.album_id,
            reduced=reduced,
        )
        if self._is_pro() and alone and not is_video and not shared:
            if reduced and photo.md5 == md5:
                # Were this to break off, nothing else would tell the copy from the
                # original.
                self._edits.mark_reduced(photo.id)
            self._uploader.replace(source, photo.id, progress)
            self._photo_index.replaced(photo.id)
            self._edits.write_tags(photo.id, local, md5, reduced=reduced)
            return now._replace(marked=photo.marked, taken=photo.taken)
        new = self._sent(source, md5, progress)
        try:
            self._albums.swap(photo.album_id, photo.id, new)
        finally:
            self._photo_index.fulfil([new])
        if not shared:
            self._edits.erase_replaced(photo.id)
        return now._replace(id=new)

    def update_metadata(self, photo: RemotePhoto, local: LocalPhoto) -> RemotePhoto:
        """Write our tags, after making sure that they tell of these bytes.

        Of a smaller copy only our tag tells whose it is. The title follows the name,
        unless a person gave it another.
        """
        self._check_own()
        check_utf8("Flickr", local.name)
        md5 = compute_file_md5(local.path)
        if photo.reduced and photo.md5 != md5:
            raise Rejected(
                "what is there is a smaller copy of another file; nothing was written"
            )
        there = photo.md5 or self._downloads.md5(photo.id, self._original(photo))
        if there != md5:
            raise Rejected(
                "the bytes there are others than the local ones; nothing was written"
            )
        info = self._edits.write_tags(photo.id, local, md5)
        self._edits.retitle(photo.id, info, photo.name, local.name)
        return photo._replace(
            name=local.name,
            size=local.size,
            modified_ns=local.modified_ns,
            md5=md5,
            stem="",
        )

    def tag(self, photo: RemotePhoto) -> RemotePhoto:
        """Mark a photo, by the tag `photosync:missing=local`, for a person to find and
        judge.
        """
        self._check_own()
        self._edits.mark(photo.id)
        return photo._replace(marked=True)

    def untag(self, photo: RemotePhoto) -> RemotePhoto:
        """Take our mark away, and no other tag."""
        self._check_own()
        self._edits.unmark(photo.id)
        return photo._replace(marked=False)

    def move(self, photo: RemotePhoto, album: str, name: str) -> RemotePhoto:
        """Another name and title, another set; the id stays, and with it comments and
        favourites.

        It joins the new album before it leaves the old one. After a crash anywhere,
        move again.
        """
        self._check_own()
        check_utf8("Flickr", album, name)
        if name != photo.name:
            photo = self._renamed(photo, name)
        old = self._sets.album_of(photo.album_id)
        if old is not None and album_key(old) == album_key(album):
            return photo
        moment = self._original(photo).taken
        places = self._albums.join(album, [Arrival(moment, photo.id)])
        self._leave(photo)
        return photo._replace(album_id=places[photo.id])

    def rename_album(
        self, album: RemoteAlbum, title: str, photos: Sequence[RemotePhoto]
    ) -> Sequence[RemotePhoto]:
        """All parts of an album (`photosets.editMeta`); the photos stay as they are."""
        self._check_own()
        check_utf8("Flickr", title)
        self._album_edits.rename(album.title, title)
        return photos

    def update_album(self, album: str, metadata: AlbumMetadata) -> None:
        """Write what differs of an album's description, order and dates of photos.

        A description that a person wrote stays (`photosets.editMeta`). The order is by
        capture time, the cover kept (`photosets.reorderPhotos`). Photos whose date
        Flickr does not know get it (`photos.setDates`), which no upload can carry. As
        that is a call for each, it is left out where the time of upload, which Flickr
        shows instead, is within a day of it, and where it is only the time of the file,
        which our tags tell.
        """
        self._check_own()
        # A folder's name may hold bytes of a disk that are no text.
        description = metadata.description.encode(errors="replace").decode()
        self._album_edits.update(album, metadata._replace(description=description))

    def delete(self, photo: RemotePhoto) -> str:
        """`photosets.removePhoto` while other sets hold it, else `photos.delete`:
        final.
        """
        self._check_own()
        with self._photo_index.lock_for(photo.id):
            sets = self._edits.sets_of(photo.id) or set()
            if photo.album_id not in sets:
                return ""
            if len(sets) == 1:
                self._edits.check_unchanged(photo)
            if len(sets) > 1 or self._photo_index.forget(photo):
                self._leave(photo)
            else:
                self._edits.erase(photo.id)
        return ""

    def remove_album(self, album: RemoteAlbum) -> None:
        """A set dies with its last photo; one that has photos stays."""
        self._check_own()
        if listing.members(self._connection, album.id):
            raise Rejected("the album is not empty")

    # -- parts of the above
    # ----------------------------------------------------------------

    def _limits_known(self) -> Limits:
        with self._lock:
            if self._limits is None:
                self._limits = Limits.of(self._connection)
            return self._limits

    def _leave(self, photo: RemotePhoto) -> None:
        """Take a photo out of its set, but not between the reading and the writing of
        members.
        """
        with self._sets.alone(self._sets.album_of(photo.album_id) or photo.album_id):
            self._edits.leave(photo.album_id, photo.id)

    def _sent(self, source: Source, md5: str, progress: Progress) -> str:
        """The photo of these bytes and this name, sent if it is not there yet."""
        identity = Identity(md5, name_key(source.photo.name), bool(source.original_md5))
        return self._photo_index.promised(
            identity, lambda: self._uploader.send(source, md5, progress)
        )

    def _renamed(self, photo: RemotePhoto, name: str) -> RemotePhoto:
        """Another name, in our tags where it has them, and as title where that was the
        old one.
        """
        if len(self._edits.sets_of(photo.id) or ()) > 1 or self._photo_index.forget(
            photo
        ):
            raise NotMovable("other albums hold this photo under its old name")
        now = photo._replace(name=name, stem="")
        if photo.md5 and photo.size is not None and photo.modified_ns is not None:
            local = LocalPhoto(name, "", name, photo.size, photo.modified_ns)
            info = self._edits.write_tags(photo.id, local, photo.md5)
            self._edits.retitle(photo.id, info, photo.name, name)
        else:
            self._edits.set_title(photo.id, name)
        self._photo_index.renamed(now)
        return now


def _md5(source: Source) -> str:
    """The hash that goes with the upload, of just the bytes that the scan saw.

    Of a smaller copy it is that of its original.
    """
    if source.original_md5:
        return source.original_md5
    with source.open() as stream:
        return compute_md5(stream)
