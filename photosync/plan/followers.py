"""What follows for the other services from a step that writes to the local file. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import NamedTuple

from photosync.formatting import locate_side, name_service
from photosync.model import Actions, Comparisons, Pair, RemotePhoto, Step
from photosync.naming import PhotoKey
from photosync.plan.order import key_of
from photosync.plan.policy import Policy
from photosync.plan.proposal import Proposal
from photosync.plan.steps import AFTER, FETCHES, place_of, target_of, wait_for
from photosync.plan.wishes import Wish, read_wish

_A = Actions

_PASSED_ON = frozenset(
    {
        Actions.UPLOAD_LOCAL,
        Actions.REPLACE_REMOTE_WITH_LOCAL,
        Actions.DELETE_REMOTE,
        Actions.MOVE_REMOTE,
    }
)


_LESSER = frozenset(
    {
        Actions.UPDATE_REMOTE_METADATA,
        Actions.UPDATE_LOCAL_METADATA,
        Actions.MERGE_METADATA,
    }
)
"""A new date or title: of no account beside a new version, a move or a delete."""


@dataclass(frozen=True, slots=True)
class Rivalry:
    """All that is wanted of all services, and by what rules it is judged.

    `taken` are the places, with their service, that photos there move to, have moved to
    or have yet to leave; `coming` those of photos there that come home as new ones.
    """

    policy: Policy
    proposals: Sequence[Proposal]
    taken: AbstractSet[tuple[str, PhotoKey]] = frozenset()
    coming: AbstractSet[tuple[str, PhotoKey]] = frozenset()


class Case(NamedTuple):
    """One service, after the step of another one won; `theirs` is what it wanted itself.

    `remote` is the photo as this service has it. `has_room` says whether a photo may be
    added at the place where the winner leaves it, `is_open` whether anything may be
    changed in that album. `is_proven`: the photo here is known to be the one that the
    winner's service had. `is_other`: that service has moved it, and brings another photo
    that got its old name.
    """

    winner: Step
    theirs: Step | None
    service: str
    remote: RemotePhoto | None
    has_room: bool
    is_open: bool
    is_proven: bool
    is_other: bool
    policy: Policy


def _do_nothing(case: Case) -> Step | None:  # noqa: ARG001 - an answer as any other
    return None


def _send_new(case: Case) -> Step | None:
    if not case.has_room or _brings_lesser_picture(case.winner):
        return None
    return _follow(case, Comparisons.LOCAL_ONLY)


def _brings_lesser_picture(winner: Step) -> bool:
    """Whether only a smaller picture comes home because the original is withheld."""
    if winner.action not in FETCHES or winner.remote is None:
        return False
    return winner.remote.withheld


def _send_if_new_here(case: Case) -> Step | None:
    if case.winner.local is not None:
        # It was here already and was not to be sent to this service: a filter may leave
        # it out there.
        return None
    return _send_new(case)


def _replace_there(case: Case) -> Step | None:
    return _follow(case, Comparisons.REMOTE_OLDER)


def _move_there(case: Case) -> Step | None:
    if not case.is_open:
        return None
    return _follow(case, Comparisons.LOCAL_MOVED)


def _delete_there(case: Case) -> Step | None:
    if not case.is_proven:
        return _report_unproven(case)
    step = _follow(case, Comparisons.LOCAL_DELETED)
    if step is None:
        return None
    # Where the photo stands elsewhere there, it will stand at the same places here.
    winner = case.winner
    return replace(step, stands_at=winner.stands_at, has_arrived=winner.has_arrived)


def _report_unproven(case: Case) -> Step:
    # A disk that is new to this home has a photo of the same name, date and size. It may
    # be another photo all the same; then the next run brings it home.
    side = locate_side(case.winner.service)
    reason = f"not deleted: not known to be the photo that was deleted {side}"
    return Step(
        service=case.service,
        action=Actions.REPORT,
        comparison=Comparisons.REMOTE_ONLY,
        album=case.winner.album,
        name=case.winner.name,
        remote=case.remote,
        reason=reason,
    )


def _go_on_with_new_file(case: Case) -> Step | None:
    theirs = case.theirs
    assert theirs is not None
    return Step(
        service=theirs.service,
        action=theirs.action,
        comparison=theirs.comparison,
        album=theirs.album,
        name=theirs.name,
        remote=theirs.remote,
        reason=theirs.reason,
        origin=theirs.origin,
        waits_for=key_of(case.winner),
    )


def _wait(case: Case) -> Step | None:
    if case.theirs is None:
        return None
    return wait_for(case.winner, case.theirs)


def _replace_before_move(case: Case) -> Step | None:
    # Another computer moved IMG_1 on both services, and then somebody put another photo
    # called IMG_1 in its old album on Flickr: that is no edit of the one that moved.
    if case.is_other:
        return _wait(case)
    # First the photo gets the edit where it is now. The next run then finds a mere move.
    return _replace_there(case) or _wait(case)


Answer = Callable[[Case], Step | None]

ANSWERS: Mapping[tuple[Actions, Wish], Answer] = {
    # Somebody added a photo to Drive: it comes home, and goes on to Flickr.
    (_A.DOWNLOAD_REMOTE, Wish.NOTHING): _send_if_new_here,
    # Retouched on Drive, while Flickr has the old version.
    (_A.DOWNLOAD_REMOTE, Wish.EQUAL): _replace_there,
    # Retouched on Drive and deleted on Flickr: the edit wins and is sent anew.
    (_A.DOWNLOAD_REMOTE, Wish.GONE_THERE): _send_new,
    (_A.DOWNLOAD_REMOTE, Wish.GONE_THERE_TOLD): _send_new,
    # Deleted here and retouched on Drive: Flickr gets the edit in place of its copy.
    (_A.DOWNLOAD_REMOTE, Wish.GONE_HERE): _replace_there,
    # Flickr was to get the file; it gets the version that comes home first.
    (_A.DOWNLOAD_REMOTE, Wish.UPLOAD): _go_on_with_new_file,
    (_A.DOWNLOAD_REMOTE, Wish.CHANGE_THERE): _go_on_with_new_file,
    # Both services have the same new photo: one of them brings it.
    (_A.DOWNLOAD_REMOTE, Wish.SAME_WRITE): _do_nothing,
    # Retouched on Drive and sorted into another album on Flickr: first the edit.
    (_A.DOWNLOAD_REMOTE, Wish.MOVE_HERE): _replace_before_move,
    # Sorted into another album on Drive: so it is here, and then on Flickr.
    (_A.MOVE_LOCAL, Wish.NOTHING): _do_nothing,
    (_A.MOVE_LOCAL, Wish.EQUAL): _move_there,
    # Flickr lost it, or never had it: it is sent to the place it moved to.
    (_A.MOVE_LOCAL, Wish.GONE_THERE): _send_new,
    (_A.MOVE_LOCAL, Wish.DELETE_HERE): _send_new,
    (_A.MOVE_LOCAL, Wish.UPLOAD): _send_new,
    # Both services were sorted alike.
    (_A.MOVE_LOCAL, Wish.SAME_WRITE): _do_nothing,
    # Deleted on Drive: it goes to the trash here, and then on Flickr.
    (_A.DELETE_LOCAL, Wish.NOTHING): _do_nothing,
    (_A.DELETE_LOCAL, Wish.EQUAL): _delete_there,
    # Flickr has none, and after this there is none to send.
    (_A.DELETE_LOCAL, Wish.GONE_THERE): _do_nothing,
    (_A.DELETE_LOCAL, Wish.DELETE_HERE): _do_nothing,
    (_A.DELETE_LOCAL, Wish.UPLOAD): _do_nothing,
}
"""What the winner does to the local file, and what another service wanted -> the step
that follows for that service. What is not listed waits for the next run.
"""


def pass_on(
    winner: Step, theirs: Step | None, proposal: Proposal, rivalry: Rivalry
) -> Step | None:
    """Return the step that follows for a service once the winner has written to the
    local file; `theirs` is what that service wanted itself.
    """
    equal = proposal.equal.get(place_of(winner))
    if equal and theirs and theirs.action in _LESSER:
        theirs = None
    target = target_of(winner)
    is_taken = (proposal.service, target) in rivalry.taken
    is_other = False
    if theirs is not None:
        is_other = (winner.service, target_of(theirs)) in rivalry.coming
    case = Case(
        winner=winner,
        theirs=theirs,
        service=proposal.service,
        remote=_find_remote(theirs, equal),
        has_room=proposal.has_room_for(target) and not is_taken,
        is_open=target[0] not in proposal.findings.closed,
        is_proven=_is_proven(winner, equal, proposal),
        is_other=is_other,
        policy=rivalry.policy,
    )
    wish = read_wish(winner, theirs, equal)
    answer = ANSWERS.get((winner.action, wish), _wait)
    return answer(case)


def _is_proven(winner: Step, equal: Pair | None, proposal: Proposal) -> bool:
    """Whether the history knows the photo of a service, or its bytes are known to be
    those of the winner's photo.
    """
    if place_of(winner) not in proposal.unproven:
        return True
    if equal is None or equal.remote is None:
        return False
    before = winner.remote
    if before is None or before.md5 is None:
        return False
    return before.md5 == equal.remote.md5


def _find_remote(theirs: Step | None, equal: Pair | None) -> RemotePhoto | None:
    if theirs is not None:
        return theirs.remote
    if equal is not None:
        return equal.remote
    return None


def _follow(case: Case, comparison: Comparisons) -> Step | None:
    """Return the step that the policy takes about a comparison once the winner is done.

    Where the policy refuses it, that is a report, and waits for nothing. None where the
    mode does nothing about it.
    """
    winner = case.winner
    action, refusal = case.policy.decide(comparison)
    if action not in _PASSED_ON and not refusal:
        return None
    remote = case.remote
    if action is Actions.UPLOAD_LOCAL:
        remote = None
    step = Step(
        service=case.service,
        action=action,
        comparison=comparison,
        album=winner.album,
        name=winner.name,
        remote=remote,
        reason=refusal,
    )
    if action is Actions.MOVE_REMOTE:
        step = replace(step, origin=winner.origin)
    if refusal:
        return step
    reason = f"{AFTER}{name_service(winner.service)}"
    return replace(step, reason=reason, waits_for=key_of(winner))
