"""Proposals as a survey would lead to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from photosync.compare.findings import Findings
from photosync.model import Difference
from photosync.plan.policy import Policy
from photosync.plan.proposal import Limits, Proposal, ProposalBuilder


def propose(
    service: str,
    differences: Iterable[Difference],
    policy: Policy,
    *,
    keep_equal: bool = False,
) -> Proposal:
    """What is proposed of a service with these differences."""
    builder = ProposalBuilder(service, policy, keeps_equal=keep_equal)
    for difference in differences:
        builder.add(difference)
    return builder.build(Findings(service), Limits())


def amend(proposal: Proposal, **facts: Any) -> Proposal:
    """The same proposal after a survey that found this."""
    return replace(proposal, findings=replace(proposal.findings, **facts))
