"""What is wanted of each service: the differences of its survey, looked up in the table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from photosync.compare.rivals import find_disputed
from photosync.compare.survey import Surveyor
from photosync.config.settings import Settings
from photosync.history.memories import Memories
from photosync.naming import PhotoKey
from photosync.plan.proposal import (
    Proposal,
)
from photosync.services.ahead import AlbumsAhead
from photosync.services.base import Backend
from photosync.services.network import Network
from photosync.sync.drafts import Draft


class Surveying(NamedTuple):
    """What the services are surveyed with, one like the other."""

    surveyor: Surveyor
    memories: Memories
    settings: Settings
    network: Network

    def survey(self, backend: Backend, *, has_rivals: bool) -> Draft:
        """Survey one service, beside others or alone; raises nothing for one that fails."""
        draft = Draft(backend, self.memories, self.settings, has_rivals=has_rivals)
        draft.survey(self.surveyor)
        error = self.network.find_put_off(backend.name)
        if error:
            # It fell silent when it was asked for the bytes of a photo, which the survey
            # takes for unknown.
            draft.give_up(error)
        return draft


def propose(ahead: AlbumsAhead, surveying: Surveying, *, waits: bool) -> list[Proposal]:
    """Survey each service that was asked ahead, and return what is wanted of it.

    Unless it `waits`, nothing is proposed yet for a service that keeps others waiting.
    """
    backends = ahead.backends
    survey = partial(surveying.survey, has_rivals=len(backends) > 1)
    # A service that is down must not keep the others waiting for minutes: it is asked
    # again when they have been read. Whether they answered then tells if the network is
    # gone, and how long to wait.
    with surveying.network.asking_around(backends):
        read = {backend.name: survey(backend) for backend in ahead.iterate()}
    drafts = [read[backend.name] for backend in backends]
    # Where all services are put off, none keeps another one waiting.
    waits = waits or all(draft.is_put_off for draft in drafts)
    if waits:
        for number, backend in enumerate(backends):
            if drafts[number].is_put_off:
                drafts[number] = survey(backend)
    _settle_disputes(drafts, surveying.surveyor)
    _read_shared_edits(drafts)
    proposals: list[Proposal] = []
    for draft in drafts:
        if draft.is_put_off and not waits:
            proposals.append(draft.put_off())
        else:
            proposals.append(draft.finish())
    return proposals


def _settle_disputes(drafts: Sequence[Draft], surveyor: Surveyor) -> None:
    """Let no pair pass for equal that the bytes on another service contradict."""
    sides = [draft.equal_photos for draft in drafts if draft.findings is not None]
    if len(sides) < 2 or surveyor.stateless:
        return
    disputed = find_disputed(sides, surveyor.explorer.md5)
    for draft in drafts:
        draft.withdraw(disputed.get(draft.service, ()))


def _read_shared_edits(drafts: Sequence[Draft]) -> None:
    """Find the MD5s of photos that were edited on several services: the same edit on
    both is no conflict.

    Somebody saved it to a backup disk and to Drive, or an undo put it back on both.
    """
    edits: Counter[PhotoKey] = Counter()
    for draft in drafts:
        edits.update(draft.list_edits())
    shared = {place for place, services in edits.items() if services > 1}
    for draft in drafts:
        draft.read_edits(shared)
