"""Which photos that seem deleted and new were only moved. Pure.

A pairing that is not the only possible one is no move: better two plain steps than a
wrong one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from photosync.compare.compare import Digests, changed_there, with_known_bytes
from photosync.errors import SideError
from photosync.model import Comparisons, Difference, LocalPhoto, Pair
from photosync.naming import name_key

_Key = tuple[object, ...]
_Keyed = Callable[[Difference], _Key | None]


def with_moves(differences: Sequence[Difference], digests: Digests) -> list[Difference]:
    """The same differences, those that make up a move joined into one.

    Only differences of photos that are on one side are of interest here; others pass
    through.
    """
    left, moved = _local_moves(differences, digests)
    left, moved_there = _remote_moves(left, digests)
    return [*left, *moved, *moved_there]


def _local_moves(
    differences: Sequence[Difference], digests: Digests
) -> tuple[list[Difference], list[Difference]]:
    """A photo that vanished here and a new one of equal bytes."""
    gone = _of(differences, Comparisons.LOCAL_DELETED)
    new = [
        d for d in _of(differences, Comparisons.LOCAL_ONLY) if d.pair.baseline is None
    ]
    sizes = {_agreed_size(d) for d in gone}
    new = [d for d in new if d.pair.local and d.pair.local.size in sizes]
    wanted = {d.pair.local.size for d in new if d.pair.local}
    gone = [d for d in gone if _agreed_size(d) in wanted]

    def there(one: Difference) -> str | None:
        assert one.pair.baseline is not None
        assert one.pair.remote is not None
        return one.pair.baseline.remote.md5 or digests.remote(one.pair.remote)

    def here(one: Difference) -> str | None:
        assert one.pair.local is not None
        return _readable(digests.local, one.pair.local)

    couples = _couples(gone, new, there, here)
    return _joined(differences, couples, Comparisons.LOCAL_MOVED)


def _remote_moves(
    differences: Sequence[Difference], digests: Digests
) -> tuple[list[Difference], list[Difference]]:
    """A photo that vanished there and a new one of the same id, or at least of equal
    bytes.
    """
    gone = _of(differences, Comparisons.REMOTE_DELETED)
    differences = _with_known_ids(differences, gone)
    new = [
        d for d in _of(differences, Comparisons.REMOTE_ONLY) if d.pair.baseline is None
    ]
    if not gone or not new:
        return list(differences), []
    same = _matched(gone, new, _known_id, _present_id)
    # One that was edited as well must come home; it is no mere move.
    couples = [(old, now) for old, now in same if not _is_edited(old, now, digests)]
    taken = {id(d) for couple in couples for d in couple}
    gone = [d for d in gone if id(d) not in taken]
    sizes = {d.pair.baseline.remote.size for d in gone if d.pair.baseline}
    new = [
        d
        for d in new
        if id(d) not in taken and d.pair.remote and d.pair.remote.size in sizes
    ]

    def here(one: Difference) -> str | None:
        assert one.pair.baseline is not None
        assert one.pair.local is not None
        return one.pair.baseline.remote.md5 or _readable(digests.local, one.pair.local)

    def there(one: Difference) -> str | None:
        assert one.pair.remote is not None
        return digests.remote(one.pair.remote)

    couples += _couples(gone, new, here, there) if new else []
    return _joined(differences, couples, Comparisons.REMOTE_MOVED)


def _agreed_size(one: Difference) -> int | None:
    baseline = one.pair.baseline
    return baseline.local.size if baseline and baseline.local else None


def _couples(
    gone: Sequence[Difference],
    new: Sequence[Difference],
    old_md5: Callable[[Difference], str | None],
    new_md5: Callable[[Difference], str | None],
) -> list[tuple[Difference, Difference]]:
    """By bytes and name where that is unambiguous, then by bytes alone."""
    old = {id(d): old_md5(d) for d in gone} if new else {}
    fresh = {id(d): new_md5(d) for d in new} if gone else {}

    def named(digests: dict[int, str | None]) -> _Keyed:
        return lambda d: (
            (digests[id(d)], name_key(d.pair.name)) if digests[id(d)] else None
        )

    def unnamed(digests: dict[int, str | None]) -> _Keyed:
        return lambda d: (digests[id(d)],) if digests[id(d)] else None

    found = _matched(gone, new, named(old), named(fresh)) if old and fresh else []
    taken = {id(d) for couple in found for d in couple}
    gone = [d for d in gone if id(d) not in taken]
    new = [d for d in new if id(d) not in taken]
    return found + (
        _matched(gone, new, unnamed(old), unnamed(fresh)) if old and fresh else []
    )


def _matched(
    gone: Iterable[Difference], new: Iterable[Difference], old: _Keyed, fresh: _Keyed
) -> list[tuple[Difference, Difference]]:
    """The couples of equal keys that nobody else shares."""
    first, second = _unique(gone, old), _unique(new, fresh)
    return [(first[one], second[one]) for one in first if one in second]


def _unique(differences: Iterable[Difference], keyed: _Keyed) -> dict[_Key, Difference]:
    found: dict[_Key, list[Difference]] = {}
    for one in differences:
        mark = keyed(one)
        if mark is not None:
            found.setdefault(mark, []).append(one)
    return {mark: same[0] for mark, same in found.items() if len(same) == 1}


def _known_id(one: Difference) -> _Key | None:
    return (one.pair.baseline.remote.id,) if one.pair.baseline else None


def _present_id(one: Difference) -> _Key | None:
    return (one.pair.remote.id,) if one.pair.remote else None


def _with_known_ids(
    differences: Sequence[Difference], gone: Iterable[Difference]
) -> Sequence[Difference]:
    """New photos with what history knows of them under the name they had."""
    known = {
        d.pair.baseline.remote.id: d.pair.baseline for d in gone if d.pair.baseline
    }
    found: list[Difference] = []
    for one in differences:
        pair = one.pair
        if pair.baseline is None and pair.remote and pair.remote.id in known:
            remote = with_known_bytes(pair.remote, known[pair.remote.id])
            found.append(one._replace(pair=pair._replace(remote=remote)))
        else:
            found.append(one)
    return found


def _is_edited(old: Difference, now: Difference, digests: Digests) -> bool:
    assert old.pair.baseline is not None
    assert now.pair.remote is not None
    return changed_there(now.pair.remote, old.pair.baseline, digests)


def _of(differences: Iterable[Difference], comparison: Comparisons) -> list[Difference]:
    return [d for d in differences if d.comparison is comparison]


def _readable(digest: Callable[[LocalPhoto], str], photo: LocalPhoto) -> str | None:
    """A file that cannot be read is no candidate; its own step tells of it."""
    try:
        return digest(photo)
    except SideError:
        return None


def _joined(
    differences: Iterable[Difference],
    couples: Iterable[tuple[Difference, Difference]],
    comparison: Comparisons,
) -> tuple[list[Difference], list[Difference]]:
    moved: list[Difference] = []
    taken: set[int] = set()
    for old, new in couples:
        taken |= {id(old), id(new)}
        local = old.pair.local or new.pair.local
        remote = old.pair.remote or new.pair.remote
        pair = Pair(new.pair.album, new.pair.name, local, remote, old.pair.baseline)
        moved.append(
            Difference(pair, comparison, origin=(old.pair.album, old.pair.name))
        )
    return [d for d in differences if id(d) not in taken], moved
