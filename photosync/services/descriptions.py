"""Descriptions of albums: which are photosync's own, and which a person wrote."""

from __future__ import annotations

import re

from photosync.config.settings import ALBUM_DESCRIPTION
from photosync.model import AlbumMetadata

_FOLDER = "{folder}"


def write_description(template: str, folder: str) -> str:
    """Return the description of an album whose folder has this name."""
    text = template.replace(_FOLDER, folder)
    # A folder's name may hold bytes of a disk that are no text.
    return text.encode(errors="replace").decode()


def is_own_description(present: str, wanted: AlbumMetadata) -> bool:
    """Whether the description that an album has may be replaced by the wanted one.

    It may where there is none, where photosync wrote it by the default template, or by
    the template in force for a folder below the same root.
    """
    if not present or _find_folder(present, ALBUM_DESCRIPTION) is not None:
        return True
    before = _find_folder(present, wanted.template)
    now = _find_folder(wanted.description, wanted.template)
    if before is None or now is None:
        return False
    # By "From {folder}" a person's "From Ada, with love" would be ours too. What
    # photosync writes for a folder begins with the name of its root.
    return _root_of(before) == _root_of(now)


def _find_folder(text: str, template: str) -> str | None:
    """Return the folder that a text names by a template, None if it is of another."""
    before, *between = map(re.escape, template.split(_FOLDER))
    if not between:
        return None
    # A template may name the folder twice; it is the same one each time.
    pattern = f"{before}(?P<folder>.+){'(?P=folder)'.join(between)}"
    found = re.fullmatch(pattern, text, re.DOTALL)
    return found["folder"] if found else None


def _root_of(folder: str) -> str:
    return folder.partition("/")[0]
