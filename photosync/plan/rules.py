"""All that may change a step once it is proposed, in the order in which it does. Pure.

`SERVICE_RULES` look at one step and the service it is for, `RIVAL_RULES` at the steps
of all services about one local file. A rule returns the step as it is to be, or None
where nothing is even told of it. No other module changes a step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

from photosync.media.kinds import ending_of, is_sidecar
from photosync.model import Actions, Comparisons, LocalPhoto, Problem, Step
from photosync.naming import PhotoKey, photo_key
from photosync.plan.policy import DELETES, Policy
from photosync.plan.proposal import Proposal

REMOTE_WRITES = frozenset(
    {
        Actions.UPLOAD_LOCAL,
        Actions.REPLACE_REMOTE_WITH_LOCAL,
        Actions.UPDATE_REMOTE_METADATA,
        Actions.DELETE_REMOTE,
        Actions.MOVE_REMOTE,
        Actions.TAG_REMOTE,
    }
)

LOCAL_WRITES: Mapping[Actions, int] = {
    Actions.DOWNLOAD_REMOTE: 0,
    Actions.MOVE_LOCAL: 1,
    Actions.DELETE_LOCAL: 2,
}
"""The actions that write to a local file: an edit beats a move, and that a delete."""

_NO_LOCAL_WRITE = len(LOCAL_WRITES)

_MISSING = frozenset({Comparisons.LOCAL_DELETED, Comparisons.REMOTE_DELETED})
_EDITED = frozenset(
    {Comparisons.REMOTE_NEWER, Comparisons.CONFLICT, Comparisons.DIFFERENT}
)


class Contents(Protocol):
    """Looks into files that are to be sent: a name need not tell what is in them."""

    def find_mismatch(self, photo: LocalPhoto) -> str:
        """Return what is wrong between a file and its name, empty if nothing is."""

    def is_wanted(self, photo: LocalPhoto) -> bool:
        """Whether a file holds what `--format` asks for."""


class TrustedNames:
    """The `Contents` of files that nobody looks into."""

    def find_mismatch(self, photo: LocalPhoto) -> str:  # noqa: ARG002 - all is well
        return ""

    def is_wanted(self, photo: LocalPhoto) -> bool:  # noqa: ARG002 - all is well
        return True


def report_instead(step: Step, reason: str) -> Step:
    """Return a step that only tells why the given one is not done."""
    return replace(step, action=Actions.REPORT, reason=reason, waits_for=None)


# -- what one service takes, and what may be done there


@dataclass(frozen=True, slots=True)
class ServiceContext:
    """What a service rule goes by besides the step."""

    policy: Policy
    proposal: Proposal
    contents: Contents


ServiceRule = Callable[[Step, ServiceContext], Step | None]


def leave_refused_file(step: Step, context: ServiceContext) -> Step | None:
    """Leave out what the service cannot store: there it is not missing."""
    ending = ending_of(step.name)
    is_missing = step.comparison is Comparisons.LOCAL_ONLY
    if not is_missing or ending not in context.proposal.limits.refuses:
        return step
    # Flickr takes no .xmp, and nobody expects it to.
    if context.policy.skip_unsupported or is_sidecar(step.name):
        return None
    return report_instead(step, f"{step.service} takes no .{ending} files")


def leave_read_only_service(step: Step, context: ServiceContext) -> Step:
    """Report what would be written to a service that was signed in for reading."""
    reason = context.proposal.limits.read_only
    if reason and step.action in REMOTE_WRITES:
        return report_instead(step, reason)
    return step


def keep_what_may_have_moved(step: Step, context: ServiceContext) -> Step:
    """Delete nothing that may have been moved to where nobody could look."""
    is_for_loss = step.action in DELETES and step.comparison in _MISSING
    # One album answered with an error: the photo may well be in it now.
    if is_for_loss and context.proposal.findings.incomplete:
        reason = "not deleted: some albums or folders could not be read"
        return report_instead(step, reason)
    return step


def leave_other_kind(step: Step, context: ServiceContext) -> Step:
    """Report a file whose bytes are of a kind that `--format` leaves out."""
    # WhatsApp saves videos as .jpg; with `-f photo` they stay here.
    mismatch = _find_mismatch(step, context.contents)
    if mismatch and step.local and not context.contents.is_wanted(step.local):
        return report_instead(step, f"{mismatch}; left out by -f")
    return step


SERVICE_RULES: Sequence[ServiceRule] = (
    leave_refused_file,
    leave_read_only_service,
    keep_what_may_have_moved,
    leave_other_kind,
)


def apply_service_rules(
    steps: Iterable[Step], context: ServiceContext
) -> Iterator[Step]:
    """Yield the steps that are left of those of one service."""
    for step in steps:
        judged = _apply(step, context)
        if judged is not None:
            yield judged


def _apply(step: Step, context: ServiceContext) -> Step | None:
    judged: Step | None = step
    for rule in SERVICE_RULES:
        if judged is not None:
            judged = rule(judged, context)
    return judged


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


class RivalContext(NamedTuple):
    """What a rival rule goes by: all steps about one local file, and those of other
    places.
    """

    policy: Policy
    rivals: Sequence[Step]
    by_place: Mapping[PhotoKey, Sequence[Step]]


RivalRule = Callable[[Step, RivalContext], Step]


def call_two_edits_a_conflict(step: Step, context: RivalContext) -> Step:
    """Let nobody win where a photo was edited differently on two services."""
    edits = [rival for rival in context.rivals if _is_edit(rival)]
    if not _is_edit(step) or len(edits) < 2 or are_equal_downloads(edits):
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


def keep_what_was_edited(step: Step, context: RivalContext) -> Step:
    """Delete nothing here that a service holds an edit of which does not come home."""
    if step.action is not Actions.DELETE_LOCAL:
        return step
    for rival in context.rivals:
        # Deleted on Drive, retouched on Flickr, and the mode brings no edits home.
        if rival.comparison in _EDITED and rival.action not in LOCAL_WRITES:
            return report_instead(
                step, f"not deleted: it was changed on {rival.service}"
            )
    return step


def wait_for_free_place(step: Step, context: RivalContext) -> Step:
    """Move nothing to a place that some service has something of its own to do
    with.
    """
    winner = find_winner(context.rivals)
    if winner.action is not Actions.MOVE_LOCAL or step.action not in LOCAL_WRITES:
        return step
    target = photo_key(winner.album, winner.name)
    for other in context.by_place.get(target, ()):
        # Drive renamed a.jpg to b.jpg while Flickr got a new b.jpg.
        if other.action is not Actions.REPORT:
            return wait_for(winner, step)
    return step


RIVAL_RULES: Sequence[RivalRule] = (
    call_two_edits_a_conflict,
    keep_what_was_edited,
    wait_for_free_place,
)


def apply_rival_rules(
    rivals: Sequence[Step],
    policy: Policy,
    by_place: Mapping[PhotoKey, Sequence[Step]],
) -> Sequence[Step]:
    """Return the steps about one local file, none of them against another."""
    for rule in RIVAL_RULES:
        context = RivalContext(policy, rivals, by_place)
        rivals = [rule(step, context) for step in rivals]
    return rivals


def find_winner(rivals: Sequence[Step]) -> Step:
    """Return the step that comes first of those about one local file."""
    return min(rivals, key=_rank)


def _rank(step: Step) -> tuple[int, bool]:
    # A smaller copy comes home only where nobody has the original.
    is_reduced = step.remote is not None and step.remote.reduced
    return LOCAL_WRITES.get(step.action, _NO_LOCAL_WRITE), is_reduced


def wait_for(winner: Step, step: Step) -> Step:
    """Return the report of a step that the next run will take up; a report stays."""
    if step.action is Actions.REPORT:
        return step
    busy = f"{winner.service} has to do with the local file in this one"
    return report_instead(step, f"waits for the next run: {busy}")


def are_equal_downloads(downloads: Sequence[Step]) -> bool:
    """Whether all bring the same bytes, as far as that is known for sure."""
    known = {step.remote.md5 if step.remote else None for step in downloads}
    return len(known) == 1 and None not in known


def _is_edit(step: Step) -> bool:
    return step.action is Actions.DOWNLOAD_REMOTE and step.local is not None
