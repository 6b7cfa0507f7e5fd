"""What the ending of a file name promises."""

from __future__ import annotations

import re
from enum import Flag
from typing import Final

from photosync.naming import name_key


class Kind(Flag):
    """The kinds of media that `--format` chooses from."""

    NONE = 0
    PHOTO = 1
    VIDEO = 2
    BOTH = 3


_OF_FILMS: Final = frozenset({"thm", "srt"})
# THM is the small picture that Canon and GoPro put beside a film, SRT has the places and
# heights that a drone flew through, or what is spoken.
_ALWAYS_SIDECARS: Final = _OF_FILMS | {"xmp", "aae"}
SIDECARS: Final = _ALWAYS_SIDECARS | {"json", "xml"}
"""Endings of files that describe a photo or film; JSON and XML do only by their whole
name.
"""

SMALL_FILMS: Final = frozenset({"lrv", "lrf"})
"""Endings of the smaller film that GoPro and DJI write beside a film."""

TAKEOUT: Final = ".supplemental-metadata"
"""What Google Takeout puts between the name of a photo and `.json`, or as much of it as
there is room for. Until 2024 it was nothing.
"""

TAKEOUT_LENGTH: Final = 46
"""Letters that Google Takeout leaves of all that stands before `.json` or `(1).json`; of
a long name of a photo not even its ending is left.
"""

TAKEOUT_LONGEST: Final = 51
"""Letters that Google Takeout leaves of the name of a photo, without its number."""

_SONY: Final = re.compile(r"(.+)m\d\d\.xml", re.IGNORECASE | re.DOTALL)
_NUMBER: Final = re.compile(r"\(\d+\)\Z")

_RAW: Final = """
    3fr arw bay cr2 cr3 crw dcr dcs dng eip erf fff gpr iiq k25 kdc mef mos mrw nef nrw
    orf ori pef raf raw rw2 rwl rwz sr2 srf srw x3f
"""
RAW: Final = frozenset(_RAW.split())

_PHOTO: Final = """
    jpg jpeg jpe jif jfif mpo insp png apng gif bmp tif tiff webp heic heics heif heifs
    hif avif avifs jxl jp2 j2k jpf jpx psd psb
"""
# What a camera writes beside a film, smaller, is a film too: LRV, LRF. And so is what
# Google Takeout leaves of the moving part of PXL_1.MP.jpg: PXL_1.MP.
_VIDEO: Final = """
    mov mp4 mp mv m4v avi mkv webm 3gp 3gpp 3g2 3gp2 mts m2ts m2t mpg mpeg mpe m1v m2v vob mod
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
    """Whether the name is that of a file which only describes the photo or film beside
    it.
    """
    ending = ending_of(name)
    if ending in _ALWAYS_SIDECARS:
        return True
    if ending == "json":
        return bool(find_described(name)) or is_cut_by_takeout(name)
    return is_of_film(name)


def is_of_film(name: str) -> bool:
    """Whether the name is that of a file which describes a film, as cameras write them
    beside it.
    """
    return ending_of(name) in _OF_FILMS or bool(find_film(name))


def find_film(name: str) -> str:
    """Return the name, without its ending, of the film that an XML of Sony's cameras is
    about: `C0001` of `C0001M01.XML`. Empty for any other file, as XML can be anything.
    """
    found = _SONY.fullmatch(name)
    return found[1] if found else ""


def is_cut_by_takeout(name: str) -> bool:
    """Whether a JSON may be one of Google Takeout that has only the beginning of the
    name of its photo.
    """
    described, _ = split_number(name[: -len(".json")])
    return len(name_key(described)) == TAKEOUT_LENGTH


def split_number(stem: str) -> tuple[str, str]:
    """Return `a` and `(1)` of `a(1)`: how Google Takeout tells photos of one name."""
    found = _NUMBER.search(stem)
    return (stem[: found.start()], found[0]) if found else (stem, "")


def find_described(name: str) -> str:
    """Return the name of the photo that a JSON of Google Takeout is about.

    Empty for any other file, as JSON can be anything. `a.jpg.json`,
    `a.jpg.supplemental-meta.json`; of `a(1).jpg` it is `a.jpg(1).json`.
    """
    if ending_of(name) != "json":
        return ""
    described, number = split_number(name[: -len(".json")])
    # Between the name of the photo and `.json` stands some of a long word, or nothing.
    if not kind_of(described):
        described, point, part = described.rpartition(".")
        if not TAKEOUT.startswith(point + part.lower()):
            return ""
    if not kind_of(described):
        return ""
    # The number of `a.jpg(1).json` belongs before the ending.
    dot = len(described) - len(ending_of(described)) - 1
    return described[:dot] + number + described[dot:]
