"""How a pair of photos becomes a comparison. Pure: what must be read is asked of
`Digests`.

The asked attributes are checked in the order date, size, hash; the first that speaks
against equality decides. Attributes say whether two photos differ, history says who
changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple, Protocol

from photosync.errors import SideError
from photosync.model import (
    Attributes,
    Baseline,
    Comparisons,
    Difference,
    LocalAlbum,
    LocalPhoto,
    Pair,
    RemotePhoto,
)
from photosync.naming import PhotoKey, name_key

TOLERANCE_NS = 60 * 1_000_000_000
"""Near-equal times are equal: FAT keeps two seconds, services round as they like."""


class Digests(Protocol):
    """Where the MD5 of a photo comes from when a comparison needs it."""

    def local(self, photo: LocalPhoto) -> str:
        """MD5 in hex; raises SideError when the file cannot be read."""

    def remote(self, photo: RemotePhoto) -> str | None:
        """MD5 in hex, None where it is not known."""


class Equals(Protocol):
    """Looks up the pairs with nothing to do."""

    def get(self, place: PhotoKey, /) -> Pair | None:
        """The pair at a place, None where there is none or something is to do about
        it.
        """


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


def _hash(
    local: LocalPhoto, remote: RemotePhoto, digests: Digests
) -> Comparisons | None:
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


class Checks(NamedTuple):
    """What the asked attributes make of a pair: all in order, and those besides the
    date.
    """

    asked: tuple[Check, ...]
    undated: tuple[Check, ...]

    @property
    def by_date(self) -> bool:
        return len(self.asked) > len(self.undated)


def checks_for(attributes: Attributes) -> Checks:
    """The checks that the asked attributes need, in their order."""
    undated = tuple(_CHECKS[one] for one in attributes if one is not Attributes.DATE)
    return Checks(tuple(_CHECKS[one] for one in attributes), undated)


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
    """Whether a later date is all that sets the local file apart from the remote
    bytes.
    """
    if remote.size not in {None, local.size}:
        return False
    return _hash(local, remote, digests) is Comparisons.SAME


# -- with history
# --------------------------------------------------------------------------


def touched_here(local: LocalPhoto, baseline: Baseline) -> bool:
    """Whether a file may have changed since it was agreed."""
    return local.stat != baseline.local


def touched_there(remote: RemotePhoto, baseline: Baseline) -> bool:
    """Whether a remote photo may have changed since it was agreed."""
    before = baseline.remote
    if before.version and remote.version:
        return before.version != remote.version
    # A service that did not say at once which version it had made of what was sent.
    facts = ((before.size, remote.size), (before.md5, remote.md5))
    return any(None not in {old, new} and old != new for old, new in facts)


def _changed_here(
    local: LocalPhoto, remote: RemotePhoto | None, baseline: Baseline, digests: Digests
) -> bool:
    if not touched_here(local, baseline):
        return False
    if baseline.local is None or local.size != baseline.local.size:
        return True
    known = baseline.remote.md5
    if known is None and remote is not None and not touched_there(remote, baseline):
        known = digests.remote(remote)
    return known is None or digests.local(local) != known


def changed_there(remote: RemotePhoto, baseline: Baseline, digests: Digests) -> bool:
    """Whether the bytes there changed since they were agreed on."""
    if not touched_there(remote, baseline):
        return False
    before = baseline.remote
    if None not in {before.size, remote.size} and before.size != remote.size:
        return True
    known = before.md5
    return known is None or digests.remote(remote) != known


def with_known_bytes(remote: RemotePhoto, baseline: Baseline) -> RemotePhoto:
    """The remote photo with what history knows of it where the service does not tell.

    Some services only repeat what we once wrote of a photo: after a change there that
    is stale.
    """
    before = baseline.remote
    if not (before.version and remote.version):
        return remote
    if before.version == remote.version:
        return remote._replace(
            size=before.size or remote.size, md5=before.md5 or remote.md5
        )
    if before.md5 is not None and before.md5 == remote.md5:
        return remote._replace(size=None, md5=None)
    return remote


def _who_changed(
    local: LocalPhoto,
    remote: RemotePhoto,
    baseline: Baseline,
    checks: Checks,
    digests: Digests,
) -> Comparisons:
    """The comparison of a pair that both sides once agreed on."""
    if not (touched_here(local, baseline) or touched_there(remote, baseline)):
        # The recorded date is exact: nothing that it could tell apart.
        verdict = _verdict(local, remote, checks.undated, digests)
        only_dates = checks.by_date and verdict is Comparisons.UNKNOWN
        return Comparisons.SAME if only_dates and not _asks_hash(checks) else verdict
    if not checks.by_date:
        verdict = _verdict(local, remote, checks.undated, digests)
        if verdict is Comparisons.SAME:
            return verdict
    here = _changed_here(local, remote, baseline, digests)
    there = changed_there(remote, baseline, digests)
    unproven = here or baseline.remote.md5 is None
    if there and unproven and _only_touched(local, remote, digests):
        return Comparisons.SAME
    if here and there:
        return Comparisons.CONFLICT
    if here or there:
        return Comparisons.REMOTE_OLDER if here else Comparisons.REMOTE_NEWER
    return Comparisons.SAME


def _asks_hash(checks: Checks) -> bool:
    return _hash in checks.asked


def _alone(pair: Pair, digests: Digests) -> Comparisons:
    """The comparison of a photo that is on one side only."""
    baseline = pair.baseline
    if pair.local is not None:
        if baseline is None or _changed_here(pair.local, None, baseline, digests):
            return Comparisons.LOCAL_ONLY
        return Comparisons.REMOTE_DELETED
    assert pair.remote is not None
    if baseline is None or changed_there(pair.remote, baseline, digests):
        return Comparisons.REMOTE_ONLY
    return Comparisons.LOCAL_DELETED


def _both(pair: Pair, checks: Checks, digests: Digests) -> Difference:
    local, remote, baseline = pair.local, pair.remote, pair.baseline
    assert local is not None
    assert remote is not None
    if baseline is None:
        verdict = _verdict(local, remote, checks.asked, digests)
        if verdict is Comparisons.REMOTE_OLDER and _only_touched(
            local, remote, digests
        ):
            return Difference(pair, Comparisons.SAME, touched=True)
        return Difference(pair, verdict)
    verdict = _who_changed(local, remote, baseline, checks, digests)
    moved_on = (
        verdict is Comparisons.SAME
        and checks.by_date
        and touched_here(local, baseline)
        and remote.modified_ns is not None
        and abs(local.modified_ns - remote.modified_ns) > TOLERANCE_NS
    )
    return Difference(pair, verdict, touched=moved_on)


def compare(pair: Pair, checks: Checks, digests: Digests) -> Difference:
    """The comparison of one pair; a file that cannot be read makes it UNKNOWN with a
    problem.
    """
    if pair.remote is not None and pair.baseline is not None:
        pair = pair._replace(remote=with_known_bytes(pair.remote, pair.baseline))
    try:
        if pair.local is None or pair.remote is None:
            return Difference(pair, _alone(pair, digests))
        return _both(pair, checks, digests)
    except SideError as error:
        return Difference(pair, Comparisons.UNKNOWN, problem=str(error))


# -- pairing
# -------------------------------------------------------------------------------


def pairs(
    title: str,
    album: LocalAlbum | None,
    remotes: Iterable[RemotePhoto],
    history: Mapping[str, Baseline] | None = None,
    digests: Digests | None = None,
) -> Iterator[tuple[Pair, tuple[RemotePhoto, ...]]]:
    """Pair the photos of one album by name, each with further remote photos of that
    name.

    Of several remote photos of one name, that of `history` is paired, else one equal to
    the local file, else the oldest. What only history knows comes last, as pairs of
    nothing.
    """
    by_name, duplicates, guesses = _indexed(remotes)
    known = dict(history or {})
    if guesses and album:
        # A name that is known for sure comes before one with a guessed ending.
        exact = {name_key(local.name) for local in album.photos}
        guesses = {stem: name for stem, name in guesses.items() if name not in exact}
    for local in album.photos if album else ():
        called = local.name
        if local.qualified and name_key(local.qualified) in by_name:
            called = local.qualified
        name = own = name_key(called)
        if guesses and name not in by_name:
            name = guesses.get(name.rpartition(".")[0], name)
        found, baseline = by_name.pop(name, None), known.pop(own, None)
        if found and name in duplicates:
            same = duplicates.pop(name)
            found = _chosen(same, local, baseline, digests)
            yield Pair(title, called, local, found, baseline), _without(same, found)
        else:
            yield Pair(title, called, local, found, baseline), ()
    by_id = {one.remote.id: name for name, one in known.items()} if guesses else {}
    for name, remote in by_name.items():
        baseline = known.pop(by_id.get(remote.id, name) if remote.stem else name, None)
        same = duplicates.get(name, [remote])
        found = _chosen(same, None, baseline, digests)
        yield Pair(title, remote.name, None, found, baseline), _without(same, found)
    for baseline in known.values():
        yield Pair(title, baseline.name, None, None, baseline), ()


def _chosen(
    duplicates: Sequence[RemotePhoto],
    local: LocalPhoto | None,
    baseline: Baseline | None,
    digests: Digests | None,
) -> RemotePhoto:
    """The one of several remote photos of one name that is meant.

    That which history knows, else one equal to the local file, else the oldest.
    """
    for duplicate in duplicates if baseline else ():
        if baseline and duplicate.id == baseline.remote.id:
            return duplicate
    sized = [
        duplicate for duplicate in duplicates if local and duplicate.size == local.size
    ] or list(duplicates)
    if local and digests and len({duplicate.md5 for duplicate in sized}) > 1:
        # A file that cannot be read is equal to none; comparing it tells of that.
        with suppress(SideError):
            equal = [
                duplicate
                for duplicate in sized
                if _hash(local, duplicate, digests) is Comparisons.SAME
            ]
            sized = equal or sized
    return min(sized, key=lambda duplicate: (duplicate.modified_ns or 0, duplicate.id))


def _indexed(
    remotes: Iterable[RemotePhoto],
) -> tuple[dict[str, RemotePhoto], dict[str, list[RemotePhoto]], dict[str, str]]:
    """The photos by name, those that share one, and names by stem where the ending is a
    guess.
    """
    by_name: dict[str, RemotePhoto] = {}
    duplicates: dict[str, list[RemotePhoto]] = {}
    guesses: dict[str, str] = {}
    for remote in remotes:
        name = name_key(remote.name)
        first = by_name.setdefault(name, remote)
        if first is not remote:
            duplicates.setdefault(name, [first]).append(remote)
        if remote.stem:
            guesses[name_key(remote.stem)] = name
    return by_name, duplicates, guesses


def _without(
    duplicates: Iterable[RemotePhoto], chosen: RemotePhoto
) -> tuple[RemotePhoto, ...]:
    return tuple(duplicate for duplicate in duplicates if duplicate is not chosen)
