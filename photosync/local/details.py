"""The details of photos in the folders: in their sidecars, or in the photos themselves,
which are never rewritten.
"""

from __future__ import annotations

import io
import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from threading import Lock
from typing import NamedTuple

from photosync.disk.errors import disk_errors
from photosync.disk.files import Content, publish, write_aside
from photosync.disk.folder import Folder
from photosync.disk.streams import ignore_progress
from photosync.disk.trash import Trash
from photosync.errors import Changed, Rejected
from photosync.media.details import is_same_text
from photosync.model import Details, DetailsEdit, LocalPhoto, LocalTree
from photosync.naming import name_key

_MARKS = "photosync:"
_LARGEST = 4 * 1024 * 1024


class SidecarIndex:
    """Which sidecar of a scan belongs to which photo.

    A folder is searched when one of its photos is first asked for.
    """

    def __init__(self, tree: LocalTree) -> None:
        self._folders: defaultdict[str, dict[str, LocalPhoto]] = defaultdict(dict)
        for album in tree.albums.values():
            for photo in album.photos:
                self._folders[photo.folder][photo.file] = photo
        self._found: dict[str, Mapping[str, str]] = {}
        self._lock = Lock()

    def find(self, photo: LocalPhoto) -> LocalPhoto | None:
        """Return the sidecar of a photo, None where the scan saw none."""
        with self._lock:
            files = self._folders.get(photo.folder, {})
            if photo.folder not in self._found:
                # Few runs look at details, and the XML library takes long to load.
                from photosync.media.sidecars import find_sidecars  # noqa: PLC0415

                self._found[photo.folder] = find_sidecars(files)
            sidecar = self._found[photo.folder].get(photo.file, "")
        return files.get(sidecar)


def describe_state(photo: LocalPhoto, sidecar: LocalPhoto | None) -> str:
    """Return a text that changes whenever the details of a photo may have changed."""
    state = f"{photo.size}:{photo.modified_ns}"
    if sidecar is None:
        return state
    return f"{state}|{sidecar.size}:{sidecar.modified_ns}:{sidecar.file}"


def has_lost_sidecar(before: str, now: str) -> bool:
    """Whether the sidecar of an earlier state is gone, or another one is in its place."""
    old_name = _read_sidecar_name(before)
    new_name = _read_sidecar_name(now)
    if old_name is None:
        return False
    if new_name is None:
        return True
    return old_name not in {"", new_name}


def _read_sidecar_name(state: str) -> str | None:
    """Return the file name of the sidecar in a state; empty where only that there is one
    is known, None where there is none.
    """
    _, divider, sidecar = state.partition("|")
    if not divider:
        return None
    parts = sidecar.split(":", 2)
    return parts[2] if len(parts) == 3 else ""


def find_own(sidecar: bytes | None, path: str, photo: LocalPhoto) -> Details:
    """Return what people wrote about a photo, in the bytes of a sidecar or inside the
    file at `path`.

    A title that is only the name of the file does not count, nor do the marks of
    photosync. Raises Rejected for a sidecar that is no XMP.
    """
    from photosync.media.carried import read_inside  # noqa: PLC0415 - see above
    from photosync.media.sidecars import read_sidecar  # noqa: PLC0415

    inside = read_inside(path)
    found = inside if sidecar is None else read_sidecar(sidecar, inside)
    title = found.title
    if _is_name_of(photo, title):
        title = ""
    keywords = [text for text in found.keywords if not text.lower().startswith(_MARKS)]
    return replace(found, title=title, keywords=tuple(keywords))


def _is_name_of(photo: LocalPhoto, title: str) -> bool:
    """Whether a title is only the name of a photo, with or without its ending."""
    key = name_key(title)
    for name in (photo.file, photo.name):
        name_here = name_key(name)
        stem, _, _ = name_here.rpartition(".")
        if key in {name_here, stem}:
            return True
    return False


class SidecarWriter:
    """Writes new details of photos into their sidecars, one at a time, as two services
    may bring some for the same photo.
    """

    def __init__(self) -> None:
        self._lock = Lock()

    def write(
        self, place: SidecarPlace, planned: Details, edit: DetailsEdit, trash: Trash
    ) -> str:
        """Write details into a sidecar, which is made where there is none; all else in
        it stays. Return the place of the old one in the trash; empty if there was none.

        Raises Changed where a text that would be overwritten is not as `planned`, and
        Rejected for a sidecar that is no XMP.
        """
        with self._lock:
            old = place.read() if place.is_there else None
            content = _edit(place, old, planned, edit)
            expected = Content(len(content))
            stream = io.BytesIO(content)
            with write_aside(place.folder, stream, expected, ignore_progress) as part:
                if old is None:
                    publish(part, place.name)
                    return ""
                if place.read() != old:
                    raise Changed("its sidecar is being written by another program")
                return trash.supersede(part, place.name)


class SidecarPlace(NamedTuple):
    """The sidecar `name` of a photo in an open folder; `path` is that of the photo."""

    folder: Folder
    name: str
    path: str
    photo: LocalPhoto

    @property
    def is_there(self) -> bool:
        return self.folder.has(self.name)

    def read(self) -> bytes:
        """Return its bytes; raises SideError."""
        return _read(self.folder, self.name)

    def read_details(self) -> Details:
        """Return the details of the photo; raises Rejected where it is no XMP."""
        return find_own(self.read(), self.path, self.photo)


def _edit(
    place: SidecarPlace, old: bytes | None, planned: Details, edit: DetailsEdit
) -> bytes:
    now = find_own(old, place.path, place.photo)
    for field, _ in edit.texts:
        if not is_same_text(field, now.get_text(field), planned.get_text(field)):
            raise Changed(
                f"its {field} changed here since it was looked at; "
                "the next run takes it up"
            )
    from photosync.media import xmp  # noqa: PLC0415 - see above
    from photosync.media.carried import read_inside  # noqa: PLC0415
    from photosync.media.sidecars import edit_sidecar  # noqa: PLC0415

    inside = read_inside(place.path)
    if old is None:
        old = xmp.make_empty()
    return edit_sidecar(old, edit, inside)


def _read(folder: Folder, name: str) -> bytes:
    root = folder.root.path
    with disk_errors(root=root), os.fdopen(folder.open_file(name), "rb") as file:
        content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise Rejected(f"{name} is larger than any sidecar; left alone")
    return content
