"""What another service wants of a local file that one service writes to. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto

from photosync.model import Actions, Comparisons, Pair, Step
from photosync.plan.steps import are_equal_downloads, target_of


class Wish(Enum):
    """What another service has to do with a local file that one service writes to."""

    NOTHING = auto()
    """It wants nothing, and has no such photo."""
    EQUAL = auto()
    """It wants nothing: it has the photo as it is here."""
    GONE_THERE = auto()
    """It had the photo, which is to be deleted here or sent once more."""
    GONE_THERE_TOLD = auto()
    """It had the photo, and that it is gone is only reported."""
    GONE_HERE = auto()
    """It has a photo that was deleted here."""
    DELETE_HERE = auto()
    """It never had the photo, which is therefore to be deleted here."""
    UPLOAD = auto()
    """It is to get the photo."""
    CHANGE_THERE = auto()
    """It has another version, or the photo elsewhere, and is to follow this side."""
    SAME_WRITE = auto()
    """It wants the same done to the local file as the winner does."""
    MOVE_HERE = auto()
    """It has the photo elsewhere, and this side is to follow."""
    OTHER = auto()
    """Anything else: a report stays a report, all else waits for the next run."""


_WISHES: Mapping[Actions, Wish] = {
    Actions.UPLOAD_LOCAL: Wish.UPLOAD,
    Actions.REPLACE_REMOTE_WITH_LOCAL: Wish.CHANGE_THERE,
    Actions.MOVE_REMOTE: Wish.CHANGE_THERE,
    Actions.DELETE_LOCAL: Wish.DELETE_HERE,
    Actions.MOVE_LOCAL: Wish.MOVE_HERE,
}


def read_wish(winner: Step, theirs: Step | None, equal: Pair | None) -> Wish:
    """Return what a service has to do with the file of the winner.

    `theirs` is the step that it wants, `equal` the pair where it wants none.
    """
    if theirs is None:
        return Wish.EQUAL if equal else Wish.NOTHING
    if theirs.comparison is Comparisons.LOCAL_DELETED:
        return Wish.GONE_HERE
    if theirs.comparison is Comparisons.REMOTE_DELETED:
        if theirs.action is Actions.REPORT:
            return Wish.GONE_THERE_TOLD
        return Wish.GONE_THERE
    if is_same_write(winner, theirs):
        return Wish.SAME_WRITE
    return _WISHES.get(theirs.action, Wish.OTHER)


def is_same_write(winner: Step, theirs: Step) -> bool:
    """Whether two steps leave the local file with the same bytes at the same place."""
    if theirs.action is not winner.action:
        return False
    if winner.action is Actions.DOWNLOAD_REMOTE:
        return _may_bring_the_same(winner, theirs)
    is_move = winner.action is Actions.MOVE_LOCAL
    return is_move and target_of(theirs) == target_of(winner)


def _may_bring_the_same(winner: Step, theirs: Step) -> bool:
    """Whether two downloads bring the same bytes, or may do so and overwrite nothing."""
    if are_equal_downloads((winner, theirs)):
        return True
    if winner.local is not None:
        return False
    first = winner.remote
    second = theirs.remote
    if first is None or second is None:
        return False
    # Two backup disks on a new computer: once the first has brought the photo, that of
    # the second is compared with it.
    is_known_to_differ = first.md5 is not None and second.md5 is not None
    is_of_same_size = first.size is not None and first.size == second.size
    return is_of_same_size and not is_known_to_differ
