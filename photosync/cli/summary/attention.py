"""What needs the eye of a person though nothing failed: with --quiet it is told once,
and again each week for as long as nothing is done about it.
"""

from __future__ import annotations

from collections.abc import Sequence

from photosync.cli.output import complain
from photosync.cli.summary.left_alone import describe_left_alone
from photosync.cli.summary.page import Tally
from photosync.errors import SideError
from photosync.history.memories import Memories
from photosync.model import Step
from photosync.plan.steps import needs_attention
from photosync.unforeseen import contain


def report_attention(tally: Tally, memories: Memories, *, quiet: bool) -> None:
    """Tell what needs attention and was not told lately, and note that it was.

    Unless `quiet` the end of the run has told all of it already.
    """
    left = [step for step in tally.find_left_alone() if needs_attention(step)]
    due = _find_due(left, memories) if quiet else left
    if quiet:
        for line in describe_left_alone(due):
            # The empty lines between groups are for a page, not for a mail.
            if line:
                complain(line)
    # A file that was refused in this run was told as a failure.
    told = [*due, *tally.refused]
    unsettled = [*left, *tally.refused]
    notifications = memories.notifications
    if notifications is None:
        return
    try:
        with contain("what was told"):
            notifications.note(
                told, unsettled=unsettled, reached=tally.plan.observations
            )
    except SideError:
        # It is told once more.
        return


def _find_due(steps: Sequence[Step], memories: Memories) -> Sequence[Step]:
    """Return what was not told lately; all of it where nothing is remembered."""
    notifications = memories.notifications
    if notifications is None:
        return steps
    try:
        with contain("what was told"):
            return notifications.find_due(steps)
    except SideError:
        return steps
