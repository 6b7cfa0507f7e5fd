"""The folders that are copied to, before anything is looked at."""

from __future__ import annotations

import os
import shlex

from photosync.errors import UsageError
from photosync.formatting import name_service
from photosync.plan import guards
from photosync.services.base import Backend


def check_place(backend: Backend, *, is_known: bool, test: bool) -> None:
    """Refuse a folder that is not there; in a dry run (`test`) only one that was known.

    Raises GuardRefused where an earlier run knew it, else UsageError.
    """
    if not backend.is_missing():
        return
    if is_known:
        guards.refuse_lost_place(backend.name)
    if not test:
        # In cron nobody can say whether it is new, or its disk only not mounted:
        # made below its mount point it would fill the system's own disk.
        path = shlex.quote(os.path.abspath(name_service(backend.name)))  # noqa: PTH100 - as it was given
        raise UsageError(
            f"-p {backend.name}: no such folder; is its disk mounted? To begin a new "
            f"copy there: mkdir {path}"
        )
