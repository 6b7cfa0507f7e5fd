"""Two services that have different bytes under one name: the file here can be equal to
only one of them. Pure; the file is read by a function that the caller gives.
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
    """The pairs of a service that passed for equal: those `compared` in this run, and all
    that are `known`.
    """

    service: str
    compared: Mapping[PhotoKey, Pair]
    known: Equals


def find_disputed(
    sides: Sequence[EqualPhotos], read_md5: ReadMd5
) -> Mapping[str, Sequence[Difference]]:
    """Return, by service, a CONFLICT for each pair that is not equal after all.

    By date and size, the file here passed for equal with two unrelated photos. Bytes
    that differ between the services show it, and the MD5 of the file decides.
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
    """Return the places where two services are known to have different bytes, each with
    the file here.
    """
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
    """Whether nothing that is known speaks against a pair being equal."""
    md5 = _md5_there(pair)
    if md5 is None:
        return True
    try:
        return read_md5(local) == md5
    except SideError:
        # Nobody can say which of the services is equal: nothing is done about either.
        return False
