"""The pairs of an album that a run may judge. What is hidden, out of sight or gone is
only noted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from photosync.compare.albums import AlbumPair
from photosync.compare.attributes import Asked
from photosync.compare.changes import fill_known_bytes
from photosync.compare.compare import compare
from photosync.compare.findings import Tally
from photosync.compare.followed import follow
from photosync.compare.hashes import Baselines, SurveyDigests
from photosync.compare.pairing import Pairing, pair_photos
from photosync.compare.visibility import Visibility
from photosync.model import Baseline, Comparisons, Pair, Problem


@dataclass(frozen=True, slots=True)
class PairReader:
    """Reads the pairs of albums, and notes in `tally` what there is besides them.

    `known_albums` are the keys of the albums of which the history knows photos.
    """

    visibility: Visibility
    tally: Tally
    baselines: Baselines
    asked: Asked
    digests: SurveyDigests
    known_albums: AbstractSet[str]

    def read(self, album: AlbumPair) -> Iterator[Pair]:
        """Yield the pairs of one album; a photo that is gone on both sides is only
        noted.
        """
        pairs = list(self._list_pairs(album))
        # In a first run nothing is known, and nobody need be asked.
        if self.known_albums:
            pairs = follow(pairs, self.baselines)
        for pair in pairs:
            if album.has_unknown_there(pair):
                # There, a program that looks for duplicates put a link in its place.
                continue
            if pair.local is not None:
                yield pair
            elif self.visibility.may_be_here(album.local, pair):
                # Not seen is not absent: it is left alone on both sides.
                continue
            elif pair.remote is not None:
                yield pair
            elif not self._hides(album, pair.name):
                self.tally.gone[album.title, pair.name] = pair.known

    def note_gone(self, albums: Iterable[str]) -> None:
        """Note the known photos of albums that are on neither side any more."""
        if not self.visibility.tree.is_whole:
            # They may be in the folders that could not be read.
            return
        for key in albums:
            if key not in self.tally.closed:
                self._note_gone_album(key)

    def _note_gone_album(self, key: str) -> None:
        for name, baseline in self.baselines.album(key).items():
            if self.visibility.hides_album(baseline.album):
                # Hidden by a filter that is new since: it may well be there.
                return
            if self.visibility.is_out_of_sight(baseline, is_here=False):
                continue
            if not self.visibility.hides_photo(baseline.album, baseline.name):
                self.tally.gone[baseline.album, name] = baseline

    def note_out_of_sight(self) -> None:
        """Note how many photos are left alone because their root is not named."""
        count = self.tally.out_of_sight
        if not count:
            return
        roots = ", ".join(self.visibility.tree.unseen)
        reason = f"not named in this run; what is known there is left alone ({count})"
        self.tally.problems.append(Problem(roots, reason, failed=False))

    def _list_pairs(self, album: AlbumPair) -> Iterator[Pair]:
        """Yield the pairs of one album, without those of roots that are out of sight."""
        baselines = self._find_baselines(album)
        is_elsewhere = album.local is None and self._is_any_unseen(baselines.values())
        album = album.join_respelt(baselines)
        pairings = pair_photos(
            album.title, album.shown, album.remotes, baselines, self.digests
        )
        for pairing in pairings:
            pair = pairing.pair
            if pairing.duplicates:
                self._note_duplicates(pairing)
            if not is_elsewhere and not self._is_out_of_sight(pair):
                yield pair
            elif self._is_taken_over(pair):
                yield pair._replace(baseline=None)
            else:
                self.tally.out_of_sight += 1

    def _find_baselines(self, album: AlbumPair) -> Mapping[str, Baseline]:
        # In a first run no album is known, and each question to the memory would wait
        # for the threads that read listings.
        if album.key not in self.known_albums:
            return {}
        return self.baselines.album(album.title)

    def _is_any_unseen(self, baselines: Iterable[Baseline]) -> bool:
        return any(
            self.visibility.is_out_of_sight(baseline, is_here=False)
            for baseline in baselines
        )

    def _is_out_of_sight(self, pair: Pair) -> bool:
        if pair.baseline is None:
            return False
        is_here = pair.local is not None
        return self.visibility.is_out_of_sight(pair.baseline, is_here=is_here)

    def _is_taken_over(self, pair: Pair) -> bool:
        """Whether a photo that was in a root out of sight is now in one that is named."""
        if pair.local is None or pair.remote is None:
            return False
        # The photos of a second disk were moved to the first, and its root dropped.
        met = compare(pair._replace(baseline=None), self.asked, self.digests)
        return met.comparison is Comparisons.SAME

    def _note_duplicates(self, pairing: Pairing) -> None:
        pair = pairing.pair
        if pair.remote is not None and pair.baseline is not None:
            # Flickr has no MD5, but that of the downloaded photo is known.
            remote = fill_known_bytes(pair.remote, pair.baseline)
            pairing = pairing._replace(pair=pair._replace(remote=remote))
        self.tally.duplicates.append(pairing)

    def _hides(self, album: AlbumPair, name: str) -> bool:
        return self.visibility.hides_photo(
            album.title, name, album.local, album.hidden_there
        )
