"""Which photos that seem deleted and new were only moved. Pure.

Where more than one photo could be the moved one, none is: a delete and an upload lose
nothing, but a wrong move gives a photo the name and the history of another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from photosync.compare.attributes import Digests
from photosync.compare.changes import Change, fill_known_bytes, find_change_there
from photosync.compare.matching import (
    IsTaken,
    Move,
    is_never_taken,
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
    is_taken: IsTaken = is_never_taken,
) -> list[Difference]:
    """Return the differences, with one for each move in place of two.

    Only photos that are on one side matter here; all other differences stay as they are.
    """
    here = find_local_moves(differences, digests)
    left: Sequence[Difference] = leave_out(differences, here)
    gone_there = [
        old.pair.known for old in left if old.comparison is Comparisons.REMOTE_DELETED
    ]
    left = fill_ids_known(left, gone_there)
    there = find_remote_moves(left, digests)
    left = leave_out(left, there)
    there = [_keep_name(move, is_taken) for move in there]
    moved_here = [join(move, Comparisons.LOCAL_MOVED) for move in here]
    moved_there = [join(move, Comparisons.REMOTE_MOVED) for move in there]
    return [*left, *moved_here, *moved_there]


# -- moved here
# ------------------------------------------------------------------------------


def find_local_moves(differences: Iterable[Difference], digests: Digests) -> list[Move]:
    """Return the photos that vanished here, each with a new one of equal bytes."""
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
    """Return the MD5 of a file that vanished here; None where it is not known."""
    agreed_md5 = old.pair.known.remote.md5
    if agreed_md5 is None and old.pair.remote is not None:
        # The service still has the bytes of the vanished file.
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


def _keep_name(move: Move, is_taken: IsTaken) -> Move:
    """Return a move that keeps the name, where the new one is only a title on Flickr."""
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
    """Return the photos that vanished there, each with a new one of the same id, or at
    least of equal bytes.
    """
    gone, new = select_vanished(
        differences, Comparisons.REMOTE_DELETED, Comparisons.REMOTE_ONLY
    )
    # A photo that is in two albums of Flickr, both of which were renamed there.
    same_albums = match(gone, new, _find_membership)
    # One id is one photo, in whichever folder of Drive it lies now.
    gone_left = leave_out(gone, same_albums)
    new_left = leave_out(new, same_albums)
    same_ids = match(gone_left, new_left, _find_id)
    # A photo that was edited as well must come home: that is no mere move.
    found = [*same_albums, *same_ids]
    moved = [move for move in found if not _is_edited(move, digests)]
    # Somebody uploaded it again under another name, and deleted the old one.
    gone = leave_out(gone, moved)
    new = leave_out(new, moved)
    gone_sizes = {old.pair.known.remote.size for old in gone}
    new = [found for found in new if _remote_size(found) in gone_sizes]

    def find_md5(difference: Difference) -> str | None:
        remote = difference.pair.remote
        if remote is not None:
            return digests.remote(remote)
        return find_md5_gone_there(difference, digests)

    return [*moved, *match_bytes(gone, new, find_md5)]


def find_md5_gone_there(old: Difference, digests: Digests) -> str | None:
    """Return the MD5 of a photo that vanished there; None where it is not known."""
    agreed_md5 = old.pair.known.remote.md5
    if agreed_md5 is None and old.pair.local is not None:
        # The file here still has the bytes of the vanished photo.
        return _read_md5(old.pair.local, digests)
    return agreed_md5


def fill_ids_known(
    differences: Sequence[Difference], gone_there: Iterable[Baseline]
) -> Sequence[Difference]:
    """Return the differences, with size and MD5 for new remote photos whose id the
    history knows under a name that is gone there.

    A photo that was edited on Flickr bears the marks of what was once sent.
    """
    known = {baseline.remote.id: baseline for baseline in gone_there}
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
    """Return the ids of a photo and of its album there, whatever they are called."""
    remote = _find_remote(difference)
    if not remote.album_id:
        return None
    return remote.id, remote.album_id


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
    """Return a move as one difference, at the new place and with the old as origin."""
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
        # A file that cannot be read matches nothing; its own step reports that.
        return None
