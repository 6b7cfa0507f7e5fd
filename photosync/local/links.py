"""Which symbolic links of a library lead to photos of it."""

from __future__ import annotations

import os

from photosync.disk.names import is_within
from photosync.local.gathering import WalkedFolder

NO_FILE = "is no ordinary file; left alone"
IS_FOLDER = "is a folder with the name of a photo; no photo of that name is deleted"
OUT_OF_ROOT = "is a link out of the root; not followed"


def refuse_folder(folder: WalkedFolder, target: str) -> str:
    """Return why a link in a folder to another one is not followed; empty if it is."""
    if not is_within(target, os.path.realpath(folder.root)):
        # Through it photos of somebody else could be overwritten or deleted.
        return OUT_OF_ROOT
    if is_within(os.path.realpath(folder.path), target):
        return "is a link in a circle; not followed"
    if folder.is_behind_link:
        # One link deep is enough: links to links could multiply without end.
        return "is a link behind a link; not followed"
    return ""


def refuse_file(root: str, target: str) -> str:
    """Return why what a link to a file leads to is no photo of ours; empty if it is."""
    if not os.path.exists(target):  # noqa: PTH110
        return "is a link to nowhere; left alone"
    if not is_within(target, os.path.realpath(root)):
        return "is a link out of the root; left alone"
    if not os.path.isfile(target):  # noqa: PTH113
        return NO_FILE
    return ""
