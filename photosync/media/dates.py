"""When a photo or video was taken, from the best source that tells it."""

from __future__ import annotations

import os
import struct
from typing import BinaryIO, Final

from photosync.disk.reading import open_ordinary
from photosync.media.content import recognise_format
from photosync.media.kinds import Kind
from photosync.media.moments import Moment, read_clock
from photosync.media.name_dates import read_name

_HEAD: Final = 512
_TIFF_ORDERS: Final = frozenset({b"II", b"MM"})
_BARE_FILMS: Final = frozenset({b"free", b"skip", b"ftyp"})


def find_moment(path: str, modified_ns: int, name: str = "") -> Moment:
    """Return when a photo or video was taken: by EXIF, video header, name or
    modification time.

    `name` is read for a date in place of the last part of `path`. A date that no
    calendar has, or that lies before photography or in the future, is passed over.
    Never raises, whatever the file holds, and reads only its headers.
    """
    taken = _open_and_read(path)
    if taken is not None:
        return taken
    dated_name = name or os.path.basename(path)  # noqa: PTH119
    return _guess(dated_name, modified_ns)


def find_moment_in(file: BinaryIO, modified_ns: int, name: str) -> Moment:
    """Return the same of an open file, at its first byte, that has this name."""
    return _read_content(file) or _guess(name, modified_ns)


def _guess(name: str, modified_ns: int) -> Moment:
    """Return what the name tells, else the time of the file, which it always has."""
    return read_name(name, modified_ns) or read_clock(modified_ns)


def has_date_inside(path: str) -> bool:
    """Whether a file tells by its content when it was taken; False for one that cannot
    be read.
    """
    return _open_and_read(path) is not None


def find_taken(path: str, modified_ns: int) -> str:
    """Return when a photo was taken, as `YYYY-MM-DD HH:MM:SS` in the camera's time."""
    return find_moment(path, modified_ns).text


def format_local_time(modified_ns: int) -> str:
    """Return a moment as `YYYY-MM-DD HH:MM:SS` by the clock on the wall here."""
    return read_clock(modified_ns).text


def _open_and_read(path: str) -> Moment | None:
    try:
        with open_ordinary(path) as file:
            return _read_content(file)
    except OSError:
        return None


def _read_content(file: BinaryIO) -> Moment | None:
    try:
        return _read_headers(file)
    except (OSError, ValueError, OverflowError, struct.error):
        return None


def _read_headers(file: BinaryIO) -> Moment | None:
    # Most runs look into no file.
    from photosync.media.blocks import read_blocks  # noqa: PLC0415
    from photosync.media.films import read_film  # noqa: PLC0415
    from photosync.media.old_raws import read_old_raw  # noqa: PLC0415
    from photosync.media.taken import find_taken_in  # noqa: PLC0415

    head = file.read(_HEAD)
    file.seek(0)
    found = recognise_format(head)
    is_photo = found is not None and found.kind is Kind.PHOTO
    # Each maker's raw pictures are a TIFF with a mark of its own.
    if is_photo or head[:2] in _TIFF_ORDERS:
        taken = find_taken_in(read_blocks(file))
        if taken is None and found is not None:
            return read_old_raw(file, found.name)
        return taken
    if found:
        return read_film(file, found.family)
    # A film of a brand that nobody knows has the header of all of them.
    if head[4:8] in _BARE_FILMS:
        return read_film(file, "MP4")
    return None
