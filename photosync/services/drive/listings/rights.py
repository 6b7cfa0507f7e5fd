"""Photos in our albums that we may not change, as somebody else put them there, or as
they lie in other folders, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from photosync.errors import LeftAlone
from photosync.model import Actions

DOWNLOAD: Final = "canDownload"
EDIT: Final = "canEdit"
TRASH: Final = "canTrash"

_REMEDIES: Mapping[str, str] = {
    EDIT: (
        "you have no right to edit this photo there; ask its owner for it, or put a copy "
        "of your own in its place"
    ),
    # Of what somebody added to a shared album we may often edit the file, and no more.
    TRASH: (
        "you have no right to delete this photo there; ask its owner to, or take it out of "
        "the album on the page of Drive"
    ),
}

_NEEDED: Mapping[Actions, str] = {
    Actions.REPLACE_REMOTE_WITH_LOCAL: EDIT,
    Actions.UPDATE_REMOTE_METADATA: EDIT,
    Actions.MOVE_REMOTE: EDIT,
    Actions.TAG_REMOTE: EDIT,
    Actions.DELETE_REMOTE: TRASH,
}
"""The right that each action takes."""

_SEVERAL_FOLDERS = (
    "it lies in several folders there at once, and would be gone from all of them; take it "
    "out of the album on the page of Drive"
)
"""Drive makes no such files since 2020, but keeps those that people made before."""


def is_permitted(file: Mapping[str, Any], right: str) -> bool:
    """Whether a file, with the field that `field_of` names, leaves us a right to it."""
    return bool(file.get("capabilities", {}).get(right, True))


def find_forbidden(file: Mapping[str, Any]) -> Mapping[Actions, str]:
    """Return what may not be done with a listed file, and why."""
    forbidden: dict[Actions, str] = {}
    if _is_in_several_folders(file):
        forbidden[Actions.DELETE_REMOTE] = _SEVERAL_FOLDERS
        forbidden[Actions.MOVE_REMOTE] = _SEVERAL_FOLDERS
    # Nearly all lack it.
    if "capabilities" in file:
        for action, right in _NEEDED.items():
            if not is_permitted(file, right):
                forbidden[action] = _REMEDIES[right]
    return forbidden


def check_single_folder(file: Mapping[str, Any]) -> None:
    """Raise LeftAlone for a file that lies in further folders, of which it would be
    deleted, too.
    """
    if _is_in_several_folders(file):
        raise LeftAlone(_SEVERAL_FOLDERS)


def _is_in_several_folders(file: Mapping[str, Any]) -> bool:
    return len(file.get("parents", ())) > 1


def check_right(file: Mapping[str, Any], right: str) -> None:
    """Raise LeftAlone for a file that tells of itself that we lack a right to it; its
    field is that of `field_of`.
    """
    if not is_permitted(file, right):
        raise LeftAlone(_REMEDIES[right])


def field_of(right: str) -> str:
    """Return the field of a file by which it tells of a right."""
    return f"capabilities/{right}"
