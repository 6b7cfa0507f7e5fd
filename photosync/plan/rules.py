"""All that may change a step once it is proposed, in the order in which it does. Pure.

The first of the `RULES` look at one step and the service it is for, the last ones at
the steps of all services about one local file. A rule returns the step as it is to be,
or None where nothing is even told of it. No other module changes a step.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from photosync.formatting import locate_side, name_service
from photosync.media.kinds import ending_of, is_sidecar
from photosync.model import Actions, Comparisons, Problem, Step
from photosync.naming import PhotoKey, describe_bad_name, is_utf8, photo_key
from photosync.plan.contents import Contents
from photosync.plan.merges import merge_rival_moves
from photosync.plan.order import is_passed_on
from photosync.plan.policy import DELETES, Policy
from photosync.plan.proposal import Proposal
from photosync.plan.put_back import PutBack, withhold
from photosync.plan.restores import describe_damage, is_damaged_here
from photosync.plan.steps import (
    FETCHES,
    LOCAL_WRITES,
    REMOTE_WRITES,
    SENDS,
    are_equal_downloads,
    find_winner,
    index_steps,
    is_edit,
    keep_standing,
    place_of,
    report_instead,
    target_of,
    wait_for,
)

_MISSING = frozenset({Comparisons.LOCAL_DELETED, Comparisons.REMOTE_DELETED})
_EDITED = frozenset(
    {Comparisons.REMOTE_NEWER, Comparisons.CONFLICT, Comparisons.DIFFERENT}
)

_BRINGS: Mapping[Comparisons, frozenset[Actions]] = {
    # There one of three equal photos vanished and two new ones came: both come home.
    Comparisons.REMOTE_DELETED: frozenset({Actions.DOWNLOAD_REMOTE, Actions.KEEP_BOTH}),
    # Here it was moved over another photo, in whose place it is sent.
    Comparisons.LOCAL_DELETED: frozenset(
        {Actions.UPLOAD_LOCAL, Actions.REPLACE_REMOTE_WITH_LOCAL}
    ),
}
"""What brings a photo from where it stands to the side that is to lose it."""


@dataclass(frozen=True, slots=True)
class Sides:
    """What the rules go by besides the steps, the same for all of them."""

    policy: Policy
    proposals: Mapping[str, Proposal]
    contents: Contents
    put_back: PutBack = field(default_factory=PutBack)


class RuleContext:
    """What a rule goes by: the sides, and all steps as the rule before left them."""

    def __init__(self, sides: Sides, steps: Sequence[Step]) -> None:
        self.policy = sides.policy
        self.contents = sides.contents
        self.put_back = sides.put_back
        self._proposals = sides.proposals
        self._steps = steps

    @property
    def proposals(self) -> Collection[Proposal]:
        """What each service proposed."""
        return self._proposals.values()

    def proposal_of(self, step: Step) -> Proposal:
        """Return what the service of a step proposed."""
        return self._proposals[step.service]

    def rivals_of(self, step: Step) -> Sequence[Step]:
        """Return all steps about the same local file, this one among them."""
        return self.by_place.get(place_of(step)) or (step,)

    @cached_property
    def by_place(self) -> Mapping[PhotoKey, Sequence[Step]]:
        """All steps, by the place where their local file is now."""
        # Most runs only upload: then no rule asks for this.
        return index_steps(self._steps)


Rule = Callable[[Step, RuleContext], Step | None]


# -- what one service takes, and what may be done there


def leave_refused_file(step: Step, context: RuleContext) -> Step | None:
    """Leave out what the service cannot store: there it is not missing."""
    ending = ending_of(step.name)
    is_missing = step.comparison is Comparisons.LOCAL_ONLY
    if not is_missing or ending not in context.proposal_of(step).limits.refuses:
        return step
    # Flickr takes no .xmp, and nobody expects it to.
    if context.policy.skip_unsupported or is_sidecar(step.name):
        return None
    reason = f"{name_service(step.service)} takes no .{ending} files"
    return report_instead(step, reason, is_unfit=True)


def leave_too_large_file(step: Step, context: RuleContext) -> Step:
    """Report a file that is larger than the account permits."""
    if step.action not in SENDS or step.local is None:
        return step
    limits = context.proposal_of(step).limits
    reason = limits.too_large.get(step.local.path)
    if not reason:
        return step
    return report_instead(step, reason, is_unfit=True)


def leave_bad_name(step: Step, context: RuleContext) -> Step:
    """Report a file of a name that the service cannot write down."""
    if step.action not in {Actions.UPLOAD_LOCAL, Actions.MOVE_REMOTE}:
        return step
    wants_utf8 = context.proposal_of(step).limits.wants_utf8
    if not wants_utf8 or is_utf8(step.album + step.name):
        return step
    # It would fail in each run until somebody has the time to rename a whole disk.
    return report_instead(step, describe_bad_name(name_service(step.service)))


def leave_file_refused_before(step: Step, context: RuleContext) -> Step:
    """Report a file that the service refused as it is, in some night before."""
    if step.action not in SENDS or step.local is None:
        return step
    refused = context.proposal_of(step).limits.refused.get(step.local.path)
    if refused is None or not refused.is_about(step.local.stat):
        return step
    reason = f"{refused.reason}; tried again when it changes, or after four weeks"
    return report_instead(step, reason, is_unfit=True)


def leave_read_only_service(step: Step, context: RuleContext) -> Step:
    """Report what would be written to a service that was signed in for reading."""
    reason = context.proposal_of(step).limits.read_only
    if reason and step.action in REMOTE_WRITES:
        return report_instead(step, reason)
    return step


def keep_what_may_have_moved(step: Step, context: RuleContext) -> Step:
    """Delete nothing that may have been moved to where nobody could look."""
    is_for_loss = step.action in DELETES and step.comparison in _MISSING
    # One album answered with an error: the photo may well be in it now.
    if is_for_loss and context.proposal_of(step).findings.incomplete:
        reason = "not deleted: some albums or folders could not be read"
        return report_instead(step, reason)
    return step


def leave_to_old_backup(step: Step, context: RuleContext) -> Step:
    """Report what is wanted only as an old backup was put back here."""
    # A disk died; what came since is missing and not deleted.
    return withhold(step, context.put_back)


def leave_other_kind(step: Step, context: RuleContext) -> Step:
    """Report a file whose bytes are of a kind that `--format` leaves out."""
    # WhatsApp saves videos as .jpg; with `-f photo` they stay here.
    mismatch = _find_mismatch(step, context.contents)
    if mismatch and step.local and not context.contents.is_wanted(step.local):
        return report_instead(step, f"{mismatch}; left out by -f")
    return step


def tell_mismatches(steps: Iterable[Step], contents: Contents) -> Iterator[Problem]:
    """Yield a notice for each file that is sent although its name misleads."""
    for step in steps:
        mismatch = _find_mismatch(step, contents)
        if mismatch:
            yield Problem(f"{step.album}/{step.name}", mismatch, failed=False)


def _find_mismatch(step: Step, contents: Contents) -> str:
    if step.action is not Actions.UPLOAD_LOCAL or step.local is None:
        return ""
    return contents.find_mismatch(step.local)


# -- what several services want of one local file


def leave_withheld_original(step: Step, context: RuleContext) -> Step:
    """Report a photo whose original its service does not hand out, unless another one
    does.
    """
    if step.action not in FETCHES or step.remote is None:
        return step
    reason = context.proposal_of(step).limits.withheld.get(step.remote.id)
    if not reason or any(map(_brings_original, context.rivals_of(step))):
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
    # Whichever of the two came home would overwrite the other.
    if action is Actions.DOWNLOAD_REMOTE:
        action = Actions.REPORT
    return replace(
        step,
        action=action,
        comparison=Comparisons.CONFLICT,
        reason=reason or "edited differently on two services",
    )


def send_nothing_damaged(step: Step, context: RuleContext) -> Step:
    """Send no file to a service that another service shows to be damaged."""
    if step.action not in SENDS:
        return step
    for rival in context.rivals_of(step):
        # A second service is new, and the disk has lost a bit since the first has it.
        if is_damaged_here(rival):
            return report_instead(step, f"not sent: {describe_damage(rival)}")
    return step


def keep_what_was_edited(step: Step, context: RuleContext) -> Step:
    """Delete nothing here that a service holds an edit of which does not come home."""
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
    """Move what one service renamed and another one sorted to a place that has both."""
    merged = merge_rival_moves(step, context.rivals_of(step))
    place = target_of(merged)
    is_equal = any(one.equal.get(place) for one in context.proposals)
    return step if is_equal or place in context.by_place else merged


def wait_for_free_place(step: Step, context: RuleContext) -> Step:
    """Move nothing to a place that some service has something of its own to do
    with.
    """
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
    """Delete nothing that stands elsewhere and is not brought from there."""
    if step.action not in DELETES or is_passed_on(step):
        return step
    standing = [step]
    if step.action is Actions.DELETE_LOCAL:
        # Drive deleted what Flickr has under a name in dispute.
        standing += context.rivals_of(step)
    for other in standing:
        place = _find_standing_place(other, context)
        if place:
            return keep_standing(step, place)
    return step


def _find_standing_place(step: Step, context: RuleContext) -> str:
    """Return where the photo of a step stands and stays, empty if nowhere."""
    side = locate_side(step.service)
    if step.comparison is Comparisons.LOCAL_DELETED:
        side = "here"
    for album, name in step.stands_at:
        about_it = context.by_place.get(photo_key(album, name), ())
        if not _is_brought(step, about_it):
            return f"{album}/{name} {side}"
    return ""


def _is_brought(step: Step, about_it: Sequence[Step]) -> bool:
    """Whether of all steps about the place where a photo stands one brings it."""
    brings_it = _BRINGS.get(step.comparison, frozenset())
    own = [other for other in about_it if other.service == step.service]
    brings = [other for other in own if other.action in brings_it]
    if not brings:
        return False
    winner = find_winner(about_it)
    if winner.action not in LOCAL_WRITES or winner in brings:
        return True
    # Flickr brings another photo of that name, or just the same one.
    return are_equal_downloads((winner, *brings))


RULES: Sequence[Rule] = (
    leave_refused_file,
    leave_too_large_file,
    leave_bad_name,
    leave_file_refused_before,
    leave_read_only_service,
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
    """Return what is left of the steps after each rule saw all of them."""
    left = list(steps)
    for rule in RULES:
        context = RuleContext(sides, left)
        judged = [rule(step, context) for step in left]
        left = [step for step in judged if step is not None]
    return left
