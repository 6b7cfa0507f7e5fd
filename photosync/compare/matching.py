"""Matches what vanished at one place with what came up at another. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import NamedTuple

from photosync.model import Comparisons, Difference
from photosync.naming import name_key


class Move(NamedTuple):
    """What vanished at one place, and what came up at another."""

    old: Difference
    new: Difference


Key = Callable[[Difference], Hashable | None]
"""What two differences of one photo have in common; None where that is not known."""


def select_vanished(
    differences: Iterable[Difference], gone: Comparisons, new: Comparisons
) -> tuple[list[Difference], list[Difference]]:
    """Return what vanished from a side and what is new on it."""
    vanished = []
    found = []
    for difference in differences:
        if difference.comparison is gone:
            vanished.append(difference)
        elif difference.comparison is new and difference.pair.baseline is None:
            # What history knows at its place is an edited photo there, not a new one.
            found.append(difference)
    return vanished, found


def match_bytes(
    gone: Sequence[Difference],
    new: Sequence[Difference],
    find_md5: Callable[[Difference], str | None],
) -> list[Move]:
    """Match by bytes and name where that is unambiguous, then by bytes alone."""
    if not gone or not new:
        return []
    md5s = {difference: find_md5(difference) for difference in (*gone, *new)}

    def mark_with_name(difference: Difference) -> Hashable | None:
        md5 = md5s[difference]
        if not md5:
            return None
        return md5, name_key(difference.pair.name)

    # Two copies of one photo went to another album: each keeps its own name.
    named = match(gone, new, mark_with_name)
    # What is left was renamed.
    gone_left = leave_out(gone, named)
    new_left = leave_out(new, named)
    renamed = match(gone_left, new_left, md5s.get)
    return [*named, *renamed]


def match(
    gone: Iterable[Difference], new: Iterable[Difference], key: Key
) -> list[Move]:
    """Return the couples of one key that nobody else shares."""
    old_by_key = _index_unique(gone, key)
    new_by_key = _index_unique(new, key)
    return [
        Move(old, new_by_key[mark])
        for mark, old in old_by_key.items()
        if mark in new_by_key
    ]


def _index_unique(
    differences: Iterable[Difference], key: Key
) -> dict[Hashable, Difference]:
    """Return the differences by their key, without those that share one."""
    found: dict[Hashable, list[Difference]] = {}
    for difference in differences:
        mark = key(difference)
        if mark is not None:
            found.setdefault(mark, []).append(difference)
    # One of three equal copies vanished and one new one came: nobody can tell which.
    return {mark: sharing[0] for mark, sharing in found.items() if len(sharing) == 1}


def leave_out(
    differences: Sequence[Difference], moves: Iterable[Move]
) -> list[Difference]:
    taken = {difference for move in moves for difference in move}
    return [difference for difference in differences if difference not in taken]


Place = tuple[str, str]
"""An album and a name."""


def merge_places(old: Place, first: Place, second: Place) -> Place:
    """Return where a photo belongs that got a new album at one of two places and a new
    name at the other; of two new ones, that of the first.
    """
    album, name = (
        theirs if name_key(ours) == name_key(before) else ours
        for before, ours, theirs in zip(old, first, second, strict=True)
    )
    return album, name
