"""What is done to whole remote albums because of the steps about their photos. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from photosync.formatting import name_service
from photosync.model import (
    Actions,
    AlbumUpdate,
    Problem,
    Purge,
    RemoteAlbum,
    Rename,
    Side,
    Step,
)
from photosync.naming import name_key
from photosync.plan.policy import Policy
from photosync.plan.proposal import Proposal
from photosync.plan.steps import REMOTE_WRITES

_GAINS = frozenset({Actions.UPLOAD_LOCAL, Actions.MOVE_REMOTE})
_LOSSES = frozenset({Actions.DELETE_REMOTE, Actions.MOVE_REMOTE})


def find_updates(
    steps: Iterable[Step], titles_here: Collection[str]
) -> Iterator[AlbumUpdate]:
    """Yield each remote album once that the steps will change.

    `titles_here` are the keys of the local titles. Dates and order of an album are read
    from its photos here, so nothing is written about an album that is not here.
    """
    found: set[AlbumUpdate] = set()
    for step in steps:
        # A new title of a photo changes neither the dates nor the order of its album.
        changes_album = step.action in REMOTE_WRITES and not step.details
        if not changes_album or name_key(step.album) not in titles_here:
            continue
        update = AlbumUpdate(step.service, step.album)
        if update not in found:
            found.add(update)
            yield update


def find_owed(
    owed: Iterable[AlbumUpdate],
    proposals: Iterable[Proposal],
    policy: Policy,
    titles_here: Collection[str],
) -> Iterator[AlbumUpdate]:
    """Yield the albums that an earlier run changed but did not bring up to date.

    Only those that still exist on both sides, and none where this run may not write.
    """
    if not policy.updates_albums or REMOTE_WRITES.isdisjoint(policy.table.values()):
        return
    titles = {proposal.service: proposal.findings.titles for proposal in proposals}
    for update in owed:
        key = name_key(update.album)
        if key in titles.get(update.service, ()) and key in titles_here:
            yield update


def find_renames(
    proposal: Proposal, steps: Iterable[Step], titles_here: AbstractSet[str]
) -> Iterator[Rename]:
    """Yield the albums whose photos all move into one new album: one new title moves
    them all at once.

    `titles_here` are the keys of the local titles: an album that is still here keeps
    its title.
    """
    moves = _group_moves(proposal.service, steps)
    found: dict[str, Rename] = {}
    for album, photos in proposal.findings.contents.items():
        leaving = moves.get(album.id, [])
        if len(leaving) != photos or name_key(album.title) in titles_here:
            continue
        if not _can_take_title(proposal, album, leaving):
            continue
        rename = Rename(proposal.service, album, leaving[0].album, tuple(leaving))
        title = name_key(rename.title)
        # Two albums became one here: the larger one takes the title, and the photos of
        # the other move one by one. Both would be two albums of that title there.
        if title not in found or len(found[title].steps) < photos:
            found[title] = rename
    yield from found.values()


def _group_moves(service: str, steps: Iterable[Step]) -> Mapping[str, list[Step]]:
    moves: dict[str, list[Step]] = {}
    for step in steps:
        is_move = step.action is Actions.MOVE_REMOTE and step.service == service
        if is_move and step.remote and step.waits_for is None:
            moves.setdefault(step.remote.album_id, []).append(step)
    return moves


def _can_take_title(
    proposal: Proposal, album: RemoteAlbum, leaving: Sequence[Step]
) -> bool:
    targets = {name_key(step.album) for step in leaving}
    titles = proposal.findings.titles
    # Where two albums share the old title, or one has the new title already, photos
    # move one by one.
    if len(targets) != 1 or targets & titles.keys():
        return False
    if titles.get(name_key(album.title)) != 1:
        return False
    return all(_keeps_name(step) for step in leaving)


def _keeps_name(step: Step) -> bool:
    return step.origin is not None and name_key(step.name) == name_key(step.origin[1])


def find_purges(
    proposal: Proposal, steps: Iterable[Step], renames: Iterable[Rename]
) -> Iterator[Purge]:
    """Yield the albums that the steps leave empty, without those that get a new title."""
    service = proposal.service
    gaining: set[str] = set()
    losses: Counter[str] = Counter()
    for step in steps:
        if step.service != service:
            continue
        if step.action in _GAINS:
            gaining.add(name_key(step.album))
        # A move is both: a loss for the album it leaves, a gain for the one it joins.
        if step.action in _LOSSES and step.remote:
            losses[step.remote.album_id] += 1
    renamed = {rename.album for rename in renames if rename.service == service}
    for album, photos in proposal.findings.contents.items():
        if album in renamed or name_key(album.title) in gaining:
            continue
        if losses[album.id] >= photos:
            yield Purge(service, album)


def judge_purges(
    purges: Sequence[Purge], proposal: Proposal, policy: Policy
) -> tuple[Sequence[Purge], Sequence[Problem]]:
    """Return the empty albums that may be removed, and a notice for those that stay."""
    keeps_albums = proposal.limits.keeps_albums
    if purges and keeps_albums:
        what = "empty album stays" if len(purges) == 1 else "empty albums stay"
        reason = f"{len(purges)} {what}: {keeps_albums}"
        return (), [Problem(name_service(proposal.service), reason, failed=False)]
    if Side.REMOTE in policy.allow_delete:
        return purges, ()
    notices: list[Problem] = []
    for purge in purges:
        subject = f"{name_service(purge.service)} {purge.album.title}"
        reason = "empty, not removed without --allowDelete remote"
        notices.append(Problem(subject, reason, failed=False))
    return (), notices
