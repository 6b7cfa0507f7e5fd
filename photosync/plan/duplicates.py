"""Further photos of one name in one album: deleted where that is wanted, else told.
Pure.

Two computers of one account may do this at the same moment. So which of equal photos
stays is decided by what all of them see alike, and never by the memory of one.
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
    """A photo that repeats another one of its name, which is the one to stay."""

    photo: RemotePhoto
    kept: RemotePhoto


def propose_duplicates(findings: Findings, policy: Policy) -> Iterator[Step]:
    """Yield the deletes of remote photos that repeat another one of their name."""
    action, refusal = policy.permit(Actions.DELETE_REMOTE)
    for pairing in findings.duplicates:
        for photo, kept in find_repeats(pairing):
            yield Step(
                service=findings.service,
                action=action,
                comparison=Comparisons.REMOTE_ONLY,
                album=pairing.pair.album,
                name=photo.name,
                remote=photo,
                reason=f"{_DUPLICATE}; {refusal}" if refusal else _DUPLICATE,
                kept=kept,
                agreed_anew=_agree_anew(pairing.pair, photo, kept),
            )


def find_repeats(pairing: Pairing) -> Iterator[Repeat]:
    """Yield each of equal photos of one name but the one that stays: the oldest, of
    equally old ones that with the first id.
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
    """Whether another of equal photos comes first, and holds all that a photo does."""
    # --shrink sent 2000 pixels of the one that would be kept.
    is_lesser = other.reduced and not photo.reduced
    return rank_by_age(other) < rank_by_age(photo) and not is_lesser


def _is_edited(pair: Pair, photo: RemotePhoto) -> bool:
    """Whether a photo is the one that history knows, and holds other bytes by now."""
    baseline = pair.baseline
    if baseline is None or baseline.remote.id != photo.id:
        return False
    return baseline.remote.md5 != photo.md5


def _agree_anew(pair: Pair, photo: RemotePhoto, kept: RemotePhoto) -> Baseline | None:
    """Return what is agreed on once a photo is gone that history knows: the one that
    stays holds the same. None where history does not know it.
    """
    baseline = pair.baseline
    if baseline is None or baseline.remote.id != photo.id:
        return None
    return baseline._replace(remote=kept)


def leave_busy_duplicates(
    duplicates: Iterable[Step], steps: Iterable[Step]
) -> Iterator[Step]:
    """Yield the steps about duplicates; what `steps` have to do with waits for the next
    run.
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
        # The older one was retouched here, and is replaced in this run: it repeats the
        # other one no more.
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


def tell_duplicates(findings: Findings, handled: Sequence[Step]) -> list[Problem]:
    """Return one notice for each further photo of one name that no step is about."""
    settled = {
        photo.id for step in handled for photo in (step.remote, step.kept) if photo
    }
    problems: list[Problem] = []
    for pairing in findings.duplicates:
        chosen = pairing.pair.remote
        assert chosen is not None
        repeats = find_repeats(pairing)
        repeating = {photo.id for repeat in repeats for photo in repeat}
        for duplicate in pairing.duplicates:
            if duplicate.id in settled:
                continue
            advice = " (see -dd)"
            if duplicate.id not in repeating:
                # Two cameras count alike: two photos called IMG_1.JPG need not be one.
                advice = f", as it is not known to hold the bytes of id {chosen.id}"
            service = name_service(findings.service)
            reason = f"{service} holds this name twice; id {duplicate.id} left alone"
            subject = f"{pairing.pair.album}/{duplicate.name}"
            problems.append(Problem(subject, f"{reason}{advice}", failed=False))
    return problems
