"""What is a photo and what is a video, by its name and by its bytes, and when it was
taken.
"""

from photosync.media.content import (
    Format,
    detect_format,
    detect_kind,
    find_mismatch,
    recognise_format,
)
from photosync.media.dates import (
    find_moment,
    find_moment_in,
    find_taken,
    format_local_time,
    has_date_inside,
)
from photosync.media.kinds import Kind, endings_of, is_raw, is_sidecar, kind_of
from photosync.media.moments import Moment
from photosync.media.name_dates import read_name

__all__ = [
    "Format",
    "Kind",
    "Moment",
    "detect_format",
    "detect_kind",
    "endings_of",
    "find_mismatch",
    "find_moment",
    "find_moment_in",
    "find_taken",
    "format_local_time",
    "has_date_inside",
    "is_raw",
    "is_sidecar",
    "kind_of",
    "read_name",
    "recognise_format",
]
