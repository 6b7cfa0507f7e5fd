"""The rules about what one service takes, and what may be done there. Pure."""

from __future__ import annotations

from photosync.formatting import name_service
from photosync.media.kinds import ending_of, is_sidecar
from photosync.model import Actions, Comparisons, Step
from photosync.naming import describe_bad_name, is_utf8
from photosync.plan.contents import find_mismatch
from photosync.plan.policy import DELETES
from photosync.plan.put_back import withhold
from photosync.plan.rule_context import RuleContext
from photosync.plan.steps import (
    REMOTE_WRITES,
    SENDS,
    is_arrival,
    report_instead,
    target_of,
)

_MISSING = frozenset({Comparisons.LOCAL_DELETED, Comparisons.REMOTE_DELETED})


def leave_refused_file(step: Step, context: RuleContext) -> Step | None:
    """Report a file of a kind that the service cannot store, or leave it out."""
    if step.comparison is not Comparisons.LOCAL_ONLY:
        return step
    ending = ending_of(step.name)
    limits = context.proposal_of(step).limits
    if ending not in limits.refuses:
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
    reason = context.proposal_of(step).limits.too_large.get(step.local.path)
    if reason:
        return report_instead(step, reason, is_unfit=True)
    return step


def leave_bad_name(step: Step, context: RuleContext) -> Step:
    """Report a file whose name the service cannot keep."""
    if step.action not in {Actions.UPLOAD_LOCAL, Actions.MOVE_REMOTE}:
        return step
    wants_utf8 = context.proposal_of(step).limits.wants_utf8
    if not wants_utf8 or is_utf8(step.album + step.name):
        return step
    # Sent, it would fail in each run until somebody has time to rename a whole disk.
    reason = describe_bad_name(name_service(step.service))
    return report_instead(step, reason)


def leave_file_refused_before(step: Step, context: RuleContext) -> Step:
    """Report a file that the service refused in an earlier run, as it is now."""
    if step.action not in SENDS or step.local is None:
        return step
    limits = context.proposal_of(step).limits
    refused = limits.refused.get(step.local.path)
    if refused is None or not refused.is_about(step.local.stat):
        return step
    reason = f"{refused.reason}; tried again when it changes, or after four weeks"
    return report_instead(step, reason, is_unfit=True)


def leave_read_only_service(step: Step, context: RuleContext) -> Step:
    """Report what would be written to a service that photosync may only read."""
    reason = context.proposal_of(step).limits.read_only
    if reason and step.action in REMOTE_WRITES:
        return report_instead(step, reason)
    return step


def leave_forbidden_change(step: Step, context: RuleContext) -> Step:
    """Report what may not be done with this photo there, as its listing tells."""
    forbidden = context.proposal_of(step).limits.forbidden
    if step.remote is None or step.remote.id not in forbidden:
        return step
    # A friend put it into our album on Drive, and it was edited here.
    reason = forbidden[step.remote.id].get(step.action)
    return report_instead(step, reason) if reason else step


def leave_homeless_photo(step: Step, context: RuleContext) -> Step:
    """Report what would come here to a name or an album that has no place here."""
    # A photo in two albums of Flickr may have one in the other album.
    reason = context.proposal_of(step).limits.homeless.get(target_of(step))
    return report_instead(step, reason) if reason and is_arrival(step) else step


def keep_what_may_have_moved(step: Step, context: RuleContext) -> Step:
    """Delete nothing that may have been moved to where nobody could look."""
    if step.action not in DELETES or step.comparison not in _MISSING:
        return step
    # One album answered with an error: the photo may well be in it now.
    if context.proposal_of(step).findings.incomplete:
        reason = "not deleted: some albums or folders could not be read"
        return report_instead(step, reason)
    return step


def leave_to_old_backup(step: Step, context: RuleContext) -> Step:
    """Report what is only wanted because an old backup was put back here."""
    # A disk died. What came since the backup is missing, but nobody deleted it.
    return withhold(step, context.put_back)


def leave_other_kind(step: Step, context: RuleContext) -> Step:
    """Report a file whose bytes are of a kind that `--format` leaves out."""
    # WhatsApp saves videos as .jpg; with `-f photo` they stay here.
    mismatch = find_mismatch(step, context.contents)
    if mismatch and step.local and not context.contents.is_wanted(step.local):
        return report_instead(step, f"{mismatch}; left out by -f")
    return step
