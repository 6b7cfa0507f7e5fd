"""A photo that got another album at one place and another name at another one gets both.
Pure.

First it moves here. The next run finds a mere move here, which the services follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from photosync.compare.matching import Place, merge_places
from photosync.model import Actions, Comparisons, Difference, RemotePhoto, Step
from photosync.naming import photo_key
from photosync.plan.policy import Policy


def merge_moves(difference: Difference, policy: Policy) -> Difference:
    """Return what both sides moved as moved there alone, to the place that has the new
    album and the new name, where files here follow moves there.
    """
    place = difference.merged
    action, _ = policy.decide(Comparisons.REMOTE_MOVED)
    if place is None or action is not Actions.MOVE_LOCAL:
        return difference
    pair = difference.pair
    album, name = place
    remote = _find_agreed(pair.remote, difference.origin, place)
    return difference._replace(
        pair=pair._replace(album=album, name=name, remote=remote),
        comparison=Comparisons.REMOTE_MOVED,
        origin=(pair.album, pair.name),
    )


def merge_rival_moves(step: Step, rivals: Sequence[Step]) -> Step:
    """Return the move of a file here as one to the place that has the new album and the
    new name, which two services gave it; of two new ones its own.
    """
    moves = [rival for rival in rivals if rival.action is Actions.MOVE_LOCAL]
    if step not in moves or step.origin is None:
        return step
    there = place = step.album, step.name
    for rival in moves:
        place = merge_places(step.origin, place, (rival.album, rival.name))
    album, name = place
    remote = _find_agreed(step.remote, there, place)
    return replace(step, album=album, name=name, remote=remote)


def _find_agreed(
    remote: RemotePhoto | None, there: Place | None, place: Place
) -> RemotePhoto | None:
    """Return what both sides agree on once a file has moved to a place: nothing where
    the photo stands elsewhere there.
    """
    is_there = there is not None and photo_key(*there) == photo_key(*place)
    return remote if is_there else None
