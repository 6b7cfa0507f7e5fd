"""Differences + mode table -> Plan. Pure: the guards speak here, before anything is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from photosync.errors import GuardRefused
from photosync.model import (
    Actions,
    Comparisons,
    Difference,
    Plan,
    Problem,
    Purge,
    RemoteAlbum,
    Side,
    Step,
)
from photosync.modes import Table
from photosync.naming import key

DELETES: Mapping[Actions, Side] = {
    Actions.DELETE_LOCAL: Side.LOCAL,
    Actions.DELETE_REMOTE: Side.REMOTE,
}
LOCAL_WRITES = frozenset({Actions.DOWNLOAD_REMOTE, Actions.DELETE_LOCAL})
_UNHARMED = 20


@dataclass(frozen=True, slots=True)
class Limit:
    """How many deletes a plan may hold: a number, or percent of what the losing side has."""

    number: int = 0
    percent: float | None = 10.0

    def allows(self, deletes: int, known: int) -> bool:
        """A percentage alone never refuses 20 items or fewer."""
        if self.percent is None:
            return deletes <= self.number
        return deletes <= _UNHARMED or deletes * 100 <= self.percent * known

    def __str__(self) -> str:
        return f"{self.number}" if self.percent is None else f"{self.percent:g}%"


@dataclass(frozen=True, slots=True)
class Policy:
    """What the user wants done and permits; `max_steps` 0 means no limit."""

    table: Table
    allow_delete: frozenset[Side] = frozenset()
    max_delete: Limit = field(default_factory=Limit)
    max_steps: int = 0
    purge: bool = False


@dataclass(slots=True)
class Draft:
    """The steps wanted of one service, and what the guards must know of it."""

    service: str
    steps: list[Step]
    counts: Counter[Comparisons]
    photos: int = 0
    contents: Mapping[RemoteAlbum, int] = field(default_factory=dict)
    problems: Sequence[Problem] = ()


def draft(service: str, differences: Iterable[Difference], policy: Policy) -> Draft:
    """Look each difference up in the table; what is to be silent is only counted."""
    counts: Counter[Comparisons] = Counter()
    steps: list[Step] = []
    problems: list[Problem] = []
    for difference in differences:
        counts[difference.comparison] += 1
        if difference.problem:
            subject = f"{difference.pair.album}/{difference.pair.name}"
            problems.append(Problem(subject, difference.problem))
            continue
        action, reason = _decided(difference, policy)
        if action is not Actions.SILENT:
            comparison, pair = difference.comparison, difference.pair
            steps.append(Step(service, action, comparison, *pair, reason=reason))
    return Draft(service, steps, counts, problems=problems)


def failed(service: str, problem: Problem) -> Draft:
    """The draft of a service of which nothing is known: nothing to do, and the reason."""
    return Draft(service, [], Counter(), problems=(problem,))


def _decided(difference: Difference, policy: Policy) -> tuple[Actions, str]:
    """What the table says of a difference, and why it is something else where it is."""
    action = policy.table[difference.comparison]
    older = policy.table[Comparisons.REMOTE_OLDER]
    if difference.touched and action is Actions.SILENT:
        if older is not Actions.REPLACE_REMOTE_WITH_LOCAL:
            return action, ""
        return Actions.UPDATE_REMOTE_METADATA, "equal bytes, newer date"
    side = DELETES.get(action)
    if side and side not in policy.allow_delete:
        return Actions.REPORT, f"not deleted without --allowDelete {side}"
    return action, ""


def make(
    drafts: Sequence[Draft],
    policy: Policy,
    *,
    local_photos: int,
    empty_roots: Sequence[str] = (),
    expired: Mapping[str, int] | None = None,
    problems: Sequence[Problem] = (),
) -> Plan:
    """Settle what the services want of each local file, ask the guards, put the steps in order.

    `expired` counts the files too old for their trash, per service and for Side.LOCAL.
    Raises GuardRefused when the plan would delete more than is safe.
    """
    wanted = _settled(step for one in drafts for step in one.steps)
    _guard(wanted, drafts, policy, local_photos, empty_roots)
    steps, postponed = _limited(sorted(wanted, key=_order), policy.max_steps)
    purges = [p for one in drafts for p in _purges(one, steps)] if policy.purge else []
    trash = {place: count for place, count in (expired or {}).items() if count and policy.purge}
    permitted = Side.REMOTE in policy.allow_delete
    return Plan(
        steps=tuple(steps),
        purges=tuple(purges) if permitted else (),
        problems=(
            *problems,
            *(problem for one in drafts for problem in one.problems),
            *(() if permitted else map(_not_purged, purges)),
        ),
        counts={one.service: dict(one.counts) for one in drafts},
        postponed=postponed,
        trash={place: count for place, count in trash.items() if _may_empty(place, policy)},
    )


def _may_empty(place: str, policy: Policy) -> bool:
    return (Side.LOCAL if place == Side.LOCAL else Side.REMOTE) in policy.allow_delete


def _not_purged(purge: Purge) -> Problem:
    reason = "empty, not removed without --allowDelete remote"
    return Problem(f"{purge.service} {purge.album.title}", reason, failed=False)


def _settled(steps: Iterable[Step]) -> list[Step]:
    """At most one service writes one local file in a run; the others compare again in the next."""
    by_photo: dict[tuple[str, str], list[Step]] = {}
    for step in steps:
        by_photo.setdefault((key(step.album), key(step.name)), []).append(step)
    settled: list[Step] = []
    for rivals in by_photo.values():
        first = min(rivals, key=_precedence)
        for step in rivals:
            apart = {first.action, step.action}.isdisjoint(LOCAL_WRITES)
            if step is first or apart or step.action is Actions.REPORT:
                settled.append(step)
            else:
                settled.append(_waiting(step, first))
    return settled


_PRECEDENCE: Mapping[Actions, int] = {
    Actions.DOWNLOAD_REMOTE: 0,
    Actions.REPLACE_REMOTE_WITH_LOCAL: 1,
    Actions.UPLOAD_LOCAL: 1,
    Actions.DELETE_LOCAL: 2,
}


def _precedence(step: Step) -> int:
    """What comes from elsewhere goes first, and an edit beats a delete."""
    return _PRECEDENCE.get(step.action, len(_PRECEDENCE))


def _waiting(step: Step, first: Step) -> Step:
    reason = f"waits for the next run: {first.service} has to do with the local file in this one"
    return Step(
        step.service,
        Actions.REPORT,
        step.comparison,
        step.album,
        step.name,
        step.local,
        step.remote,
        reason,
    )


_PHASE: Mapping[Actions, int] = dict.fromkeys(DELETES, 2) | {Actions.REPORT: 0}


def _order(step: Step) -> tuple[int, str, str, str]:
    """Reports first, deletes last; within these by album and name."""
    return _PHASE.get(step.action, 1), step.album, step.name, step.service


def _limited(steps: Iterable[Step], limit: int) -> tuple[list[Step], dict[str, int]]:
    kept: list[Step] = []
    taken: Counter[str] = Counter()
    postponed: Counter[str] = Counter()
    for step in steps:
        if step.action is Actions.REPORT:
            kept.append(step)
        elif limit and taken[step.service] >= limit:
            postponed[step.service] += 1
        else:
            taken[step.service] += 1
            kept.append(step)
    return kept, dict(postponed)


def _purges(one: Draft, steps: Iterable[Step]) -> Iterator[Purge]:
    mine = [step for step in steps if step.service == one.service]
    gains = {key(step.album) for step in mine if step.action is Actions.UPLOAD_LOCAL}
    losses = Counter(
        step.remote.album_id
        for step in mine
        if step.action is Actions.DELETE_REMOTE and step.remote
    )
    for album, photos in one.contents.items():
        if losses[album.id] >= photos and key(album.title) not in gains:
            yield Purge(one.service, album)


# -- guards --------------------------------------------------------------------------------


def _guard(
    steps: Sequence[Step],
    drafts: Sequence[Draft],
    policy: Policy,
    local_photos: int,
    empty_roots: Sequence[str],
) -> None:
    deletes = [step for step in steps if step.action in DELETES]
    remote = [step for step in deletes if step.action is Actions.DELETE_REMOTE]
    if remote and empty_roots:
        raise GuardRefused(
            f"{empty_roots[0]} holds no photos, and {len(remote)} would be deleted elsewhere; "
            "is its disk mounted? Nothing was changed"
        )
    local = len(deletes) - len(remote)
    _refuse_many("locally", local, local_photos, policy.max_delete)
    per_service = Counter(step.service for step in remote)
    for one in drafts:
        _refuse_many(f"on {one.service}", per_service[one.service], one.photos, policy.max_delete)


def _refuse_many(where: str, deletes: int, known: int, limit: Limit) -> None:
    if not limit.allows(deletes, known):
        raise GuardRefused(
            f"{deletes} of {known} photos would be deleted {where}, "
            f"more than --max-delete {limit}. "
            f"Nothing was changed; if that is right, allow it with --max-delete {deletes}"
        )
