"""What the filters show of both sides: what is hidden on one side is hidden on both."""

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
        if self.filters.hides_remote_album(title):
            return True
        return self.explorer.hides_album(title)

    def hides_photo(
        self,
        title: str,
        name: str,
        album: LocalAlbum | None = None,
        hidden_there: AbstractSet[str] = frozenset(),
    ) -> bool:
        """Whether the filters would hide a photo of this name if there were one."""
        key = name_key(name)
        if key in hidden_there:
            return True
        if album and key in album.hidden:
            return True
        return self.filters.hides_remote_photo(title, name)

    def may_be_here(self, album: LocalAlbum | None, pair: Pair) -> bool:
        """Whether a photo that was not seen here may be here all the same: in a folder
        that could not be read, or left out by its path.
        """
        if self.tree.unreadable:
            # A folder that could not be read, or that has no title: under `-n '{1}'` it
            # may hold a part of any album.
            return True
        if album and album.unknown:
            return True
        if pair.baseline and self._is_absent(pair.baseline):
            return True
        if not self.filters.skip:
            return False
        # `--skip 2019/private/*` names folders here: a photo of the service that would
        # land there is not missing.
        places = self.explorer.list_places(pair.album)
        paths = [place + pair.name for place in places]
        return any(self.filters.skips(pair.name, path) for path in paths)

    def _is_absent(self, baseline: Baseline) -> bool:
        """Whether a photo lies, as far as is known, on a disk that is not mounted."""
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
        """Return the local album without the photos that are hidden for this service."""
        hides_some = bool(hidden_there or self.filters.skipserver)
        if album is None or not hides_some:
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
        """Return the keys of the names of photos taken before `--dateLimit`.

        The date is that of the file here, else that of the service.
        """
        limit = self.filters.date_limit
        if not limit:
            return set()
        photos = album.photos if album else ()
        names_here = {name_key(photo.name) for photo in photos}
        old_photos = [photo for photo in photos if self._find_taken(photo) < limit]
        old = {name_key(photo.name) for photo in old_photos}
        for remote in remotes:
            name = name_key(remote.name)
            if name not in names_here and _find_taken_there(backend, remote) < limit:
                old.add(name)
        return old

    def _find_taken(self, photo: LocalPhoto) -> str:
        try:
            return self.explorer.taken(photo)
        except SideError:
            # A file that cannot be read is not known to be old. Its comparison reports
            # it.
            return _FUTURE


def _find_taken_there(backend: RemoteReader, photo: RemotePhoto) -> str:
    taken = backend.taken(photo)
    if taken:
        return taken
    if photo.modified_ns is None:
        return _FUTURE
    return find_moment("", photo.modified_ns, photo.name).text
