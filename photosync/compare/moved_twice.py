"""Which photos are at their old place on neither side, and on both sides all the same.

An album got one title here and another one there in the same week; or the service does
not list yet what the last run put into an album that was renamed here since. Such a photo
is not new here: sent again, it would be there twice. Or its album was renamed on one side
and the photo itself on the other: both names are meant to stay.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from photosync.compare.attributes import Digests
from photosync.compare.matching import IsTaken, Move, is_never_taken, merge_places
from photosync.compare.moves import (
    fill_ids_known,
    find_local_moves,
    find_remote_moves,
    join,
)
from photosync.model import (
    Absence,
    Baseline,
    Comparisons,
    Difference,
    Pair,
    RemotePhoto,
    Whereabouts,
)
from photosync.naming import photo_key

Ask = Callable[[Sequence[RemotePhoto]], Sequence[Absence]]
"""Asks the service itself where photos are."""


def join_moved_twice(
    differences: Sequence[Difference],
    vanished: Collection[Baseline],
    digests: Digests,
    ask: Ask,
    is_taken: IsTaken = is_never_taken,
) -> list[Difference]:
    """Return the differences, with one LOCAL_MOVED for each photo that both sides moved:
    the place that it has here counts, and no byte is sent. Where one side gave it
    another album and the other one another name, `merged` is the place that has both.

    `vanished` are the baselines of photos that neither side has at the old place. About
    a photo that is new here and not listed there at all the service itself is asked.
    """
    differences = fill_ids_known(differences, vanished)
    gone_here = _list_vanished(vanished, Comparisons.LOCAL_DELETED)
    new_here = _select(differences, Comparisons.LOCAL_ONLY)
    here = find_local_moves([*gone_here, *new_here], digests)
    moved_here = {move.old.pair.known: move.new for move in here}
    gone_there = _list_vanished(moved_here, Comparisons.REMOTE_DELETED)
    new_there = _select(differences, Comparisons.REMOTE_ONLY)
    there = find_remote_moves([*gone_there, *new_there], digests)
    standing = {move.old.pair.known: move.new.pair for move in there}
    unlisted = [old for old in moved_here if old not in standing]
    standing |= _find_unlisted(unlisted, ask)
    joined = [_join(old, place, moved_here[old]) for old, place in standing.items()]
    taken = {moved_here[old] for old in standing}
    taken |= {move.new for move in there}
    left = [difference for difference in differences if difference not in taken]
    occupied = {photo_key(found.pair.album, found.pair.name) for found in left}

    def is_free(album: str, name: str) -> bool:
        return photo_key(album, name) not in occupied and not is_taken(album, name)

    merged = [_merge(found, is_free) for found in joined]
    return [*left, *merged]


def _list_vanished(
    vanished: Iterable[Baseline], comparison: Comparisons
) -> list[Difference]:
    """Return photos that vanished on both sides as differences of one side."""
    pairs = [Pair(old.album, old.name, None, None, old) for old in vanished]
    return [Difference(pair, comparison) for pair in pairs]


def _select(
    differences: Iterable[Difference], comparison: Comparisons
) -> list[Difference]:
    return [found for found in differences if found.comparison is comparison]


def _find_unlisted(olds: Sequence[Baseline], ask: Ask) -> dict[Baseline, Pair]:
    """Return the pairs of those photos that the service has at their old place after
    all.
    """
    if not olds:
        return {}
    absences = ask([old.remote for old in olds])
    found: dict[Baseline, Pair] = {}
    for old, absence in zip(olds, absences, strict=True):
        if absence.whereabouts is Whereabouts.THERE:
            found[old] = Pair(old.album, old.name, None, old.remote)
    return found


def _join(old: Baseline, standing: Pair, new: Difference) -> Difference:
    """Return the move from where the photo stands there to its place here."""
    pair = standing._replace(baseline=old)
    gone = Difference(pair, Comparisons.LOCAL_DELETED)
    return join(Move(gone, new), Comparisons.LOCAL_MOVED)


def _merge(moved: Difference, is_free: IsTaken) -> Difference:
    """Return a move with the place that has what each side gave the photo anew.

    None is given where that is its place here already, or where another photo is there.
    """
    pair = moved.pair
    old = pair.known
    assert moved.origin is not None
    there_album, there_name = moved.origin
    if pair.remote is not None and pair.remote.titled:
        # A title that somebody edited is no name of a file.
        there_name = old.name
    here = (pair.album, pair.name)
    place = merge_places((old.album, old.name), here, (there_album, there_name))
    if place == here or not is_free(*place):
        return moved
    return moved._replace(merged=place)
