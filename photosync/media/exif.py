"""The tags of an EXIF block or a raw picture, read by the exifread library within
bounds.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, BinaryIO, Final

MOST_BYTES: Final = 8 * 1024 * 1024
_COST_OF_READ: Final = 400
"""Bytes that each read counts for besides its own: small ones without end have an end."""

Tags = Mapping[str, Any]
"""Tags by exifread's names such as `EXIF DateTimeOriginal`.

The `str` of one is its text, its `values` are what is stored.
"""


class _Bounded:
    """A file of which only so much can be read: what is made to be read without end has
    one.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._left = MOST_BYTES
        self.tell = file.tell
        self.seek = file.seek

    def read(self, size: int = -1) -> bytes:
        """Return so many bytes; raises ValueError once there were too many."""
        is_bounded = 0 <= size < self._left
        data = self._file.read(size if is_bounded else self._left)
        self._left -= len(data) + _COST_OF_READ
        if self._left <= 0:
            raise ValueError("the EXIF has no end")
        return data


@cache
def _load_reader() -> Callable[..., Tags]:
    """Return the function of exifread, which is loaded only where EXIF is asked for."""
    from exifread import process_file  # noqa: PLC0415 - most runs look into no file

    # It says there what it cannot read; the caller goes on to another source.
    logging.getLogger("exifread").setLevel(logging.CRITICAL + 1)
    return process_file


def read_tags(file: BinaryIO) -> Tags:
    """Return the tags of a TIFF, a raw picture or another kind that exifread knows.

    Maker notes and thumbnails are left out. Empty for what has no EXIF that can be
    understood.
    """
    read = _load_reader()
    try:
        return read(_Bounded(file), details=False, extract_thumbnail=False)
    except Exception:  # noqa: BLE001 - broken files bring it to raise whatever there is
        return {}
