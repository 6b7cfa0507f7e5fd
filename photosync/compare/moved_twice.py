"""Which photos are at their old place on neither side, and on both sides all the same.

An album got one title here and another one there in the same week; or the service does
not list yet what the last run put into an album that was renamed since. Such a photo is
not new here: sent once more, the service would have it twice. Or its album was renamed on
one side and the photo itself on the other: both names were meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from photosync.compare.attributes import Digests
from photosync.compare.matching import Move, merge_places
from photosync.compare.moves import find_local_moves, find_remote_moves, join
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
IsTaken = Callable[[str, str], bool]
"""Tells whether an album has a photo of a name."""


def join_moved_twice(
    differences: Sequence[Difference],
    vanished: Iterable[Baseline],
    digests: Digests,
    ask: Ask,
    is_taken: IsTaken = lambda _album, _name: False,
) -> list[Difference]:
    """Return the differences, with one LOCAL_MOVED for each photo that both sides moved:
    the place that it has here counts, and no byte is sent. Where one side gave it
    another album and the other one another name, `merged` tells the place that has both.

    `vanished` is what history knows and neither side has at its place any more. Of what
    is new here and not listed there at all, the service itself is asked.
    """
    here = find_local_moves(
        [
            *_list_vanished(vanished, Comparisons.LOCAL_DELETED),
            *_select(differences, Comparisons.LOCAL_ONLY),
        ],
        digests,
    )
    moved_here = {move.old.pair.known: move.new for move in here}
    there = find_remote_moves(
        [
            *_list_vanished(moved_here, Comparisons.REMOTE_DELETED),
            *_select(differences, Comparisons.REMOTE_ONLY),
        ],
        digests,
    )
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

    return [*left, *(_merge(found, is_free) for found in joined)]


def _list_vanished(
    vanished: Iterable[Baseline], comparison: Comparisons
) -> list[Difference]:
    """Return what vanished on both sides, as vanished on the one that is looked at."""
    return [
        Difference(Pair(old.album, old.name, None, None, old), comparison)
        for old in vanished
    ]


def _select(
    differences: Iterable[Difference], comparison: Comparisons
) -> list[Difference]:
    return [found for found in differences if found.comparison is comparison]


def _find_unlisted(olds: Sequence[Baseline], ask: Ask) -> dict[Baseline, Pair]:
    """Return where those are that the service has at their old place after all."""
    if not olds:
        return {}
    absences = ask([old.remote for old in olds])
    return {
        old: Pair(old.album, old.name, None, old.remote)
        for old, absence in zip(olds, absences, strict=True)
        if absence.whereabouts is Whereabouts.THERE
    }


def _join(old: Baseline, standing: Pair, new: Difference) -> Difference:
    """Return the move from where the photo stands there to its place here."""
    pair = standing._replace(baseline=old)
    gone = Difference(pair, Comparisons.LOCAL_DELETED)
    return join(Move(gone, new), Comparisons.LOCAL_MOVED)


def _merge(moved: Difference, is_free: IsTaken) -> Difference:
    """Return a move with the place that has what either side gave the photo anew, where
    that is not its place here, and no other photo stands there.
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
