"""What the guards go by; memory is asked whether an old backup was put back here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from photosync.compare.hashes import Baselines
from photosync.history.memories import Memories
from photosync.history.recorder import Recorder
from photosync.local.rewritten import find_rewritten, find_root
from photosync.model import OLD_BACKUP, Baseline, LocalTree, Step
from photosync.naming import PhotoKey, photo_key
from photosync.plan.planner import GuardContext
from photosync.plan.proposal import Proposal
from photosync.plan.put_back import (
    Arrival,
    PutBack,
    find_places,
    find_put_back,
    has_stayed,
    is_suspicious,
)
from photosync.plan.steps import target_of


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
    if found.lost:
        elsewhere = _find_elsewhere(found.roots, proposals, tree, memories)
        found = replace(found, elsewhere=elsewhere)
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


def _find_elsewhere(
    roots: Collection[str],
    proposals: Iterable[Proposal],
    tree: LocalTree,
    memories: Memories,
) -> frozenset[PhotoKey]:
    """Return where the photos of steps are that lie in other roots, for all services."""
    others = tree.found.keys() - roots
    elsewhere: set[PhotoKey] = set()
    # Known of one service to lie in these roots, or of no root at all.
    doubtful: set[PhotoKey] = set()
    for proposal in proposals:
        paths = _KnownPaths(memories.find_baselines(proposal.service))
        for step in filter(is_suspicious, proposal.steps):
            lies_in = {find_root(path, tree.found) for path in paths.list_for(step)}
            is_elsewhere = lies_in and lies_in <= others
            (elsewhere if is_elsewhere else doubtful).add(target_of(step))
    return frozenset(elsewhere - doubtful)


class _KnownPaths:
    """The paths of files that steps are about: as they are now, and as last agreed."""

    def __init__(self, baselines: Baselines) -> None:
        self._baselines = baselines
        self._albums: dict[str, Mapping[str, Baseline]] = {}

    def list_for(self, step: Step) -> Iterator[str]:
        """Yield the paths of a step's photo, one that is not known as an empty one."""
        if step.local:
            yield step.local.path
        for album, name in find_places(step):
            known = self._read(album).get(name)
            if known:
                yield known.path

    def _read(self, album: str) -> Mapping[str, Baseline]:
        if album not in self._albums:
            self._albums[album] = self._baselines.album(album)
        return self._albums[album]


def _list_places(tree: LocalTree, roots: Collection[str]) -> Iterator[PhotoKey]:
    """Yield the places of the photos that lie in these roots."""
    for album in tree.albums.values():
        for photo in album.photos:
            if find_root(photo.folder, roots):
                yield photo_key(album.title, photo.name)
