"""Which photosets make up which album, as last listed and changed by ourselves
since.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from threading import Lock

from photosync.errors import Transient
from photosync.naming import name_key
from photosync.services.flickr.calls.connection import Connection
from photosync.services.flickr.listings import listing
from photosync.services.flickr.listings.listing import PhotoSet


class PhotoSets:
    """The parts of each album, and the right to write into one.

    One thread at a time writes into an album: a whole membership written at once would
    throw out what another thread adds.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sets: dict[str, PhotoSet] | None = None
        self._made: set[str] = set()
        self._writing: dict[str, Lock] = {}
        self._lock = Lock()
        self._reading = Lock()

    def read(self) -> Sequence[PhotoSet]:
        """Read all sets anew (flickr.photosets.getList); not while anything is
        written.
        """
        found = listing.list_sets(self._connection)
        with self._lock:
            listed = {photoset.id: photoset for photoset in found}
            self._made -= listed.keys()
            # The list may lag behind: what this run made is there all the same.
            made = {set_id: (self._sets or {})[set_id] for set_id in self._made}
            self._sets = made | listed
        return [*made.values(), *found]

    def find_parts(self, album: str) -> list[PhotoSet]:
        """Return the sets of an album in their order; read them if nobody has yet."""
        wanted = album_key(album)
        return [
            photoset
            for photoset in self._read_once()
            if album_key(photoset.album) == wanted
        ]

    def find_last_part(self, album: str) -> PhotoSet | None:
        """Return the set of an album that new photos go into."""
        parts = self.find_parts(album)
        return max(parts, key=lambda photoset: photoset.part, default=None)

    def find_album(self, set_id: str) -> str | None:
        """Return the title of the album that a set belongs to; None for one that is not
        there.
        """
        for photoset in self._read_once():
            if photoset.id == set_id:
                return photoset.album
        return None

    def list_ids(self) -> list[str]:
        """Return the ids of all sets; read them if nobody has yet."""
        return [photoset.id for photoset in self._read_once()]

    def put(self, photoset: PhotoSet) -> None:
        """Remember a set that has been made or changed."""
        with self._lock:
            self._sets = {**(self._sets or {}), photoset.id: photoset}

    def put_made(self, photoset: PhotoSet) -> None:
        """Remember a set that this run made, which no list may show for a while."""
        self.put(photoset)
        with self._lock:
            self._made.add(photoset.id)

    def check_is_gone(self, photoset: PhotoSet) -> None:
        """Raise Transient for a set that this run made, or that is still listed
        (flickr.photosets.getList).
        """
        # A second one of its title would be there for good, and so would the first.
        if photoset.id in self._made:
            raise Transient(
                "Flickr does not find the album that was just made; the next run "
                "goes on"
            )
        listing.check_is_gone(self._connection, photoset.id)

    def drop(self, set_id: str) -> None:
        """Forget a set that is gone."""
        with self._lock:
            sets = dict(self._sets or {})
            sets.pop(set_id, None)
            self._sets = sets
            self._made.discard(set_id)

    @contextmanager
    def lock_albums(self, *albums: str) -> Iterator[None]:
        """Let nobody else write into these albums."""
        self._read_once()
        with ExitStack() as held:
            # Sorted, so that two threads that need both never wait for each other.
            for name in sorted({album_key(album) for album in albums}):
                with self._lock:
                    lock = self._writing.setdefault(name, Lock())
                held.enter_context(lock)
            yield

    @contextmanager
    def lock_set(self, set_id: str) -> Iterator[None]:
        """Let nobody else write into the album that a set belongs to."""
        with self.lock_albums(self.find_album(set_id) or set_id):
            yield

    def _read_once(self) -> list[PhotoSet]:
        # Four transfers begin at once; one of them asks, the others wait.
        with self._reading:
            if self._sets is None:
                self.read()
        with self._lock:
            return list((self._sets or {}).values())


def album_key(title: str) -> str:
    """Return the form in which titles are compared: Flickr trims the blanks around
    them.
    """
    return name_key(title.strip())
