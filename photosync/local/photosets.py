"""Sets of photos by their names, as photoSync, the ancestor of this program, had them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TypeVar

from photosync.filters import Filters
from photosync.local.names import AlbumNames
from photosync.naming import name_key, name_of_file

ObjectT = TypeVar("ObjectT")


def list_photos(folders: Sequence[str], filters: Filters) -> dict[str, str]:
    """Return the photo names directly in these folders, sorted, each with its path.

    A name that an earlier folder has already is told apart by the folder's.
    """
    names = AlbumNames("", folders)
    found: dict[str, str] = {}
    for folder in folders:
        for file in _list_files(folder, filters):
            name = name_of_file(file)
            if name in found:
                # In the first folder only an escape can make two files one name.
                name = names.qualify(folder, name) or file
            found[name] = f"{folder}/{file}"
    return dict(sorted(found.items()))


def _list_files(folder: str, filters: Filters) -> list[str]:
    with os.scandir(folder) as entries:
        files = [entry.name for entry in entries if entry.is_file()]
    return sorted(filter(filters.is_wanted_kind, files))


def find_missing(
    here: Mapping[str, ObjectT], there: Mapping[str, ObjectT]
) -> dict[str, ObjectT]:
    """Return what is there and not here, sorted by name."""
    known = {name_key(name) for name in here}
    return {name: there[name] for name in sorted(there) if name_key(name) not in known}
