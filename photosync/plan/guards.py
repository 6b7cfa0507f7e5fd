"""What makes a plan too dangerous to carry out: raised before anything is done.
Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from photosync.errors import GuardRefused
from photosync.model import (
    ALL_CHANGED,
    LOST_PHOTOS,
    OTHER_ROOT,
    REMOTE_SHRANK,
    Actions,
    Census,
    Comparisons,
    Limit,
    Step,
)
from photosync.plan.policy import DELETES
from photosync.plan.proposal import Proposal

_FEW = 20
_HANDFUL = 5
"""So few photos of a service a person may well have deleted all at once."""

_CHANGED = (Comparisons.REMOTE_OLDER, Comparisons.REMOTE_NEWER, Comparisons.CONFLICT)


def check_deletes(
    steps: Iterable[Step],
    proposals: Iterable[Proposal],
    limit: Limit,
    local_photos: int,
) -> None:
    """Raise GuardRefused where more would be deleted than the limit allows."""
    deletes = [step for step in steps if step.action in DELETES]
    remote = [step for step in deletes if step.action is Actions.DELETE_REMOTE]
    local = len(deletes) - len(remote)
    _refuse_many("locally", local, local_photos, limit)
    per_service = Counter(step.service for step in remote)
    for one in proposals:
        _refuse_many(
            f"on {one.service}", per_service[one.service], one.findings.photos, limit
        )


def _refuse_many(where: str, deletes: int, known: int, limit: Limit) -> None:
    if not limit.allows(deletes, known):
        raise GuardRefused(
            f"{deletes} of {known} photos would be deleted {where}, "
            f"more than --max-delete {limit}. "
            f"Nothing was changed; if that is right, allow it with --max-delete {deletes}"
        )


def check_empty(
    steps: Iterable[Step],
    empty_roots: Iterable[str],
    before: Mapping[str, Census],
    accepted: Collection[str],
) -> None:
    """Raise GuardRefused where a root lost all, or nothing is known yet, and deletes
    follow.

    A root that was empty at the last run as well is none that a disk is missing from.
    """
    deletes = sum(step.action is Actions.DELETE_REMOTE for step in steps)
    for root in empty_roots if deletes else ():
        if before[root].photos if root in before else not before:
            found = f"holds no photos, and {deletes} would be deleted elsewhere"
            _refuse(LOST_PHOTOS, f"{root} {found}; is its disk mounted?", accepted)


def check_missing(before: Mapping[str, Census], missing: Iterable[str]) -> None:
    """Raise GuardRefused for a root that is not there, though photos are known in
    it.
    """
    for root in missing:
        if root in before and before[root].photos:
            raise GuardRefused(
                f"{root} is not there or cannot be read, and held {before[root].photos} photos at "
                "the last run; is its disk mounted? Nothing was changed"
            )


def check_roots(
    before: Mapping[str, Census],
    now: Mapping[str, Census],
    proposals: Iterable[Proposal],
    accepted: Collection[str],
) -> None:
    """Raise GuardRefused for a root that lost most of its photos since the last run.

    That may be hidden by as many others, where another disk is mounted at its place.
    """
    vanished = max((_vanished(one) for one in proposals), default=0)
    for root, last in before.items():
        here = now.get(root)
        if here is None or here.rules_hash != last.rules_hash:
            continue
        other = here.identity != last.identity and here.photos > 0
        lost = _lost_most(last.photos, here.photos)
        if other and (lost or _lost_most(last.photos, last.photos - vanished)):
            found = "is another folder or disk than before, and most photos known there are missing"
            _refuse(OTHER_ROOT, f"{root} {found}; is the right disk mounted?", accepted)
        elif lost:
            found = (
                f"holds {here.photos} photos, and held {last.photos} at the last run"
            )
            _refuse(
                LOST_PHOTOS, f"{root} {found}; is the right disk mounted?", accepted
            )


def _vanished(one: Proposal) -> int:
    """How many photos were here when last agreed on, and are at no place here now."""
    return one.counts.get(Comparisons.LOCAL_DELETED, 0)


def _refuse(finding: str, text: str, accepted: Collection[str]) -> None:
    if finding not in accepted:
        raise GuardRefused(
            f"{text} Nothing was changed; if that is right, allow it with --accept {finding}"
        )


def check_services(
    before: Mapping[str, Census],
    proposals: Iterable[Proposal],
    rules_hash: str,
    accepted: Collection[str],
) -> None:
    """Raise GuardRefused for a service that lost most of its photos without our
    doing.
    """
    for one in proposals:
        last = before.get(one.service)
        if (
            last is None
            or not one.is_known
            or last.rules_hash != rules_hash
            or one.findings.incomplete
        ):
            continue
        emptied = one.findings.photos == 0 and last.photos > _HANDFUL
        if emptied or _lost_many(last.photos, one.findings.photos):
            found = f"now shows {one.findings.photos} photos, {last.photos} after the last run"
            _refuse(
                REMOTE_SHRANK, f"{one.service} {found}; look there first.", accepted
            )


def check_changes(proposals: Iterable[Proposal], accepted: Collection[str]) -> None:
    """Raise GuardRefused where most of all known photos changed at once, as by a faulty
    program.
    """
    for one in proposals:
        for comparison in _CHANGED if ALL_CHANGED not in accepted else ():
            changed = one.known_changes.get(comparison, 0)
            if changed > _FEW and changed * 2 > one.known_pairs:
                side = (
                    f"on {one.service}"
                    if comparison is Comparisons.REMOTE_NEWER
                    else "here"
                )
                raise GuardRefused(
                    f"{changed} of {one.known_pairs} photos known to be equal with "
                    f"{one.service} changed {side} at once; look at some of them first. Nothing "
                    f"was changed; if that is right, allow it with --accept {ALL_CHANGED}"
                )


def _lost_most(before: int, now: int) -> bool:
    """Whether a root lost most of its photos: an empty one did, however few they
    were.
    """
    return before > 0 if now == 0 else _lost_many(before, now)


def _lost_many(before: int, now: int) -> bool:
    return before - now > _FEW and now * 2 < before
