"""What makes a plan too dangerous to carry out: raised before anything is done.
Pure.

The measure is the census: how many photos a root or a service showed after the last run
under the same rules. Where the rules are new, it is how many of the photos that they
show the memory knows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from photosync.errors import GuardRefused
from photosync.formatting import count_nouns, name_service
from photosync.model import (
    ALL_CHANGED,
    LOST_PHOTOS,
    OTHER_ROOT,
    REMOTE_SHRANK,
    Actions,
    Census,
    Comparisons,
    Limit,
    Side,
    Step,
)
from photosync.plan.policy import count_deletes
from photosync.plan.proposal import Proposal

NOTHING_CHANGED = "Nothing was changed"
"""What each refusal says. In the second plan of a run it is not the whole truth, and is
replaced.
"""

_FEW = 20
_OF_ROOTS = (LOST_PHOTOS, OTHER_ROOT)

_WRITES_DETAILS = (
    Actions.UPDATE_LOCAL_METADATA,
    Actions.UPDATE_REMOTE_METADATA,
    Actions.MERGE_METADATA,
)
_CHANGED = (Comparisons.REMOTE_OLDER, Comparisons.REMOTE_NEWER, Comparisons.CONFLICT)


def check_deletes(
    steps: Iterable[Step],
    proposals: Iterable[Proposal],
    limit: Limit,
    local_photos: int,
    deleted: Mapping[str, int],
) -> None:
    """Raise GuardRefused where more would be deleted than the limit allows.

    `deleted` counts, by side, what an earlier plan of the same run has deleted.
    """
    deletes = count_deletes(steps)
    sides: list[tuple[str, str, int]] = [("locally", Side.LOCAL, local_photos)]
    for proposal in proposals:
        service = proposal.service
        where = f"on {name_service(service)}"
        sides.append((where, service, proposal.findings.photos))
    for where, side, photos in sides:
        if deletes[side]:
            _check_limit(where, deletes[side], deleted.get(side, 0), photos, limit)


def _check_limit(
    where: str, deletes: int, before: int, photos: int, limit: Limit
) -> None:
    total = before + deletes
    known = before + photos
    if limit.allows(total, known):
        return
    some = f", {before:,} of them in this run already" if before else ""
    raise GuardRefused(
        f"{total} of {count_nouns(known, 'photo')} would be deleted {where}{some}, "
        f"more than --max-delete {limit}. "
        f"{NOTHING_CHANGED}; if that is right, allow it with --max-delete {total}"
    )


def check_empty(
    steps: Iterable[Step],
    empty_roots: Iterable[str],
    before: Mapping[str, Census],
    accepted: Collection[str],
) -> None:
    """Raise GuardRefused where photos would be deleted elsewhere because a root is
    empty that held photos, or of which nothing is known yet.
    """
    deletes = [step for step in steps if step.action is Actions.DELETE_REMOTE]
    if not deletes:
        return
    for root in empty_roots:
        # Where no run is known yet, nobody can tell. A root that was empty after the
        # last run, too, misses no disk.
        may_miss_disk = not before
        if root in before:
            may_miss_disk = before[root].photos > 0
        if may_miss_disk:
            found = f"holds no photos, and {len(deletes)} would be deleted elsewhere"
            _refuse(LOST_PHOTOS, f"{root} {found}; is its disk mounted?", accepted)


def check_missing(before: Mapping[str, Census], missing: Iterable[str]) -> None:
    """Raise GuardRefused for a root that is not there, though photos are known in
    it.
    """
    for root in missing:
        photos = before[root].photos if root in before else 0
        if photos:
            raise GuardRefused(
                f"{root} is not there or cannot be read, and held "
                f"{count_nouns(photos, 'photo')} at the last run; is its disk mounted? "
                f"If it is a new disk, make the folder first. {NOTHING_CHANGED}"
            )


def refuse_lost_place(service: str) -> None:
    """Raise GuardRefused for a remote folder that is not there, though photos are known
    in it.

    Its disk may not be mounted. A new folder at the mount point would be filled with
    copies, and later be taken for a backup that lost its photos.
    """
    raise GuardRefused(
        f"{name_service(service)} is not there, and held photos at the last run; is "
        f"its disk mounted? If it is to begin anew, make the folder first. {NOTHING_CHANGED}"
    )


def check_roots(
    before: Mapping[str, Census],
    now: Mapping[str, Census],
    proposals: Sequence[Proposal],
    accepted: Collection[str],
) -> None:
    """Raise GuardRefused for a root that lost most of its photos since the last run.

    Another disk that is mounted at its place may hold as many photos, so those that
    vanished are counted, too.
    """
    counts = [_count_vanished_here(proposal) for proposal in proposals]
    vanished = max(counts, default=0)
    for root, last in before.items():
        here = now.get(root)
        if here is None:
            continue
        if here.rules_hash == last.rules_hash:
            _check_root(root, last, here, vanished, accepted)
        else:
            _check_root_under_new_rules(root, last, here, proposals, accepted)


def _check_root(
    root: str, last: Census, here: Census, vanished: int, accepted: Collection[str]
) -> None:
    is_other = here.identity != last.identity and here.photos > 0
    has_lost = _lost_most(last.photos, here.photos)
    # Five hundred photos on the disk that is meant, and five hundred others on this one.
    has_others = _lost_most(last.photos, last.photos - vanished)
    misses_photos = has_lost or has_others
    if is_other and misses_photos:
        _refuse_other_root(root, accepted)
    elif has_lost:
        found = f"holds {count_nouns(here.photos, 'photo')}, and held {last.photos} at the last run"
        _refuse(LOST_PHOTOS, f"{root} {found}; is the right disk mounted?", accepted)


def _check_root_under_new_rules(
    root: str,
    last: Census,
    here: Census,
    proposals: Iterable[Proposal],
    accepted: Collection[str],
) -> None:
    """Refuse a root that misses most of the known photos that the new rules show."""
    for proposal in proposals:
        gone = _count_vanished_here(proposal)
        has_lost = _lost_most(proposal.known_pairs + gone, proposal.known_pairs)
        # A root that held nothing can miss nothing.
        if not has_lost or last.photos == 0:
            continue
        # The first run with `-f video`, and the disk is not mounted.
        if here.photos == 0:
            found = f"holds no photos, and {gone} of those known under these filters lay there"
            _refuse(LOST_PHOTOS, f"{root} {found}; is its disk mounted?", accepted)
        elif here.identity != last.identity:
            _refuse_other_root(root, accepted)


def _refuse_other_root(root: str, accepted: Collection[str]) -> None:
    found = (
        "is another folder or disk than before, and most photos known there are missing"
    )
    _refuse(OTHER_ROOT, f"{root} {found}; is the right disk mounted?", accepted)


def _count_vanished_here(proposal: Proposal) -> int:
    """Return how many photos that both sides had are nowhere here now."""
    return proposal.counts.get(Comparisons.LOCAL_DELETED, 0)


def _refuse(finding: str, text: str, accepted: Collection[str]) -> None:
    if finding in accepted:
        return
    meant = "if that is right"
    if finding in _OF_ROOTS:
        # Accepted in another mode, they would be deleted on the services, too.
        restores = f"on a new disk -m download --accept {finding} brings them back"
        meant = f"{restores}; if you deleted them"
    raise GuardRefused(
        f"{text} {NOTHING_CHANGED}; {meant}, allow it with --accept {finding}"
    )


def find_shrunk(
    before: Mapping[str, Census],
    proposals: Iterable[Proposal],
    rules_hash: str,
    *,
    others: Collection[str] = (),
) -> dict[str, str]:
    """Return the services that lost most of their photos without our doing, each with
    what is told of it.

    `others` are folders at the place of those that `before` tells of.
    """
    shrunk: dict[str, str] = {}
    for proposal in proposals:
        last = before.get(proposal.service)
        if last is None or not proposal.is_known or proposal.findings.incomplete:
            continue
        photos_before = last.photos
        photos_now = proposal.findings.photos
        is_other = proposal.service in others
        if last.rules_hash != rules_hash and not is_other:
            # The first run with --exclude: only what these filters show counts.
            gone = proposal.counts.get(Comparisons.REMOTE_DELETED, 0)
            photos_before = proposal.known_pairs + gone
            photos_now = proposal.known_pairs
        # An account that shows nothing at all may be another one, or a folder that was
        # made anew, however few photos there were.
        if not _lost_most(photos_before, photos_now):
            continue
        shown = count_nouns(photos_now, "photo")
        advice = "; look there first."
        if is_other:
            advice = (
                ", and is another folder than then; is its disk mounted? Accepted, it "
                "is compared as a new one."
            )
        found = f"now shows {shown}, {photos_before} after the last run{advice}"
        shrunk[proposal.service] = found
    return shrunk


def check_services(
    before: Mapping[str, Census],
    proposals: Iterable[Proposal],
    rules_hash: str,
    accepted: Collection[str],
    *,
    others: Collection[str] = (),
) -> None:
    """Raise GuardRefused for a service that `find_shrunk` finds."""
    shrunk = find_shrunk(before, proposals, rules_hash, others=others)
    for service, found in shrunk.items():
        _refuse(REMOTE_SHRANK, f"{name_service(service)} {found}", accepted)


def check_changes(proposals: Iterable[Proposal], accepted: Collection[str]) -> None:
    """Raise GuardRefused where most of all known photos changed at once, as by a faulty
    program.
    """
    if ALL_CHANGED in accepted:
        return
    for proposal in proposals:
        for comparison in _CHANGED:
            _check_change(proposal, comparison)


def _check_change(proposal: Proposal, comparison: Comparisons) -> None:
    known = proposal.known_pairs
    changed = proposal.known_changes.get(comparison, 0)
    if changed <= _FEW or changed * 2 <= known:
        return
    name = name_service(proposal.service)
    side = "here"
    if comparison is Comparisons.REMOTE_NEWER:
        side = f"on {name}"
    raise GuardRefused(
        f"{changed} of {count_nouns(known, 'photo')} known to be equal with {name} "
        f"changed {side} at once; look at some of them first. {NOTHING_CHANGED}; "
        f"if that is right, allow it with --accept {ALL_CHANGED}"
    )


def check_details(
    steps: Iterable[Step], proposals: Iterable[Proposal], accepted: Collection[str]
) -> None:
    """Raise GuardRefused where most photos would lose details at once.

    A program may have written all sidecars anew without them, or a service may have
    left them out of its answers.
    """
    if ALL_CHANGED in accepted:
        return
    here: Counter[str] = Counter()
    there: Counter[str] = Counter()
    for step in steps:
        if step.details is not None and step.action in _WRITES_DETAILS:
            here[step.service] += step.details.edit_here.takes_away
            there[step.service] += step.details.edit_there.takes_away
    for proposal in proposals:
        service = proposal.service
        photos = proposal.findings.photos
        _check_losses("here", here[service], photos)
        _check_losses(f"on {name_service(service)}", there[service], photos)


def _check_losses(where: str, losing: int, photos: int) -> None:
    if losing <= _FEW or losing * 2 <= photos:
        return
    raise GuardRefused(
        f"{losing} of {count_nouns(photos, 'photo')} would lose titles, descriptions, "
        f"keywords or positions {where} at once; look at some of them first. "
        f"{NOTHING_CHANGED}; if that is right, allow it with --accept {ALL_CHANGED}"
    )


def _lost_most(before: int, now: int) -> bool:
    """Whether most photos are lost, and more than a few; or all of them, however few."""
    if now == 0:
        return before > 0
    return before - now > _FEW and now * 2 < before
