"""What a rule goes by: the sides, and the steps of all services. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from photosync.model import Step
from photosync.naming import PhotoKey
from photosync.plan.contents import Contents
from photosync.plan.policy import Policy
from photosync.plan.proposal import Proposal
from photosync.plan.put_back import PutBack
from photosync.plan.steps import index_steps, place_of


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
