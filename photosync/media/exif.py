"""The EXIF of any kind of picture, read by the exifread library within bounds."""

from __future__ import annotations

import io
import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO

from photosync.media.boxes import read_canon_exif

_MOST_BYTES = 8 * 1024 * 1024
_MOST_READS = 20_000
_RAF_JPEG = 84


class _Bounded:
    """A file of which only so much can be read: what is made to be read without end has
    one.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._bytes = _MOST_BYTES
        self._reads = _MOST_READS
        self.tell = file.tell
        self.seek = file.seek

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(self._bytes if size < 0 else min(size, self._bytes))
        self._bytes -= len(data)
        self._reads -= 1
        if self._bytes <= 0 or self._reads <= 0:
            raise ValueError("the EXIF has no end")
        return data


def read_tags(file: BinaryIO) -> Mapping[str, Any]:
    """Return the tags of a JPEG, PNG, WebP, HEIC, AVIF or TIFF, as exifread names them.

    Maker notes and thumbnails are left out. Empty for what has no EXIF that can be
    understood.
    """
    from exifread import process_file  # noqa: PLC0415 - only what asks for EXIF needs it

    # It says there what it cannot read; the caller goes on to another source.
    logging.getLogger("exifread").setLevel(logging.CRITICAL + 1)
    bounded: Any = _Bounded(file)
    try:
        tags: Mapping[str, Any] = process_file(
            bounded, details=False, extract_thumbnail=False
        )
    except Exception:  # noqa: BLE001 - broken files bring it to raise whatever there is
        return {}
    return tags


def _open_raf(file: BinaryIO) -> Iterator[BinaryIO]:
    """Yield the JPEG inside a Fujifilm raw file, which holds the EXIF."""
    file.seek(_RAF_JPEG)
    place = int.from_bytes(file.read(4), "big")
    file.seek(place)
    yield io.BytesIO(file.read(256 * 1024))


def _open_webp(file: BinaryIO) -> Iterator[BinaryIO]:
    """Yield the EXIF of a WebP, which exifread misses where it has no heading."""
    file.seek(12)
    while len(head := file.read(8)) == 8:
        size = int.from_bytes(head[4:], "little")
        if head[:4] == b"EXIF":
            yield io.BytesIO(
                file.read(min(size, _MOST_BYTES)).removeprefix(b"Exif\0\0")
            )
            return
        file.seek(size + size % 2, os.SEEK_CUR)


def _open_heif(file: BinaryIO) -> Iterator[BinaryIO]:
    """Yield the file itself, then its EXIF as the optional pillow-heif reads it.

    There are brands of HEIF that exifread does not know.
    """
    yield file
    try:
        import pillow_heif  # noqa: PLC0415 - an optional package
    except ImportError:
        return
    file.seek(0)
    block = (
        pillow_heif.open_heif(file, convert_hdr_to_8bit=False).info.get("exif") or b""
    )
    yield io.BytesIO(block.removeprefix(b"Exif\0\0"))


def _open_canon(file: BinaryIO) -> Iterator[BinaryIO]:
    size = file.seek(0, os.SEEK_END)
    yield from (io.BytesIO(block) for block in read_canon_exif(file, size))


def _open_plain(file: BinaryIO) -> Iterator[BinaryIO]:
    yield file


_OPENERS = (
    (re.compile(rb"FUJIFILMCCD-RAW"), _open_raf),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), _open_webp),
    (re.compile(rb"....ftypcrx ", re.DOTALL), _open_canon),
    (re.compile(rb"....ftyp", re.DOTALL), _open_heif),
)


def _choose_opener(head: bytes) -> Callable[[BinaryIO], Iterator[BinaryIO]]:
    for magic, open_streams in _OPENERS:
        if magic.match(head):
            return open_streams
    return _open_plain


def read_exif(file: BinaryIO) -> dict[str, Any]:
    """Return the tags of a picture of any kind, by exifread's names such as `EXIF
    DateTimeOriginal`.

    The `str` of a tag is its text, its `values` are what is stored. Never raises for
    what the file holds. The times of a CR3, which lie in a block of their own, are
    found under `Image`.
    """
    tags: dict[str, Any] = {}
    try:
        head = file.read(16)
        file.seek(0)
        open_streams = _choose_opener(head)
        for stream in open_streams(file):
            tags |= read_tags(stream)
            # Of a CR3 both blocks count, elsewhere the first that says anything.
            if tags and open_streams is not _open_canon:
                break
    except Exception:  # noqa: BLE001 - as above, and pillow-heif likewise
        return tags
    return tags
