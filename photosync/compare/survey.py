"""Looking at one service: its listing, as far as the filters show it, against the local
tree.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from photosync.compare.attributes import Asked
from photosync.compare.changes import is_as_agreed_here, is_as_agreed_there
from photosync.compare.compare import Equals, compare
from photosync.compare.hashes import History, SurveyDigests
from photosync.compare.moves import join_moves
from photosync.compare.pairing import pair_photos
from photosync.errors import SideError
from photosync.filters import Filters
from photosync.local.explorer import Explorer
from photosync.media import find_moment
from photosync.model import (
    Attributes,
    Baseline,
    Comparisons,
    Difference,
    LocalAlbum,
    LocalPhoto,
    LocalTree,
    Observations,
    Pair,
    Problem,
    RemoteAlbum,
    RemotePhoto,
)
from photosync.naming import PhotoKey, name_key
from photosync.services.base import AlbumListing, Backend


class EqualPairs:
    """Finds a pair that was found equal: among those at hand, else in the history of
    its album.
    """

    def __init__(
        self, at_hand: Equals, equal_albums: Container[str], history: History
    ) -> None:
        self._at_hand = at_hand
        self._equal_albums = equal_albums
        self._history = history

    def get(self, place: PhotoKey, /) -> Pair | None:
        album, name = place
        if album not in self._equal_albums:
            return self._at_hand.get(place)
        baseline = self._history.album(album).get(name)
        return (
            Pair(baseline.album, baseline.name, None, baseline.remote)
            if baseline
            else None
        )


@dataclass(frozen=True, slots=True)
class Findings:
    """What a survey found out about one service besides the differences.

    `photos` counts the visible remote photos; `contents` holds for each album that
    could be removed once its visible photos are gone how many these are; `titles`
    counts the remote albums of each title. Nothing may be put into the albums `closed`,
    nor under the names `hidden`. `equal_albums` counts the pairs of albums that were
    skipped because nothing changed. `duplicates` holds each further photo of one name
    with its album and the photo it repeats.
    """

    service: str
    photos: int
    contents: Mapping[RemoteAlbum, int]
    titles: Mapping[str, int]
    closed: AbstractSet[str]
    hidden: AbstractSet[PhotoKey]
    problems: Sequence[Problem]
    incomplete: bool
    equal_albums: Mapping[str, int]
    duplicates: Sequence[tuple[str, RemotePhoto, RemotePhoto]]
    observations: Observations

    def duplicate_problems(self) -> list[Problem]:
        """Return one notice for each further photo of one name."""
        problems = []
        for album, duplicate, _ in self.duplicates:
            reason = f"{self.service} holds this name twice; id {duplicate.id} left alone (see -dd)"
            subject = f"{album}/{duplicate.name}"
            problems.append(Problem(subject, reason, failed=False))
        return problems


@dataclass(slots=True)
class _Tally:
    """The findings of a survey that is still being read."""

    service: str
    photos: int = 0
    contents: dict[RemoteAlbum, int] = field(default_factory=dict)
    titles: dict[str, int] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    hidden: set[tuple[str, str]] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    incomplete: bool = False
    equal_albums: dict[str, int] = field(default_factory=dict)
    fingerprints: dict[str, str] = field(default_factory=dict)
    baseline: list[Baseline] = field(default_factory=list)
    gone: list[tuple[str, str]] = field(default_factory=list)
    duplicates: list[tuple[str, RemotePhoto, RemotePhoto]] = field(default_factory=list)

    def freeze(self) -> Findings:
        observations = Observations(
            tuple(self.baseline),
            tuple(self.gone),
            dict(self.fingerprints),
            self.photos,
            self.incomplete,
        )
        return Findings(
            service=self.service,
            photos=self.photos,
            contents=dict(self.contents),
            titles=dict(self.titles),
            closed=frozenset(self.closed),
            hidden=frozenset(self.hidden),
            problems=tuple(self.problems),
            incomplete=self.incomplete,
            equal_albums=dict(self.equal_albums),
            duplicates=tuple(self.duplicates),
            observations=observations,
        )


class Survey:
    """One service against the local tree: read its differences, then ask its findings.

    An iterator, to be read once: every pair with its comparison, SAME included.
    Reading raises SideError if the service cannot tell its albums.
    """

    def __init__(self, differences: Iterator[Difference], tally: _Tally) -> None:
        self._differences = differences
        self._tally = tally
        self._is_read = False

    def __iter__(self) -> Iterator[Difference]:
        yield from self._differences
        self._is_read = True

    def findings(self) -> Findings:
        """Return what was found out besides the differences.

        Raises RuntimeError while there are differences left to read.
        """
        if not self._is_read:
            raise RuntimeError("findings of a survey that was not read to its end")
        return self._tally.freeze()


class _Album(NamedTuple):
    """One album on both sides: `remotes` and `shown` are what the filters show of
    it.
    """

    title: str
    local: LocalAlbum | None
    shown: LocalAlbum | None
    listings: Sequence[AlbumListing]
    remotes: Sequence[RemotePhoto]
    hidden_there: AbstractSet[str]

    @property
    def is_plain(self) -> bool:
        """Whether nothing but pairs can be in it: all that is here is there, and
        known.
        """
        here = self.shown.photos if self.shown else ()
        return len(here) == len(self.remotes) and not (
            self.local and self.local.unknown
        )


class Surveyor:
    """Compares one service with the local tree, album by album."""

    def __init__(
        self,
        explorer: Explorer,
        tree: LocalTree,
        filters: Filters,
        attributes: Attributes,
    ) -> None:
        self._explorer = explorer
        self._tree = tree
        self._filters = filters
        self._attributes = int(attributes)
        self._only_sizes = attributes is Attributes.SIZE
        self._asked = Asked.from_attributes(attributes)

    def survey(
        self, backend: Backend, history: History, *, skip_equal: bool = True
    ) -> Survey:
        """Return the survey of a service; nothing is asked of it before it is read.

        `skip_equal`: pairs of albums that are equal as they were are only counted.
        """
        tally = _Tally(backend.name)
        differences = self._differences(backend, tally, history, skip_equal=skip_equal)
        return Survey(differences, tally)

    def _differences(
        self,
        backend: Backend,
        survey: _Tally,
        history: History,
        *,
        skip_equal: bool,
    ) -> Iterator[Difference]:
        digests = SurveyDigests(self._explorer, backend, history)
        alone: list[Difference] = []
        unseen, fingerprints = set(history.albums()), history.fingerprints()
        survey.incomplete = bool(self._tree.unreadable)
        for album in self._albums(backend, survey):
            unseen.discard(name_key(album.title))
            self._account(survey, album)
            survey.hidden |= {
                (name_key(album.title), name) for name in album.hidden_there
            }
            fingerprint = self._fingerprint(album)
            if skip_equal and fingerprint == fingerprints.get(name_key(album.title)):
                survey.equal_albums[name_key(album.title)] = len(album.remotes)
                continue
            equal = album.is_plain
            for pair in self._pairs(album, survey, history, digests):
                difference = digests.settled(compare(pair, self._asked, digests))
                if pair.local is None or pair.remote is None:
                    alone.append(difference)
                    equal = False
                else:
                    learnt = _learn(
                        difference, survey, digests, only_sizes=self._only_sizes
                    )
                    equal = equal and learnt
                    yield difference
            if equal and fingerprint != fingerprints.get(name_key(album.title)):
                survey.fingerprints[album.title] = fingerprint
        survey.problems.extend(backend.listing_warnings())
        self._forget(unseen, survey, history)
        yield from join_moves(alone, digests)

    def _fingerprint(self, album: _Album) -> str:
        """What changes whenever anything does that the comparison of an album goes
        by.
        """
        here = album.shown.photos if album.shown else ()
        facts = (self._attributes, here, sorted(album.remotes))
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()

    def _pairs(
        self, album: _Album, survey: _Tally, history: History, digests: SurveyDigests
    ) -> Iterator[Pair]:
        """The pairs of one album; those that are gone on both sides are only noted."""
        title = album.title
        past = history.album(title)
        for pair, duplicates in pair_photos(
            title, album.shown, album.remotes, past, digests
        ):
            if pair.remote is not None:
                survey.duplicates += [
                    (title, duplicate, pair.remote) for duplicate in duplicates
                ]
            if pair.local is not None:
                yield pair
            elif self._may_be_here(album.local, pair):
                continue
            elif pair.remote is not None:
                yield pair
            elif not self._is_hidden(title, pair.name, album.local, album.hidden_there):
                survey.gone.append((title, pair.name))

    def _forget(self, albums: Iterable[str], survey: _Tally, history: History) -> None:
        """Note what history knows of albums that are on neither side any more."""
        if self._tree.unreadable:
            return
        for one in albums:
            for name, baseline in history.album(one).items():
                if one in survey.closed or self._is_out_of_bounds(baseline.album):
                    break
                if not self._is_hidden(
                    baseline.album, baseline.name, None, frozenset()
                ):
                    survey.gone.append((baseline.album, name))

    def _is_out_of_bounds(self, title: str) -> bool:
        return self._filters.hides_remote_album(title) or self._explorer.hides_album(
            title
        )

    def _is_hidden(
        self, title: str, name: str, album: LocalAlbum | None, there: AbstractSet[str]
    ) -> bool:
        """Whether the filters, here or there, would not show a photo even if there were
        one.
        """
        here = album.hidden if album else frozenset[str]()
        return (
            name_key(name) in here
            or name_key(name) in there
            or self._filters.hides_remote_photo(title, name)
        )

    def _albums(self, backend: Backend, survey: _Tally) -> Iterator[_Album]:
        """Local and remote albums of one title together; titles that nobody may touch
        left out.
        """
        wanted: dict[str, list[RemoteAlbum]] = {}
        for remote in backend.albums():
            survey.titles[name_key(remote.title)] = (
                survey.titles.get(name_key(remote.title), 0) + 1
            )
            if self._in_bounds(remote, survey):
                wanted.setdefault(name_key(remote.title), []).append(remote)
        waiting: dict[str, list[AlbumListing]] = {}
        for listing in backend.photos(
            [album for albums in wanted.values() for album in albums]
        ):
            title = name_key(listing.album.title)
            waiting.setdefault(title, []).append(listing)
            if len(waiting[title]) == len(wanted[title]):
                found = waiting.pop(title)
                if self._complete(found, survey):
                    album = self._tree.albums.get(title)
                    name = album.title if album else listing.album.title
                    yield self._album(backend, name, album, found)
        for title, album in self._tree.albums.items():
            if title not in wanted and not self._filters.hides_remote_album(
                album.title
            ):
                yield self._album(backend, album.title, album, [])

    def _album(
        self,
        backend: Backend,
        title: str,
        local: LocalAlbum | None,
        listings: Sequence[AlbumListing],
    ) -> _Album:
        remotes = [
            photo for one in listings for photo in self._visible(title, local, one)
        ]
        hidden = {name_key(name) for listing in listings for name in listing.hidden}
        if self._filters.date_limit:
            hidden |= self._too_old(backend, local, remotes)
            remotes = [photo for photo in remotes if name_key(photo.name) not in hidden]
        return _Album(
            title, local, self._shown(local, hidden), listings, remotes, hidden
        )

    def _too_old(
        self, backend: Backend, local: LocalAlbum | None, remotes: Iterable[RemotePhoto]
    ) -> set[str]:
        """Names of photos taken before the limit: by the file here, else as the service
        tells.
        """
        limit = self._filters.date_limit
        here = {
            name_key(photo.name): photo for photo in (local.photos if local else ())
        }
        old = {
            name
            for name, photo in here.items()
            if _taken(self._explorer, photo) < limit
        }
        return old | {
            name_key(photo.name)
            for photo in remotes
            if name_key(photo.name) not in here and _taken_there(backend, photo) < limit
        }

    def _in_bounds(self, album: RemoteAlbum, survey: _Tally) -> bool:
        if self._is_out_of_bounds(album.title):
            survey.closed.add(name_key(album.title))
            return False
        if self._tree.unreadable and name_key(album.title) not in self._tree.albums:
            reason = (
                f"only on {survey.service}, but some local folders could not be read; "
                "left alone"
            )
            survey.problems.append(Problem(album.title, reason, failed=False))
            survey.closed.add(name_key(album.title))
            return False
        return True

    @staticmethod
    def _complete(listings: Sequence[AlbumListing], survey: _Tally) -> bool:
        unknown = [listing for listing in listings if listing.unknown]
        survey.problems.extend(
            Problem(f"{survey.service} {one.album.title}", f"{one.unknown}; left alone")
            for one in unknown
        )
        survey.closed |= {name_key(one.album.title) for one in unknown}
        survey.incomplete |= bool(unknown)
        return not unknown

    def _visible(
        self, title: str, album: LocalAlbum | None, listing: AlbumListing
    ) -> Iterator[RemotePhoto]:
        hidden = album.hidden if album else frozenset()
        for photo in listing.photos:
            if self._filters.hides_remote_photo(title, photo.name):
                continue
            if not hidden or name_key(photo.name) not in hidden:
                yield photo

    def _may_be_here(self, album: LocalAlbum | None, pair: Pair) -> bool:
        """Whether a photo that was not seen here could yet be, unread or skipped by its
        path.
        """
        if album and album.unknown:
            return True
        places = self._explorer.list_places(pair.album) if self._filters.skip else ()
        return any(
            self._filters.skips(pair.name, place + pair.name) for place in places
        )

    def _shown(
        self, album: LocalAlbum | None, hidden: AbstractSet[str]
    ) -> LocalAlbum | None:
        """The local album without what the service, or the filters for it, leave
        alone.
        """
        if album is None or not (hidden or self._filters.skipserver):
            return album
        hides = self._filters.hides_remote_photo
        shown = tuple(
            photo
            for photo in album.photos
            if name_key(photo.name) not in hidden and not hides(album.title, photo.name)
        )
        return replace(album, photos=shown)

    @staticmethod
    def _account(survey: _Tally, album: _Album) -> None:
        survey.photos += len(album.remotes)
        for one in album.listings:
            seen = sum(photo.album_id == one.album.id for photo in album.remotes)
            if not one.others and seen == len(one.photos):
                survey.contents[one.album] = seen


def _taken(explorer: Explorer, photo: LocalPhoto) -> str:
    try:
        return explorer.taken(photo)
    except SideError:
        # What cannot be read is not old for all we know; comparing it tells of it.
        return _FUTURE


def _taken_there(backend: Backend, photo: RemotePhoto) -> str:
    told = backend.taken(photo)
    if told or photo.modified_ns is None:
        return told or _FUTURE
    return find_moment("", photo.modified_ns, photo.name).text


_FUTURE = "9999"


def _learn(
    difference: Difference, survey: _Tally, digests: SurveyDigests, *, only_sizes: bool
) -> bool:
    """Note an equal pair of which history does not know all; whether the pair is just
    equal.
    """
    pair = difference.pair
    if difference.comparison is not Comparisons.SAME or difference.touched:
        return False
    assert pair.local is not None
    assert pair.remote is not None
    remote = pair.remote
    if remote.marked:
        remote = remote._replace(marked=False)
    if remote.md5 is None and remote.id in digests.read:
        remote = remote._replace(md5=digests.read[remote.id])
    baseline = pair.baseline
    if remote.size not in {None, pair.local.size}:
        # They pass for the same by their dates; that anything else is equal, nobody
        # looked at.
        return False
    touched = baseline and not (
        is_as_agreed_here(pair.local, baseline) and is_as_agreed_there(remote, baseline)
    )
    if touched and only_sizes:
        return False
    if (
        baseline is None
        or baseline.remote != remote
        or not is_as_agreed_here(pair.local, baseline)
    ):
        survey.baseline.append(Baseline(pair.album, pair.name, pair.local.stat, remote))
    return True
