"""What follows for the other services from a step that writes to the local file. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import NamedTuple

from photosync.formatting import locate_side, name_service
from photosync.model import Actions, Comparisons, Pair, RemotePhoto, Step
from photosync.naming import PhotoKey
from photosync.plan.order import key_of
from photosync.plan.policy import Policy
from photosync.plan.proposal import Proposal
from photosync.plan.steps import (
    AFTER,
    FETCHES,
    are_equal_downloads,
    place_of,
    target_of,
    wait_for,
)

_A = Actions
_C = Comparisons

_PASSED_ON = frozenset(
    {
        Actions.UPLOAD_LOCAL,
        Actions.REPLACE_REMOTE_WITH_LOCAL,
        Actions.DELETE_REMOTE,
        Actions.MOVE_REMOTE,
    }
)


@dataclass(frozen=True, slots=True)
class Rivalry:
    """All that is wanted of all services, and by what rules it is judged.

    `taken` are the places that a service's own photos move to, or moved to; `coming`
    those of photos that come home from it as new ones.
    """

    policy: Policy
    proposals: Sequence[Proposal]
    taken: AbstractSet[tuple[str, PhotoKey]] = frozenset()
    coming: AbstractSet[tuple[str, PhotoKey]] = frozenset()


_LESSER = frozenset(
    {
        Actions.UPDATE_REMOTE_METADATA,
        Actions.UPDATE_LOCAL_METADATA,
        Actions.MERGE_METADATA,
    }
)


class Wish(Enum):
    """What another service has to do with a local file that one service writes to."""

    NOTHING = auto()
    """It wants nothing, and has no such photo."""
    EQUAL = auto()
    """It wants nothing: it has the photo as it is here."""
    GONE_THERE = auto()
    """It had the photo; that is to be deleted here, or sent once more."""
    GONE_THERE_TOLD = auto()
    """It had the photo, of which only this is told."""
    GONE_HERE = auto()
    """It has a photo that was deleted here."""
    DELETE_HERE = auto()
    """It never had the photo, which is therefore to be deleted here."""
    UPLOAD = auto()
    """It is to get the photo."""
    CHANGE_THERE = auto()
    """It has another version, or the photo elsewhere, and is to follow this side."""
    SAME_WRITE = auto()
    """It wants of the local file exactly what the winner does."""
    MOVE_HERE = auto()
    """It has the photo elsewhere, and this side is to follow."""
    OTHER = auto()
    """Anything else: what is only told, stays; all else waits for the next run."""


class Case(NamedTuple):
    """One service, after another won. `remote` is the photo as this service has it.

    Where the winner leaves its photo, `has_room` says whether one may be added there,
    and `is_open` whether the album may be touched at all. `is_proven`: what this service
    has is known to be what the winner had. `is_other`: the winner's service has that
    photo elsewhere by now, and brings another one of its old name.
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
    brought = case.winner.remote if case.winner.action in FETCHES else None
    # Of a withheld original only a lesser picture comes, which is none to pass on.
    is_lesser = brought is not None and brought.withheld
    if not case.has_room or is_lesser:
        return None
    return _follow(case, Comparisons.LOCAL_ONLY)


def _send_if_new_here(case: Case) -> Step | None:
    # It was here already and this service did not ask for it: it may be left out there.
    return _send_new(case) if case.winner.local is None else None


def _replace_there(case: Case) -> Step | None:
    return _follow(case, Comparisons.REMOTE_OLDER)


def _move_there(case: Case) -> Step | None:
    if not case.is_open:
        return None
    return _follow(case, Comparisons.LOCAL_MOVED)


def _delete_there(case: Case) -> Step | None:
    if case.is_proven:
        step = _follow(case, Comparisons.LOCAL_DELETED)
        # Once this side has followed, it stands here where it stands there.
        return step and replace(step, stands_at=case.winner.stands_at)
    # A disk that is new to this home has a photo of that name, date and size: it may be
    # another one, and then it comes home in the next run.
    whose = (
        f"not known to be the photo that was deleted {locate_side(case.winner.service)}"
    )
    return Step(
        service=case.service,
        action=Actions.REPORT,
        comparison=Comparisons.REMOTE_ONLY,
        album=case.winner.album,
        name=case.winner.name,
        remote=case.remote,
        reason=f"not deleted: {whose}",
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
    return wait_for(case.winner, case.theirs) if case.theirs else None


def _replace_before_move(case: Case) -> Step | None:
    # Another computer moved IMG_1 on both services, and then somebody put another photo
    # called IMG_1 in its old album on Flickr: that is no edit of the one that moved.
    if case.is_other:
        return _wait(case)
    # Its photo gets the edit where it is now; the next run finds a mere move.
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
"""What the winner does to the local file, and what another service wanted -> a step.
What is not listed waits.
"""


def pass_on(
    winner: Step, theirs: Step | None, proposal: Proposal, rivalry: Rivalry
) -> Step | None:
    """Return what follows for a service from a step that writes to the local file."""
    equal = proposal.equal.get(place_of(winner))
    # Another date or title is of no account beside a new version, a move or a delete.
    if equal and theirs and theirs.action in _LESSER:
        theirs = None
    target = target_of(winner)
    is_taken = (proposal.service, target) in rivalry.taken
    case = Case(
        winner=winner,
        theirs=theirs,
        service=proposal.service,
        remote=_find_remote(theirs, equal),
        has_room=proposal.has_room_for(target) and not is_taken,
        is_open=target[0] not in proposal.findings.closed,
        is_proven=_is_proven(winner, equal, proposal),
        is_other=theirs is not None
        and (winner.service, target_of(theirs)) in rivalry.coming,
        policy=rivalry.policy,
    )
    wish = _read_wish(winner, theirs, equal)
    answer = ANSWERS.get((winner.action, wish), _wait)
    return answer(case)


def _is_proven(winner: Step, equal: Pair | None, proposal: Proposal) -> bool:
    """Whether memory agreed on the photo of a service, or its bytes are known to be
    those of the winner.
    """
    if place_of(winner) not in proposal.unproven:
        return True
    before = winner.remote
    there = equal.remote if equal else None
    if before is None or there is None or before.md5 is None:
        return False
    return before.md5 == there.md5


def _find_remote(theirs: Step | None, equal: Pair | None) -> RemotePhoto | None:
    if theirs is not None:
        return theirs.remote
    return equal.remote if equal else None


_WISHES: Mapping[Actions, Wish] = {
    Actions.UPLOAD_LOCAL: Wish.UPLOAD,
    Actions.REPLACE_REMOTE_WITH_LOCAL: Wish.CHANGE_THERE,
    Actions.MOVE_REMOTE: Wish.CHANGE_THERE,
    Actions.DELETE_LOCAL: Wish.DELETE_HERE,
    Actions.MOVE_LOCAL: Wish.MOVE_HERE,
}


def _read_wish(winner: Step, theirs: Step | None, equal: Pair | None) -> Wish:
    if theirs is None:
        return Wish.EQUAL if equal else Wish.NOTHING
    if theirs.comparison is _C.LOCAL_DELETED:
        return Wish.GONE_HERE
    if theirs.comparison is _C.REMOTE_DELETED:
        is_told = theirs.action is Actions.REPORT
        return Wish.GONE_THERE_TOLD if is_told else Wish.GONE_THERE
    if is_same_write(winner, theirs):
        return Wish.SAME_WRITE
    return _WISHES.get(theirs.action, Wish.OTHER)


def is_same_write(winner: Step, theirs: Step) -> bool:
    if theirs.action is not winner.action:
        return False
    if winner.action is Actions.DOWNLOAD_REMOTE:
        return _may_bring_the_same(winner, theirs)
    is_move = winner.action is Actions.MOVE_LOCAL
    return is_move and target_of(theirs) == target_of(winner)


def _may_bring_the_same(winner: Step, theirs: Step) -> bool:
    """Whether two downloads bring the same, or may do so and write over nothing."""
    if are_equal_downloads((winner, theirs)):
        return True
    first = winner.remote
    second = theirs.remote
    if first is None or second is None or first.size is None:
        return False
    # Two disks on a new computer: what the second has is looked at once the first has
    # brought the photo.
    is_known_to_differ = None not in {first.md5, second.md5}
    return winner.local is None and first.size == second.size and not is_known_to_differ


def _follow(case: Case, comparison: Comparisons) -> Step | None:
    """Return the step that the policy takes once the winner has done its own."""
    winner = case.winner
    action, refusal = case.policy.decide(comparison)
    if action not in _PASSED_ON and not refusal:
        return None
    return Step(
        service=case.service,
        action=action,
        comparison=comparison,
        album=winner.album,
        name=winner.name,
        remote=None if action is Actions.UPLOAD_LOCAL else case.remote,
        reason=refusal or f"{AFTER}{name_service(winner.service)}",
        origin=winner.origin if action is Actions.MOVE_REMOTE else None,
        waits_for=None if refusal else key_of(winner),
    )
