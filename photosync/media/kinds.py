"""What the ending of a file name promises."""

from __future__ import annotations

import re
from enum import Flag
from typing import Final


class Kind(Flag):
    """The kinds of media that `--format` chooses from."""

    NONE = 0
    PHOTO = 1
    VIDEO = 2
    BOTH = 3


_ALWAYS_SIDECARS: Final = frozenset({"xmp", "aae"})
SIDECARS: Final = _ALWAYS_SIDECARS | {"json"}
"""Endings of files that describe a photo; a JSON does only by its whole name."""

TAKEOUT: Final = ".supplemental-metadata"
"""What Google Takeout puts between the name of a photo and `.json`, or as much of it as
its 46 letters have room for. Until 2024 it was nothing.
"""

_NUMBERED: Final = re.compile(r"(.*?)(\(\d+\))?", re.DOTALL)

_RAW: Final = """
    3fr arw bay cr2 cr3 crw dcr dcs dng eip erf fff gpr iiq k25 kdc mef mos mrw nef nrw
    orf ori pef raf raw rw2 rwl rwz sr2 srf srw x3f
"""
RAW: Final = frozenset(_RAW.split())

_PHOTO: Final = """
    jpg jpeg jpe jif jfif mpo insp png apng gif bmp tif tiff webp heic heics heif heifs
    hif avif avifs jxl jp2 j2k jpf jpx psd psb
"""
# What a camera writes beside a film, smaller, is a film too: LRV, LRF.
_VIDEO: Final = """
    mov mp4 m4v avi mkv webm 3gp 3gpp 3g2 3gp2 mts m2ts m2t mpg mpeg mpe m1v m2v vob mod
    tod dv mxf wmv asf flv f4v qt divx ogv ogm rm rmvb insv lrv lrf 360 braw r3d
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
    return ending_of(name) in _ALWAYS_SIDECARS or bool(find_described(name))


def find_described(name: str) -> str:
    """Return the name of the photo that a JSON of Google Takeout is about.

    Empty for any other file, as JSON can be anything. `a.jpg.json`,
    `a.jpg.supplemental-meta.json`; of `a(1).jpg` it is `a.jpg(1).json`.
    """
    if ending_of(name) != "json":
        return ""
    found = _NUMBERED.fullmatch(name[: -len(".json")])
    described, number = (found[1], found[2] or "") if found else ("", "")
    if not kind_of(described):
        described, dot, part = described.rpartition(".")
        if not TAKEOUT.startswith(dot + part.lower()):
            return ""
    if not kind_of(described):
        return ""
    dot = len(described) - len(ending_of(described)) - 1
    return described[:dot] + number + described[dot:]
