"""Further photos of one name in one album: deleted where that is wanted, else told.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from photosync.compare.findings import Findings
from photosync.formatting import name_service
from photosync.model import Actions, Comparisons, Problem, RemotePhoto, Step
from photosync.plan.policy import Policy


def propose_duplicates(findings: Findings, policy: Policy) -> Iterator[Step]:
    """Yield the deletes of further remote photos of one name that hold equal bytes."""
    action, refusal = policy.permit(Actions.DELETE_REMOTE)
    for album, duplicate, kept in findings.duplicates:
        if not _repeats(duplicate, kept):
            continue
        reason = f"a duplicate of id {kept.id}"
        yield Step(
            service=findings.service,
            action=action,
            comparison=Comparisons.REMOTE_ONLY,
            album=album,
            name=duplicate.name,
            remote=duplicate,
            reason=f"{reason}; {refusal}" if refusal else reason,
            is_duplicate=True,
        )


def _repeats(duplicate: RemotePhoto, kept: RemotePhoto) -> bool:
    """Whether all that a photo holds is known to be in another one too."""
    # --shrink sent 2000 pixels of the one that would be kept.
    is_lesser = kept.reduced and not duplicate.reduced
    is_equal = duplicate.md5 is not None and duplicate.md5 == kept.md5
    return is_equal and not is_lesser


def tell_duplicates(findings: Findings, handled: Sequence[Step]) -> list[Problem]:
    """Return one notice for each further photo of one name that no step is about."""
    ids = {step.remote.id for step in handled if step.remote}
    problems: list[Problem] = []
    for album, duplicate, kept in findings.duplicates:
        if duplicate.id in ids:
            continue
        advice = " (see -dd)"
        if not _repeats(duplicate, kept):
            # Two cameras count alike: two photos called IMG_1.JPG need not be one.
            advice = f", as it is not known to hold the bytes of id {kept.id}"
        service = name_service(findings.service)
        reason = f"{service} holds this name twice; id {duplicate.id} left alone"
        subject = f"{album}/{duplicate.name}"
        problems.append(Problem(subject, f"{reason}{advice}", failed=False))
    return problems
