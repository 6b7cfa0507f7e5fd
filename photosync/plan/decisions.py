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
    # It was not found there. It may be sent again, but must not be deleted here.
    Whereabouts.UNKNOWN: frozenset({Actions.DELETE_LOCAL, Actions.REPORT}),
}
"""The actions that become a report while the photo may still exist on the service."""


def decide(difference: Difference, policy: Policy) -> tuple[Actions, str]:
    """Return the action for a difference, and a reason where the table alone does not
    explain it.
    """
    if difference.comparison is Comparisons.ROTTEN:
        action = policy.table[Comparisons.ROTTEN]
        return judge_restore(action, difference.damaged)
    return _decide_sound(difference, policy)


def _decide_sound(difference: Difference, policy: Policy) -> tuple[Actions, str]:
    """Decide about a photo that is damaged on neither side."""
    pair = difference.pair
    action, reason = policy.decide(difference.comparison, touched=difference.touched)
    absence = difference.absence
    if absence and action in _UNLESS_ABSENT.get(absence.whereabouts, ()):
        return Actions.REPORT, absence.reason
    if pair.remote is None:
        return action, reason
    if action is Actions.SILENT and _lacks_marks(pair) and policy.repairs_marks:
        return Actions.UPDATE_REMOTE_METADATA, "its tags are gone"
    # A photo keeps its tag. Nobody needs to hear of it in each run.
    if action is Actions.TAG_REMOTE and pair.remote.marked:
        return Actions.SILENT, ""
    if action is Actions.DOWNLOAD_REMOTE and pair.remote.reduced:
        return _decide_smaller(pair)
    return action, reason


def _decide_smaller(pair: Pair) -> tuple[Actions, str]:
    """Decide about a photo of which the service has only the copy that --shrink made."""
    only = "only a smaller copy is there"
    # 2000 pixels must not take the place of the original.
    if pair.local:
        return Actions.REPORT, f"{only}; yours is left alone"
    return Actions.DOWNLOAD_REMOTE, only


def _lacks_marks(pair: Pair) -> bool:
    """Whether the tags with size and hash of the file are gone from a known photo."""
    if pair.local is None or pair.remote is None or pair.baseline is None:
        return False
    # Somebody removed our tags by hand, or the service cut them.
    return pair.remote.titled and pair.baseline.remote.md5 is not None


def make_step(
    service: str, action: Actions, reason: str, difference: Difference
) -> Step:
    """Return the step that carries out an action for a difference."""
    pair = difference.pair
    origin = difference.origin
    place = (pair.album, pair.name)
    # Here the side that moved goes back to where the other one still is.
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
        has_arrived=difference.has_arrived,
        damaged=difference.damaged,
    )


def _find_lost_photo(difference: Difference) -> RemotePhoto | None:
    """Return what the history knows of a remote photo that is gone: the step of its
    delete shows it.
    """
    if difference.comparison is not Comparisons.REMOTE_DELETED:
        return None
    baseline = difference.pair.baseline
    if baseline is None:
        return None
    return baseline.remote
