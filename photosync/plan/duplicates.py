"""Further photos of one name in one album: deleted where that is wanted, else reported.
Pure.

Two computers of one account may do this at the same moment. So it is decided only by
what both of them see which of equal photos stays, and never by the memory of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from photosync.compare.findings import Findings
from photosync.compare.pairing import Pairing, rank_by_age
from photosync.formatting import name_service
from photosync.model import (
    Actions,
    Baseline,
    Comparisons,
    Pair,
    Problem,
    RemotePhoto,
    Step,
)
from photosync.plan.policy import Policy
from photosync.plan.steps import REMOTE_WRITES, report_instead

_DUPLICATE = "a duplicate"


class Repeat(NamedTuple):
    """A photo that repeats another one of its name, and the one that stays instead."""

    photo: RemotePhoto
    kept: RemotePhoto


def propose_duplicates(findings: Findings, policy: Policy) -> Iterator[Step]:
    """Yield the deletes of remote photos that repeat another one of their name."""
    action, refusal = policy.permit(Actions.DELETE_REMOTE)
    reason = _DUPLICATE
    if refusal:
        reason = f"{_DUPLICATE}; {refusal}"
    for pairing in findings.duplicates:
        for photo, kept in find_repeats(pairing):
            yield Step(
                service=findings.service,
                action=action,
                comparison=Comparisons.REMOTE_ONLY,
                album=pairing.pair.album,
                name=photo.name,
                remote=photo,
                reason=reason,
                kept=kept,
                agreed_anew=_agree_anew(pairing.pair, photo, kept),
            )


def find_repeats(pairing: Pairing) -> Iterator[Repeat]:
    """Yield all but one of the equal photos of one name.

    The oldest stays, and of equally old ones the one with the first id.
    """
    chosen = pairing.pair.remote
    if chosen is None or chosen.md5 is None:
        return
    equal = [chosen]
    equal += [other for other in pairing.duplicates if other.md5 == chosen.md5]
    for photo in equal:
        keepers = [other for other in equal if _may_stay_for(other, photo)]
        if keepers and not _is_edited(pairing.pair, photo):
            yield Repeat(photo, min(keepers, key=rank_by_age))


def _may_stay_for(other: RemotePhoto, photo: RemotePhoto) -> bool:
    """Whether a photo may be deleted because another equal one is older and as good."""
    # The older one may be the smaller copy that --shrink sent.
    is_lesser = other.reduced and not photo.reduced
    return rank_by_age(other) < rank_by_age(photo) and not is_lesser


def _is_edited(pair: Pair, photo: RemotePhoto) -> bool:
    """Whether a photo is the one that history knows, and has other bytes by now."""
    baseline = pair.baseline
    if baseline is None or baseline.remote.id != photo.id:
        return False
    return baseline.remote.md5 != photo.md5


def _agree_anew(pair: Pair, photo: RemotePhoto, kept: RemotePhoto) -> Baseline | None:
    """Return the baseline with the photo that stays in place of the deleted one.

    None where history does not know the deleted one.
    """
    baseline = pair.baseline
    if baseline is None or baseline.remote.id != photo.id:
        return None
    return baseline._replace(remote=kept)


def leave_busy_duplicates(
    duplicates: Iterable[Step], steps: Iterable[Step]
) -> Iterator[Step]:
    """Yield the steps about duplicates; one of a photo that `steps` are about waits for
    the next run.
    """
    busy: set[tuple[str, str]] = set()
    written: set[tuple[str, str]] = set()
    for step in steps:
        if step.remote is not None:
            busy.add((step.service, step.remote.id))
            if step.action in REMOTE_WRITES:
                written.add((step.service, step.remote.id))
    for duplicate in duplicates:
        photo, kept = duplicate.remote, duplicate.kept
        assert photo is not None
        assert kept is not None
        # The photo that stays was retouched here and is replaced in this run. After
        # that the other one is no duplicate any more.
        is_busy = (duplicate.service, photo.id) in busy
        if is_busy or (duplicate.service, kept.id) in written:
            yield _let_wait(duplicate)
        else:
            yield duplicate


def _let_wait(duplicate: Step) -> Step:
    if duplicate.action is Actions.REPORT:
        return duplicate
    reason = (
        f"{duplicate.reason}; waits for the next run, as this one changes one of them"
    )
    return report_instead(duplicate, reason)


def describe_duplicates(findings: Findings, handled: Sequence[Step]) -> list[Problem]:
    """Return a notice for each further photo of one name that no step is about."""
    settled = _collect_ids(handled)
    problems: list[Problem] = []
    for pairing in findings.duplicates:
        chosen = pairing.pair.remote
        assert chosen is not None
        known_equal: set[str] = set()
        for repeat in find_repeats(pairing):
            known_equal.update((repeat.photo.id, repeat.kept.id))
        for duplicate in pairing.duplicates:
            if duplicate.id in settled:
                continue
            advice = " (see -dd)"
            if duplicate.id not in known_equal:
                # Two cameras count alike: two photos called IMG_1.JPG need not be one.
                advice = f", as it is not known to hold the bytes of id {chosen.id}"
            service = name_service(findings.service)
            reason = f"{service} holds this name twice; id {duplicate.id} left alone"
            subject = f"{pairing.pair.album}/{duplicate.name}"
            problems.append(Problem(subject, f"{reason}{advice}", failed=False))
    return problems


def _collect_ids(steps: Iterable[Step]) -> set[str]:
    """Return the ids of the photos that steps about duplicates delete or keep."""
    ids: set[str] = set()
    for step in steps:
        if step.remote is not None:
            ids.add(step.remote.id)
        if step.kept is not None:
            ids.add(step.kept.id)
    return ids
