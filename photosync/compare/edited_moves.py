"""Which photos were edited on one side and moved on the other. Pure.

First the edit goes to where the photo is now; the next run finds a mere move. A photo
that was edited on both sides stays two: neither may overwrite the other.
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
    """Return the differences, with one for each photo that was edited and moved.

    Its place is the old one, which the history knows; its two photos are those of both
    sides, wherever they are by now.
    """
    there = _find_moved_there(differences, digests)
    left = leave_out(differences, there)
    here = _find_moved_here(left, digests)
    left = leave_out(left, here)
    # Straightened here, and sorted into another album on Drive.
    edited_here = [_join_moved_there(move) for move in there]
    # The other way round.
    edited_there = [_join(move, Comparisons.REMOTE_NEWER) for move in here]
    return [*left, *edited_here, *edited_there]


def _join_moved_there(move: Move) -> Difference:
    """Return the joined difference, with the place where the service has the photo."""
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
    """Return the photos edited here and missing there, each with the new photo there
    that it was: by its id, or at least by its bytes.
    """
    edited, new = _select(differences, Comparisons.LOCAL_ONLY, Comparisons.REMOTE_ONLY)
    if not edited or not new:
        return []
    same_ids = match(edited, new, _find_id)
    moved = [move for move in same_ids if _is_as_agreed(move, digests)]
    edited = leave_out(edited, same_ids)
    new = leave_out(new, same_ids)
    # A photo of another size is another photo: its MD5 need not be asked for.
    sizes = {old.pair.known.remote.size for old in edited}
    new = [found for found in new if _find_remote(found).size in sizes]

    def find_md5(difference: Difference) -> str | None:
        remote = difference.pair.remote
        if remote is None:
            return difference.pair.known.remote.md5
        return digests.remote(remote)

    return [*moved, *match_bytes(edited, new, find_md5)]


def _find_id(difference: Difference) -> str:
    return _find_remote(difference).id


def _find_remote(difference: Difference) -> RemotePhoto:
    return difference.pair.remote or difference.pair.known.remote


def _is_as_agreed(move: Move, digests: Digests) -> bool:
    """Whether a photo that moved there still has the bytes that were agreed on."""
    baseline = move.old.pair.known
    remote = move.new.pair.remote
    if remote is not None:
        remote = fill_known_bytes(remote, baseline)
    change = find_change_there(remote, baseline, digests)
    return change in {Change.UNCHANGED, Change.TOUCHED}


# -- edited there, moved here
# ---------------------------------------------------------------------------


def _find_moved_here(differences: Iterable[Difference], digests: Digests) -> list[Move]:
    """Return the photos edited there and missing here, each with the new file here that
    has the bytes that were agreed on.
    """
    edited, new = _select(differences, Comparisons.REMOTE_ONLY, Comparisons.LOCAL_ONLY)
    # A file of another size is another photo: it need not be read.
    sizes = {_find_agreed_size(old) for old in edited}
    new = [found for found in new if _find_size(found) in sizes]

    def find_md5(difference: Difference) -> str | None:
        local = difference.pair.local
        if local is None:
            return difference.pair.known.remote.md5
        try:
            return digests.local(local)
        except SideError:
            # Its own step reports that.
            return None

    return match_bytes(edited, new, find_md5)


def _find_size(difference: Difference) -> int | None:
    local = difference.pair.local
    return local.size if local else None


def _find_agreed_size(difference: Difference) -> int | None:
    # None after a KEEP_BOTH, as the photo there was never here.
    stat = difference.pair.known.local
    return stat.size if stat else None


# -- on both sides
# ---------------------------------------------------------------------------


def _select(
    differences: Iterable[Difference], edited: Comparisons, new: Comparisons
) -> tuple[list[Difference], list[Difference]]:
    """Return the known photos with one comparison, and the new ones with the other."""
    known = []
    found = []
    for difference in differences:
        is_known = difference.pair.baseline is not None
        if difference.comparison is edited and is_known:
            known.append(difference)
        elif difference.comparison is new and not is_known:
            found.append(difference)
    return known, found
