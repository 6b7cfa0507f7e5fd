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
        """Whether what a service is to tell of a file is written there, where it tells
        nothing.
        """
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
        """What is done about a comparison, and why it is not what the table says where
        it is not.

        `touched`: the bytes are equal, but the local date has moved on.
        """
        action = self.table[comparison]
        if touched and action is Actions.SILENT:
            if (
                self.table[Comparisons.REMOTE_OLDER]
                is not Actions.REPLACE_REMOTE_WITH_LOCAL
            ):
                return action, ""
            return Actions.UPDATE_REMOTE_METADATA, "equal bytes, another date"
        return self.permit(action)

    def permit(self, action: Actions) -> tuple[Actions, str]:
        """The action, or a report that names the option which would permit it."""
        side = DELETES.get(action)
        if side and side not in self.allow_delete:
            return Actions.REPORT, f"not deleted without --allowDelete {side}"
        return action, ""


def count_deletes(steps: Iterable[Step]) -> Counter[str]:
    """Return how many photos steps delete, by the service, or Side.LOCAL, that loses
    them.
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
    """Tell whether bytes are taken from where they are."""
    if isinstance(operation, EmptyTrash):
        return True
    step = operation
    replaces_local = step.action is Actions.DOWNLOAD_REMOTE and step.local is not None
    replaces_remote = step.action is Actions.REPLACE_REMOTE_WITH_LOCAL
    is_about_details = step.details is not None
    replaces = replaces_local or replaces_remote or is_about_details
    return step.action in DELETES or replaces
