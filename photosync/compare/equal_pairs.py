"""The pairs of a service that have nothing to do, those of skipped albums among them."""

from __future__ import annotations

from collections.abc import Container, Mapping

from photosync.compare.compare import Equals
from photosync.compare.hashes import Baselines
from photosync.model import Baseline, Pair
from photosync.naming import PhotoKey


class EqualPairs:
    """Finds a pair that was found equal: among those at hand, else in the history of
    its album.
    """

    def __init__(
        self, at_hand: Equals, equal_albums: Container[str], baselines: Baselines
    ) -> None:
        self._at_hand = at_hand
        self._equal_albums = equal_albums
        self._baselines = baselines
        self._last: tuple[str, Mapping[str, Baseline]] = "", {}

    def get(self, place: PhotoKey, /) -> Pair | None:
        album, name = place
        if album not in self._equal_albums:
            return self._at_hand.get(place)
        if self._last[0] != album:
            # One photo of an album is seldom asked for without the others.
            self._last = album, self._baselines.album(album)
        baseline = self._last[1].get(name)
        if baseline is None:
            return None
        return Pair(baseline.album, baseline.name, None, baseline.remote)
