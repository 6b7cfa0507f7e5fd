"""What is looked at on Flickr and not changed: albums, photos, originals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from threading import Lock

from photosync.disk.streams import Readable, compute_md5
from photosync.errors import NotFound, Rejected, SideError, SideStopped
from photosync.formatting import count_nouns, name_service
from photosync.model import (
    Absence,
    AskedDetails,
    Details,
    PhotoMetadata,
    Problem,
    RemoteAlbum,
    RemotePhoto,
)
from photosync.services.ahead import ask_meanwhile
from photosync.services.alone import list_alone
from photosync.services.base import Backend
from photosync.services.capabilities import AlbumListing, OriginalWithheld
from photosync.services.costs import Allowance
from photosync.services.flickr.calls.account import FREE, Account
from photosync.services.flickr.calls.connection import Connection
from photosync.services.flickr.calls.users import find_nsid
from photosync.services.flickr.lagging_lists.left_photos import LeftPhotos
from photosync.services.flickr.lagging_lists.true_members import TrueMembers
from photosync.services.flickr.listings.cached_listing import CachedListing, SetListing
from photosync.services.flickr.listings.photosets import PhotoSets
from photosync.services.flickr.notes.move_notes import MoveNotes
from photosync.services.flickr.photos.absence import AbsenceCheck
from photosync.services.flickr.photos.details import DetailsEdits, read_listed
from photosync.services.flickr.photos.downloads import Downloads
from photosync.services.flickr.photos.metadata import Licences, read_metadata
from photosync.services.flickr.photos.photo_edits import PhotoEdits
from photosync.services.flickr.photos.sent_bytes import SentBytes
from photosync.services.flickr.photos.written_texts import WrittenTexts
from photosync.services.flickr.records import tags
from photosync.services.flickr.records.originals import (
    WITHHELD,
    Original,
    explain_withheld,
)
from photosync.services.flickr.uploads.photo_index import PhotoIndex, describe_loose
from photosync.services.persistence import FindAgreed, ListingCache


class FlickrReader(Backend):
    """The albums of whoever is signed in, or the public ones of another user, `owner`.

    `owner` is a user's name, NSID or the address of the photostream. `on_close` is
    called at the end. `transfers` is how many files are fetched at once, at most.
    """

    name = "flickr"
    gives_small = True

    def __init__(
        self,
        connection: Connection,
        owner: str,
        on_close: Callable[[], None],
        *,
        transfers: int,
    ) -> None:
        self._connection = connection
        self._owner = owner
        self._on_close = on_close
        self._downloads = Downloads(connection, transfers)
        self._sets = PhotoSets(connection)
        self._written = WrittenTexts(connection)
        self._edits = PhotoEdits(connection, self._written)
        self._details = DetailsEdits(connection, self._edits, self._written)
        self._absence_check = AbsenceCheck(connection, self._sets, self._edits)
        self._move_notes = MoveNotes()
        self._left = LeftPhotos(connection, self._edits)
        self._members = TrueMembers(self._edits, self._left, self._move_notes)
        self._sent_bytes = SentBytes(connection, self._downloads)
        self._photo_index = PhotoIndex(
            connection, self._move_notes, self._left, self._sent_bytes
        )
        self._cache = CachedListing(connection)
        self._licences = Licences(connection)
        self._account = Account(connection)
        self._knows_owner = not owner
        self._lock = Lock()

    @property
    def calls(self) -> int:
        return self._connection.calls

    @property
    def allowance(self) -> Allowance | None:
        return self._connection.quota.allowance

    @property
    def account(self) -> str:
        """The NSID of whoever is signed in, after that of the user looked at if it is
        another.
        """
        mine = self._connection.user_id
        if not self._is_foreign():
            return mine
        return f"{self._connection.subject}@{mine}"

    def use_cache(self, cache: ListingCache) -> None:
        self._cache.use_cache(cache)

    def use_agreed(self, find_agreed: FindAgreed) -> None:
        self._sent_bytes.find_agreed = find_agreed

    def albums(self) -> Iterator[RemoteAlbum]:
        """List the photosets (flickr.photosets.getList); the parts of a continued album
        share its title.
        """
        if not self._is_foreign():
            # The feed of changes is of one's own photos alone.
            self._cache.begin()
            if self._cache.begins_anew:
                # A first run has to know that, too.
                ask_meanwhile(self._photo_index.read_loose, self._account.is_pro)
        photosets = self._sets.read()
        self._cache.set_photosets(photosets)
        for photoset in photosets:
            yield RemoteAlbum(photoset.album, photoset.id)

    def photos(self, albums: Sequence[RemoteAlbum]) -> Iterator[AlbumListing]:
        """List the members of the sets, as cached or anew
        (flickr.photosets.getPhotos), one set after the other.
        """
        self._find_owner()
        wanted = {album.id: album for album in albums}
        self._members.begin()
        for found in self._cache.read_sets(list(wanted)):
            album = wanted[found.set_id]
            yield list_alone(album, partial(self._list_set, album, found))

    def _list_set(self, album: RemoteAlbum, found: SetListing) -> AlbumListing:
        if found.unknown:
            return AlbumListing(album, (), unknown=found.unknown)
        rows = map(self._written.read, self._members.find(found, album.title))
        photos = [self._photo_index.add_row(row, found.set_id) for row in rows]
        return AlbumListing(album, photos)

    def listing_warnings(self) -> Sequence[Problem]:
        """Tell of what stands beside a photo that it is to take the place of, and of
        photos that photosync sent and that are in no album (flickr.photos.getNotInSet);
        that not in every run, as it is a call.
        """
        notices = self._members.notices
        if self._is_foreign() or not self._cache.may_have_loose:
            return notices
        try:
            sent = self._photo_index.read_loose()
        except SideStopped:
            raise
        except SideError:
            # Photos are being sent there all the time: another run tells of it.
            return notices
        return (*notices, describe_loose(sent)) if sent else notices

    def upload_warnings(self, uploads: int) -> Sequence[Problem]:
        """Warn of what a free account cannot hold (flickr.people.getUploadStatus)."""
        # A paid account has no limit that a run could meet.
        if self._is_foreign() or self._account.may_be_pro():
            return ()
        reason = f"{FREE}; {count_nouns(uploads, 'photo')} to be uploaded"
        return (Problem(name_service(self.name), reason, failed=False),)

    def find_terms(self) -> str:
        """Return the kind of the account and how large files may be
        (flickr.people.getUploadStatus, getLimits).
        """
        return self._account.find_terms()

    def find_excess(self, name: str, size: int) -> str:
        """Say what is too large for this account (flickr.people.getLimits)."""
        return self._account.find_excess(name, size)

    def md5(self, photo: RemotePhoto) -> str | None:
        """Return what our tags tell; who asks although they do has found them to be
        stale.
        """
        if photo.md5 is None:
            self._sent_bytes.distrust(photo.id)
        return photo.md5

    def find_absences(self, photos: Sequence[RemotePhoto]) -> Sequence[Absence]:
        """Ask where photos are (flickr.photos.getAllContexts, getNotInSet)."""
        return self._absence_check.find(photos, are_ours=not self._is_foreign())

    @contextmanager
    def open(self, photo: RemotePhoto) -> Iterator[Readable]:
        """Open what was sent, byte for byte; raises OriginalWithheld where Flickr has
        none to give.

        Of a photo that is `reduced` that is the smaller copy, whatever kind its name
        promises.
        """
        original = self._find_original(photo)
        withheld = explain_withheld(photo, original)
        if withheld:
            raise OriginalWithheld(withheld)
        with ExitStack() as held:
            try:
                stream = held.enter_context(
                    self._downloads.open_original(photo.id, original)
                )
            except NotFound:
                if self._is_withheld(photo, original):
                    raise OriginalWithheld(WITHHELD) from None
                raise
            yield stream

    def find_withheld(self, photo: RemotePhoto) -> str:
        """Say what the list told: no call is made."""
        original = self._photo_index.find_original(photo.id)
        return explain_withheld(photo, original) if original is not None else ""

    def read_again(self, photo: RemotePhoto) -> RemotePhoto | None:
        """Return the photo by its bytes (flickr.photos.getInfo, getSizes): our tags are
        those of what was sent, and somebody may have replaced that.
        """
        # What the list told of them may be as stale.
        self._photo_index.forget_original(photo.id)
        return self._sent_bytes.read_again(photo)

    @contextmanager
    def open_largest(self, photo: RemotePhoto) -> Iterator[Readable]:
        """Open the largest picture that Flickr gives, which is not the original
        (flickr.photos.getSizes).
        """
        with self._downloads.open_largest(photo.id) as stream:
            yield stream

    @contextmanager
    def open_small(self, photo: RemotePhoto) -> Iterator[Readable]:
        """Open the smallest picture that is large enough to be looked at
        (flickr.photos.getSizes).
        """
        with self._downloads.open_small(photo.id) as stream:
            yield stream

    def metadata(self, photo: RemotePhoto) -> PhotoMetadata | None:
        """Return title, description, tags, date and licence
        (flickr.photos.getInfo, flickr.photos.licenses.getInfo).
        """
        info = self._edits.fetch_info(photo.id)
        return read_metadata(photo, info, self._licences)

    def details(self, photo: RemotePhoto) -> Details | None:
        """Return what the list told, without a title that is only the file's name."""
        listed = self._photo_index.find_listed(photo.id)
        return read_listed(listed.details, photo) if listed is not None else None

    def find_fields(self, photo: RemotePhoto) -> AbstractSet[str]:
        """Return all fields but the title where nothing else tells which file it is, and
        but the position of what everybody sees: that may be where a child lives.
        """
        listed = self._photo_index.find_listed(photo.id)
        left_out = {"title"} if photo.titled else set()
        if listed is not None and listed.is_public:
            left_out.add("position")
        return self.capabilities.details - left_out

    def ask_details(self, photo: RemotePhoto, fields: AbstractSet[str]) -> AskedDetails:
        """Return what the page of a photo tells (flickr.photos.getInfo, and for its
        position flickr.photos.geo.getLocation).
        """
        return self._details.ask(photo, fields)

    def cancel(self) -> None:
        self._connection.cancel()

    def close(self) -> None:
        self._connection.close()
        self._on_close()

    def _find_owner(self) -> None:
        """Find out once whose photos are looked at; raises Rejected if there is no such
        user.
        """
        with self._lock:
            if not self._knows_owner:
                self._connection.subject = find_nsid(self._connection, self._owner)
                self._knows_owner = True

    def _is_foreign(self) -> bool:
        """Whether another user's photos are looked at; raises Rejected if there is no
        such user.
        """
        self._find_owner()
        return self._connection.subject != self._connection.user_id

    def _check_own(self) -> None:
        """Raise Rejected where nothing may be changed."""
        if self._is_foreign():
            raise Rejected(
                f"the album belongs to {self._owner}; it can only be downloaded"
            )

    def _is_withheld(self, photo: RemotePhoto, original: Original) -> bool:
        """Whether the account has lost its originals since this one was noted: the feed
        of changes is silent about that.
        """
        if original.is_video:
            return False
        return not self._downloads.locate_original(photo.id).url

    def _check_same_bytes(self, photo: RemotePhoto, md5: str) -> None:
        """Raise Rejected unless the bytes there are those of this MD5."""
        there = photo.md5 or self._find_md5(photo)
        if there == md5:
            return
        what = "the bytes there are others than the local ones"
        if photo.reduced:
            what = "what is there is a smaller copy of another file"
        raise Rejected(f"{what}; nothing was written; -m syncUpload sends yours")

    def _find_md5(self, photo: RemotePhoto) -> str | None:
        """Return the MD5 of the file that a photo stands for, by its bytes.

        Where Flickr has none to give, or keeps others by nature, only what we wrote
        there ourselves tells it (flickr.photos.getInfo).
        """
        if not photo.reduced:
            with suppress(OriginalWithheld), self.open(photo) as stream:
                return compute_md5(stream)
        ours = self._edits.fetch_info(photo.id).find_tags_by(self._connection.user_id)
        file_tags = tags.parse_tags(" ".join(ours))
        return file_tags.md5 if file_tags is not None else None

    def _find_original(self, photo: RemotePhoto) -> Original:
        listed = self._photo_index.find_original(photo.id)
        return listed or self._downloads.locate_original(photo.id)
