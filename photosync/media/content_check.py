"""A look into files before they are sent: what a name promises, the bytes need not
keep.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from photosync.media import Kind, kind_by_content, kind_of, mismatch
from photosync.model import Actions, Problem, Step


def looked_at(steps: Iterable[Step], wanted: Kind) -> tuple[list[Step], list[Problem]]:
    """The steps, and what to tell of files that are not what their name says.

    One of another kind than `wanted` is left where it is, and reported.
    """
    checked: list[Step] = []
    problems: list[Problem] = []
    for step in steps:
        said = _said(step)
        if not said:
            checked.append(step)
        elif _is_wanted(step, wanted):
            checked.append(step)
            problems.append(Problem(f"{step.album}/{step.name}", said, failed=False))
        else:
            checked.append(
                replace(step, action=Actions.REPORT, reason=f"{said}; left out by -f")
            )
    return checked, problems


def _said(step: Step) -> str:
    if (
        step.action is not Actions.UPLOAD_LOCAL
        or step.local is None
        or not step.local.size
    ):
        return ""
    return mismatch(step.local.path, step.local.name)


def _is_wanted(step: Step, wanted: Kind) -> bool:
    assert step.local is not None
    kind = kind_by_content(step.local.path) or kind_of(step.local.name)
    return kind in wanted
