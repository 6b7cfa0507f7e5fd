"""What several services want of one local file, reconciled before anything is done.
Pure.

At most one step writes to a local file: the winner. What it changes is passed on to the
other services in the same run, by steps that wait for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from photosync.model import Actions, Comparisons, Shared, Step
from photosync.naming import PhotoKey, photo_key
from photosync.plan.followers import Rivalry, pass_on
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
from photosync.plan.wishes import is_same_write

_MOVED_THERE_FIRST = frozenset({Comparisons.REMOTE_DELETED, Comparisons.REMOTE_OLDER})


def reconcile(
    steps: Sequence[Step], proposals: Sequence[Proposal], policy: Policy
) -> list[Step]:
    """Return the steps of all services so that none is in the way of another."""
    if len(proposals) < 2:
        return list(steps)
    taken = frozenset(_find_taken(steps))
    coming = frozenset(_find_coming(steps))
    rivalry = Rivalry(policy, proposals, taken, coming)
    settled: list[Step] = []
    for rivals in index_steps(steps).values():
        settled += settle(rivals, rivalry)
    return settled


def _find_taken(steps: Iterable[Step]) -> Iterator[tuple[str, PhotoKey]]:
    """Yield the places that photos of a service have moved to, or have yet to leave, each
    with the service.
    """
    for step in steps:
        if step.action is Actions.MOVE_LOCAL:
            yield step.service, target_of(step)
        # It moved here while Flickr was away. Its move there may have to wait again, and
        # till then nobody else can have its old name.
        if step.comparison is Comparisons.LOCAL_MOVED and step.origin:
            yield step.service, photo_key(*step.origin)
        # Sorted into another album on Drive, and edited here: this run sends the edit
        # to where the photo is there.
        if step.comparison in _MOVED_THERE_FIRST:
            for place in step.stands_at:
                yield step.service, photo_key(*place)


def _find_coming(steps: Iterable[Step]) -> Iterator[tuple[str, PhotoKey]]:
    """Yield the places of photos that come home as new ones, each with the service."""
    for step in steps:
        if step.action is Actions.DOWNLOAD_REMOTE and step.local is None:
            yield step.service, target_of(step)


def settle(rivals: Sequence[Step], rivalry: Rivalry) -> Iterator[Step]:
    """Yield the steps that are done of those that are wanted about one local file: all,
    or the winner and what follows from it for the other services.
    """
    if not _has_local_write(rivals):
        yield from rivals
        return
    winner = find_winner(rivals)
    others = {step.service: step for step in rivals if step is not winner}
    shared = tuple(_find_shared(winner, others.values()))
    yield replace(winner, shared=shared)
    for proposal in rivalry.proposals:
        if proposal.service == winner.service or not proposal.is_known:
            continue
        theirs = others.get(proposal.service)
        follower = pass_on(winner, theirs, proposal, rivalry)
        if follower is not None:
            yield follower


def _has_local_write(steps: Iterable[Step]) -> bool:
    return any(step.action in LOCAL_WRITES for step in steps)


def _find_shared(winner: Step, others: Iterable[Step]) -> Iterator[Shared]:
    """Yield the photos of the services that want the same as the winner."""
    for theirs in others:
        # A photo comes home to a new computer, and both services have it. If it were
        # remembered for one of them only, it would come back from the other one after
        # somebody deletes it here.
        if is_same_write(winner, theirs) and theirs.remote is not None:
            yield Shared(theirs.service, theirs.remote)


def keep_what_is_not_brought(steps: Sequence[Step]) -> list[Step]:
    """Return the steps, with a report in place of a delete that would lose a photo.

    A delete on one service follows that on another one. Where the other one still has
    the photo at another place, the photo must be sent from there in this run.
    """
    sends = [step for step in steps if step.action in SENDS]
    brought = {(find_source(step), step.service, target_of(step)) for step in sends}
    return [_keep_unless_brought(step, brought) for step in steps]


def _keep_unless_brought(
    step: Step, brought: AbstractSet[tuple[str, str, PhotoKey]]
) -> Step:
    source = find_source(step)
    if not source or step.action is not Actions.DELETE_REMOTE or step.has_arrived:
        return step
    # On Drive it was moved over another photo, which on Flickr cannot be compared. So it
    # is not sent to that place on Flickr, and its old place there is its only one.
    for album, name in step.stands_at:
        if (source, step.service, photo_key(album, name)) not in brought:
            return keep_standing(step, f"{album}/{name} here")
    return step
