"""What is a photo and what is a video."""

from __future__ import annotations

from enum import Flag
from typing import Final


class Kind(Flag):
    """The kinds of media that `--format` chooses from."""

    NONE = 0
    PHOTO = 1
    VIDEO = 2
    BOTH = 3


_PHOTO: Final = """
    jpg jpeg jpe png gif bmp tif tiff webp heic heif avif
    dng cr2 cr3 nef arw raf orf rw2
"""
_VIDEO: Final = """
    mov mp4 m4v avi mkv webm 3gp 3g2 mts m2ts mpg mpeg mpe wmv asf flv qt divx ogv
"""
_KINDS: Final = dict.fromkeys(_PHOTO.split(), Kind.PHOTO) | dict.fromkeys(
    _VIDEO.split(), Kind.VIDEO
)


def kind_of(name: str) -> Kind:
    """The kind that the ending of a file name promises, in any case of letters."""
    stem, _, ending = name.rpartition(".")
    return _KINDS.get(ending.lower(), Kind.NONE) if stem else Kind.NONE


def endings_of(kind: Kind) -> frozenset[str]:
    """The lower-case endings, without the dot, that promise one of these kinds."""
    return frozenset(ending for ending, one in _KINDS.items() if one in kind)
