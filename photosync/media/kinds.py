"""What the ending of a file name promises."""

from __future__ import annotations

from enum import Flag
from typing import Final


class Kind(Flag):
    """The kinds of media that `--format` chooses from."""

    NONE = 0
    PHOTO = 1
    VIDEO = 2
    BOTH = 3


RAW: Final = frozenset({"dng", "cr2", "cr3", "nef", "arw", "raf", "orf", "rw2"})
SIDECARS: Final = frozenset({"xmp", "aae"})

_PHOTO: Final = "jpg jpeg jpe png gif bmp tif tiff webp heic heif avif"
_VIDEO: Final = """
    mov mp4 m4v avi mkv webm 3gp 3g2 mts m2ts mpg mpeg mpe wmv asf flv qt divx ogv
"""
_KINDS: Final = dict.fromkeys(
    (*_PHOTO.split(), *sorted(RAW)), Kind.PHOTO
) | dict.fromkeys(_VIDEO.split(), Kind.VIDEO)


def ending_of(name: str) -> str:
    """The lower-case ending of a file name without the dot; empty if it has none."""
    stem, _, ending = name.rpartition(".")
    return ending.lower() if stem else ""


def kind_of(name: str) -> Kind:
    """The kind that the ending of a file name promises, in any case of letters."""
    return _KINDS.get(ending_of(name), Kind.NONE)


def endings_of(kind: Kind) -> frozenset[str]:
    """The lower-case endings, without the dot, that promise one of these kinds."""
    return frozenset(ending for ending, one in _KINDS.items() if one in kind)


def is_raw(name: str) -> bool:
    """Whether the name is that of a camera's raw picture."""
    return ending_of(name) in RAW


def is_sidecar(name: str) -> bool:
    """Whether the name is that of a file which only describes the photo beside it."""
    return ending_of(name) in SIDECARS
