"""What the guards go by, and whether, by the memory, an old backup was put back here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from photosync.compare.hashes import Baselines
from photosync.disk.names import find_around
from photosync.history.memories import Memories
from photosync.history.recorder import Recorder
from photosync.local.rewritten import find_new_roots, find_rewritten
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
    """Return what the guards go by, with what an old backup seems to have brought back,
    unless that is accepted. Raises StateUnusable.
    """
    # Only now it is known which disks are not mounted: their photos do not count.
    context = memories.make_guard_context(tree, accepted)
    if OLD_BACKUP in accepted:
        return context
    others = _find_others(context)
    found = PutBack()
    for proposal in proposals:
        # On nearly all days nothing is missing or older here.
        if any(is_suspicious(step) for step in proposal.steps):
            found |= _find_put_back(proposal, tree, memories, others)
    if found.lost:
        elsewhere = _find_elsewhere(found.roots, proposals, tree, memories)
        found = replace(found, elsewhere=elsewhere)
    return replace(context, put_back=found)


def _find_others(context: GuardContext) -> frozenset[str]:
    """Return the roots that are other folders than those of the last run."""
    before = context.before
    return frozenset(
        root
        for root, now in context.roots.items()
        if root in before and before[root].identity != now.identity
    )


def _find_put_back(
    proposal: Proposal, tree: LocalTree, memories: Memories, others: Collection[str]
) -> PutBack:
    """Return what an old backup brought back, by what the memory knows of one service."""
    looks = memories.find_looks(proposal.service)
    looked_ns = looks.find() if looks else None
    if looks is None or looked_ns is None:
        return PutBack()
    roots = find_rewritten(tree, looked_ns)
    roots |= find_new_roots(tree.found, others, looked_ns)
    if not has_stayed(_list_places(tree, roots), proposal.steps):
        return PutBack()
    arrivals: dict[PhotoKey, Arrival] = {}
    for place, (path, arrival) in looks.read_arrivals(looked_ns).items():
        root = find_around(path, tree.found)
        # Where a root was renamed since, its old path lies in none: it may be this one.
        if not root or root in roots:
            arrivals[place] = arrival
    here = _list_places(tree, tree.found)
    return find_put_back(proposal.steps, arrivals, here, roots)


def _find_elsewhere(
    roots: Collection[str],
    proposals: Iterable[Proposal],
    tree: LocalTree,
    memories: Memories,
) -> frozenset[PhotoKey]:
    """Return the places of suspicious steps whose photos lie in other roots, by all that
    the memory knows of any service.
    """
    others = tree.found.keys() - roots
    elsewhere: set[PhotoKey] = set()
    doubtful: set[PhotoKey] = set()
    for proposal in proposals:
        paths = _KnownPaths(memories.find_baselines(proposal.service))
        suspects = [step for step in proposal.steps if is_suspicious(step)]
        for step in suspects:
            lies_in = {find_around(path, tree.found) for path in paths.list_for(step)}
            if lies_in and lies_in <= others:
                elsewhere.add(target_of(step))
            else:
                # In one of these roots, or in none that is known.
                doubtful.add(target_of(step))
    return frozenset(elsewhere - doubtful)


class _KnownPaths:
    """The paths of the files of steps: the present ones, and those of the baselines."""

    def __init__(self, baselines: Baselines) -> None:
        self._baselines = baselines
        self._albums: dict[str, Mapping[str, Baseline]] = {}

    def list_for(self, step: Step) -> Iterator[str]:
        """Yield the known paths of the photo of a step, empty where one is not noted."""
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
            if find_around(photo.folder, roots):
                yield photo_key(album.title, photo.name)
