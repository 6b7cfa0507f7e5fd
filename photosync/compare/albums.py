"""The albums of both sides, paired by title."""

from __future__ import annotations

import hashlib
import marshal
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import NamedTuple

from photosync.compare.findings import Tally
from photosync.compare.hashes import Baselines
from photosync.compare.pairing import recall_names
from photosync.compare.respelt import join_respelt
from photosync.compare.visibility import Visibility
from photosync.errors import SideError, SideStopped
from photosync.formatting import name_service
from photosync.model import (
    Attributes,
    Baseline,
    LocalAlbum,
    Pair,
    Problem,
    RemoteAlbum,
    RemotePhoto,
)
from photosync.naming import fold_name, name_key
from photosync.services.capabilities import AlbumListing
from photosync.services.reading import RemoteReader
from photosync.unforeseen import contain

_STEADY_FORMAT = 2
"""The last format of marshal in which equal values always make equal bytes."""

ListAlbums = Callable[[RemoteReader], Iterable[RemoteAlbum]]


def list_now(backend: RemoteReader) -> Iterable[RemoteAlbum]:
    """Return the albums of a service, asked for only when they are read."""
    return backend.albums()


class AlbumPair(NamedTuple):
    """One album on both sides: `shown` and `remotes` are what the filters show of it.

    `listings` are the listings of all remote albums of this title, not yet filtered.
    `hidden_there` and `unknown_there` are the keys of names of remote photos that the
    filters hide, or of which the service did not say whether they are there.
    `folds_case`: one of the sides takes `a.jpg` and `A.jpg` for one name.
    """

    title: str
    local: LocalAlbum | None
    shown: LocalAlbum | None
    listings: Sequence[AlbumListing]
    remotes: Sequence[RemotePhoto]
    hidden_there: AbstractSet[str]
    unknown_there: AbstractSet[str] = frozenset()
    folds_case: bool = False

    @property
    def key(self) -> str:
        return name_key(self.title)

    @property
    def is_empty(self) -> bool:
        """Whether it has photos on neither side."""
        photos_here = self.local.photos if self.local else ()
        return not self.remotes and not photos_here

    @property
    def may_be_equal(self) -> bool:
        """Whether all photos of the album may be pairs: both sides show equally many."""
        if self.local and self.local.unknown:
            return False
        photos_here = self.shown.photos if self.shown else ()
        return len(photos_here) == len(self.remotes)

    def has_unknown_there(self, pair: Pair) -> bool:
        """Whether a known photo that the service does not list may still be there."""
        is_unseen = pair.remote is None and pair.baseline is not None
        return is_unseen and name_key(pair.name) in self.unknown_there

    def find_hidden_here(self) -> set[str]:
        """Return the keys of the names here that the filters for this service hide."""
        if self.local is None or self.local is self.shown:
            return set()
        names = list_keys(self.local)
        if self.shown is not None:
            names -= list_keys(self.shown)
        return names

    def count_in(self, tally: Tally) -> None:
        """Count the photos that the album shows, and note what it hides."""
        tally.photos += len(self.remotes)
        tally.hidden.update((self.key, name) for name in self.hidden_there)
        tally.hidden.update((self.key, name) for name in self.find_hidden_here())
        tally.contents.update(self.count_removable())

    def count_removable(self) -> dict[RemoteAlbum, int]:
        """Count the photos of each remote album that is empty once they are gone."""
        shown_by_album = Counter(photo.album_id for photo in self.remotes)
        counts: dict[RemoteAlbum, int] = {}
        for listing in self.listings:
            shown = shown_by_album[listing.album.id]
            # An album that also holds somebody's text file, or photos that the filters
            # hide, is not empty when the others are gone.
            if not listing.others and shown == len(listing.photos):
                counts[listing.album] = shown
        return counts

    def join_respelt(self, baselines: Mapping[str, Baseline]) -> AlbumPair:
        """Return the album with their old names for photos that were edited and whose
        names changed only in case.
        """
        if self.shown is None or not self.folds_case:
            return self
        here, there = join_respelt(self.shown.photos, self.remotes, baselines)
        shown = replace(self.shown, photos=tuple(here))
        return self._replace(shown=shown, remotes=there)

    def find_fingerprint(self, attributes: Attributes, listed: list[object]) -> str:
        """Return a hash of all that the comparison of this album depends on.

        `listed` is what the service tells about the details of its photos.
        """
        photos_here = self.shown.photos if self.shown else ()
        # Services list in any order.
        photos_there = sorted(self.remotes, key=_listing_order)
        here = [tuple(photo) for photo in photos_here]
        there = [tuple(photo) for photo in photos_there]
        # JSON takes twice as long, and this is done for all photos in each run.
        packed = marshal.dumps((int(attributes), here, there, listed), _STEADY_FORMAT)
        return hashlib.sha256(packed).hexdigest()


def list_keys(album: LocalAlbum) -> set[str]:
    """Return the keys of the names of all photos in a local album."""
    return {name_key(photo.name) for photo in album.photos}


def _listing_order(photo: RemotePhoto) -> tuple[str, str, str]:
    return photo.name, photo.id, photo.album_id


@dataclass(frozen=True, slots=True)
class AlbumReader:
    """Reads the albums of a service beside the local ones, and notes in `tally` which of
    them are left alone. `list_albums` lists the albums of the service.
    """

    backend: RemoteReader
    visibility: Visibility
    tally: Tally
    baselines: Baselines
    list_albums: ListAlbums = list_now

    def read(self) -> Iterator[AlbumPair]:
        """Yield the pairs of albums, without those that are left alone.

        Raises SideError if the service cannot list its albums.
        """
        wanted = self._find_wanted()
        tree = self.visibility.tree
        left_alone = self._leave_lookalikes(wanted, tree.albums)
        to_read = dict(wanted)
        for key in left_alone:
            to_read.pop(key, None)
        yield from self._read_remote(to_read)
        for key, album in tree.albums.items():
            if key in wanted or key in left_alone:
                continue
            if not self.visibility.filters.hides_remote_album(album.title):
                yield from self._pair_alone(album.title, album, [])

    def _leave_lookalikes(
        self,
        wanted: Mapping[str, Sequence[RemoteAlbum]],
        albums: Mapping[str, LocalAlbum],
    ) -> set[str]:
        """Leave alone the albums of one side whose titles are one name on the disk of
        the other side; return the keys of their titles.
        """
        # Photos of `rome` would land in the folder `Rome`, and the next run would take
        # them for photos of that album.
        lookalikes: dict[str, str] = {}
        if self.visibility.explorer.folds_case:
            titles = [same_title[0].title for same_title in wanted.values()]
            lookalikes |= find_lookalikes(titles, albums)
        if self.backend.folds_case:
            titles = [album.title for album in albums.values()]
            lookalikes |= find_lookalikes(titles, wanted)
        for title, other in lookalikes.items():
            reason = (
                f"a disk takes the album {other} for the same; rename one of the two"
            )
            self.tally.close_album(title, Problem(title, f"{reason}; left alone"))
        return {name_key(title) for title in lookalikes}

    def _find_wanted(self) -> dict[str, list[RemoteAlbum]]:
        """Return the remote albums to be listed, by the key of their title."""
        wanted: dict[str, list[RemoteAlbum]] = {}
        for album in self.list_albums(self.backend):
            self.tally.add_title(album.title)
            if self._is_wanted(album):
                wanted.setdefault(name_key(album.title), []).append(album)
        return wanted

    def _is_wanted(self, album: RemoteAlbum) -> bool:
        if self.visibility.hides_album(album.title):
            self.tally.close_album(album.title)
            return False
        tree = self.visibility.tree
        if not tree.is_whole and name_key(album.title) not in tree.albums:
            # Its folder may be one that could not be read: the album would come home a
            # second time.
            reason = (
                f"only on {name_service(self.tally.service)}, but some local folders could not be "
                "read; left alone"
            )
            problem = Problem(album.title, reason, failed=False)
            self.tally.close_album(album.title, problem)
            return False
        return True

    def _read_remote(self, wanted: dict[str, list[RemoteAlbum]]) -> Iterator[AlbumPair]:
        """Yield the albums of the service, each as soon as all of its title is listed."""
        albums: list[RemoteAlbum] = []
        for same_title in wanted.values():
            albums.extend(same_title)
        waiting: dict[str, list[AlbumListing]] = {}
        for listing in self.backend.photos(albums):
            title = listing.album.title
            key = name_key(title)
            waiting.setdefault(key, []).append(listing)
            if len(waiting[key]) < len(wanted[key]):
                # Another Drive folder of this title is still to be listed.
                continue
            listings = waiting.pop(key)
            if self._are_complete(listings):
                local = self.visibility.tree.albums.get(key)
                # The person knows the album by the spelling of its folder.
                shown_title = local.title if local else title
                yield from self._pair_alone(shown_title, local, listings)

    def _are_complete(self, listings: Sequence[AlbumListing]) -> bool:
        """Whether an album is proved to be listed completely; else it is left alone."""
        unknown = [listing for listing in listings if listing.unknown]
        for listing in unknown:
            # A page of the listing failed: what is missing need not be gone.
            self.tally.leave_alone(listing.album.title, listing.unknown)
        closed = [listing for listing in listings if listing.closed]
        for listing in closed:
            title = listing.album.title
            subject = f"{name_service(self.tally.service)} {title}"
            reason = f"{listing.closed}; left alone"
            self.tally.close_album(title, Problem(subject, reason, failed=False))
        return not unknown and not closed

    def _pair_alone(
        self, title: str, local: LocalAlbum | None, listings: Sequence[AlbumListing]
    ) -> Iterator[AlbumPair]:
        """Yield the pair of an album; nothing if that fails, as then nothing is known."""
        try:
            with contain(title):
                paired = self._pair_album(title, local, listings)
        except SideStopped:
            raise
        except SideError as error:
            self.tally.leave_alone(title, str(error))
        else:
            yield paired

    def _pair_album(
        self, title: str, local: LocalAlbum | None, listings: Sequence[AlbumListing]
    ) -> AlbumPair:
        listings = [self._recall_names(title, listing) for listing in listings]
        remotes: list[RemotePhoto] = []
        hidden: set[str] = set()
        unknown: set[str] = set()
        for listing in listings:
            unknown.update(listing.unknown_names)
            shown = list(self.visibility.show_remote(title, local, listing))
            remotes.extend(shown)
            hidden.update(name_key(name) for name in listing.hidden)
            if len(shown) < len(listing.photos):
                self._count_others(title, listing)
        # On Drive a shortcut may lie beside a photo of the same name, which is the one
        # that counts. If it hid the file here, a mirror would delete the photo there.
        hidden -= {name_key(photo.name) for photo in remotes}
        if self.visibility.filters.date_limit:
            hidden |= self.visibility.find_too_old(self.backend, local, remotes)
            remotes = [photo for photo in remotes if name_key(photo.name) not in hidden]
        folds_here = self.visibility.explorer.folds_case
        return AlbumPair(
            title=title,
            local=local,
            shown=self.visibility.show_local(local, hidden),
            listings=listings,
            remotes=remotes,
            hidden_there=hidden,
            unknown_there=unknown,
            folds_case=folds_here or self.backend.folds_case,
        )

    def _count_others(self, title: str, listing: AlbumListing) -> None:
        """Count what somebody put into an album that is no photo: who looks for it here
        is to know why it does not come.
        """
        filters = self.visibility.filters
        for photo in listing.photos:
            is_wanted = filters.is_wanted_kind(photo.name)
            if not is_wanted and not filters.skips_remote(title, photo.name):
                self.tally.others.add(photo.name, filters)

    def _recall_names(self, title: str, listing: AlbumListing) -> AlbumListing:
        """Return a listing with the names under which the history knows its photos.

        That must be done before any filter looks at the names.
        """
        if not any(photo.titled for photo in listing.photos):
            return listing
        baselines = self.baselines.album(title)
        photos = recall_names(listing.photos, baselines.values())
        return listing._replace(photos=photos)


def find_lookalikes(titles: Iterable[str], held: Container[str]) -> dict[str, str]:
    """Return the titles that a disk without case takes for another title, with that one.

    The other one is the title whose key is among those that the disk has already, `held`;
    else it is the first in order.
    """

    def order(title: str) -> tuple[bool, str]:
        is_held = name_key(title) in held
        return not is_held, title

    found: dict[str, str] = {}
    owners: dict[str, str] = {}
    # Sorted so that every run finds the same.
    for title in sorted(titles, key=order):
        owner = owners.setdefault(fold_name(title), title)
        if owner != title:
            found[title] = owner
    return found
