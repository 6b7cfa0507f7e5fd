"""Drafts -> Plan. Pure: the guards speak here, before anything is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from photosync.model import (
    Actions,
    AlbumUpdate,
    Census,
    LocalTree,
    Plan,
    Problem,
    Purge,
    Rename,
    Side,
    Step,
)
from photosync.naming import name_key, photo_key
from photosync.plan import guards
from photosync.plan.policy import DELETES, Policy
from photosync.plan.proposal import REMOTE_WRITES, Proposal, heeded, renamed_albums
from photosync.plan.reconcile import accompanied, reconcile


@dataclass(frozen=True, slots=True)
class GuardContext:
    """What the guards go by: roots and services as they were after the last run, and
    roots now.

    `accepted` names the findings that the user takes for right; `rules_hash` as in
    `Census`.
    """

    before: Mapping[str, Census] = field(default_factory=dict)
    roots: Mapping[str, Census] = field(default_factory=dict)
    rules_hash: str = ""
    accepted: AbstractSet[str] = frozenset()


def make(
    proposals: Sequence[Proposal],
    policy: Policy,
    tree: LocalTree,
    *,
    expired: Mapping[str, int] | None = None,
    context: GuardContext | None = None,
) -> Plan:
    """Settle what the services want of each local file, ask the guards, put the steps
    in order.

    `expired` counts the files too old for their trash, per service and for Side.LOCAL.
    Raises GuardRefused when the plan would be dangerous.
    """
    settled = accompanied(reconcile(proposals, policy), proposals, policy, tree.albums)
    wanted = _heeded(settled, proposals, policy)
    wanted += [step for one in proposals for step in one.duplicates]
    _guard(wanted, proposals, policy, tree, context or GuardContext())
    steps, postponed = _limited(sorted(wanted, key=_order), policy.max_steps)
    renames = _renames(proposals, steps, tree, postponed)
    renamed = {(one.service, one.album) for one in renames}
    purges = (
        [p for one in proposals for p in _purges(one, steps)]
        if policy.purge and not policy.is_passive
        else []
    )
    purges = [one for one in purges if (one.service, one.album) not in renamed]
    trash = {
        place: count
        for place, count in (expired or {}).items()
        if count and policy.purge
    }
    permitted = Side.REMOTE in policy.allow_delete
    return Plan(
        steps=tuple(steps),
        renames=renames,
        updates=tuple(_updates(steps)),
        purges=tuple(purges) if permitted else (),
        problems=_told_once(
            *tree.problems,
            *(problem for one in proposals for problem in one.problems),
            *(() if permitted else map(_not_purged, purges)),
        ),
        counts={one.service: dict(one.counts) for one in proposals},
        postponed=postponed,
        trash={
            place: count for place, count in trash.items() if _may_empty(place, policy)
        },
        observations={
            one.service: one.observations for one in proposals if one.is_known
        },
        found=tree.found,
    )


def _told_once(*problems: Problem) -> tuple[Problem, ...]:
    """What is said of a file holds for all services that it goes to."""
    return tuple(dict.fromkeys(problems))


def _heeded(
    steps: Iterable[Step], proposals: Iterable[Proposal], policy: Policy
) -> list[Step]:
    """What one service passes on to another may be nothing that this one takes."""
    by_service = {one.service: one for one in proposals}
    return [
        heeded_step
        for step in steps
        for heeded_step in (
            heeded([step], by_service[step.service], policy) if step.after else [step]
        )
    ]


def _updates(steps: Iterable[Step]) -> Iterator[AlbumUpdate]:
    """The remote albums that will not be as they were."""
    changed = (step for step in steps if step.action in REMOTE_WRITES)
    yield from dict.fromkeys(AlbumUpdate(step.service, step.album) for step in changed)


def _guard(
    steps: Sequence[Step],
    proposals: Sequence[Proposal],
    policy: Policy,
    tree: LocalTree,
    context: GuardContext,
) -> None:
    if not policy.is_passive:
        guards.check_roots(context.before, context.roots, proposals, context.accepted)
        guards.check_services(
            context.before, proposals, context.rules_hash, context.accepted
        )
        guards.check_changes(proposals, context.accepted)
    guards.check_empty(steps, tree.empty_roots, context.before, context.accepted)
    guards.check_deletes(steps, proposals, policy.max_delete, tree.photo_count)


def _may_empty(place: str, policy: Policy) -> bool:
    return (Side.LOCAL if place == Side.LOCAL else Side.REMOTE) in policy.allow_delete


def _not_purged(purge: Purge) -> Problem:
    reason = "empty, not removed without --allowDelete remote"
    return Problem(f"{purge.service} {purge.album.title}", reason, failed=False)


_PHASE: Mapping[Actions, int] = dict.fromkeys(DELETES, 3) | {Actions.REPORT: 0}


def _order(step: Step) -> tuple[int, bool, bool, str, str, str]:
    """Reports first, deletes last, what follows another step after it; then by album
    and name.
    """
    phase = _PHASE.get(step.action, 1)
    return (
        phase,
        bool(step.after),
        bool(step.leader),
        step.album,
        step.name,
        step.service,
    )


def _limited(steps: Iterable[Step], limit: int) -> tuple[list[Step], dict[str, int]]:
    """No more steps per service than the limit, nor any that comes after one left
    out.
    """
    kept: list[Step] = []
    taken: Counter[str] = Counter()
    postponed: Counter[str] = Counter()
    left_out: set[tuple[str, tuple[str, str]]] = set()
    for step in steps:
        place = photo_key(step.album, step.name)
        if step.action is Actions.REPORT:
            kept.append(step)
        elif (limit and taken[step.service] >= limit) or (
            step.after,
            place,
        ) in left_out:
            postponed[step.service] += 1
            if not step.is_duplicate:
                left_out.add((step.service, place))
        else:
            taken[step.service] += 1
            kept.append(step)
    return kept, dict(postponed)


def _renames(
    proposals: Iterable[Proposal],
    steps: Sequence[Step],
    tree: LocalTree,
    postponed: Mapping[str, int],
) -> tuple[Rename, ...]:
    """Albums to be renamed as a whole; none on a service of which steps were left
    out.
    """
    here = {title for title, album in tree.albums.items() if album.photos}
    whole = (one for one in proposals if not postponed.get(one.service))
    return tuple(rename for one in whole for rename in renamed_albums(one, steps, here))


def _purges(one: Proposal, steps: Iterable[Step]) -> Iterator[Purge]:
    mine = [step for step in steps if step.service == one.service]
    gains = {
        name_key(step.album)
        for step in mine
        if step.action in {Actions.UPLOAD_LOCAL, Actions.MOVE_REMOTE}
    }
    leaves = {Actions.DELETE_REMOTE, Actions.MOVE_REMOTE}
    losses = Counter(
        step.remote.album_id for step in mine if step.action in leaves and step.remote
    )
    for album, photos in one.contents.items():
        if losses[album.id] >= photos and name_key(album.title) not in gains:
            yield Purge(one.service, album)
