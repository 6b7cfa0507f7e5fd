"""The remote sides. `connect` makes those that the scope names."""

from __future__ import annotations

import os
from collections.abc import Sequence

from photosync.backend import Backend
from photosync.backends.folder import FolderBackend
from photosync.errors import UsageError
from photosync.modes import Actions
from photosync.scan import is_within
from photosync.settings import Settings

_WRITES_REMOTE = frozenset({Actions.UPLOAD_LOCAL, Actions.REPLACE_REMOTE_WITH_LOCAL})


def connect(settings: Settings) -> list[Backend]:
    """The backends of the scope; raises UsageError for one that cannot serve beside the roots."""
    if not settings.services:
        raise UsageError("where to? Name a place with -p, for example -p folder:/mnt/backup")
    writes = not _WRITES_REMOTE.isdisjoint(settings.table().values())
    folders = [
        FolderBackend(scope.removeprefix("folder:"), keep_trash=not settings.no_trash)
        for scope in settings.services
    ]
    for folder in folders:
        folder.check(settings.roots, writes=writes)
    _check_apart(folders)
    return list[Backend](folders)


def _check_apart(folders: Sequence[FolderBackend]) -> None:
    paths = [os.path.realpath(folder.root) for folder in folders]
    for number, path in enumerate(paths):
        for other in paths[:number]:
            if is_within(path, other) or is_within(other, path):
                raise UsageError(f"-p: {path} and {other} lie inside one another; choose another")
