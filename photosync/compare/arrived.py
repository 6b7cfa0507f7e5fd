"""Which photos that seem deleted on a service were moved there as well as edited, and have
come home from their new place before. Pure.

The run that brought them ended before the old version went, or was not permitted to
delete it. Of that old version no listing tells anything any more, but memory knows one
photo at two places, in two versions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from photosync.compare.elsewhere import leave_album
from photosync.compare.hashes import Baselines
from photosync.model import Baseline, Comparisons, Difference, Whereabouts
from photosync.naming import photo_key

_LEFT_ALONE = frozenset({Whereabouts.ELSEWHERE, Whereabouts.THERE})

IsHere = Callable[[str, str], bool]
"""Tells whether an album has a photo of a name here."""


def find_arrived(
    differences: Sequence[Difference],
    unsettled: Iterable[Difference],
    baselines: Baselines,
    learnt: Iterable[Baseline],
    is_here: IsHere,
) -> list[Difference]:
    """Return the differences, what the service has elsewhere and brought from there as
    arrived.

    `unsettled` as in `find_elsewhere`; `learnt` is what this survey found to be equal.
    """
    missing = {
        found.pair.known.remote.id for found in differences if _is_left_alone(found)
    }
    if not missing:
        return list(differences)
    disputed = {
        photo_key(found.pair.album, found.pair.name)
        for found in (*differences, *unsettled)
    }
    standing: dict[str, list[Baseline]] = {}
    for known in (*baselines.find_by_ids(missing), *learnt):
        place = photo_key(known.album, known.name)
        if place not in disputed and is_here(known.album, known.name):
            standing.setdefault(known.remote.id, []).append(known)
    return [_mark_arrived(found, standing) for found in differences]


def _is_left_alone(difference: Difference) -> bool:
    """Whether a photo seems deleted, and is not by the answer of the service."""
    is_missing = difference.comparison is Comparisons.REMOTE_DELETED
    absence = difference.absence
    return is_missing and absence is not None and absence.whereabouts in _LEFT_ALONE


def _mark_arrived(
    difference: Difference, standing: Mapping[str, Sequence[Baseline]]
) -> Difference:
    if not _is_left_alone(difference):
        return difference
    old = difference.pair.known.remote
    found = [
        known
        for known in standing.get(old.id, ())
        # In the same version it may have been in both albums of Flickr before.
        if None not in {old.md5, known.remote.md5} and old.md5 != known.remote.md5
    ]
    if not found:
        return difference
    places = tuple((known.album, known.name) for known in found)
    # It may be the album that moved: for its service the photo is where it was.
    outside = leave_album(difference, (known.remote for known in found))
    return outside._replace(stands_at=places, absence=None, has_arrived=True)
