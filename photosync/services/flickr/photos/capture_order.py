"""When photos were taken: the order of an album, and what Flickr does not know of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from photosync.media import format_local_time
from photosync.services.flickr.photos.metadata import is_date
from photosync.services.flickr.records.photo_rows import PhotoRow

_NEAR = timedelta(days=1)
"""A time of upload so near to that of capture stands for it: to write it would cost a
call.
"""


class Arrival(NamedTuple):
    """A photo on its way into an album; `taken` as Flickr writes it, empty if not
    known.
    """

    taken: str
    id: str


def find_moment(row: PhotoRow, known: Mapping[str, str]) -> str:
    """Return when a photo was taken, first by what is known here by its id."""
    moment = known.get(row.id) or row.known_date
    if moment:
        return moment
    # Of one without EXIF, Flickr only knows when it was sent.
    if row.file_tags is not None:
        return format_local_time(row.file_tags.modified_ns)
    return row.date_taken


def lacks_date(row: PhotoRow, taken: str) -> bool:
    """Whether Flickr knows no date of a photo, nor shows one near this one."""
    if row.known_date:
        return False
    file_tags = row.file_tags
    if file_tags is not None and format_local_time(file_tags.modified_ns) == taken:
        # No more than when the file was last changed, which our tags tell already.
        return False
    return _is_far(taken, row.date_taken)


def _is_far(taken: str, there: str) -> bool:
    if not is_date(taken):
        return False
    if not is_date(there):
        return True
    distance = datetime.fromisoformat(taken) - datetime.fromisoformat(there)
    return abs(distance) > _NEAR
