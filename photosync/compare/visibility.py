"""What the filters show of both sides. What they hide on one side is invisible on the
other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from photosync.disk.names import is_within
from photosync.errors import SideError
from photosync.filters import Filters
from photosync.local.explorer import Explorer
from photosync.media import find_moment
from photosync.model import (
    Baseline,
    LocalAlbum,
    LocalPhoto,
    LocalTree,
    Pair,
    RemotePhoto,
)
from photosync.naming import name_key
from photosync.services.capabilities import AlbumListing
from photosync.services.reading import RemoteReader

_FUTURE = "9999"


@dataclass(frozen=True, slots=True)
class Visibility:
    """The filters as they apply to one local tree."""

    explorer: Explorer
    tree: LocalTree
    filters: Filters

    def hides_album(self, title: str) -> bool:
        """Whether an album of this title is left alone on both sides."""
        return self.filters.hides_remote_album(title) or self.explorer.hides_album(
            title
        )

    def hides_photo(
        self,
        title: str,
        name: str,
        album: LocalAlbum | None = None,
        hidden_there: AbstractSet[str] = frozenset(),
    ) -> bool:
        """Whether the filters would not show a photo of this name even if there were
        one.
        """
        key = name_key(name)
        if key in hidden_there or (album and key in album.hidden):
            return True
        return self.filters.hides_remote_photo(title, name)

    def may_be_here(self, album: LocalAlbum | None, pair: Pair) -> bool:
        """Whether a photo that was not seen here could yet be, unread or skipped by its
        path.
        """
        if self.tree.unreadable or (album and album.unknown):
            # Nobody was let into a folder, or it has no title: under `-n '{1}'` it may
            # hold a part of any album.
            return True
        if pair.baseline and self._is_absent(pair.baseline):
            return True
        if not self.filters.skip:
            return False
        # `--skip 2019/private/*` names places here: what comes from the service and
        # would land there is not missing.
        places = self.explorer.list_places(pair.album)
        return any(self.filters.skips(pair.name, place + pair.name) for place in places)

    def _is_absent(self, baseline: Baseline) -> bool:
        """Whether a photo lies on a disk that is away, as far as is known."""
        absent = self.tree.absent
        if not baseline.path:
            return bool(absent)
        return any(is_within(baseline.path, folder) for folder in absent)

    def is_out_of_sight(self, baseline: Baseline, *, is_here: bool) -> bool:
        """Whether a photo lies in a root of this library that the run does not name.

        `is_here`: a file of its name was seen.
        """
        unseen = self.tree.unseen
        if not baseline.path:
            # An earlier photosync did not note where it lies.
            return bool(unseen) and not is_here
        return any(is_within(baseline.path, root) for root in unseen)

    def show_remote(
        self, title: str, album: LocalAlbum | None, listing: AlbumListing
    ) -> Iterator[RemotePhoto]:
        """Yield the photos of a listing that are visible on both sides."""
        hidden_here = album.hidden if album else frozenset()
        for photo in listing.photos:
            if self.filters.hides_remote_photo(title, photo.name):
                continue
            if not hidden_here or name_key(photo.name) not in hidden_here:
                yield photo

    def show_local(
        self, album: LocalAlbum | None, hidden_there: AbstractSet[str]
    ) -> LocalAlbum | None:
        """Return the local album without what the service, or the filters for it, leave
        alone.
        """
        if album is None or not (hidden_there or self.filters.skipserver):
            return album
        shown = tuple(
            photo
            for photo in album.photos
            if not self.hides_photo(album.title, photo.name, None, hidden_there)
        )
        return replace(album, photos=shown)

    def find_too_old(
        self,
        backend: RemoteReader,
        album: LocalAlbum | None,
        remotes: Iterable[RemotePhoto],
    ) -> set[str]:
        """Return the names of photos taken before `--dateLimit`: by the file here, else
        as the service tells.
        """
        limit = self.filters.date_limit
        if not limit:
            return set()
        photos = album.photos if album else ()
        names_here = {name_key(photo.name) for photo in photos}
        old = {
            name_key(photo.name) for photo in photos if self._find_taken(photo) < limit
        }
        for remote in remotes:
            name = name_key(remote.name)
            if name not in names_here and _find_taken_there(backend, remote) < limit:
                old.add(name)
        return old

    def _find_taken(self, photo: LocalPhoto) -> str:
        try:
            return self.explorer.taken(photo)
        except SideError:
            # What cannot be read is not old for all we know; comparing it tells of it.
            return _FUTURE


def _find_taken_there(backend: RemoteReader, photo: RemotePhoto) -> str:
    taken = backend.taken(photo)
    if taken or photo.modified_ns is None:
        return taken or _FUTURE
    return find_moment("", photo.modified_ns, photo.name).text
