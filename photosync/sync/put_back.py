"""What the guards go by; memory is asked whether an old backup was put back here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from photosync.history.memories import Memories
from photosync.history.recorder import Recorder
from photosync.local.rewritten import find_rewritten, find_root
from photosync.model import OLD_BACKUP, LocalTree
from photosync.naming import PhotoKey, photo_key
from photosync.plan.planner import GuardContext
from photosync.plan.proposal import Proposal
from photosync.plan.put_back import (
    Arrival,
    PutBack,
    find_put_back,
    has_stayed,
    is_suspicious,
)


def make_context(
    tree: LocalTree,
    proposals: Iterable[Proposal],
    memories: Recorder,
    accepted: Collection[str],
) -> GuardContext:
    """Return what the guards go by, with what an old backup brought back as far as any
    service knows, unless that is accepted. Raises StateUnusable.
    """
    # Read once the disks that are away are known: their photos do not count.
    context = memories.make_guard_context(tree, accepted)
    found = PutBack()
    for proposal in proposals:
        # On nearly all days nothing is missing or older here.
        if OLD_BACKUP not in accepted and any(map(is_suspicious, proposal.steps)):
            found |= _ask_for(proposal, tree, memories)
    return replace(context, put_back=found)


def _ask_for(proposal: Proposal, tree: LocalTree, memories: Memories) -> PutBack:
    looks = memories.find_looks(proposal.service)
    looked_ns = looks.find() if looks else None
    if looks is None or looked_ns is None:
        return PutBack()
    roots = find_rewritten(tree, looked_ns)
    if not has_stayed(_list_places(tree, roots), proposal.steps):
        return PutBack()
    arrivals: dict[PhotoKey, Arrival] = {}
    for place, (path, arrival) in looks.read_arrivals(looked_ns).items():
        # A root that was renamed since is not told by the paths of that time.
        if find_root(path, tree.found) in {"", *roots}:
            arrivals[place] = arrival
    here = _list_places(tree, tree.found)
    return find_put_back(proposal.steps, arrivals, here, roots)


def _list_places(tree: LocalTree, roots: Collection[str]) -> Iterator[PhotoKey]:
    """Yield the places of the photos that lie in these roots."""
    for album in tree.albums.values():
        for photo in album.photos:
            if find_root(photo.folder, roots):
                yield photo_key(album.title, photo.name)
