"""Photos that both sides have at one new place, and what is known of them from their old
one. Pure.

Somebody sorted a photo into another album here, and by hand on the service as well; or an
album got one new title on both sides. Met there as strangers, an edit on Flickr would pass
for equal: its photo bears the marks of what was once sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from photosync.compare.changes import is_as_agreed_here
from photosync.compare.hashes import Baselines
from photosync.model import Baseline, Pair, is_same_version


def follow(pairs: Sequence[Pair], baselines: Baselines) -> list[Pair]:
    """Return the pairs of an album, new ones with what is known of the photo at another
    place, if the file here is as it was agreed on there.
    """
    new_ids = {
        pair.remote.id
        for pair in pairs
        if pair.baseline is None and pair.local is not None and pair.remote is not None
    }
    if not new_ids:
        return list(pairs)
    known: dict[str, list[Baseline]] = {}
    for baseline in baselines.find_by_ids(new_ids):
        known.setdefault(baseline.remote.id, []).append(baseline)
    return [_follow(pair, known) for pair in pairs]


def _follow(pair: Pair, known: Mapping[str, Sequence[Baseline]]) -> Pair:
    if pair.baseline is not None or pair.local is None or pair.remote is None:
        return pair
    old = _choose(pair, known.get(pair.remote.id, ()))
    if old is None:
        return pair
    # The memory has it at another place, so that it is to be learnt in any case.
    here = old._replace(album=pair.album, name=pair.name, path="")
    return pair._replace(baseline=here)


def _choose(pair: Pair, olds: Sequence[Baseline]) -> Baseline | None:
    """Return what tells most of a pair: of a photo in two albums of Flickr memory may know
    two versions.
    """
    local, remote = pair.both
    agreed = [old for old in olds if is_as_agreed_here(local, old)]
    for old in agreed:
        if is_same_version(old.remote.version, remote.version):
            return old
    return agreed[0] if agreed else None
