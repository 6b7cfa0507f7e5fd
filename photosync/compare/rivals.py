"""Two services that hold other bytes under one name: the file here is equal to one of
them at most. Pure. The file is read by what is given for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from photosync.compare.attributes import is_known_to_differ
from photosync.compare.compare import Equals
from photosync.errors import SideError
from photosync.model import Comparisons, Difference, LocalPhoto, Pair
from photosync.naming import PhotoKey

ReadMd5 = Callable[[LocalPhoto], str]
"""Returns the MD5 of a file in hex; raises SideError when it cannot be read."""


class EqualPhotos(NamedTuple):
    """What passed for equal on one service: `compared` in this run, `known` of all."""

    service: str
    compared: Mapping[PhotoKey, Pair]
    known: Equals


def find_disputed(
    sides: Sequence[EqualPhotos], read_md5: ReadMd5
) -> Mapping[str, Sequence[Difference]]:
    """Return by service what cannot be equal to the file here, as another one holds
    other bytes.

    Date and size made two unrelated photos pass for equal with the same file.
    """
    disputed: dict[str, list[Difference]] = {}
    for place, local in _find_contradictions(sides).items():
        for side in sides:
            pair = side.known.get(place)
            if pair is not None and not _is_proved(pair, local, read_md5):
                pair = pair._replace(local=local)
                difference = Difference(pair, Comparisons.CONFLICT)
                disputed.setdefault(side.service, []).append(difference)
    return disputed


def _find_contradictions(
    sides: Sequence[EqualPhotos],
) -> Mapping[PhotoKey, LocalPhoto]:
    """Return the places where services are known to hold other bytes than another."""
    found: dict[PhotoKey, LocalPhoto] = {}
    for side in sides:
        others = [other for other in sides if other is not side]
        found.update(_find_contradicted(side, others))
    return found


def _find_contradicted(
    side: EqualPhotos, others: Iterable[EqualPhotos]
) -> Iterator[tuple[PhotoKey, LocalPhoto]]:
    for place, pair in side.compared.items():
        md5 = _md5_there(pair)
        if md5 is None or pair.local is None:
            continue
        for other in others:
            other_pair = other.known.get(place)
            if other_pair and is_known_to_differ(md5, _md5_there(other_pair)):
                yield place, pair.local


def _md5_there(pair: Pair) -> str | None:
    return pair.remote.md5 if pair.remote else None


def _is_proved(pair: Pair, local: LocalPhoto, read_md5: ReadMd5) -> bool:
    """Whether nothing is known of a pair that speaks against its being equal."""
    md5 = _md5_there(pair)
    if md5 is None:
        return True
    try:
        return read_md5(local) == md5
    except SideError:
        # Whichever of them it is that differs: nothing is done about either.
        return False
