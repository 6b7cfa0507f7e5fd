"""Flickr as a remote: one photoset per album, in machine tags what Flickr does not
keep.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from photosync.disk.reading import compute_file_md5
from photosync.disk.streams import Progress
from photosync.errors import Rejected
from photosync.model import (
    AlbumMetadata,
    Details,
    DetailsEdit,
    LocalPhoto,
    RemoteAlbum,
    RemotePhoto,
)
from photosync.naming import check_utf8
from photosync.services.capabilities import Capabilities, Describe, LeftOut, Source
from photosync.services.costs import UNKNOWN_ROOM, Room
from photosync.services.flickr.albums.album_edits import AlbumEdits
from photosync.services.flickr.albums.albums import Albums
from photosync.services.flickr.albums.memberships import Memberships
from photosync.services.flickr.albums.moves import Moves
from photosync.services.flickr.calls.account import (
    make_free_room,
)
from photosync.services.flickr.calls.connection import Connection
from photosync.services.flickr.calls.errors import AlbumGone
from photosync.services.flickr.capabilities import CAPABILITIES, CAPABILITIES_IF_FREE
from photosync.services.flickr.lagging_lists.joined_photos import JoinedPhotos
from photosync.services.flickr.lagging_lists.made_albums import MadeAlbums
from photosync.services.flickr.listings import listing
from photosync.services.flickr.notes.sent_notes import SentNotes
from photosync.services.flickr.photos.capture_order import Arrival
from photosync.services.flickr.reader import FlickrReader
from photosync.services.flickr.records.photo_rows import DETAILS_EXTRAS
from photosync.services.flickr.sending import Sending
from photosync.services.flickr.uploads.sources import (
    HashesAhead,
    hash_source,
    make_photo,
)
from photosync.services.flickr.uploads.uploads import Uploader
from photosync.services.persistence import UnfinishedUploads

_SERVICE = "Flickr"


class FlickrBackend(FlickrReader):
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
        details: bool = False,
        owner: str = "",
        transfers: int = 4,
        on_close: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(connection, owner, on_close, transfers=transfers)
        self._is_public = privacy == "public"
        if details:
            connection.extras = DETAILS_EXTRAS
        self._notes = SentNotes()
        self._uploader = Uploader(connection, privacy, self._notes, self._sent_bytes)
        self._joined = JoinedPhotos(connection)
        self._made_albums = MadeAlbums(self._edits)
        memberships = Memberships(
            connection, self._joined, self._edits, self._left, self._move_notes
        )
        self._albums = Albums(
            connection, self._sets, self._joined, self._made_albums, memberships
        )
        self._album_edits = AlbumEdits(
            connection, self._sets, self._edits, self._joined
        )
        self._hashes = HashesAhead()
        self._arrivals: dict[str, list[Arrival]] = {}
        self._sending = Sending(
            self._uploader, self._notes, self._edits, self._albums, self._photo_index
        )
        self._moves = Moves(
            self._edits,
            self._sets,
            self._albums,
            self._joined,
            self._photo_index,
            self._move_notes,
            self._left,
        )

    @property
    def capabilities(self) -> Capabilities:
        """What Flickr can do; raises SideError where the owner has to be looked up."""
        if not self._is_foreign():
            is_free = self._account.is_known_free
            return CAPABILITIES_IF_FREE if is_free else CAPABILITIES
        return replace(CAPABILITIES, read_only=f"the albums belong to {self._owner}")

    def find_room(self) -> Room:
        """Say what a free account keeps (flickr.people.getUploadStatus)."""
        if self._is_foreign() or self._account.is_pro():
            return UNKNOWN_ROOM
        return make_free_room(self._photo_index.photos, is_public=self._is_public)

    def use_uploads(self, uploads: UnfinishedUploads) -> None:
        self._notes.uploads = uploads
        self._made_albums.uploads = uploads
        self._move_notes.uploads = uploads
        self._left.uploads = uploads
        self._written.uploads = uploads

    def use_descriptions(self, describe: Describe) -> None:
        self._albums.describe = describe

    def prepare_save(self, album: str, name: str, source: Source) -> None:  # noqa: ARG002 - what is noted is the same for all albums
        """Read the date, by which it joins, and the hash, which goes with the upload,
        and note that this is about to begin.
        """
        source.taken()
        self._uploader.prepare(source, self._hashes.read(source))

    def save(
        self, album: str, name: str, source: Source, progress: Progress
    ) -> RemotePhoto:
        """Upload, unless these bytes are there under this name already; `commit_album`
        finishes it.
        """
        self._check_own()
        check_utf8(_SERVICE, album, name)
        self._account.check(name, source.size)
        md5 = self._hashes.take(source)
        taken = source.taken()
        since = self._connection.latest_time
        photo_id = self._sending.upload_unless_there(source, md5, progress)
        self._joined.note_sent(photo_id, since)
        arrival = Arrival(taken, photo_id)
        with self._lock:
            self._arrivals.setdefault(album, []).append(arrival)
        gives_back = self._account.is_known_pro
        return make_photo(name, photo_id, source, md5, gives_back=gives_back)

    def commit_album(self, album: str) -> None:
        """Put what was saved into its album (flickr.photosets.create, editPhotos,
        addPhoto).
        """
        with self._lock:
            # What joins while this one works is for the next commit.
            arrivals = self._arrivals.pop(album, [])
        try:
            self._albums.add_photos(album, arrivals)
        except LeftOut as error:
            ids = [arrival.id for arrival in arrivals]
            self._notes.finish(one for one in ids if one not in error.errors)
            raise
        finally:
            self._photo_index.fulfil(arrival.id for arrival in arrivals)
        self._notes.finish(arrival.id for arrival in arrivals)

    def find_versions(self, photo_ids: Collection[str]) -> Mapping[str, str]:
        """Return them as a list that is read now shows them
        (flickr.photos.recentlyUpdated), or asked for (getInfo).
        """
        return self._joined.take_versions(photo_ids)

    def replace(
        self, photo: RemotePhoto, source: Source, progress: Progress
    ) -> RemotePhoto:
        """Use the replace service where the account may, which keeps the id.

        Otherwise, and for videos and photos in several albums: upload, put the new one
        in the place of the old one, then remove the old one.
        """
        self._check_own()
        self._account.check(source.photo.name, source.size)
        is_pro = self._account.is_pro()
        md5 = hash_source(source)
        original = self._find_original(photo)
        # Another album may be about to get these bytes, by the id of this photo.
        is_promised = self._photo_index.forget(photo)
        is_alone = self._edits.is_in_one_album(photo)
        new = make_photo(photo.name, photo.id, source, md5, gives_back=is_pro)
        new = new._replace(album_id=photo.album_id)
        # Other albums show the old bytes, and go on doing so.
        shows_once = is_alone and not is_promised
        if is_pro and shows_once and not original.is_video:
            version = self._sending.replace_in_place(
                photo, source, md5, progress=progress
            )
            return new._replace(version=version, marked=photo.marked, taken=photo.taken)
        new_id = self._sending.replace_by_upload(photo, source, md5, progress=progress)
        self._moves.end_replace(photo.id, new_id, is_promised=is_promised)
        versions = self._joined.take_versions([new_id])
        version = versions.get(new_id, "")
        return new._replace(id=new_id, version=version)

    def update_metadata(self, photo: RemotePhoto, local: LocalPhoto) -> RemotePhoto:
        """Write our tags, after making sure that they tell of these bytes
        (flickr.photos.addTags, removeTag, setMeta).

        The title follows the name, unless a person gave the photo another.
        """
        self._check_own()
        check_utf8(_SERVICE, local.name)
        md5 = compute_file_md5(local.path)
        self._check_same_bytes(photo, md5)
        info = self._edits.write_tags(
            photo.id, local, md5, reduced=photo.reduced or None
        )
        self._edits.update_title(
            photo.id, info.title, old_name=photo.name, new_name=local.name
        )
        return photo._replace(
            name=local.name,
            size=local.size,
            modified_ns=local.modified_ns,
            md5=md5,
            stem="",
            titled=False,
        )

    def has_described(self, photo: RemotePhoto) -> bool:
        return self._uploader.has_described(photo.id)

    def write_details(
        self, photo: RemotePhoto, listed: Details, edit: DetailsEdit
    ) -> str:
        """Write title, description, tags and position."""
        self._check_own()
        # The same photo in two albums, named otherwise in each: the second thread is
        # to see what the first wrote.
        with self._photo_index.get_lock(photo.id):
            return self._details.write(photo, listed, edit)

    def restore(self, photo: RemotePhoto, backup: str) -> None:
        """Bring details back; of photos Flickr keeps nothing."""
        self._check_own()
        self._details.restore(photo, backup)

    def tag(self, photo: RemotePhoto) -> RemotePhoto:
        """Mark a photo by the tag `photosync:missing=local` (flickr.photos.addTags)."""
        self._check_own()
        self._edits.mark(photo.id)
        return photo._replace(marked=True)

    def untag(self, photo: RemotePhoto) -> RemotePhoto:
        """Take our mark away, and no other tag (flickr.photos.removeTag)."""
        self._check_own()
        self._edits.unmark(photo.id)
        return photo._replace(marked=False)

    def move(self, photo: RemotePhoto, album: str, name: str) -> RemotePhoto:
        """Give a photo another name and title, or another set; the id stays, and with
        it comments and favourites.

        Raises NotMovable where other albums hold it under its old name.
        """
        self._check_own()
        check_utf8(_SERVICE, album, name)
        if name != photo.name:
            photo = self._moves.rename(photo, name)
        # A new name only, or a try that was killed after the photo had joined.
        if self._moves.is_in_album(photo, album):
            self._move_notes.end(photo.id)
            return photo
        original = self._find_original(photo)
        return self._moves.move_to_album(photo, album, original.taken)

    def check_present(self, photo: RemotePhoto) -> None:
        self._edits.check_present(photo)

    def rename_album(
        self, album: RemoteAlbum, title: str, photos: Sequence[RemotePhoto]
    ) -> Sequence[RemotePhoto]:
        """Rename all parts of an album (flickr.photosets.editMeta)."""
        self._check_own()
        check_utf8(_SERVICE, title)
        if self._albums.find_unlisted(title):
            # A run was killed amid moving them there, one by one.
            return [self.move(photo, title, photo.name) for photo in photos]
        self._album_edits.rename(album.title, title)
        return photos

    def update_album(self, album: str, metadata: AlbumMetadata) -> None:
        """Write what differs of an album's description, order and dates of photos.

        A description that a person wrote stays (flickr.photosets.editMeta). The order
        is by capture time, the cover kept (flickr.photosets.reorderPhotos). A date takes
        a call (flickr.photos.setDates), and is told where it is neither the file's alone
        nor within a day of the upload.
        """
        self._check_own()
        # A run that was killed left it to do this for the album that it was at.
        self._moves.end_replaces()
        self._album_edits.update(album, metadata)

    def delete(self, photo: RemotePhoto) -> str:
        """Take a photo out of its set while other sets hold it
        (flickr.photosets.removePhoto), else delete it for good (flickr.photos.delete).
        """
        self._check_own()
        self._moves.remove(photo)
        return ""

    def remove_album(self, album: RemoteAlbum) -> None:
        """Do nothing: a set dies with its last photo. Raises Rejected for one that has
        photos (flickr.photosets.getPhotos, getList).
        """
        self._check_own()
        # Else each album that is gone as it should be would be waited for.
        if listing.is_dead(self._connection, album.id):
            return
        with suppress(AlbumGone):
            listing.list_members(self._connection, album.id)
            raise Rejected("the album is not empty")

    def close(self) -> None:
        super().close()
        # Of a memory that fails the lines and the token know nothing.
        self._notes.withdraw_prepared()
