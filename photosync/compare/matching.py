"""Matches photos that vanished at one place with photos that are new at another. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import NamedTuple

from photosync.model import Comparisons, Difference
from photosync.naming import name_key


class Move(NamedTuple):
    """A photo that vanished at one place, and the one that is new at another."""

    old: Difference
    new: Difference


IsTaken = Callable[[str, str], bool]
"""Tells whether an album has a photo of a name."""


def is_never_taken(_album: str, _name: str) -> bool:
    """Where nothing is known of other photos, no name is taken."""
    return False


Key = Callable[[Difference], Hashable | None]
"""Returns what the two differences of one photo share; None where it is not known."""


def select_vanished(
    differences: Iterable[Difference], gone: Comparisons, new: Comparisons
) -> tuple[list[Difference], list[Difference]]:
    """Return the photos that vanished from a side, and those that are new on it."""
    vanished = []
    found = []
    for difference in differences:
        if difference.comparison is gone:
            vanished.append(difference)
        elif difference.comparison is new and difference.pair.baseline is None:
            # One with a baseline is no new photo, but an edited one.
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

    # Two copies of one photo went to another album, each under its own name.
    named = match(gone, new, mark_with_name)
    # Those that are left were renamed.
    gone_left = leave_out(gone, named)
    new_left = leave_out(new, named)
    renamed = match(gone_left, new_left, md5s.get)
    return [*named, *renamed]


def match(
    gone: Iterable[Difference], new: Iterable[Difference], key: Key
) -> list[Move]:
    """Return the moves of one vanished and one new photo with the same key, where no
    other photo has it.
    """
    old_by_key = _index_unique(gone, key)
    new_by_key = _index_unique(new, key)
    shared = [mark for mark in old_by_key if mark in new_by_key]
    return [Move(old_by_key[mark], new_by_key[mark]) for mark in shared]


def _index_unique(
    differences: Iterable[Difference], key: Key
) -> dict[Hashable, Difference]:
    """Return the differences by their key, without those that share theirs."""
    found: dict[Hashable, Difference] = {}
    ambiguous: set[Hashable] = set()
    for difference in differences:
        mark = key(difference)
        if mark is None:
            continue
        if mark in found:
            # Two of three equal copies vanished, and a new one came: nobody can say
            # which of them it is.
            ambiguous.add(mark)
        found[mark] = difference
    for mark in ambiguous:
        del found[mark]
    return found


def leave_out(
    differences: Sequence[Difference], moves: Iterable[Move]
) -> list[Difference]:
    """Return the differences without those that the moves are made of."""
    taken: set[Difference] = set()
    for move in moves:
        taken.update((move.old, move.new))
    return [difference for difference in differences if difference not in taken]


Place = tuple[str, str]
"""An album and a name."""


def merge_places(old: Place, first: Place, second: Place) -> Place:
    """Return the place with the album and the name that a photo got anew on two sides.

    Where both sides gave it a new album, or both a new name, that of the `first` counts.
    """
    old_album, old_name = old
    album, name = first
    second_album, second_name = second
    if name_key(album) == name_key(old_album):
        album = second_album
    if name_key(name) == name_key(old_name):
        name = second_name
    return album, name
