"""The rules that may change a step once it is proposed, in their order. Pure.

The first of the `RULES` look at one step and the service it is for (`service_rules`),
the last ones at the steps of all services about one local file. A rule returns the step
as it is to be, or None where it is not even reported. No other module changes a step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from photosync.formatting import locate_side, name_service
from photosync.model import Actions, Comparisons, Step
from photosync.naming import photo_key
from photosync.plan.merges import merge_rival_moves
from photosync.plan.order import is_passed_on
from photosync.plan.policy import DELETES
from photosync.plan.restores import describe_damage, is_damaged_here
from photosync.plan.rule_context import Rule, RuleContext, Sides
from photosync.plan.service_rules import (
    keep_what_may_have_moved,
    leave_bad_name,
    leave_file_refused_before,
    leave_forbidden_change,
    leave_homeless_photo,
    leave_other_kind,
    leave_read_only_service,
    leave_refused_file,
    leave_to_old_backup,
    leave_too_large_file,
)
from photosync.plan.steps import (
    FETCHES,
    LOCAL_WRITES,
    SENDS,
    are_equal_downloads,
    find_winner,
    is_edit,
    keep_standing,
    report_instead,
    target_of,
    wait_for,
)

_EDITED = frozenset(
    {Comparisons.REMOTE_NEWER, Comparisons.CONFLICT, Comparisons.DIFFERENT}
)

_BRINGS: Mapping[Comparisons, frozenset[Actions]] = {
    # There one of three equal photos vanished and two new ones appeared, which come home.
    Comparisons.REMOTE_DELETED: frozenset({Actions.DOWNLOAD_REMOTE, Actions.KEEP_BOTH}),
    # Here the photo was moved over another one, and is sent in its place.
    Comparisons.LOCAL_DELETED: frozenset(
        {Actions.UPLOAD_LOCAL, Actions.REPLACE_REMOTE_WITH_LOCAL}
    ),
}
"""What brings a photo from where it stands to the side that is to lose it."""


def leave_withheld_original(step: Step, context: RuleContext) -> Step:
    """Report a photo whose original its service does not hand out, unless another one
    does.
    """
    if step.action not in FETCHES or step.remote is None:
        return step
    limits = context.proposal_of(step).limits
    reason = limits.withheld.get(step.remote.id)
    if not reason:
        return step
    # Flickr gives only a smaller picture, and Drive has the original.
    if any(_brings_original(rival) for rival in context.rivals_of(step)):
        return step
    return report_instead(step, reason)


def _brings_original(step: Step) -> bool:
    return step.action in FETCHES and step.remote is not None and step.remote.is_copy


def call_two_edits_a_conflict(step: Step, context: RuleContext) -> Step:
    """Let nobody win where a photo was edited differently on two services."""
    if not is_edit(step):
        return step
    edits = [rival for rival in context.rivals_of(step) if is_edit(rival)]
    if len(edits) < 2 or are_equal_downloads(edits):
        return step
    action, reason = context.policy.decide(Comparisons.CONFLICT)
    # Whichever of the two came home last would overwrite the other.
    if action is Actions.DOWNLOAD_REMOTE:
        action = Actions.REPORT
    return replace(
        step,
        action=action,
        comparison=Comparisons.CONFLICT,
        reason=reason or "edited differently on two services",
    )


def send_nothing_damaged(step: Step, context: RuleContext) -> Step:
    """Send no file that is known, by the copy on another service, to be damaged."""
    if step.action not in SENDS:
        return step
    for rival in context.rivals_of(step):
        # Flickr is new, and the disk has lost a bit since the photo went to Drive.
        if is_damaged_here(rival):
            return report_instead(step, f"not sent: {describe_damage(rival)}")
    return step


def keep_what_was_edited(step: Step, context: RuleContext) -> Step:
    """Delete nothing here while a service has an edit of it that does not come home."""
    if step.action is not Actions.DELETE_LOCAL:
        return step
    for rival in context.rivals_of(step):
        # Deleted on Drive, retouched on Flickr, and the mode brings no edits home.
        if rival.comparison in _EDITED and rival.action not in LOCAL_WRITES:
            return report_instead(
                step, f"not deleted: it was changed on {name_service(rival.service)}"
            )
    return step


def bring_moves_together(step: Step, context: RuleContext) -> Step:
    """Move a photo that one service renamed and another one put into a new album to the
    place that has both.
    """
    merged = merge_rival_moves(step, context.rivals_of(step))
    place = target_of(merged)
    if place in context.by_place:
        return step
    is_taken = any(proposal.equal.get(place) for proposal in context.proposals)
    return step if is_taken else merged


def wait_for_free_place(step: Step, context: RuleContext) -> Step:
    """Move nothing to a place at which a service has a step of its own."""
    if step.action not in LOCAL_WRITES:
        return step
    winner = find_winner(context.rivals_of(step))
    if winner.action is not Actions.MOVE_LOCAL:
        return step
    target = photo_key(winner.album, winner.name)
    for other in context.by_place.get(target, ()):
        # Drive renamed a.jpg to b.jpg while Flickr got a new b.jpg.
        if other.action is not Actions.REPORT:
            return wait_for(winner, step)
    return step


def keep_what_stands_elsewhere(step: Step, context: RuleContext) -> Step:
    """Delete no photo that has another place on its side, unless it comes from there."""
    if step.action not in DELETES or is_passed_on(step):
        return step
    about_it = [step]
    if step.action is Actions.DELETE_LOCAL:
        # Deleted on Drive, and moved on Flickr to a name that is in dispute here.
        about_it += context.rivals_of(step)
    for other in about_it:
        place = _find_standing_place(other, context)
        if place:
            return keep_standing(step, place)
    return step


def _find_standing_place(step: Step, context: RuleContext) -> str:
    """Return another place of the photo of a step from which it is not brought in this
    run, for people; empty if there is none.
    """
    is_gone_here = step.comparison is Comparisons.LOCAL_DELETED
    side = "here" if is_gone_here else locate_side(step.service)
    # What was edited there as well came home in an earlier run: nothing is to be brought.
    places = () if step.has_arrived else step.stands_at
    for album, name in places:
        about_place = context.by_place.get(photo_key(album, name), ())
        if not _is_brought(step, about_place):
            return f"{album}/{name} {side}"
    return ""


def _is_brought(step: Step, about_place: Sequence[Step]) -> bool:
    """Whether one of the steps about another place of a photo brings it from there."""
    bringing_actions = _BRINGS.get(step.comparison, frozenset())
    own = [other for other in about_place if other.service == step.service]
    brings = [other for other in own if other.action in bringing_actions]
    if not brings:
        return False
    winner = find_winner(about_place)
    if winner.action not in LOCAL_WRITES or winner in brings:
        return True
    # Flickr wins with a photo of that name: it may be the same one, or another.
    return are_equal_downloads((winner, *brings))


RULES: Sequence[Rule] = (
    leave_refused_file,
    leave_too_large_file,
    leave_bad_name,
    leave_file_refused_before,
    leave_read_only_service,
    leave_forbidden_change,
    leave_homeless_photo,
    keep_what_may_have_moved,
    leave_to_old_backup,
    leave_other_kind,
    leave_withheld_original,
    call_two_edits_a_conflict,
    send_nothing_damaged,
    keep_what_was_edited,
    bring_moves_together,
    wait_for_free_place,
    keep_what_stands_elsewhere,
)


def apply_rules(steps: Iterable[Step], sides: Sides) -> Sequence[Step]:
    """Return the steps as the rules leave them, each rule applied to all of them."""
    left = list(steps)
    for rule in RULES:
        context = RuleContext(sides, left)
        judged = [rule(step, context) for step in left]
        left = [step for step in judged if step is not None]
    return left
