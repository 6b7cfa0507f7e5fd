"""What is a photo and what is a video, by its name and by its bytes, and when it was
taken.
"""

from photosync.media.content import (
    Format,
    format_by_content,
    format_of,
    kind_by_content,
    mismatch,
)
from photosync.media.dates import Moment, local_time, moment, taken
from photosync.media.kinds import Kind, endings_of, is_raw, is_sidecar, kind_of

__all__ = [
    "Format",
    "Kind",
    "Moment",
    "endings_of",
    "format_by_content",
    "format_of",
    "is_raw",
    "is_sidecar",
    "kind_by_content",
    "kind_of",
    "local_time",
    "mismatch",
    "moment",
    "taken",
]
