"""What belongs to a photo goes with it: its RAW picture, its moving part, its sidecars.
Pure.

A photo that was moved or deleted on a service takes along the files beside it here, and
the copies of these on the services. "Beside it" means in the same folder: two cameras
may each have an IMG_1 in one album, and each of these has its own RAW picture.
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
from photosync.plan.rule_context import RuleContext, Sides
from photosync.plan.rules import wait_for_free_place
from photosync.plan.steps import place_of, target_of

_LEADS = frozenset(
    {
        (Comparisons.REMOTE_MOVED, Actions.MOVE_LOCAL),
        (Comparisons.REMOTE_DELETED, Actions.DELETE_LOCAL),
    }
)

_Group = tuple[Mapping[str, LocalPhoto], Mapping[str, tuple[str, ...]]]
"""The photos of a folder by file name, and for each leading file those that follow."""


def find_companions(
    steps: Sequence[Step], sides: Sides, albums: Mapping[str, LocalAlbum]
) -> list[Step]:
    """Return the steps for the files that belong to the photos of the given steps.

    A file that has a step of its own for any service is left out.
    """
    proposals = list(sides.proposals.values())
    rivalry = Rivalry(sides.policy, proposals)
    context = RuleContext(sides, steps)
    found: list[Step] = []
    groups = _FolderGroups(albums)
    for proposal in proposals:
        for lead in steps:
            if lead.service != proposal.service or not _is_lead(lead):
                continue
            companions = list(_propose_companions(lead, groups))
            for companion in _choose(companions, proposal, context):
                judged = wait_for_free_place(companion, context)
                found += _take_along(judged, proposal, rivalry)
    return found


def _is_lead(step: Step) -> bool:
    """Whether the files beside the photo of a step go where the photo goes."""
    if step.local is None or (step.comparison, step.action) not in _LEADS:
        return False
    # A photo that was both moved and edited there is deleted here and comes home at its
    # new place. What belongs to it is not to be deleted for that.
    comes_home = step.action is Actions.DELETE_LOCAL and bool(step.stands_at)
    return not comes_home


def _choose(
    companions: Sequence[Step], proposal: Proposal, context: RuleContext
) -> list[Step]:
    """Return the companions of one photo that may go with it."""
    free = [step for step in companions if _is_free_to_go(step, proposal, context)]
    if not any(_stays(step, free, context) for step in companions):
        return free
    # A RAW picture stays. Its edits are in its sidecar, so that one stays with it.
    return [step for step in free if not is_sidecar(step.name)]


def _stays(step: Step, free: Sequence[Step], context: RuleContext) -> bool:
    """Whether a picture or film stays although the photo it belongs to is deleted."""
    if step.action is not Actions.DELETE_LOCAL or is_sidecar(step.name):
        return False
    if step in free:
        return False
    others = context.by_place.get(place_of(step), ())
    is_deleted_anyway = any(other.action is Actions.DELETE_LOCAL for other in others)
    return not is_deleted_anyway


def _takes(proposal: Proposal, step: Step) -> bool:
    """Whether a service stores files of this kind at all."""
    return ending_of(step.name) not in proposal.limits.refuses


def _is_free_to_go(step: Step, proposal: Proposal, context: RuleContext) -> bool:
    """Whether nothing keeps a companion from going with its photo."""
    place = place_of(step)
    if place in proposal.findings.hidden:
        # With `--skipserver *.CR2` the service says nothing about the RAW picture.
        return False
    others = context.by_place.get(place, ())
    if not _takes(proposal, step):
        # Flickr takes no RAW. The report that says so must not hold the file back.
        others = [other for other in others if other.service != proposal.service]
    if step.action is Actions.MOVE_LOCAL:
        # Its album was renamed here, and MOVE_REMOTE only brings that to the service.
        others = [other for other in others if other.action is not Actions.MOVE_REMOTE]
    if others:
        return False
    if step.action is not Actions.DELETE_LOCAL:
        return True
    return _may_be_deleted(step, proposal, context)


def _may_be_deleted(step: Step, proposal: Proposal, context: RuleContext) -> bool:
    """Whether a companion of a deleted photo can be deleted: another copy of it exists,
    and nobody kept it on purpose.
    """
    place = place_of(step)
    if not _takes(proposal, step):
        # A RAW picture that no service has equal exists only here, or was edited since.
        return any(other.equal.get(place) for other in context.proposals)
    # Only the JPEG was deleted on Drive. The RAW picture that is still there was meant
    # to stay; a sidecar is still there only because nobody thought of it.
    is_known = proposal.equal.get(place) and place not in proposal.unproven
    if not is_sidecar(step.name) or not is_known:
        return False
    action, _ = context.policy.decide(Comparisons.LOCAL_DELETED)
    return action is Actions.DELETE_REMOTE


def _take_along(step: Step, proposal: Proposal, rivalry: Rivalry) -> Iterator[Step]:
    """Yield the step of a companion here, and the steps that follow on the services."""
    settled = list(settle([step], rivalry))
    yield from settled
    # Only the photo itself was moved on its service. Its companion there follows, too.
    if step in settled and _takes(proposal, step):
        step_there = pass_on(step, None, proposal, rivalry)
        if step_there is not None:
            yield step_there


def _propose_companions(step: Step, groups: _FolderGroups) -> Iterator[Step]:
    assert step.local is not None
    title = step.origin[0] if step.origin else step.album
    for photo in groups.find_followers(title, step.local):
        companion = _make_companion(step, step.local, photo)
        # A photo that was renamed to the name of its own sidecar takes no file along.
        if target_of(companion) != target_of(step):
            yield companion


class _FolderGroups:
    """Which files belong together in each folder, found once per folder and album."""

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
