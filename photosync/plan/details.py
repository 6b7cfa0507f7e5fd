"""What is done about the details of an equal pair. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from photosync.model import (
    KEYWORDS,
    Actions,
    Comparisons,
    DetailsEdit,
    DetailsMerge,
    Difference,
    Step,
)
from photosync.plan.policy import Policy

_DISPUTED = ", and nobody knows which is right"


def propose_details(
    service: str, difference: Difference, policy: Policy
) -> Iterator[Step]:
    """Yield the steps for the details of an equal pair: one that writes them, and one
    that reports what is in dispute.
    """
    merge = difference.details
    if merge is None:
        return
    if merge.has_work:
        action = _find_action(merge)
        yield _make_step(service, difference, action, describe_edits(merge))
    if merge.disputed:
        reason = f"{_describe_difference(merge.disputed)}{_DISPUTED}"
        yield _make_step(service, difference, Actions.REPORT, reason)
    elif merge.left and policy.is_passive:
        reason = _describe_difference(merge.left)
        yield _make_step(service, difference, Actions.REPORT, reason)


def _find_action(merge: DetailsMerge) -> Actions:
    if not merge.edit_here:
        return Actions.UPDATE_REMOTE_METADATA
    if not merge.edit_there:
        return Actions.UPDATE_LOCAL_METADATA
    return Actions.MERGE_METADATA


def _make_step(
    service: str, difference: Difference, action: Actions, reason: str
) -> Step:
    pair = difference.pair
    return Step(
        service=service,
        action=action,
        comparison=Comparisons.SAME,
        album=pair.album,
        name=pair.name,
        local=pair.local,
        remote=pair.remote,
        reason=reason,
        details=difference.details,
    )


def describe_edits(merge: DetailsMerge) -> str:
    """Return what is written on either side: `title, 3 keywords`."""
    if merge.edit_here and merge.edit_there:
        here = describe_edit(merge.edit_here)
        there = describe_edit(merge.edit_there)
        return f"here: {here}; there: {there}"
    return describe_edit(merge.edit_here or merge.edit_there)


def describe_edit(edit: DetailsEdit) -> str:
    """Return what is written on one side: `title, 3 keywords`."""
    parts = [str(field) for field, _ in edit.texts]
    count = edit.keyword_count
    if count == 1:
        parts.append("1 keyword")
    elif count:
        parts.append(f"{count} keywords")
    return ", ".join(parts)


def _describe_difference(fields: Sequence[str]) -> str:
    is_one = len(fields) == 1 and KEYWORDS not in fields
    verb = "differs" if is_one else "differ"
    return f"{_list_fields(fields)} {verb} here and there"


def _list_fields(fields: Iterable[str]) -> str:
    names = [field for field in fields if field != KEYWORDS]
    if KEYWORDS in fields:
        names.append(KEYWORDS)
    last = names.pop()
    if not names:
        return last
    return f"{', '.join(names)} and {last}"
