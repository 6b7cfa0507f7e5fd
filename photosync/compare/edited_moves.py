"""Which photos were edited on one side and moved on the other. Pure.

First the edit goes to where the photo is now; the next run finds a mere move. What was
edited on both sides as well stays apart: neither may overwrite the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from photosync.compare.attributes import Digests
from photosync.compare.changes import Change, fill_known_bytes, find_change_there
from photosync.compare.matching import (
    Move,
    leave_out,
    match,
    match_bytes,
)
from photosync.errors import SideError
from photosync.model import Comparisons, Difference, RemotePhoto


def join_edited_moves(
    differences: Sequence[Difference], digests: Digests
) -> list[Difference]:
    """Return the differences with the two of each such photo joined into one.

    It stands at the old place, which history knows, with the photo of each side
    wherever that is by now.
    """
    there = _find_moved_there(differences, digests)
    left = leave_out(differences, there)
    here = _find_moved_here(left, digests)
    left = leave_out(left, here)
    # Somebody straightened it here, and sorted it into another album on Drive.
    edited_here = [_join_moved_there(move) for move in there]
    # The other way round.
    edited_there = [_join(move, Comparisons.REMOTE_NEWER) for move in here]
    return [*left, *edited_here, *edited_there]


def _join_moved_there(move: Move) -> Difference:
    """Return the one difference, which tells where the photo stands there by now."""
    new = move.new.pair
    joined = _join(move, Comparisons.REMOTE_OLDER)
    return joined._replace(stands_at=((new.album, new.name),))


def _join(move: Move, comparison: Comparisons) -> Difference:
    old = move.old.pair
    new = move.new.pair
    local = old.local or new.local
    remote = old.remote or new.remote
    return Difference(old._replace(local=local, remote=remote), comparison)


# -- edited here, moved there
# ---------------------------------------------------------------------------


def _find_moved_there(
    differences: Iterable[Difference], digests: Digests
) -> list[Move]:
    """Return what is edited here and missing there, each with what is new there and
    was the same photo: by its id, or at least by its bytes.
    """
    edited, new = _select(differences, Comparisons.LOCAL_ONLY, Comparisons.REMOTE_ONLY)
    if not edited or not new:
        return []
    same_ids = match(edited, new, _find_id)
    moved = [move for move in same_ids if _is_as_agreed(move, digests)]
    edited = leave_out(edited, same_ids)
    new = leave_out(new, same_ids)
    sizes = {old.pair.known.remote.size for old in edited}
    new = [found for found in new if _remote(found).size in sizes]

    def find_md5(difference: Difference) -> str | None:
        remote = difference.pair.remote
        if remote is None:
            return difference.pair.known.remote.md5
        return digests.remote(remote)

    return [*moved, *match_bytes(edited, new, find_md5)]


def _find_id(difference: Difference) -> str:
    return _remote(difference).id


def _remote(difference: Difference) -> RemotePhoto:
    return difference.pair.remote or difference.pair.known.remote


def _is_as_agreed(move: Move, digests: Digests) -> bool:
    """Whether what moved there still holds what was agreed on."""
    baseline = move.old.pair.known
    remote = move.new.pair.remote
    if remote is not None:
        remote = fill_known_bytes(remote, baseline)
    change = find_change_there(remote, baseline, digests)
    return change in {Change.UNCHANGED, Change.TOUCHED}


# -- edited there, moved here
# ---------------------------------------------------------------------------


def _find_moved_here(differences: Iterable[Difference], digests: Digests) -> list[Move]:
    """Return what is edited there and missing here, each with what is new here and
    holds what was agreed on.
    """
    edited, new = _select(differences, Comparisons.REMOTE_ONLY, Comparisons.LOCAL_ONLY)
    sizes = {_find_agreed_size(old) for old in edited}
    new = [
        found for found in new if found.pair.local and found.pair.local.size in sizes
    ]

    def find_md5(difference: Difference) -> str | None:
        local = difference.pair.local
        if local is None:
            return difference.pair.known.remote.md5
        try:
            return digests.local(local)
        except SideError:
            # Its own step tells of it.
            return None

    return match_bytes(edited, new, find_md5)


def _find_agreed_size(difference: Difference) -> int | None:
    # After a KEEP_BOTH the photo there was never here.
    stat = difference.pair.known.local
    return stat.size if stat else None


# -- on both sides
# ---------------------------------------------------------------------------


def _select(
    differences: Iterable[Difference], edited: Comparisons, new: Comparisons
) -> tuple[list[Difference], list[Difference]]:
    """Return what history knows and is on the one side only, and what is new on the
    other.
    """
    known = []
    found = []
    for difference in differences:
        is_known = difference.pair.baseline is not None
        if difference.comparison is edited and is_known:
            known.append(difference)
        elif difference.comparison is new and not is_known:
            found.append(difference)
    return known, found
