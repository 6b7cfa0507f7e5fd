"""Which photos that seem deleted and new were only moved. Pure.

A pairing that is not the only possible one is no move: two plain steps lose nothing, a
wrong move gives a photo the name and the history of another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from photosync.compare.attributes import Digests
from photosync.compare.changes import Change, fill_known_bytes, find_change_there
from photosync.compare.matching import (
    Move,
    leave_out,
    match,
    match_bytes,
    select_vanished,
)
from photosync.errors import SideError
from photosync.model import (
    Baseline,
    Comparisons,
    Difference,
    LocalPhoto,
    Pair,
    RemotePhoto,
)


def join_moves(
    differences: Sequence[Difference],
    digests: Digests,
    is_taken: Callable[[str, str], bool] = lambda _album, _name: False,
) -> list[Difference]:
    """Return the differences with the two of each move joined into one.

    Only differences of photos that are on one side matter here; others pass through.
    `is_taken` tells whether an album has a photo of a name.
    """
    here = find_local_moves(differences, digests)
    left: Sequence[Difference] = leave_out(differences, here)
    left = _fill_ids_known(left)
    there = find_remote_moves(left, digests)
    left = leave_out(left, there)
    there = [_keep_name(move, is_taken) for move in there]
    moved_here = [join(move, Comparisons.LOCAL_MOVED) for move in here]
    moved_there = [join(move, Comparisons.REMOTE_MOVED) for move in there]
    return [*left, *moved_here, *moved_there]


# -- moved here
# ------------------------------------------------------------------------------


def find_local_moves(differences: Iterable[Difference], digests: Digests) -> list[Move]:
    """Return photos that vanished here, each with a new one of equal bytes."""
    gone, new = select_vanished(
        differences, Comparisons.LOCAL_DELETED, Comparisons.LOCAL_ONLY
    )
    # A photo of another size is another photo: only what may have moved is read.
    gone_sizes = {_find_agreed_size(old) for old in gone}
    new = [found for found in new if _find_size(found) in gone_sizes]
    new_sizes = {_find_size(found) for found in new}
    gone = [old for old in gone if _find_agreed_size(old) in new_sizes]

    def find_md5(difference: Difference) -> str | None:
        local = difference.pair.local
        if local is not None:
            return _read_md5(local, digests)
        return find_md5_gone_here(difference, digests)

    return match_bytes(gone, new, find_md5)


def find_md5_gone_here(old: Difference, digests: Digests) -> str | None:
    """Return the MD5 of what vanished here, None where it is not known."""
    agreed_md5 = old.pair.known.remote.md5
    if agreed_md5 is None and old.pair.remote is not None:
        # The service still holds what the vanished file held.
        return digests.remote(old.pair.remote)
    return agreed_md5


def _find_size(difference: Difference) -> int | None:
    local = difference.pair.local
    return local.size if local else None


def _find_agreed_size(difference: Difference) -> int | None:
    local = difference.pair.known.local
    return local.size if local else None


# -- moved there
# -----------------------------------------------------------------------------


def _keep_name(move: Move, is_taken: Callable[[str, str], bool]) -> Move:
    """Return a move without another name, where that is only the title of the photo."""
    new = move.new.pair
    old_name = move.old.pair.known.name
    if new.remote is None or not new.remote.titled:
        return move
    if is_taken(new.album, old_name):
        # The album that it was moved to has a photo of its own of that name.
        return move
    remote = new.remote._replace(name=old_name, stem="")
    pair = new._replace(name=old_name, remote=remote)
    difference = move.new._replace(pair=pair)
    return move._replace(new=difference)


def find_remote_moves(
    differences: Iterable[Difference], digests: Digests
) -> list[Move]:
    """Return photos that vanished there, each with a new one of the same id, or at
    least of equal bytes.
    """
    gone, new = select_vanished(
        differences, Comparisons.REMOTE_DELETED, Comparisons.REMOTE_ONLY
    )
    # One photo is in two albums of Flickr, and both were renamed there.
    same_albums = match(gone, new, _find_membership)
    # One id is one photo, in whichever folder of Drive it lies now. If it was edited as
    # well, it must come home; it is no mere move.
    same_ids = match(
        leave_out(gone, same_albums), leave_out(new, same_albums), _find_id
    )
    found = [*same_albums, *same_ids]
    moved = [move for move in found if not _is_edited(move, digests)]
    gone = leave_out(gone, moved)
    new = leave_out(new, moved)
    # Somebody sent it anew under another name and deleted the old one.
    gone_sizes = {old.pair.known.remote.size for old in gone}
    new = [found for found in new if _remote_size(found) in gone_sizes]

    def find_md5(difference: Difference) -> str | None:
        remote = difference.pair.remote
        if remote is not None:
            return digests.remote(remote)
        return find_md5_gone_there(difference, digests)

    return [*moved, *match_bytes(gone, new, find_md5)]


def find_md5_gone_there(old: Difference, digests: Digests) -> str | None:
    """Return the MD5 of what vanished there, None where it is not known."""
    agreed_md5 = old.pair.known.remote.md5
    if agreed_md5 is None and old.pair.local is not None:
        # The file here still holds what the vanished photo held.
        return _read_md5(old.pair.local, digests)
    return agreed_md5


def _fill_ids_known(differences: Sequence[Difference]) -> Sequence[Difference]:
    """Give new remote photos what history knows of them under the name they had."""
    known: dict[str, Baseline] = {}
    for old in differences:
        if old.comparison is Comparisons.REMOTE_DELETED:
            baseline = old.pair.known
            known[baseline.remote.id] = baseline
    if not known:
        return differences
    return [_fill_id_known(difference, known) for difference in differences]


def _fill_id_known(difference: Difference, known: dict[str, Baseline]) -> Difference:
    pair = difference.pair
    if pair.baseline is not None or pair.remote is None:
        return difference
    baseline = known.get(pair.remote.id)
    if baseline is None:
        return difference
    remote = fill_known_bytes(pair.remote, baseline)
    pair = pair._replace(remote=remote)
    return difference._replace(pair=pair)


def _find_id(difference: Difference) -> str:
    return _find_remote(difference).id


def _find_membership(difference: Difference) -> tuple[str, str] | None:
    """Return which photo it is and in which album there, whatever the title of that."""
    remote = _find_remote(difference)
    return (remote.id, remote.album_id) if remote.album_id else None


def _find_remote(difference: Difference) -> RemotePhoto:
    return difference.pair.remote or difference.pair.known.remote


def _remote_size(difference: Difference) -> int | None:
    remote = difference.pair.remote
    return remote.size if remote else None


def _is_edited(move: Move, digests: Digests) -> bool:
    remote = move.new.pair.remote
    baseline = move.old.pair.baseline
    return find_change_there(remote, baseline, digests) is Change.CHANGED


# -- on both sides
# ---------------------------------------------------------------------------


def join(move: Move, comparison: Comparisons) -> Difference:
    """Return the one difference that a move is: at its new place, from its old one."""
    old = move.old.pair
    new = move.new.pair
    pair = Pair(
        album=new.album,
        name=new.name,
        local=old.local or new.local,
        remote=old.remote or new.remote,
        baseline=old.baseline,
    )
    return Difference(pair, comparison, origin=(old.album, old.name))


def _read_md5(photo: LocalPhoto, digests: Digests) -> str | None:
    try:
        return digests.local(photo)
    except SideError:
        # A file that cannot be read is no candidate; its own step tells of it.
        return None
