"""What belongs to a photo goes with it: its RAW picture, its moving part, its sidecars.
Pure.

A photo that a service moved or deleted takes along the files beside it here, and what
the services have of these. Beside it is the same folder: of two cameras' IMG_1 in one
album each has its own RAW picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from photosync.media.kinds import ending_of, is_sidecar
from photosync.media.related import group_names, rename_follower
from photosync.model import Actions, Comparisons, LocalAlbum, LocalPhoto, Step
from photosync.naming import name_key
from photosync.plan.followers import Rivalry, pass_on
from photosync.plan.order import key_of
from photosync.plan.proposal import Proposal
from photosync.plan.reconcile import settle
from photosync.plan.rules import RuleContext, Sides, wait_for_free_place
from photosync.plan.steps import place_of, target_of

_LEADS = frozenset(
    {
        (Comparisons.REMOTE_MOVED, Actions.MOVE_LOCAL),
        (Comparisons.REMOTE_DELETED, Actions.DELETE_LOCAL),
    }
)

_Group = tuple[Mapping[str, LocalPhoto], Mapping[str, tuple[str, ...]]]
"""The photos of a folder by their file name, and which of these names lead which."""


def find_companions(
    steps: Sequence[Step], sides: Sides, albums: Mapping[str, LocalAlbum]
) -> list[Step]:
    """Return the further steps for files that belong to a photo of the given ones.

    A file about which any service has something of its own to say stays out of this.
    """
    proposals = list(sides.proposals.values())
    rivalry = Rivalry(sides.policy, proposals)
    context = RuleContext(sides, steps)
    found: list[Step] = []
    groups = _FolderGroups(albums)
    for proposal in proposals:
        leads = [step for step in steps if step.service == proposal.service]
        for lead in filter(_is_lead, leads):
            companions = list(_propose_companions(lead, groups))
            for companion in _choose(companions, proposal, context):
                judged = wait_for_free_place(companion, context)
                found += _take_along(judged, proposal, rivalry)
    return found


def _is_lead(step: Step) -> bool:
    # One that was moved there as well as edited comes home at its new place, and what
    # belongs to it is no loss.
    is_loss = step.action is not Actions.DELETE_LOCAL or not step.stands_at
    return (
        (step.comparison, step.action) in _LEADS and step.local is not None and is_loss
    )


def _choose(
    companions: Sequence[Step], proposal: Proposal, context: RuleContext
) -> list[Step]:
    """Return those of what belongs to one photo that go with it."""
    free = [step for step in companions if _is_free_to_go(step, proposal, context)]
    if not any(_stays(step, free, context) for step in companions):
        return free
    # The edits of a RAW picture are in its sidecar: they are no use without each other.
    return [step for step in free if not is_sidecar(step.name)]


def _stays(step: Step, free: Sequence[Step], context: RuleContext) -> bool:
    """Whether a picture or film stays although the photo it belongs to is deleted."""
    if step.action is not Actions.DELETE_LOCAL or is_sidecar(step.name):
        return False
    said = context.by_place.get(place_of(step), ())
    is_deleted = any(other.action is Actions.DELETE_LOCAL for other in said)
    return step not in free and not is_deleted


def _takes(proposal: Proposal, step: Step) -> bool:
    return ending_of(step.name) not in proposal.limits.refuses


def _is_free_to_go(step: Step, proposal: Proposal, context: RuleContext) -> bool:
    place = place_of(step)
    if place in proposal.findings.hidden:
        # With `--skipserver *.CR2` nobody said anything about the RAW picture.
        return False
    said = context.by_place.get(place, ())
    if not _takes(proposal, step):
        # Flickr takes no RAW: that it only says so keeps the file from nothing.
        said = [other for other in said if other.service != proposal.service]
    if step.action is Actions.MOVE_LOCAL:
        # Its album was renamed here, and only that is brought to the service.
        said = [other for other in said if other.action is not Actions.MOVE_REMOTE]
    if said:
        return False
    if step.action is not Actions.DELETE_LOCAL:
        return True
    return _may_be_deleted(step, proposal, context)


def _may_be_deleted(step: Step, proposal: Proposal, context: RuleContext) -> bool:
    """Whether nobody kept a file that belongs to a deleted photo, and others have it."""
    place = place_of(step)
    if not _takes(proposal, step):
        # What no service has equal exists only here, or was edited since.
        return any(other.equal.get(place) for other in context.proposals)
    # Only the JPEG was deleted on Drive; its RAW picture is still there. A sidecar is
    # there because nobody thought of it.
    is_known = proposal.equal.get(place) and place not in proposal.unproven
    if not is_sidecar(step.name) or not is_known:
        return False
    action, _ = context.policy.decide(Comparisons.LOCAL_DELETED)
    return action is Actions.DELETE_REMOTE


def _take_along(step: Step, proposal: Proposal, rivalry: Rivalry) -> Iterator[Step]:
    settled = list(settle([step], rivalry))
    yield from settled
    # Only the photo itself was moved there; what lies beside it there follows too.
    if step in settled and _takes(proposal, step):
        own = pass_on(step, None, proposal, rivalry)
        if own is not None:
            yield own


def _propose_companions(step: Step, groups: _FolderGroups) -> Iterator[Step]:
    assert step.local is not None
    title = step.origin[0] if step.origin else step.album
    for photo in groups.find_followers(title, step.local):
        companion = _make_companion(step, step.local, photo)
        # A photo that was renamed to the name of its own sidecar leads nothing.
        if target_of(companion) != target_of(step):
            yield companion


class _FolderGroups:
    """What belongs together in each folder, found once per folder and album."""

    def __init__(self, albums: Mapping[str, LocalAlbum]) -> None:
        self._albums = albums
        self._found: dict[tuple[str, str], _Group] = {}

    def find_followers(self, title: str, leader: LocalPhoto) -> Iterator[LocalPhoto]:
        """Yield the files that belong to a photo of an album."""
        key = (name_key(title), leader.folder)
        if key not in self._found:
            self._found[key] = self._group(*key)
        photos, followers = self._found[key]
        for file in followers.get(leader.file, ()):
            yield photos[file]

    def _group(self, album_key: str, folder: str) -> _Group:
        album = self._albums.get(album_key)
        photos: dict[str, LocalPhoto] = {}
        for photo in album.photos if album else ():
            if photo.folder == folder:
                photos[photo.file] = photo
        return photos, group_names(photos)


def _make_companion(step: Step, leader: LocalPhoto, photo: LocalPhoto) -> Step:
    origin = None
    name = photo.name
    if step.origin:
        origin = (step.origin[0], photo.name)
        if name_key(step.name) != name_key(step.origin[1]):
            name = rename_follower(photo.file, leader.file, step.name)
    return Step(
        service=step.service,
        action=step.action,
        comparison=step.comparison,
        album=step.album,
        name=name,
        local=photo,
        remote=step.remote,
        reason=f"belongs to {leader.name}",
        origin=origin,
        waits_for=key_of(step),
        leader=leader,
    )
