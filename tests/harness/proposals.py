"""Proposals as a survey would lead to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from photosync.compare.findings import Findings
from photosync.media.related import may_follow
from photosync.model import Difference
from photosync.plan.policy import Policy
from photosync.plan.proposal import (
    Limits,
    Proposal,
    ProposalBuilder,
    is_always_asked_for,
)


def propose(
    service: str,
    differences: Iterable[Difference],
    policy: Policy,
    *,
    keep_equal: bool = False,
) -> Proposal:
    """What is proposed of a service with these differences."""
    keeps = is_always_asked_for if keep_equal else may_follow
    builder = ProposalBuilder(service, policy, keeps)
    for difference in differences:
        builder.add(difference)
    return builder.build(Findings(service), Limits())


def amend(proposal: Proposal, **facts: Any) -> Proposal:
    """The same proposal after a survey that found this."""
    return replace(proposal, findings=replace(proposal.findings, **facts))
