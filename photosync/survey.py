"""Looking at one service: its listing, as far as the filters show it, against the local tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from photosync.backend import AlbumListing, Backend
from photosync.compare import checks_for, compare, pairs
from photosync.errors import SideError
from photosync.explorer import Explorer
from photosync.filters import Filters
from photosync.model import (
    Attributes,
    Difference,
    LocalAlbum,
    LocalPhoto,
    LocalTree,
    Pair,
    Problem,
    RemoteAlbum,
    RemotePhoto,
)
from photosync.naming import key


@dataclass(slots=True)
class Survey:
    """What is known of one service besides the differences, filled while these are read.

    `photos` counts the visible remote photos; `contents` holds for each album that could be
    removed once its visible photos are gone how many these are.
    """

    service: str
    photos: int = 0
    contents: dict[RemoteAlbum, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


class _Digests:
    def __init__(self, explorer: Explorer, backend: Backend) -> None:
        self._explorer = explorer
        self._backend = backend

    def local(self, photo: LocalPhoto) -> str:
        return self._explorer.md5(photo)

    def remote(self, photo: RemotePhoto) -> str | None:
        if photo.md5 is not None:
            return photo.md5
        try:
            return self._backend.md5(photo)
        except SideError:
            # Unreadable there is unknown here, which the mode table has a row for.
            return None


class Surveyor:
    """Compares one service with the local tree, album by album."""

    def __init__(
        self, explorer: Explorer, tree: LocalTree, filters: Filters, attributes: Attributes
    ) -> None:
        self._explorer = explorer
        self._tree = tree
        self._filters = filters
        self._checks = checks_for(attributes)

    def differences(self, backend: Backend, survey: Survey) -> Iterator[Difference]:
        """Every pair with its comparison, SAME included; raises SideError if albums are unknown."""
        digests = _Digests(self._explorer, backend)
        for title, album, listings in self._albums(backend, survey):
            remotes = [photo for one in listings for photo in self._visible(title, album, one)]
            self._account(survey, listings, remotes)
            for pair, twins in pairs(title, self._shown(album, listings), remotes):
                for twin in twins:
                    reason = f"{survey.service} holds this name twice; id {twin.id} left alone"
                    survey.problems.append(Problem(f"{title}/{twin.name}", reason, failed=False))
                if pair.local or not self._may_be_here(album, pair):
                    yield compare(pair, self._checks, digests)
        survey.problems.extend(backend.notices())

    def _albums(
        self, backend: Backend, survey: Survey
    ) -> Iterator[tuple[str, LocalAlbum | None, list[AlbumListing]]]:
        """Local and remote albums of one title together; titles that nobody may touch left out."""
        wanted: dict[str, list[RemoteAlbum]] = {}
        for remote in backend.albums():
            if self._in_bounds(remote, survey):
                wanted.setdefault(key(remote.title), []).append(remote)
        waiting: dict[str, list[AlbumListing]] = {}
        for listing in backend.photos([album for albums in wanted.values() for album in albums]):
            title = key(listing.album.title)
            waiting.setdefault(title, []).append(listing)
            if len(waiting[title]) == len(wanted[title]):
                found = waiting.pop(title)
                if self._complete(found, survey):
                    album = self._tree.albums.get(title)
                    yield album.title if album else listing.album.title, album, found
        for title, album in self._tree.albums.items():
            if title not in wanted and not self._filters.hides_remote_album(album.title):
                yield album.title, album, []

    def _in_bounds(self, album: RemoteAlbum, survey: Survey) -> bool:
        if self._filters.hides_remote_album(album.title) or self._explorer.hides_album(album.title):
            return False
        if self._tree.unreadable and key(album.title) not in self._tree.albums:
            reason = (
                f"only on {survey.service}, but some local folders could not be read; left alone"
            )
            survey.problems.append(Problem(album.title, reason, failed=False))
            return False
        return True

    @staticmethod
    def _complete(listings: Sequence[AlbumListing], survey: Survey) -> bool:
        unknown = [listing for listing in listings if listing.unknown]
        survey.problems.extend(
            Problem(f"{survey.service} {one.album.title}", f"{one.unknown}; left alone")
            for one in unknown
        )
        return not unknown

    def _visible(
        self, title: str, album: LocalAlbum | None, listing: AlbumListing
    ) -> Iterator[RemotePhoto]:
        hidden = album.hidden if album else frozenset()
        for photo in listing.photos:
            if self._filters.hides_remote_photo(title, photo.name):
                continue
            if not hidden or key(photo.name) not in hidden:
                yield photo

    def _may_be_here(self, album: LocalAlbum | None, pair: Pair) -> bool:
        """Whether a photo that was not seen here could yet be, unread or skipped by its path."""
        if album and album.unknown:
            return True
        places = self._explorer.places(pair.album) if self._filters.skip else ()
        return any(self._filters.skips(pair.name, place + pair.name) for place in places)

    def _shown(
        self, album: LocalAlbum | None, listings: Iterable[AlbumListing]
    ) -> LocalAlbum | None:
        """The local album without what the service, or the filters for it, leave alone."""
        hidden = {key(name) for listing in listings for name in listing.hidden}
        if album is None or not (hidden or self._filters.skipserver):
            return album
        hides = self._filters.hides_remote_photo
        shown = tuple(
            photo
            for photo in album.photos
            if key(photo.name) not in hidden and not hides(album.title, photo.name)
        )
        return replace(album, photos=shown)

    @staticmethod
    def _account(
        survey: Survey, listings: Iterable[AlbumListing], visible: Sequence[RemotePhoto]
    ) -> None:
        survey.photos += len(visible)
        for one in listings:
            seen = sum(photo.album_id == one.album.id for photo in visible)
            if not one.others and seen == len(one.photos):
                survey.contents[one.album] = seen
