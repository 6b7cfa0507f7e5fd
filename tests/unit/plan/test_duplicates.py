"""Which further photos of one name `-dd` deletes, and what is told of the others."""

from __future__ import annotations

import pytest

from photosync.compare.findings import Findings
from photosync.model import Actions, RemotePhoto, Side
from photosync.modes import MODES
from photosync.plan.policy import Policy
from photosync.plan.proposal import Limits, Proposal, ProposalBuilder

KEPT = RemotePhoto("a.jpg", "1", 10, 1, "same")
SMALLER = KEPT._replace(reduced=True)


def propose(kept: RemotePhoto, other: RemotePhoto, **wanted: bool) -> Proposal:
    policy = Policy(MODES["sync"], frozenset(Side), **wanted)  # type: ignore[arg-type]
    findings = Findings("drive", duplicates=[("Rome", other, kept)])
    return ProposalBuilder("drive", policy).build(findings, Limits())


@pytest.mark.parametrize(
    ("kept", "other", "is_deleted"),
    [
        (KEPT, KEPT, True),
        (KEPT, SMALLER, True),
        (SMALLER, SMALLER, True),
        # The full picture would go, and what is kept is a smaller copy of it.
        (SMALLER, KEPT, False),
        (KEPT, KEPT._replace(md5="other"), False),
        (KEPT, KEPT._replace(md5=None), False),
        (KEPT._replace(md5=None), KEPT._replace(md5=None), False),
    ],
)
def test_only_equal_bytes_are_deleted_and_the_rest_is_told(
    kept: RemotePhoto, other: RemotePhoto, *, is_deleted: bool
) -> None:
    proposal = propose(kept, other._replace(id="2"), deletedups=True)
    actions = [step.action for step in proposal.duplicates]
    told = [problem.reason for problem in proposal.problems]
    if is_deleted:
        assert (actions, told) == ([Actions.DELETE_REMOTE], [])
    else:
        assert actions == []
        reason = "id 2 left alone, as it is not known to hold the bytes of id 1"
        assert told == [f"Drive holds this name twice; {reason}"]


def test_without_the_option_equal_ones_are_told_with_it() -> None:
    proposal = propose(KEPT, KEPT._replace(id="2"))
    assert proposal.duplicates == ()
    assert [problem.reason for problem in proposal.problems] == [
        "Drive holds this name twice; id 2 left alone (see -dd)"
    ]
