"""A photo that got a new album on one side and a new name on another gets both. Pure.

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
    """Return a photo that both sides moved as one that only the service moved: to the
    place with the new album and the new name.

    Only where the mode lets files here follow a move there; else it stays as it is.
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
    """Return a move here as one to the place with the new album and the new name, where
    one service gave the photo the one and another service the other.

    Where both gave it a new album, or both a new name, its own service decides.
    """
    moves = [rival for rival in rivals if rival.action is Actions.MOVE_LOCAL]
    if step not in moves or step.origin is None:
        return step
    there = (step.album, step.name)
    place = there
    for rival in moves:
        place = merge_places(step.origin, place, (rival.album, rival.name))
    album, name = place
    remote = _find_agreed(step.remote, there, place)
    return replace(step, album=album, name=name, remote=remote)


def _find_agreed(
    remote: RemotePhoto | None, there: Place | None, place: Place
) -> RemotePhoto | None:
    """Return the remote photo that a file agrees with once it has moved to a place:
    None where the service has it at another place.
    """
    if there is None or photo_key(*there) != photo_key(*place):
        return None
    return remote
