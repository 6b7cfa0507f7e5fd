"""A look into files before they are sent: what a name promises, the bytes need not
keep.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from photosync.media import Kind, detect_kind, find_mismatch, kind_of
from photosync.model import Actions, Problem, Step


def check_contents(
    steps: Iterable[Step], wanted: Kind
) -> tuple[list[Step], list[Problem]]:
    """Return the steps, and what to tell of files that are not what their name says.

    A file of another kind than `wanted` is left where it is, and reported.
    """
    checked: list[Step] = []
    problems: list[Problem] = []
    for step in steps:
        mismatch = _find_step_mismatch(step)
        if not mismatch:
            checked.append(step)
        elif _is_wanted(step, wanted):
            checked.append(step)
            problems.append(
                Problem(f"{step.album}/{step.name}", mismatch, failed=False)
            )
        else:
            checked.append(
                replace(
                    step, action=Actions.REPORT, reason=f"{mismatch}; left out by -f"
                )
            )
    return checked, problems


def _find_step_mismatch(step: Step) -> str:
    if step.action is not Actions.UPLOAD_LOCAL:
        return ""
    if step.local is None or not step.local.size:
        return ""
    return find_mismatch(step.local.path, step.local.name)


def _is_wanted(step: Step, wanted: Kind) -> bool:
    assert step.local is not None
    kind = detect_kind(step.local.path) or kind_of(step.local.name)
    return kind in wanted
