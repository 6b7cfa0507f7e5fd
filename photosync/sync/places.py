"""Whether the folder remotes are there, before anything is read."""

from __future__ import annotations

import os
import shlex

from photosync.config.settings import Settings
from photosync.errors import Rejected, UsageError
from photosync.formatting import name_service
from photosync.history.memories import Memories
from photosync.plan import guards
from photosync.services.base import Backend

_AWAY = (
    "is not there; is its disk mounted? If it is to begin anew, make the folder first"
)


def check_place(
    backend: Backend, memories: Memories, settings: Settings, *, is_alone: bool
) -> None:
    """Refuse a folder that is not there; in a dry run only one that was known, or that
    has no folder above it either.

    Raises UsageError where no earlier run knew it, else GuardRefused, or Rejected where
    it is not alone: its disk is unplugged, which keeps nobody from filling the others.
    """
    if not backend.is_missing():
        return
    if memories.is_known(backend.name):
        if is_alone:
            guards.refuse_lost_place(backend.name)
        raise Rejected(_AWAY)
    path = os.path.abspath(name_service(backend.name))  # noqa: PTH100 - as it was given
    missing = f"-p {backend.name}: no such folder; is its disk mounted?"
    if not os.path.isdir(os.path.dirname(path)):  # noqa: PTH112, PTH120
        # Not even a mount point.
        raise UsageError(missing)
    if not settings.test:
        # In cron nobody can say whether it is new, or its disk is just not mounted. A
        # folder made at the mount point would fill the disk of the system.
        raise UsageError(
            f"{missing} To begin a new copy there: mkdir {shlex.quote(path)}"
        )
