"""What is done about one difference, and the step that does it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from photosync.model import (
    Actions,
    Comparisons,
    Difference,
    Pair,
    RemotePhoto,
    Step,
    Whereabouts,
)
from photosync.plan.policy import Policy
from photosync.plan.restores import judge_restore

_FOLLOWS_BACK = {
    (Comparisons.LOCAL_MOVED, Actions.MOVE_LOCAL),
    (Comparisons.REMOTE_MOVED, Actions.MOVE_REMOTE),
}


_UNLESS_ABSENT: Mapping[Whereabouts, AbstractSet[Actions]] = {
    # Taken out of its album on the web page: what it means is for the person to say.
    Whereabouts.ELSEWHERE: frozenset(Actions) - {Actions.SILENT},
    Whereabouts.THERE: frozenset(Actions) - {Actions.SILENT},
    # What is not there for all we see may be sent anew, and never deleted here.
    Whereabouts.UNKNOWN: frozenset({Actions.DELETE_LOCAL, Actions.REPORT}),
}
"""What is not done, but told with the reason, about a photo that is not gone for sure."""


def decide(difference: Difference, policy: Policy) -> tuple[Actions, str]:
    """Return what is done about a difference, and why if it is not what the table
    says.
    """
    if difference.comparison is Comparisons.ROTTEN:
        action = policy.table[Comparisons.ROTTEN]
        return judge_restore(action, difference.damaged)
    return _decide_sound(difference, policy)


def _decide_sound(difference: Difference, policy: Policy) -> tuple[Actions, str]:
    """Return the same of a photo that is damaged nowhere."""
    pair = difference.pair
    action, reason = policy.decide(difference.comparison, touched=difference.touched)
    absence = difference.absence
    if absence and action in _UNLESS_ABSENT.get(absence.whereabouts, ()):
        return Actions.REPORT, absence.reason
    if pair.remote is None:
        return action, reason
    if action is Actions.SILENT and _lacks_marks(pair) and policy.repairs_marks:
        return Actions.UPDATE_REMOTE_METADATA, "its tags are gone"
    # A photo keeps its tag; nobody needs to be told of it at every run.
    if action is Actions.TAG_REMOTE and pair.remote.marked:
        return Actions.SILENT, ""
    if action is Actions.DOWNLOAD_REMOTE and pair.remote.reduced:
        return _decide_smaller(pair)
    return action, reason


def _decide_smaller(pair: Pair) -> tuple[Actions, str]:
    """Return what is done about 2000 pixels of a photo, which --shrink sent."""
    only = "only a smaller copy is there"
    # They must not take the place of the original.
    if pair.local:
        return Actions.REPORT, f"{only}; yours is left alone"
    return Actions.DOWNLOAD_REMOTE, only


def _lacks_marks(pair: Pair) -> bool:
    """Whether a service tells nothing of the file of a photo that history knows."""
    if pair.local is None or pair.remote is None or pair.baseline is None:
        return False
    # Somebody removed our tags by hand, or the service cut them.
    return pair.remote.titled and pair.baseline.remote.md5 is not None


def make_step(
    service: str, action: Actions, reason: str, difference: Difference
) -> Step:
    """Return the step of an action about a difference."""
    pair = difference.pair
    origin = difference.origin
    place = (pair.album, pair.name)
    # The side that moved is to follow the one that did not.
    if origin and (difference.comparison, action) in _FOLLOWS_BACK:
        place, origin = origin, place
    album, name = place
    return Step(
        service=service,
        action=action,
        comparison=difference.comparison,
        album=album,
        name=name,
        local=pair.local,
        remote=pair.remote or _find_lost_photo(difference),
        reason=reason,
        origin=origin,
        stands_at=difference.stands_at,
        damaged=difference.damaged,
    )


def _find_lost_photo(difference: Difference) -> RemotePhoto | None:
    """Return what a photo was that is no longer there: its delete is told with it."""
    baseline = difference.pair.baseline
    is_lost = difference.comparison is Comparisons.REMOTE_DELETED
    return baseline.remote if baseline and is_lost else None
