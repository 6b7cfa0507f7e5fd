"""Which bytes are there under which name, so that none is sent twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any, NamedTuple

from photosync.model import RemotePhoto
from photosync.naming import name_key
from photosync.services.flickr import listing
from photosync.services.flickr.connection import Connection
from photosync.services.flickr.listing import Original


class Identity(NamedTuple):
    """What makes two photos one: the MD5 of the file, its name, and whether a copy
    stands for it.

    The name is in the form in which names are compared.
    """

    md5: str
    name: str
    reduced: bool = False

    @classmethod
    def of(cls, photo: RemotePhoto) -> Identity:
        return cls(photo.md5 or "", name_key(photo.name), photo.reduced)


class PhotoIndex:
    """Photos by hash and name, and where their originals are.

    A photo in several sets is one photo. Who is `promised` one is to put it into an
    album, and until then its bytes must stay as they are.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._originals: dict[str, Original] = {}
        self._known: dict[Identity, str] = {}
        self._distrusted: set[str] = set()
        self._loose_read = False
        self._promised: Counter[str] = Counter()
        self._locks: dict[Identity | str, Lock] = {}
        self._lock = Lock()

    def listed(self, row: dict[str, Any], set_id: str) -> RemotePhoto:
        """The photo of a row of a list, noted."""
        photo, original = listing.photo_of(row, set_id)
        self._originals[photo.id] = original
        if photo.md5:
            self._known.setdefault(Identity.of(photo), photo.id)
        return photo

    def original(self, photo_id: str) -> Original | None:
        """Where a photo's original is; None for one that was not listed as it is
        now.
        """
        return self._originals.get(photo_id)

    def lock_for(self, what: Identity | str) -> Lock:
        """One thread at a time sends equal bytes of one name, or deletes one photo."""
        with self._lock:
            return self._locks.setdefault(what, Lock())

    def promised(self, identity: Identity, send: Callable[[], str]) -> str:
        """The photo of these bytes and this name, sent if it is not there yet."""
        with self.lock_for(identity):
            photo_id = self._on_flickr(identity)
            if photo_id is None:
                photo_id = send()
                with self._lock:
                    self._known[identity] = photo_id
                    self._promised[photo_id] += 1
        return photo_id

    def fulfil(self, photo_ids: Iterable[str]) -> None:
        """Those who were promised these photos have done what they wanted."""
        with self._lock:
            self._promised.subtract(photo_ids)

    def forget(self, photo: RemotePhoto) -> bool:
        """A photo is about to get other bytes or a name: nobody may count on the
        present ones.

        Whether somebody does already, and is to put it into another album.
        """
        identity = Identity.of(photo)
        with self._lock:
            if self._known.get(identity) == photo.id:
                del self._known[identity]
            return self._promised[photo.id] > 0

    def distrust(self, photo_id: str) -> None:
        """What our tags tell of a photo's bytes is not so: it stands for no others."""
        with self._lock:
            self._distrusted.add(photo_id)

    def replaced(self, photo_id: str) -> None:
        """A photo has other bytes now, and where they are is not known yet."""
        self._originals.pop(photo_id, None)

    def renamed(self, photo: RemotePhoto) -> None:
        """A photo has another name now."""
        if photo.md5:
            with self._lock:
                self._known.setdefault(Identity.of(photo), photo.id)

    def _on_flickr(self, identity: Identity) -> str | None:
        """The photo of these bytes and this name, in another album or left in none by a
        crash.
        """
        with self._lock:
            if not self._loose_read:
                for row in listing.loose(self._connection):
                    self.listed(row, "")
                self._loose_read = True
            found = self._known.get(identity)
            if found in self._distrusted:
                return None
            if found:
                self._promised[found] += 1
            return found
