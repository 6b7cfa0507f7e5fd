"""Which photosets make up which album, as last listed and changed by ourselves
since.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from threading import Lock

from photosync.naming import name_key
from photosync.services.flickr import listing
from photosync.services.flickr.connection import Connection
from photosync.services.flickr.listing import PhotoSet


class PhotoSets:
    """The parts of each album, and the right to write into one.

    One thread at a time writes into an album: a whole membership written at once would
    throw out what another thread adds.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sets: dict[str, PhotoSet] | None = None
        self._writing: dict[str, Lock] = {}
        self._lock = Lock()
        self._reading = Lock()

    def read(self) -> Sequence[PhotoSet]:
        """Read all sets anew; not while anything is written."""
        found = listing.sets(self._connection)
        with self._lock:
            self._sets = {one.id: one for one in found}
        return found

    def parts(self, album: str) -> list[PhotoSet]:
        """The sets of an album in their order; reads them if nobody has yet."""
        return [
            one for one in self._known() if album_key(one.album) == album_key(album)
        ]

    def last_part(self, album: str) -> PhotoSet | None:
        """The set of an album that new photos go into."""
        return max(self.parts(album), key=lambda one: one.part, default=None)

    def album_of(self, set_id: str) -> str | None:
        """The title of the album that a set belongs to; None for one that is not
        there.
        """
        return next((one.album for one in self._known() if one.id == set_id), None)

    def put(self, one: PhotoSet) -> None:
        """A set has been made or changed."""
        with self._lock:
            self._sets = {**(self._sets or {}), one.id: one}

    def drop(self, set_id: str) -> None:
        """A set is gone."""
        with self._lock:
            self._sets = {
                name: one for name, one in (self._sets or {}).items() if name != set_id
            }

    @contextmanager
    def alone(self, *albums: str) -> Iterator[None]:
        """Let nobody else write into these albums."""
        self._known()
        with ExitStack() as held:
            for name in sorted({album_key(album) for album in albums}):
                with self._lock:
                    lock = self._writing.setdefault(name, Lock())
                held.enter_context(lock)
            yield

    def _known(self) -> list[PhotoSet]:
        with self._reading:
            if self._sets is None:
                self.read()
        with self._lock:
            return list((self._sets or {}).values())


def album_key(title: str) -> str:
    """The form in which titles are compared: Flickr trims the blanks around them."""
    return name_key(title.strip())
