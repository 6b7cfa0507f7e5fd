"""Photos that were edited and whose names changed in case, on a disk that takes both
names for one. Pure.

Such a disk cannot hold the new photo beside the old one. So first the edit goes to the
other side, under the old name; the next run finds only a change of case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeVar

from photosync.compare.changes import is_as_agreed_here, is_as_agreed_there
from photosync.model import Baseline, LocalPhoto, RemotePhoto
from photosync.naming import fold_name, name_key

_PhotoT = TypeVar("_PhotoT", LocalPhoto, RemotePhoto)


def join_respelt(
    here: Sequence[LocalPhoto],
    there: Sequence[RemotePhoto],
    baselines: Mapping[str, Baseline],
) -> tuple[Sequence[LocalPhoto], Sequence[RemotePhoto]]:
    """Return the photos of an album on both sides, with their old names where they were
    edited and changed their case.
    """
    keys_here = {name_key(photo.name) for photo in here}
    keys_there = {name_key(photo.name) for photo in there}
    gone_here = _index_folded(baselines, keys_there - keys_here)
    gone_there = _index_folded(baselines, keys_here - keys_there)
    # A photo that is known, or on both sides, has kept its name.
    settled = (keys_here & keys_there) | baselines.keys()
    named_here = _name_all(here, gone_here, settled, is_as_agreed_here)
    named_there = _name_all(there, gone_there, settled, is_as_agreed_there)
    return named_here, named_there


def _index_folded(
    baselines: Mapping[str, Baseline], keys: AbstractSet[str]
) -> dict[str, Baseline]:
    """Return the baselines of these photos by their names without case."""
    known_keys = keys & baselines.keys()
    return {fold_name(key): baselines[key] for key in known_keys}


def _name_all(
    photos: Sequence[_PhotoT],
    gone: dict[str, Baseline],
    settled: AbstractSet[str],
    is_as_agreed: Callable[[_PhotoT, Baseline], bool],
) -> list[_PhotoT]:
    """Return the photos of one side, edited ones under the names of photos that are
    `gone` from it.
    """
    named: list[_PhotoT] = []
    for photo in photos:
        folded = fold_name(photo.name)
        baseline = gone.get(folded)
        is_new = name_key(photo.name) not in settled
        if baseline is None or not is_new:
            named.append(photo)
        elif is_as_agreed(photo, baseline):
            # Nobody edited it: it was only renamed, which is a move.
            named.append(photo)
        else:
            named.append(photo._replace(name=baseline.name))
            # A.jpg and A.JPG are two photos, even if a.jpg is gone: one gets its name.
            del gone[folded]
    return named
