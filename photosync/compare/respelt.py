"""Photos that were edited, and whose names changed their case, on a disk that takes both
names for one. Pure.

Such a disk cannot hold the new one beside the old one until that is deleted. So first
the edit goes to the other side, under the old name; then it is a change of case only.
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
    """Return the photos of an album, under their old names where they were edited, too."""
    keys_here = {name_key(photo.name) for photo in here}
    keys_there = {name_key(photo.name) for photo in there}
    gone_here = _index_folded(baselines, keys_there - keys_here)
    gone_there = _index_folded(baselines, keys_here - keys_there)
    # What is known or on both sides is no other photo respelt.
    settled = (keys_here & keys_there) | baselines.keys()
    named_here = _name_all(here, gone_here, settled, is_as_agreed_here)
    named_there = _name_all(there, gone_there, settled, is_as_agreed_there)
    return named_here, named_there


def _index_folded(
    baselines: Mapping[str, Baseline], keys: AbstractSet[str]
) -> dict[str, Baseline]:
    """Return the baselines of some photos, by what all spellings of a name share."""
    return {fold_name(key): baselines[key] for key in keys & baselines.keys()}


def _name_all(
    photos: Sequence[_PhotoT],
    gone: dict[str, Baseline],
    settled: AbstractSet[str],
    is_as_agreed: Callable[[_PhotoT, Baseline], bool],
) -> list[_PhotoT]:
    named: list[_PhotoT] = []
    for photo in photos:
        baseline = gone.get(fold_name(photo.name))
        is_new = name_key(photo.name) not in settled
        # One that nobody edited is only renamed.
        if baseline and is_new and not is_as_agreed(photo, baseline):
            named.append(photo._replace(name=baseline.name))
            # A.jpg and A.JPG are two even if a.jpg is gone.
            del gone[fold_name(photo.name)]
        else:
            named.append(photo)
    return named
