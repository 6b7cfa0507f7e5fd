"""What is noted of a photo that gets another name and another album, or the place of an
older one, so that a run killed in between makes no second photo.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from photosync.errors import NotRecorded
from photosync.model import RemotePhoto
from photosync.services.persistence import NoUploads, UnfinishedUploads

_SWAP: Final = "swap "
"""Begins the paths of notes about photos that take the places of others."""


class MoveNotes:
    """Notes of renamed photos by their ids, until each has left its old album.

    Flickr does one after the other. A photo with its new name in its old album would be
    a new photo there, and come home a second time. They are kept in `uploads`.
    """

    def __init__(self) -> None:
        self.uploads: UnfinishedUploads = NoUploads()

    def begin(self, photo_id: str, set_id: str, name: str) -> None:
        """Note the name that a photo has in a set, before it gets another; raises
        NotRecorded.
        """
        row = {"set": set_id, "name": name}
        self.uploads.put(_note_path(photo_id), row)

    def end(self, photo_id: str) -> None:
        """Forget a photo that has left its old set, or was to stay in it."""
        path = _note_path(photo_id)
        with suppress(NotRecorded):
            if self.uploads.find(path):
                self.uploads.remove(path)

    def find_name(self, photo_id: str, set_id: str) -> str | None:
        """Return the name under which the rest of its move is waited for."""
        with suppress(NotRecorded):
            row = self.uploads.find(_note_path(photo_id))
            if row is not None and row["set"] == set_id:
                return str(row["name"])
        return None

    def begin_swap(self, new: str, old: RemotePhoto) -> None:
        """Note that a photo is to take the place of another in its set, before it joins;
        raises NotRecorded.
        """
        self.uploads.put(_swap_path(new), {"set": old.album_id, "old": old.id})

    def leave_for(self, new: str, old: RemotePhoto) -> None:
        """Note that a photo is about to leave its set for another, and has to go with
        that; raises NotRecorded.
        """
        # Else one that a person took out of the album would pass for it.
        row = {"set": old.album_id, "old": old.id, "leaves": old.version}
        self.uploads.put(_swap_path(new), row)

    def list_left(self) -> Mapping[str, RemotePhoto]:
        """Return the photos that left their sets for others and have not gone since, by
        the ids of those, as far as they are known.
        """
        found: dict[str, RemotePhoto] = {}
        with suppress(NotRecorded):
            for path in self.uploads.list_paths(_SWAP):
                row = self.uploads.find(path) or {}
                if "leaves" in row:
                    old = RemotePhoto("", str(row["old"]), size=None, modified_ns=None)
                    found[path.removeprefix(_SWAP)] = old._replace(
                        version=str(row["leaves"]), album_id=str(row["set"])
                    )
        return found

    def end_swap(self, new: str) -> None:
        """Forget a photo that has taken the place of another."""
        with suppress(NotRecorded):
            self.uploads.remove(_swap_path(new))

    def find_old(self, new: str, set_id: str) -> str | None:
        """Return the photo in a set whose place another one was to take."""
        with suppress(NotRecorded):
            row = self.uploads.find(_swap_path(new))
            if row is not None and row["set"] == set_id:
                return str(row["old"])
        return None


def _note_path(photo_id: str) -> str:
    # Beside the uploads, whose paths are those of files and begin with a slash.
    return f"move {photo_id}"


def _swap_path(photo_id: str) -> str:
    return f"{_SWAP}{photo_id}"
