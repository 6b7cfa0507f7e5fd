"""What several services want of one local file, reconciled before anything is done.
Pure.

One step at most writes to a local file. What it changes there is passed on to the other
services in the same run, by steps that wait for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from photosync.model import Actions, Comparisons, Shared, Step
from photosync.naming import PhotoKey, photo_key
from photosync.plan.followers import Rivalry, is_same_write, pass_on
from photosync.plan.order import find_source
from photosync.plan.policy import Policy
from photosync.plan.proposal import Proposal
from photosync.plan.steps import (
    LOCAL_WRITES,
    SENDS,
    find_winner,
    index_steps,
    keep_standing,
    target_of,
)

_A = Actions
_C = Comparisons


def reconcile(
    steps: Sequence[Step], proposals: Sequence[Proposal], policy: Policy
) -> list[Step]:
    """Return the steps of all services such that none is in another's way."""
    if len(proposals) < 2:
        return list(steps)
    taken, coming = frozenset(_find_taken(steps)), frozenset(_find_coming(steps))
    rivalry = Rivalry(policy, proposals, taken, coming)
    settled: list[Step] = []
    for rivals in index_steps(steps).values():
        settled += settle(rivals, rivalry)
    return settled


def _find_taken(steps: Iterable[Step]) -> Iterator[tuple[str, PhotoKey]]:
    """Yield where services have a photo, or will have it, that is told of elsewhere."""
    for step in steps:
        if step.action is Actions.MOVE_LOCAL:
            yield step.service, target_of(step)
        # On Drive it was sorted into another album, and here it was edited: first the
        # edit goes there.
        if step.comparison in {_C.REMOTE_DELETED, _C.REMOTE_OLDER}:
            for place in step.stands_at:
                yield step.service, photo_key(*place)


def _find_coming(steps: Iterable[Step]) -> Iterator[tuple[str, PhotoKey]]:
    """Yield where services have a photo that is new here."""
    for step in steps:
        if step.action is _A.DOWNLOAD_REMOTE and step.local is None:
            yield step.service, target_of(step)


def settle(rivals: Sequence[Step], rivalry: Rivalry) -> Iterator[Step]:
    """Yield what is done of all that is wanted of one local file."""
    if not _has_local_write(rivals):
        yield from rivals
        return
    winner = find_winner(rivals)
    others = {step.service: step for step in rivals if step is not winner}
    yield replace(winner, shared=tuple(_find_shared(winner, others.values())))
    for proposal in rivalry.proposals:
        if proposal.service != winner.service and proposal.is_known:
            theirs = others.get(proposal.service)
            follower = pass_on(winner, theirs, proposal, rivalry)
            if follower is not None:
                yield follower


def _has_local_write(steps: Iterable[Step]) -> bool:
    return any(step.action in LOCAL_WRITES for step in steps)


def _find_shared(winner: Step, others: Iterable[Step]) -> Iterator[Shared]:
    """Yield what services have that want just what the winner does."""
    for theirs in others:
        # Both services hold what comes home to a new computer. Remembered for one of
        # them only, it would come back from the other after a delete here.
        if is_same_write(winner, theirs) and theirs.remote is not None:
            yield Shared(theirs.service, theirs.remote)


def keep_what_is_not_brought(steps: Sequence[Step]) -> list[Step]:
    """Return the steps, a delete that follows another service only told where that has
    the photo elsewhere and does not bring it to the service of the delete as well.
    """
    brought = {
        (find_source(step), step.service, target_of(step))
        for step in steps
        if step.action in SENDS
    }
    return [_keep_unless_brought(step, brought) for step in steps]


def _keep_unless_brought(
    step: Step, brought: AbstractSet[tuple[str, str, PhotoKey]]
) -> Step:
    source = find_source(step)
    if not source or step.action is not _A.DELETE_REMOTE:
        return step
    # Moved on Drive over another photo, which Flickr has in a version that cannot be
    # compared: there the moved one has no other place.
    for album, name in step.stands_at:
        if (source, step.service, photo_key(album, name)) not in brought:
            return keep_standing(step, f"{album}/{name} here")
    return step
