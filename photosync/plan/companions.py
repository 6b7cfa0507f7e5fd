"""What belongs to a photo goes with it: its RAW picture, its moving part, its sidecars.
Pure.

A photo that a service moved or deleted takes along the files beside it here, and what
the services have of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from photosync.media.kinds import ending_of
from photosync.media.related import group_names
from photosync.model import Actions, Comparisons, LocalAlbum, LocalPhoto, Step
from photosync.naming import name_key
from photosync.plan.order import key_of
from photosync.plan.policy import Policy
from photosync.plan.proposal import Proposal
from photosync.plan.reconcile import (
    Rivalry,
    index_steps,
    pass_on,
    place_of,
    settle,
    target_of,
)

_LEADS = frozenset(
    {
        (Comparisons.REMOTE_MOVED, Actions.MOVE_LOCAL),
        (Comparisons.REMOTE_DELETED, Actions.DELETE_LOCAL),
    }
)


def find_companions(
    steps: Sequence[Step],
    proposals: Sequence[Proposal],
    policy: Policy,
    albums: Mapping[str, LocalAlbum],
) -> list[Step]:
    """Return the further steps for files that belong to a photo of the given ones.

    A file about which any service has something of its own to say stays out of this.
    """
    rivalry = Rivalry(policy, proposals, index_steps(steps))
    found: list[Step] = []
    for proposal in proposals:
        mine = [step for step in steps if step.service == proposal.service]
        for companion in _propose_companions(mine, albums):
            if _is_free_to_go(companion, proposal, rivalry):
                found += _take_along(companion, proposal, rivalry)
    return found


def _takes(proposal: Proposal, step: Step) -> bool:
    return ending_of(step.name) not in proposal.limits.refuses


def _is_free_to_go(step: Step, proposal: Proposal, rivalry: Rivalry) -> bool:
    said = rivalry.by_place.get(place_of(step), ())
    if not _takes(proposal, step):
        # Flickr takes no RAW: that it only says so keeps the file from nothing.
        said = [other for other in said if other.service != proposal.service]
    return not said and _stays_somewhere(step, rivalry)


def _stays_somewhere(step: Step, rivalry: Rivalry) -> bool:
    """Whether a file that is to go is elsewhere too, or in the trash afterwards."""
    if step.action is not Actions.DELETE_LOCAL or rivalry.policy.keeps_trash:
        return True
    place = place_of(step)
    return any(proposal.equal.get(place) for proposal in rivalry.proposals)


def _take_along(step: Step, proposal: Proposal, rivalry: Rivalry) -> Iterator[Step]:
    settled = list(settle([step], rivalry))
    yield from settled
    # Only the photo itself was moved there; what lies beside it there follows too.
    if step in settled and _takes(proposal, step):
        own = pass_on(step, None, proposal, rivalry)
        if own is not None:
            yield own


def _propose_companions(
    steps: Iterable[Step], albums: Mapping[str, LocalAlbum]
) -> Iterator[Step]:
    found: dict[str, Mapping[str, tuple[str, ...]]] = {}
    for step in steps:
        if (step.comparison, step.action) not in _LEADS:
            continue
        title, leader = step.origin or (step.album, step.name)
        album = albums.get(name_key(title))
        if album is None:
            continue
        photos = {photo.name: photo for photo in album.photos}
        if album.title not in found:
            found[album.title] = group_names(photos)
        for name in found[album.title].get(leader, ()):
            companion = _make_companion(step, leader, photos[name])
            # A photo that was renamed to the name of its own sidecar leads nothing.
            if target_of(companion) != target_of(step):
                yield companion


def _make_companion(step: Step, leader: str, photo: LocalPhoto) -> Step:
    origin = (step.origin[0], photo.name) if step.origin else None
    return Step(
        service=step.service,
        action=step.action,
        comparison=step.comparison,
        album=step.album,
        name=_rename_like(photo.name, leader, step.name) if origin else photo.name,
        local=photo,
        remote=step.remote,
        reason=f"belongs to {leader}",
        origin=origin,
        waits_for=key_of(step),
    )


def _rename_like(name: str, old: str, new: str) -> str:
    """Return the name of a companion after its photo was renamed from old to new."""
    if not name.startswith(old):
        # IMG_1.JPG leads IMG_1.CR2 as well as IMG_1.JPG.xmp.
        old, new = old.rpartition(".")[0], new.rpartition(".")[0]
    return new + name[len(old) :]
