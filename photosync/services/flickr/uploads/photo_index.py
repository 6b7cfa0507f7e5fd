"""Which bytes are there under which name, so that none is sent twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from threading import Lock
from typing import NamedTuple, Self

from photosync.errors import NotFound
from photosync.formatting import name_service
from photosync.model import Problem, RemotePhoto
from photosync.naming import name_key
from photosync.services.flickr.calls.connection import Connection
from photosync.services.flickr.lagging_lists.left_photos import LeftPhotos
from photosync.services.flickr.listings import listing
from photosync.services.flickr.notes.move_notes import MoveNotes
from photosync.services.flickr.photos.photo_info import fetch_info
from photosync.services.flickr.photos.sent_bytes import SentBytes
from photosync.services.flickr.records import tags
from photosync.services.flickr.records.originals import Original
from photosync.services.flickr.records.photo_rows import (
    DETAILS_EXTRAS,
    Listed,
    PhotoRow,
)

_SERVICE = "flickr"
_FEW = 5
_MOST_LEFT = 50
"""Photos that may have been on their way to another album when a run was killed."""


class Identity(NamedTuple):
    """What makes two photos one: the MD5 of the file, its name, and whether a copy
    stands for it.

    The name is in the form in which names are compared.
    """

    md5: str
    name: str
    reduced: bool = False

    @classmethod
    def of(cls, photo: RemotePhoto) -> Self:
        """Return what a listed photo is found by."""
        return cls(photo.md5 or "", name_key(photo.name), photo.reduced)


class PhotoIndex:
    """Photos by hash and name, and where their originals are.

    A photo in several sets is one photo. Who is promised one is to put it into an
    album, and until then its bytes must stay as they are.
    """

    def __init__(
        self,
        connection: Connection,
        moves: MoveNotes,
        left: LeftPhotos,
        sent_bytes: SentBytes,
    ) -> None:
        self._connection = connection
        self._moves = moves
        self._left = left
        self._sent_bytes = sent_bytes
        self._has_found_left = False
        self._originals: dict[str, Original] = {}
        self._listed: dict[str, Listed] = {}
        self._known: dict[Identity, str] = {}
        self._trusted: set[str] = set()
        self._loose: list[str] | None = None
        self._reading_loose = Lock()
        self._promises: Counter[str] = Counter()
        self._locks: dict[Identity | str, Lock] = {}
        self._lock = Lock()

    def add_row(self, row: PhotoRow, set_id: str) -> RemotePhoto:
        """Note what a list tells of a photo; return the photo."""
        photo = row.to_photo(set_id)
        old_name = self._moves.find_name(photo.id, set_id)
        if old_name is not None:
            photo = photo._replace(name=old_name)
        self._originals[photo.id] = row.original
        if self._connection.extras == DETAILS_EXTRAS:
            self._listed[photo.id] = row.listed
        # The first one listed stands for all of the same bytes and name.
        if photo.md5:
            self._known.setdefault(Identity.of(photo), photo.id)
        return photo

    def read_loose(self) -> Sequence[str]:
        """Note the photos that are in no set, read once (flickr.photos.getNotInSet);
        return the ids of those that photosync sent.
        """
        with self._reading_loose:
            if self._loose is None:
                rows = listing.list_loose(self._connection)
                for row in rows:
                    self.add_row(row, "")
                self._loose = [row.id for row in rows if row.is_sent]
            return self._loose

    def _find_left(self) -> None:
        """Note the photos that just left an album and that no list shows, asked once
        (flickr.photos.getInfo).

        A run was killed when they had joined another album, which is not listed yet:
        nobody remembers them, and they would be sent a second time.
        """
        with self._reading_loose:
            if self._has_found_left:
                return
            for photo_id in self._left.list_latest(_MOST_LEFT):
                if photo_id not in self._originals:
                    self._note_unlisted(photo_id)
            self._has_found_left = True

    def _note_unlisted(self, photo_id: str) -> None:
        try:
            info = fetch_info(self._connection, photo_id)
        except NotFound:
            # It was deleted there, and that is why it left.
            return
        ours = info.find_tags_by(self._connection.user_id)
        file = tags.parse_tags(" ".join(ours))
        if file is not None:
            identity = Identity(file.md5, name_key(file.name), file.reduced)
            self._known.setdefault(identity, photo_id)

    @property
    def photos(self) -> int:
        """How many photos were listed."""
        return len(self._originals)

    def find_original(self, photo_id: str) -> Original | None:
        """Return where a photo's original is; None for one that was not listed as it is
        now.
        """
        return self._originals.get(photo_id)

    def find_listed(self, photo_id: str) -> Listed | None:
        """Return what a list told of a photo besides its file, None if nothing did."""
        return self._listed.get(photo_id)

    def get_lock(self, subject: Identity | str) -> Lock:
        """Return the lock of equal bytes of one name, or of a photo by its id.

        One thread at a time sends the first, or deletes the second.
        """
        with self._lock:
            return self._locks.setdefault(subject, Lock())

    def promise(self, identity: Identity, send: Callable[[], str]) -> str:
        """Return the photo of these bytes and this name, sent if it is not there yet.

        Until `fulfil` it counts as wanted in another album.
        """
        # The same picture in two folders: the second thread waits for the first.
        with self.get_lock(identity):
            photo_id = self._promise_known(identity)
            if photo_id is not None and not self._holds(photo_id, identity):
                self.fulfil([photo_id])
                photo_id = None
            if photo_id is None:
                photo_id = send()
                with self._lock:
                    self._known[identity] = photo_id
                    self._trusted.add(photo_id)
                    self._promises[photo_id] += 1
        return photo_id

    def fulfil(self, photo_ids: Iterable[str]) -> None:
        """Take back the promises of these photos: they are in their albums, or never
        will be.
        """
        with self._lock:
            self._promises.subtract(photo_ids)

    def forget(self, photo: RemotePhoto) -> bool:
        """Let nobody count on the present bytes and name of a photo any more.

        Returns whether somebody does already, and is to put it into another album. Ask
        only afterwards which albums hold the photo: who was promised it before may have
        put it there in between.
        """
        identity = Identity.of(photo)
        with self._lock:
            if self._known.get(identity) == photo.id:
                del self._known[identity]
            return self._promises[photo.id] > 0

    def forget_original(self, photo_id: str) -> None:
        """Forget where the original of a photo was that has other bytes now."""
        self._originals.pop(photo_id, None)

    def remember(self, photo: RemotePhoto) -> None:
        """Note a photo under the name that it has now."""
        if photo.md5:
            with self._lock:
                self._known.setdefault(Identity.of(photo), photo.id)

    def _promise_known(self, identity: Identity) -> str | None:
        """Promise the photo of these bytes and this name, if there is one."""
        # A run that was killed between upload and album left it in no set.
        self.read_loose()
        self._find_left()
        with self._lock:
            found = self._known.get(identity)
            # Edited on the website under our old tag: those are other bytes.
            if found is None or self._sent_bytes.is_distrusted(found):
                return None
            self._promises[found] += 1
            return found

    def _holds(self, photo_id: str, identity: Identity) -> bool:
        """Whether a photo has the bytes that its tags tell of, found out once."""
        if photo_id in self._trusted:
            return True
        if not self._sent_bytes.are_in(
            photo_id, identity.md5, reduced=identity.reduced
        ):
            self._sent_bytes.distrust(photo_id)
            return False
        self._trusted.add(photo_id)
        return True


def describe_loose(photo_ids: Sequence[str]) -> Problem:
    """Return what the person should know of photos that we sent and that are in no
    album.
    """
    shown = ", ".join(photo_ids[:_FEW])
    rest = ", ..." if len(photo_ids) > _FEW else ""
    reason = (
        f"sent by photosync and in no album there: {len(photo_ids)} (ids {shown}{rest}), "
        "as after a run that was killed; sending their files again puts these very "
        "photos into their albums"
    )
    return Problem(name_service(_SERVICE), reason, failed=False)
