"""How a pair of photos becomes a comparison. Pure: what must be read is asked of `Digests`.

The asked attributes are checked in the order date, size, hash; the first that speaks against
equality decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from photosync.errors import SideError
from photosync.model import (
    Attributes,
    Comparisons,
    Difference,
    LocalAlbum,
    LocalPhoto,
    Pair,
    RemotePhoto,
)
from photosync.naming import key

TOLERANCE_NS = 60 * 1_000_000_000
"""Near-equal times are equal: FAT keeps two seconds, services round as they like."""


class Digests(Protocol):
    """Where the MD5 of a photo comes from when a comparison needs it."""

    def local(self, photo: LocalPhoto) -> str:
        """MD5 in hex; raises SideError when the file cannot be read."""

    def remote(self, photo: RemotePhoto) -> str | None:
        """MD5 in hex, None where it is not known."""


Check = Callable[[LocalPhoto, RemotePhoto, Digests], Comparisons | None]


def _date(local: LocalPhoto, remote: RemotePhoto, _: Digests) -> Comparisons | None:
    if remote.modified_ns is None:
        return None
    newer = local.modified_ns - remote.modified_ns > TOLERANCE_NS
    return Comparisons.REMOTE_OLDER if newer else Comparisons.SAME


def _size(local: LocalPhoto, remote: RemotePhoto, _: Digests) -> Comparisons | None:
    if remote.size is None:
        return None
    return Comparisons.SAME if local.size == remote.size else Comparisons.DIFFERENT


def _hash(local: LocalPhoto, remote: RemotePhoto, digests: Digests) -> Comparisons | None:
    known = digests.remote(remote)
    if known is None:
        return Comparisons.UNKNOWN
    if remote.size not in {None, local.size}:
        # Other sizes, other bytes: the local file need not be read for that.
        return Comparisons.DIFFERENT
    return Comparisons.SAME if digests.local(local) == known else Comparisons.DIFFERENT


_CHECKS: Mapping[Attributes, Check] = {
    Attributes.DATE: _date,
    Attributes.SIZE: _size,
    Attributes.HASH: _hash,
}


def checks_for(attributes: Attributes) -> tuple[Check, ...]:
    """The checks that the asked attributes need, in their order."""
    return tuple(_CHECKS[attribute] for attribute in attributes)


def _verdict(
    local: LocalPhoto, remote: RemotePhoto, checks: Sequence[Check], digests: Digests
) -> Comparisons:
    verdict = Comparisons.UNKNOWN
    for check in checks:
        answer = check(local, remote, digests)
        if answer is None:
            continue
        if answer is not Comparisons.SAME:
            return answer
        verdict = answer
    return verdict


def _only_touched(local: LocalPhoto, remote: RemotePhoto, digests: Digests) -> bool:
    """Whether a later date is all that sets the local file apart from the remote bytes."""
    if remote.size not in {None, local.size}:
        return False
    return _hash(local, remote, digests) is Comparisons.SAME


def compare(pair: Pair, checks: Sequence[Check], digests: Digests) -> Difference:
    """The comparison of one pair; a file that cannot be read makes it UNKNOWN with a problem."""
    local, remote = pair.local, pair.remote
    if remote is None:
        return Difference(pair, Comparisons.LOCAL_ONLY)
    if local is None:
        return Difference(pair, Comparisons.REMOTE_ONLY)
    try:
        verdict = _verdict(local, remote, checks, digests)
        if verdict is Comparisons.REMOTE_OLDER and _only_touched(local, remote, digests):
            return Difference(pair, Comparisons.SAME, touched=True)
    except SideError as error:
        return Difference(pair, Comparisons.UNKNOWN, problem=str(error))
    return Difference(pair, verdict)


def pairs(
    title: str, album: LocalAlbum | None, remotes: Iterable[RemotePhoto]
) -> Iterator[tuple[Pair, tuple[RemotePhoto, ...]]]:
    """Pair the photos of one album by name, each with further remote photos of that name.

    Of several remote photos of one name, that of the local file's size is paired, else the first.
    """
    by_name, twins, guesses = _indexed(remotes)
    if guesses and album:
        # A name that is known for sure comes before one with a guessed ending.
        exact = {key(local.name) for local in album.photos}
        guesses = {stem: name for stem, name in guesses.items() if name not in exact}
    for local in album.photos if album else ():
        name = key(local.name)
        if local.alias and key(local.alias) in by_name:
            name = key(local.alias)
        elif guesses and name not in by_name:
            name = guesses.get(name.rpartition(".")[0], name)
        found = by_name.pop(name, None)
        if found and name in twins:
            same = twins.pop(name)
            found = next((twin for twin in same if twin.size == local.size), same[0])
            yield Pair(title, local.name, local, found), _without(same, found)
        else:
            yield Pair(title, local.name, local, found), ()
    for name, remote in by_name.items():
        yield Pair(title, remote.name, None, remote), _without(twins.get(name, ()), remote)


def _indexed(
    remotes: Iterable[RemotePhoto],
) -> tuple[dict[str, RemotePhoto], dict[str, list[RemotePhoto]], dict[str, str]]:
    """The photos by name, those that share one, and names by stem where the ending is a guess."""
    by_name: dict[str, RemotePhoto] = {}
    twins: dict[str, list[RemotePhoto]] = {}
    guesses: dict[str, str] = {}
    for remote in remotes:
        name = key(remote.name)
        first = by_name.setdefault(name, remote)
        if first is not remote:
            twins.setdefault(name, [first]).append(remote)
        if remote.stem:
            guesses[key(remote.stem)] = name
    return by_name, twins, guesses


def _without(twins: Iterable[RemotePhoto], chosen: RemotePhoto) -> tuple[RemotePhoto, ...]:
    return tuple(twin for twin in twins if twin is not chosen)
