"""The survey of one service: its listing compared with the local tree, as far as the
filters show both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from photosync.compare.absence import ask_absences, confirm_absences
from photosync.compare.agreements import find_agreement
from photosync.compare.albums import (
    AlbumPair,
    AlbumReader,
    ListAlbums,
    list_keys,
    list_now,
)
from photosync.compare.arrived import find_arrived
from photosync.compare.attributes import Asked
from photosync.compare.compare import compare
from photosync.compare.details_survey import DetailsSurvey
from photosync.compare.edited_moves import join_edited_moves
from photosync.compare.elsewhere import find_elsewhere
from photosync.compare.findings import Findings, Tally
from photosync.compare.hashes import Baselines, SurveyDigests
from photosync.compare.moved_twice import join_moved_twice
from photosync.compare.moves import join_moves
from photosync.compare.pairs import PairReader
from photosync.compare.reading import OnRead, Reading, ignore_reading
from photosync.compare.verify import Verifier
from photosync.compare.visibility import Visibility
from photosync.errors import SideError, SideStopped
from photosync.filters import Filters
from photosync.local.explorer import Explorer
from photosync.model import (
    Attributes,
    Comparisons,
    Difference,
    LocalTree,
    Pair,
)
from photosync.naming import name_key
from photosync.services.reading import RemoteReader
from photosync.unforeseen import contain


@dataclass(frozen=True, slots=True)
class Surveyor:
    """Compares services with the local tree, by the attributes that `-c` asks for.

    `stateless` as in `Asked`. `audits`: all is compared anew, even what an earlier run
    found equal. `list_albums` lists the albums of a service.
    """

    explorer: Explorer
    tree: LocalTree
    filters: Filters
    attributes: Attributes
    stateless: bool = False
    audits: bool = False
    on_read: OnRead = ignore_reading
    list_albums: ListAlbums = list_now

    @property
    def asked(self) -> Asked:
        """Which attributes are compared."""
        return Asked.from_attributes(self.attributes, stateless=self.stateless)

    @property
    def visibility(self) -> Visibility:
        """What the filters show."""
        return Visibility(self.explorer, self.tree, self.filters)

    def make_digests(
        self, backend: RemoteReader, baselines: Baselines
    ) -> SurveyDigests:
        """Return the source of the hashes of both sides."""
        return SurveyDigests(self.explorer, backend, baselines, reads_again=self.audits)

    def survey(
        self,
        backend: RemoteReader,
        baselines: Baselines,
        *,
        skip_equal: bool = True,
        verifier: Verifier | None = None,
        details: DetailsSurvey | None = None,
    ) -> Survey:
        """Return the survey of a service, which is asked nothing before that is read.

        `skip_equal`: albums that were equal and have not changed are only counted.
        `verifier` reads some of their photos again all the same, and `details` compares
        titles, keywords and the like.
        """
        return Survey(
            self,
            backend,
            baselines,
            skip_equal=skip_equal,
            verifier=verifier,
            details=details,
        )


class Survey:
    """One service against the local tree: read its differences, then ask its findings.

    It is an iterator that can be read once: it yields each pair with its comparison,
    SAME included. Reading it raises SideError if the service cannot list its albums.
    """

    def __init__(
        self,
        surveyor: Surveyor,
        backend: RemoteReader,
        baselines: Baselines,
        *,
        skip_equal: bool,
        verifier: Verifier | None,
        details: DetailsSurvey | None,
    ) -> None:
        self._details = details
        self._backend = backend
        self._baselines = baselines
        self._verifier = verifier
        self._skip_equal = skip_equal and not surveyor.audits
        self._attributes = surveyor.attributes
        self._on_read = surveyor.on_read
        self._asked = surveyor.asked
        self._visibility = surveyor.visibility
        self._digests = surveyor.make_digests(backend, baselines)
        self._tally = Tally(backend.name, incomplete=not surveyor.tree.is_whole)
        self._known_albums = baselines.albums()
        self._pairs = PairReader(
            self._visibility,
            self._tally,
            baselines,
            self._asked,
            self._digests,
            self._known_albums,
        )
        self._reader = AlbumReader(
            backend, self._visibility, self._tally, baselines, surveyor.list_albums
        )
        # An MD5 that was read of a remote photo is kept, whatever the comparison is.
        self._differences = map(self._digests.fill, self._read())
        self._is_read = False
        self._albums = 0

    def __iter__(self) -> Iterator[Difference]:
        return self._differences

    def findings(self) -> Findings:
        """Return what was found out besides the differences.

        Raises RuntimeError as long as there are differences left to read.
        """
        if not self._is_read:
            raise RuntimeError("findings of a survey that was not read to its end")
        return self._tally.freeze()

    def _read(self) -> Iterator[Difference]:
        single: list[Difference] = []
        unsettled: list[Difference] = []
        for difference in self._read_albums():
            if _is_single(difference):
                # Only once the last album is read it is known whether it was moved.
                single.append(difference)
                continue
            if difference.comparison is not Comparisons.SAME:
                unsettled.append(difference)
            yield difference
        self._tally.problems.extend(self._backend.listing_warnings())
        self._pairs.note_out_of_sight()
        yield from self._join(single, unsettled)
        self._sum_up()

    def _read_albums(self) -> Iterator[Difference]:
        """Yield the differences of all albums, and note those that are gone."""
        fingerprints = self._baselines.fingerprints()
        unseen = set(self._known_albums)
        self._report_reading()
        for album in self._reader.read():
            # A folder that only holds the folders of albums is no album itself.
            self._albums += not album.is_empty
            self._report_reading()
            unseen.discard(album.key)
            sealed = fingerprints.get(album.key)
            yield from self._survey_alone(album, sealed)
        self._pairs.note_gone(unseen)

    def _sum_up(self) -> None:
        """Note what was learnt on the way, once all differences are read."""
        self._tally.problems.extend(self._digests.problems)
        if self._verifier:
            self._tally.problems.extend(self._verifier.finish())
        if self._details:
            self._tally.problems.extend(self._details.problems)
            self._tally.details.extend(self._details.agreed)
        self._tally.read.update(self._digests.read_whole)
        self._is_read = True

    def _survey_alone(
        self, album: AlbumPair, sealed: str | None
    ) -> Sequence[Difference]:
        """Return the differences of an album; none where it fails and is not known."""
        try:
            with contain(album.title):
                return self._survey_album(album, sealed)
        except SideStopped:
            raise
        except SideError as error:
            self._tally.leave_alone(album.title, str(error))
            return ()

    def _survey_album(
        self, album: AlbumPair, sealed: str | None
    ) -> Sequence[Difference]:
        """Return the differences of an album; none where its fingerprint is still the
        `sealed` one of the run that found it equal.
        """
        album.count_in(self._tally)
        listed = self._details.find_listed(album.remotes) if self._details else []
        fingerprint = album.find_fingerprint(self._attributes, listed)
        is_as_sealed = fingerprint == sealed
        is_due = self._verifier is not None and self._verifier.has_due(album.key)
        may_skip = self._skip_equal and not is_due
        if may_skip and is_as_sealed:
            # Nearly all albums on nearly all days: nothing changed on either side.
            self._tally.equal_albums[album.key] = len(album.remotes)
            return ()
        gone_before = len(self._tally.gone)
        differences = list(self._compare_album(album))
        # Of an album that both sides renamed the emptied folder may be left there. The
        # run that brings its photos together may be cut, and the next one needs them.
        is_any_gone = len(self._tally.gone) > gone_before
        is_equal = self._learn_all(differences) and album.may_be_equal
        is_equal = is_equal and not is_any_gone
        if is_equal and not is_as_sealed:
            self._tally.fingerprints[album.title] = fingerprint
        elif is_as_sealed and not is_equal:
            # An audit found a photo that lost bytes: the album is equal no longer.
            self._tally.fingerprints[album.title] = ""
        return differences

    def _learn_all(self, differences: Sequence[Difference]) -> bool:
        """Note what both sides agree on; return whether that is all of the album."""
        agrees_on_all = True
        for difference in differences:
            agrees = self._learn(difference)
            merge = difference.details
            has_open_details = merge is not None and not merge.is_settled
            if not agrees or has_open_details:
                agrees_on_all = False
        return agrees_on_all

    def _join(
        self, single: Sequence[Difference], unsettled: Sequence[Difference]
    ) -> Iterator[Difference]:
        """Yield the differences of photos that only one side of their album has."""
        self._tally.keep_old_places(unsettled)
        joined = join_moves(single, self._digests, self._is_taken)
        joined = self._join_moved_twice(joined)
        joined = join_edited_moves(joined, self._digests)
        found = find_elsewhere(joined, unsettled, self._digests)
        found = confirm_absences(found, self._backend)
        yield from find_arrived(
            found, unsettled, self._baselines, self._tally.baseline, self._is_here
        )

    def _join_moved_twice(self, differences: Sequence[Difference]) -> list[Difference]:
        """Return the differences with those of photos that both sides moved joined.

        The memory keeps what it knows of these photos, as it may be needed once more
        before the move is carried out.
        """
        gone = self._tally.gone
        ask = partial(ask_absences, self._backend)
        joined = join_moved_twice(
            differences, gone.values(), self._digests, ask, self._is_taken
        )
        moved = {found.pair.baseline for found in joined if found.origin}
        for place in [place for place, known in gone.items() if known in moved]:
            del gone[place]
        return joined

    def _is_taken(self, album: str, name: str) -> bool:
        """Whether an album has a photo of a name, here or by history."""
        is_known = name_key(name) in self._baselines.album(album)
        return is_known or self._is_here(album, name)

    def _is_here(self, album: str, name: str) -> bool:
        """Whether an album has a photo of a name here."""
        here = self._visibility.tree.albums.get(name_key(album))
        return here is not None and name_key(name) in list_keys(here)

    def _compare_album(self, album: AlbumPair) -> Iterator[Difference]:
        for pair in self._pairs.read(album):
            difference = compare(pair, self._asked, self._digests)
            if difference.touched and self._is_not_worth_a_call(pair):
                difference = difference._replace(touched=False)
            difference = self._digests.resolve(difference)
            difference = self._verify(difference)
            if self._details:
                difference = self._details.compare(difference)
            yield difference

    def _verify(self, difference: Difference) -> Difference:
        """Return the difference as its photos are when read again, where that is due."""
        if self._verifier is None or not self._verifier.is_due(difference):
            return difference
        difference = self._verifier.verify(difference)
        # An album of films takes a while to read.
        self._report_reading()
        return difference

    def _report_reading(self) -> None:
        verified, due = self._verifier.progress if self._verifier else (0, 0)
        self._on_read(self._backend.name, Reading(self._albums, verified, due))

    def _is_not_worth_a_call(self, pair: Pair) -> bool:
        """Whether only the date of an equal photo would be written there.

        A library restored from a backup has the date of today. Writing that to Flickr,
        photo by photo, would take the calls of a day. Where a killed run left the tags
        of the old bytes there, they are written all the same.
        """
        if not self._backend.capabilities.dates_cost_calls:
            return False
        local, remote = pair.both
        return remote.md5 is not None and remote.md5 == self._digests.local(local)

    def _learn(self, difference: Difference) -> bool:
        """Return whether both sides agree; note what the history does not know of it."""
        agreement = find_agreement(difference, self._asked, self._digests)
        if agreement is None:
            return False
        if not agreement.is_known:
            self._tally.baseline.append(agreement.baseline)
        return True


def _is_single(difference: Difference) -> bool:
    pair = difference.pair
    return pair.local is None or pair.remote is None
