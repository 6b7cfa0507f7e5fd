"""What a step costs, as far as that is known before it is done. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from photosync.model import Actions, Step

_CALLS: Mapping[Actions, int] = {
    Actions.REPORT: 0,
    Actions.SILENT: 0,
    Actions.MOVE_LOCAL: 0,
    Actions.DELETE_LOCAL: 0,
}


def count_calls(step: Step) -> int:
    """Return about how many calls to its service a step takes; a folder has none."""
    if step.service.startswith("folder"):
        return 0
    return _CALLS.get(step.action, 1)
