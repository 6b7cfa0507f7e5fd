"""Other versions of a photo next to it: `a (drive 2026-11-30).jpg`."""

from __future__ import annotations

import itertools
import stat
from collections.abc import Iterator
from pathlib import Path

from photosync.disk.files import Part
from photosync.disk.folder import Folder
from photosync.disk.reading import compute_md5_below
from photosync.errors import SideError
from photosync.model import LocalPhoto


def find_version(part: Part, photo: LocalPhoto) -> str | None:
    """Return the name of a file beside a photo that has the bytes of a part; None where
    there is none.

    Only files of the same size are read.
    """
    folder = part.folder
    size = folder.look_at(part.name).st_size
    for file in _list_files_beside(folder, photo):
        try:
            status = folder.look_at(file)
            if not stat.S_ISREG(status.st_mode) or status.st_size != size:
                continue
            if compute_md5_below(folder, file) == part.md5:
                return file
        except SideError:
            # A file that cannot be read proves nothing: the version gets its own file.
            continue
    return None


def _list_files_beside(folder: Folder, photo: LocalPhoto) -> Iterator[str]:
    """Yield the names of the other visible files with the ending of the photo."""
    ending = Path(photo.file).suffix
    for name in folder.list_names():
        is_other = name != photo.file and not name.startswith(".")
        if is_other and name.endswith(ending):
            yield name


def find_free_name(folder: Folder, photo: LocalPhoto, mark: str) -> str:
    """Return a file name beside a photo: `a (mark).jpg`, `a (mark 2).jpg` and so on."""
    stem = Path(photo.file).stem
    ending = Path(photo.file).suffix
    file = f"{stem} ({mark}){ending}"
    for number in itertools.count(2):
        if not folder.has(file):
            break
        file = f"{stem} ({mark} {number}){ending}"
    return file
