"""A look into files before they are sent: what a name promises, the bytes need not
keep.
"""

from __future__ import annotations

from photosync.media import Kind, detect_kind, find_mismatch, kind_of
from photosync.model import LocalPhoto


class ContentCheck:
    """Looks into each file once, whichever services it goes to."""

    def __init__(self, wanted: Kind) -> None:
        self._wanted = wanted
        self._mismatches: dict[str, str] = {}

    def find_mismatch(self, photo: LocalPhoto) -> str:
        """Return what is wrong between a file and its name, as `is named ...`.

        It is empty if nothing is wrong or nothing is known. Raises no error: a file
        that cannot be read is found out when it is sent.
        """
        # That a file is empty, the comparison tells; there is nothing to look into.
        if not photo.size:
            return ""
        if photo.path not in self._mismatches:
            self._mismatches[photo.path] = find_mismatch(photo.path, photo.name)
        return self._mismatches[photo.path]

    def is_wanted(self, photo: LocalPhoto) -> bool:
        """Whether a file holds what is asked for, by its bytes before its name."""
        kind = detect_kind(photo.path) or kind_of(photo.name)
        return kind in self._wanted
