"""The differences of one service looked up in the mode's table: what is wanted of it.
Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from photosync.compare.compare import Equals
from photosync.media.kinds import ending_of, is_sidecar
from photosync.model import (
    Actions,
    Comparisons,
    Difference,
    Observations,
    Pair,
    Problem,
    RemoteAlbum,
    RemotePhoto,
    Rename,
    Step,
)
from photosync.naming import PhotoKey, name_key, photo_key
from photosync.plan.policy import DELETES, Policy

REMOTE_WRITES = frozenset(
    {
        Actions.UPLOAD_LOCAL,
        Actions.REPLACE_REMOTE_WITH_LOCAL,
        Actions.UPDATE_REMOTE_METADATA,
        Actions.DELETE_REMOTE,
        Actions.MOVE_REMOTE,
        Actions.TAG_REMOTE,
    }
)

_MISSING = frozenset({Comparisons.LOCAL_DELETED, Comparisons.REMOTE_DELETED})
_UNREAD = "not deleted: some albums or folders could not be read"


@dataclass(slots=True)
class Proposal:
    """The steps wanted of one service, and what must be known of it to judge them.

    `equal` holds the pairs with nothing to do, where they are asked for; `duplicates`
    the steps about further photos of one name, which have no part in what is settled.
    Nothing may be put into the albums `closed` nor under the names `hidden`; `titles`
    counts the remote albums of each title. `known_pairs` counts those of which history
    knew both sides, and `known_changes` how many of these something is to be done about
    now. `refuses` are endings of files that the service does not take, and `read_only`
    says why nothing may be written there. `is_known` is false for a service that could
    not be listed, `incomplete` true for one of which some albums could not, or some
    folders here.
    """

    service: str
    steps: list[Step]
    counts: Counter[Comparisons]
    photos: int = 0
    contents: Mapping[RemoteAlbum, int] = field(default_factory=dict)
    titles: Mapping[str, int] = field(default_factory=dict)
    closed: AbstractSet[str] = frozenset()
    hidden: AbstractSet[PhotoKey] = frozenset()
    problems: Sequence[Problem] = ()
    equal: Equals = field(default_factory=dict[PhotoKey, Pair])
    duplicates: Sequence[Step] = ()
    observations: Observations = field(default_factory=Observations)
    refuses: AbstractSet[str] = frozenset()
    read_only: str = ""
    known_pairs: int = 0
    known_changes: Mapping[Comparisons, int] = field(default_factory=dict)
    is_known: bool = True
    incomplete: bool = False


def propose(
    service: str,
    differences: Iterable[Difference],
    policy: Policy,
    *,
    keep_equal: bool = False,
) -> Proposal:
    """Look each difference up in the table; what is to be silent is only counted."""
    counts: Counter[Comparisons] = Counter()
    steps: list[Step] = []
    problems: list[Problem] = []
    equal: dict[PhotoKey, Pair] = {}
    changes: Counter[Comparisons] = Counter()
    known_pairs = 0
    for difference in differences:
        counts[difference.comparison] += 1
        pair = difference.pair
        is_known = bool(pair.baseline and pair.local and pair.remote)
        known_pairs += is_known
        if difference.problem:
            problems.append(Problem(f"{pair.album}/{pair.name}", difference.problem))
            continue
        action, reason = policy.decide(
            difference.comparison, touched=difference.touched
        )
        if keep_equal and difference.comparison is Comparisons.SAME:
            equal[photo_key(pair.album, pair.name)] = pair._replace(baseline=None)
        if _is_due(action, pair):
            step = _step(service, action, reason, difference)
            steps.append(step)
            # What is only told of does no harm.
            changes[step.comparison] += is_known and step.action is not Actions.REPORT
    return Proposal(
        service,
        steps,
        counts,
        problems=problems,
        equal=equal,
        known_pairs=known_pairs,
        known_changes=changes,
    )


def failed(service: str, problem: Problem) -> Proposal:
    """The draft of a service of which nothing is known: nothing to do, and the
    reason.
    """
    return Proposal(service, [], Counter(), problems=(problem,), is_known=False)


def heeded(steps: Iterable[Step], one: Proposal, policy: Policy) -> Iterator[Step]:
    """The steps without what the service does not take; what it does not permit is
    reported.
    """
    for step in steps:
        refused = ending_of(step.name) in one.refuses
        if refused and step.comparison is Comparisons.LOCAL_ONLY:
            # What cannot be there is not missing there: whatever is done about that, is
            # not.
            if not (policy.skip_unsupported or is_sidecar(step.name)):
                reason = f"{one.service} takes no .{ending_of(step.name)} files"
                yield replace(step, action=Actions.REPORT, reason=reason, after="")
        elif one.read_only and step.action in REMOTE_WRITES:
            yield replace(step, action=Actions.REPORT, reason=one.read_only, after="")
        elif one.incomplete and step.action in DELETES and step.comparison in _MISSING:
            # It may have been moved to where nobody could look.
            yield replace(step, action=Actions.REPORT, reason=_UNREAD, after="")
        else:
            yield step


def duplicate_steps(
    service: str,
    duplicates: Iterable[tuple[str, RemotePhoto, RemotePhoto]],
    policy: Policy,
) -> list[Step]:
    """What is done about remote photos of one name: each with its album and the one to
    keep.
    """
    steps = []
    for album, duplicate, kept in duplicates:
        action, refusal = policy.permitted(Actions.DELETE_REMOTE)
        reason = "; ".join(filter(None, (f"a duplicate of id {kept.id}", refusal)))
        comparison = Comparisons.REMOTE_ONLY
        step = Step(
            service,
            action,
            comparison,
            album,
            duplicate.name,
            remote=duplicate,
            reason=reason,
        )
        steps.append(replace(step, is_duplicate=True))
    return steps


def renamed_albums(
    one: Proposal, steps: Iterable[Step], titles_here: AbstractSet[str]
) -> list[Rename]:
    """The albums whose photos all move into one new album: a new title does it at once.

    `steps` are those settled; `titles_here` the keys of the local titles: an album that
    is still here keeps its own.
    """
    moves: dict[str, list[Step]] = {}
    for step in steps:
        if (
            step.service == one.service
            and step.action is Actions.MOVE_REMOTE
            and not step.after
        ):
            assert step.remote is not None
            moves.setdefault(step.remote.album_id, []).append(step)
    renames = []
    for album, photos in one.contents.items():
        leaving = moves.get(album.id, [])
        targets = {name_key(step.album) for step in leaving}
        if (
            len(leaving) != photos
            or len(targets) != 1
            or name_key(album.title) in titles_here
        ):
            continue
        if (
            one.titles.get(name_key(album.title)) == 1
            and not targets & one.titles.keys()
        ):
            same = tuple(
                s
                for s in leaving
                if s.origin and name_key(s.name) == name_key(s.origin[1])
            )
            if len(same) == photos:
                renames.append(Rename(one.service, album, leaving[0].album, same))
    return renames


_BACK = {
    (Comparisons.LOCAL_MOVED, Actions.MOVE_LOCAL),
    (Comparisons.REMOTE_MOVED, Actions.MOVE_REMOTE),
}


def _is_due(action: Actions, pair: Pair) -> bool:
    if action is Actions.TAG_REMOTE and pair.remote and pair.remote.marked:
        return False
    return action is not Actions.SILENT


def _step(service: str, action: Actions, reason: str, difference: Difference) -> Step:
    pair, origin = difference.pair, difference.origin
    album, name = pair.album, pair.name
    if origin and (difference.comparison, action) in _BACK:
        # The side that moved is to follow the one that did not.
        (album, name), origin = origin, (album, name)
    remote = pair.remote
    if action is Actions.DOWNLOAD_REMOTE and pair.local and remote and remote.reduced:
        action, reason = (
            Actions.REPORT,
            "only a smaller copy is there; yours is left alone",
        )
    if (
        remote is None
        and pair.baseline
        and difference.comparison is Comparisons.REMOTE_DELETED
    ):
        remote = pair.baseline.remote
    return Step(
        service,
        action,
        difference.comparison,
        album,
        name,
        pair.local,
        remote,
        reason,
        origin,
    )
