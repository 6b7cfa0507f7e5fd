"""Where a photo that seems deleted still stands on the side that lacks it. Pure.

It was moved there to a name that another photo has on the other side, as two cameras
count alike. That is no move that could be followed, but it is no delete either.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from photosync.compare.attributes import Digests
from photosync.compare.moves import find_md5_gone_here, find_md5_gone_there
from photosync.errors import SideError
from photosync.model import Comparisons, Difference, LocalPhoto, RemotePhoto

_SETTLED = frozenset(
    {Comparisons.SAME, Comparisons.LOCAL_MOVED, Comparisons.REMOTE_MOVED}
)
"""The comparisons of photos that both sides have, whatever each calls them."""

_Places = tuple[tuple[str, str], ...]
"""Albums and names."""


def find_elsewhere(
    joined: Sequence[Difference], unsettled: Iterable[Difference], digests: Digests
) -> list[Difference]:
    """Return the differences, those of photos that seem deleted with their other places.

    `joined` are the differences of photos on one side, moves among them; `unsettled` are
    those of pairs that are not known to be equal.
    """
    candidates = list(unsettled)
    candidates += [found for found in joined if found.comparison not in _SETTLED]
    here = _LocalPlaces(candidates, digests)
    there = _RemotePlaces(candidates, digests)
    return [_place(difference, here, there) for difference in joined]


def _place(
    difference: Difference, here: _LocalPlaces, there: _RemotePlaces
) -> Difference:
    if difference.comparison is Comparisons.LOCAL_DELETED:
        return difference._replace(stands_at=here.find(difference))
    if difference.comparison is Comparisons.REMOTE_DELETED:
        places = there.find(difference)
        outside = there.leave_album(difference)
        return outside._replace(stands_at=places)
    return difference


class _LocalPlaces:
    """Finds a photo that vanished here, by its bytes."""

    def __init__(self, candidates: Iterable[Difference], digests: Digests) -> None:
        self._digests = digests
        self._by_size: dict[int, list[Difference]] = {}
        for found in candidates:
            local = found.pair.local
            if local is not None:
                self._by_size.setdefault(local.size, []).append(found)

    def find(self, old: Difference) -> _Places:
        baseline = old.pair.baseline
        if baseline is None or baseline.local is None:
            return ()
        # A photo of another size is another photo: nothing need be read for that.
        alike = self._by_size.get(baseline.local.size)
        if not alike:
            return ()
        md5 = find_md5_gone_here(old, self._digests)
        holding = [found for found in alike if self._may_hold(found.pair.local, md5)]
        return tuple((found.pair.album, found.pair.name) for found in holding)

    def _may_hold(self, local: LocalPhoto | None, md5: str | None) -> bool:
        if local is None or md5 is None:
            return False
        try:
            return self._digests.local(local) == md5
        except SideError:
            # It has that very size, and a bad sector: it may well be the one.
            return True


class _RemotePlaces:
    """Finds a photo that vanished there, by its id or its bytes."""

    def __init__(self, candidates: Iterable[Difference], digests: Digests) -> None:
        self._digests = digests
        self._by_id: dict[str, list[Difference]] = {}
        self._by_size: dict[int | None, list[Difference]] = {}
        for found in candidates:
            remote = found.pair.remote
            if remote is not None:
                self._by_id.setdefault(remote.id, []).append(found)
                self._by_size.setdefault(remote.size, []).append(found)

    def find(self, old: Difference) -> _Places:
        baseline = old.pair.baseline
        if baseline is None:
            return ()
        # One id is one photo, whatever its bytes are by now.
        found = list(self._by_id.get(baseline.remote.id, ()))
        alike: Sequence[Difference] = ()
        if baseline.remote.size is not None:
            alike = self._by_size.get(baseline.remote.size, ())
        if alike:
            md5 = find_md5_gone_there(old, self._digests)
            found += [other for other in alike if self._holds(other.pair.remote, md5)]
        places = ((other.pair.album, other.pair.name) for other in found)
        return tuple(dict.fromkeys(places))

    def leave_album(self, old: Difference) -> Difference:
        """Return a vanished photo without its album, if that has another title by now."""
        alike = self._by_id.get(old.pair.known.remote.id, ())
        return leave_album(old, (found.pair.remote for found in alike))

    def _holds(self, remote: RemotePhoto | None, md5: str | None) -> bool:
        if remote is None or md5 is None:
            return False
        return self._digests.remote(remote) == md5


def leave_album(old: Difference, standing: Iterable[RemotePhoto | None]) -> Difference:
    """Return a vanished photo without its album, if it stands in that under another title
    by now.

    Asked for it, the service would say that the photo is in this album after all.
    """
    remote = old.pair.known.remote
    if remote.album_id not in {photo.album_id for photo in standing if photo}:
        return old
    known = old.pair.known._replace(remote=remote._replace(album_id=""))
    return old._replace(pair=old.pair._replace(baseline=known))
