"""Estimates how many files get their date by a call, as a service cannot read it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from photosync.errors import SideError
from photosync.media import (
    Kind,
    find_taken,
    format_local_time,
    has_date_inside,
    kind_of,
    read_name,
)
from photosync.model import LocalPhoto

_MOST_READ = 100
"""How many files are opened at most: to open 30,000 of them for a rough figure would take
minutes on the disk of a NAS.
"""

_NEAR = timedelta(days=1)
"""A photo taken so shortly before its upload needs no date: the service takes that of the
upload.
"""


def estimate_undated(
    photos: Sequence[LocalPhoto], resolve: Callable[[LocalPhoto], str]
) -> float:
    """Return about how many of these files have a date that no service reads: films, and
    pictures that are dated only by their names.

    `resolve` returns the path of a file, or raises SideError.
    """
    doubtful = [photo for photo in photos if _may_be_undated(photo)]
    if not doubtful:
        return 0.0
    every = math.ceil(len(doubtful) / _MOST_READ)
    sample = doubtful[::every]
    undated = 0
    for photo in sample:
        # A file that vanished meanwhile will not be sent either.
        with suppress(SideError):
            undated += _is_undated(photo, resolve(photo))
    return len(doubtful) * undated / len(sample)


def _may_be_undated(photo: LocalPhoto) -> bool:
    """Whether a file must be opened to know."""
    if kind_of(photo.name) is Kind.VIDEO:
        return True
    told = read_name(photo.file, photo.modified_ns)
    return told is not None and told.text != format_local_time(photo.modified_ns)


def _is_undated(photo: LocalPhoto, path: str) -> bool:
    if kind_of(photo.name) is not Kind.VIDEO and has_date_inside(path):
        return False
    taken = find_taken(path, photo.modified_ns)
    if taken == format_local_time(photo.modified_ns):
        # It is the date of the file, which goes with the upload in our tags.
        return False
    age = datetime.now() - datetime.fromisoformat(taken)  # noqa: DTZ005 - by the clock on the wall, as `taken`
    return abs(age) > _NEAR
