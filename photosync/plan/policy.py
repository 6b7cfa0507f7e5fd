"""What the user wants done and permits. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from photosync.model import (
    Actions,
    Comparisons,
    EmptyTrash,
    Limit,
    Side,
    Step,
)
from photosync.modes import Table

DELETES: Mapping[Actions, Side] = {
    Actions.DELETE_LOCAL: Side.LOCAL,
    Actions.DELETE_REMOTE: Side.REMOTE,
}
_PASSIVE = frozenset({Actions.SILENT, Actions.REPORT})


@dataclass(frozen=True, slots=True)
class Policy:
    """The table in force and what it may do; `max_steps` 0 means no limit."""

    table: Table
    allow_delete: frozenset[Side] = frozenset()
    max_delete: Limit = field(default_factory=Limit)
    max_steps: int = 0
    purge: bool = False
    deletedups: bool = False
    skip_unsupported: bool = False
    keeps_trash: bool = True
    updates_albums: bool = True

    @property
    def repairs_marks(self) -> bool:
        """Whether tags with size and hash are written where a photo there has none."""
        return self.table[Comparisons.UNKNOWN] is Actions.UPDATE_REMOTE_METADATA

    @property
    def is_passive(self) -> bool:
        """Whether the table never does anything."""
        return _PASSIVE.issuperset(self.table.values())

    @property
    def follows_deletes_there(self) -> bool:
        """Whether what a service has lost is deleted here, too."""
        action, _ = self.decide(Comparisons.REMOTE_DELETED)
        return action is Actions.DELETE_LOCAL

    def decide(
        self, comparison: Comparisons, *, touched: bool = False
    ) -> tuple[Actions, str]:
        """Return the action for a comparison, and a reason where it is not that of the
        table.

        `touched`: the bytes are equal, but the local date has moved on.
        """
        action = self.table[comparison]
        if not touched or action is not Actions.SILENT:
            return self.permit(action)
        # Equal bytes are not sent again for a new date; only the date is.
        if self.table[Comparisons.REMOTE_OLDER] is Actions.REPLACE_REMOTE_WITH_LOCAL:
            return Actions.UPDATE_REMOTE_METADATA, "equal bytes, another date"
        return action, ""

    def permit(self, action: Actions) -> tuple[Actions, str]:
        """Return the action, or a report with the option that would permit it."""
        side = DELETES.get(action)
        if side and side not in self.allow_delete:
            return Actions.REPORT, f"not deleted without --allowDelete {side}"
        return action, ""


def count_deletes(steps: Iterable[Step]) -> Counter[str]:
    """Return how many photos the steps delete, by the service that loses them, or by
    Side.LOCAL.
    """
    deletes: Counter[str] = Counter()
    for step in steps:
        side = DELETES.get(step.action)
        if side is Side.LOCAL:
            deletes[side] += 1
        elif side is Side.REMOTE:
            deletes[step.service] += 1
    return deletes


def is_destructive(operation: Step | EmptyTrash) -> bool:
    """Whether an operation removes or overwrites anything that is there."""
    if isinstance(operation, EmptyTrash):
        return True
    step = operation
    if step.action in DELETES:
        return True
    if step.details is not None:
        return True
    if step.action is Actions.DOWNLOAD_REMOTE:
        return step.local is not None
    return step.action is Actions.REPLACE_REMOTE_WITH_LOCAL
