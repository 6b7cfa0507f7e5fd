"""The equal pairs of a service, those of skipped albums among them."""

from __future__ import annotations

from collections.abc import Container, Mapping

from photosync.compare.compare import Equals
from photosync.compare.hashes import Baselines
from photosync.model import Baseline, Pair
from photosync.naming import PhotoKey


class EqualPairs:
    """Finds an equal pair: among those at hand, or, where its album was skipped, in the
    history.
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
            # Whoever asks for one photo of an album soon asks for the others.
            self._last = album, self._baselines.album(album)
        baseline = self._last[1].get(name)
        if baseline is None:
            return None
        return Pair(baseline.album, baseline.name, None, baseline.remote)
