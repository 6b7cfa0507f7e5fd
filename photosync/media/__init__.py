"""What is a photo and what is a video, by its name and by its bytes, and when it was
taken.

- What it is: `kinds` by its name, `content` by its bytes, `content_check` both; `related`
  is what belongs to it.
- When it was taken: `dates` asks what the file says (`taken`, `films`, `old_raws`) and what
  its name does (`name_dates`); `moments` is how that is written.
- What it says of itself: `carried`, from the `blocks` of its head, the `segments`, `exif`,
  `packets` and `boxes` in them; `details` is when two texts are one.
- Its sidecar: `xmp` is written for a download, `sidecars` keeps one that is there, as an
  `xmp_document`.
- A smaller copy of it: `shrink`; `pictures` opens one.
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
