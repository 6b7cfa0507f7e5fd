"""What a file really is, by its first bytes."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from photosync.disk.reading import open_ordinary
from photosync.media.kinds import RAW, Kind, ending_of

_HEAD: Final = 512
_TIFF: Final = rb"(?:II\*\0|MM\0\*|II\+\0|MM\0\+)"


class Format(NamedTuple):
    """A file format: as a person calls it, and the family of which one may stand for
    another.
    """

    name: str
    family: str
    kind: Kind


def _photo(name: str, family: str = "") -> Format:
    return Format(name, family or name, Kind.PHOTO)


def _video(name: str, family: str = "") -> Format:
    return Format(name, family or name, Kind.VIDEO)


# In this order: what is more special stands first. MP4 stands for all its near
# relations.
_MAGIC: Final = (
    (rb"\xff\xd8\xff", _photo("JPEG")),
    (rb"\x89PNG\r\n\x1a\n", _photo("PNG")),
    (rb"GIF8[79]a", _photo("GIF")),
    (rb"RIFF....WEBP", _photo("WebP")),
    (rb"RIFF....AVI[ X\x19]", _video("AVI")),
    (rb"II\*\0....CR", _photo("CR2", "RAW")),
    (rb"IIR[OS]|MMOR", _photo("ORF", "RAW")),
    (rb"IIU\0", _photo("RW2", "RAW")),
    (rb"FUJIFILMCCD-RAW", _photo("RAF", "RAW")),
    (_TIFF, _photo("TIFF")),
    (rb"BM.{4}\0{4}.{4}[\x0c\x28\x34\x38\x40\x6c\x7c]\0{3}", _photo("BMP")),
    (rb"....ftypcrx ", _photo("CR3", "RAW")),
    (rb"....ftypavi[fs]", _photo("AVIF")),
    (rb"....ftyphe(?:i[cmsx]|v[cmsx])", _photo("HEIC")),
    (rb"....ftyp(?:mif1|msf1).{4}(?:.{4})*?avi[fs]", _photo("AVIF")),
    (rb"....ftyp(?:mif1|msf1)", _photo("HEIC")),
    (rb"....ftypqt  |....(?:moov|mdat|wide|pnot)", _video("QuickTime", "MP4")),
    (rb"....ftyp3g", _video("3GP", "MP4")),
    (rb"....ftyp", _video("MP4")),
    (rb"\x1a\x45\xdf\xa3.{0,48}\x42\x82.webm", _video("WebM", "Matroska")),
    (rb"\x1a\x45\xdf\xa3", _video("Matroska")),
    (rb"\x00\x00\x01[\xba\xb3]", _video("MPEG")),
    (rb"\x47.{187}\x47|.{4}\x47.{191}\x47", _video("MPEG-TS", "MPEG")),
    (rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c", _video("ASF")),
    (rb"OggS", _video("Ogg")),
    (rb"FLV\x01", _video("FLV")),
)

_FAMILIES: Final = {
    ending: family
    for family, endings in {
        "JPEG": "jpg jpeg jpe",
        "PNG": "png",
        "GIF": "gif",
        "BMP": "bmp",
        "TIFF": "tif tiff",
        "WebP": "webp",
        "HEIC": "heic heif",
        "AVIF": "avif",
        "RAW": " ".join(RAW),
        "MP4": "mov mp4 m4v 3gp 3g2 qt",
        "AVI": "avi divx",
        "Matroska": "mkv webm",
        "MPEG": "mpg mpeg mpe mts m2ts",
        "ASF": "wmv asf",
        "FLV": "flv",
        "Ogg": "ogv",
    }.items()
    for ending in endings.split()
}
# Most raw kinds are TIFF inside, a HEIF may hold a picture of AVIF, and old cameras and
# other programs write one video container under the name of another.
_STANDS_FOR: Final = {("RAW", "TIFF"), ("TIFF", "RAW"), ("HEIC", "AVIF")}


def _read_head(path: str) -> bytes | None:
    try:
        with open_ordinary(path) as file:
            return file.read(_HEAD)
    except (OSError, ValueError):
        return None


def recognise_format(head: bytes) -> Format | None:
    """Return the format of what begins with these bytes, None if it is unknown.

    The first 512 tell.
    """
    # Compiled on first use, and then kept by `re` itself: most runs look into no file.
    for magic, found in _MAGIC:
        if re.match(magic, head, re.DOTALL):
            return found
    return None


def detect_format(path: str) -> Format | None:
    """Return the format of a file by its first bytes.

    None if it is unknown, empty or not readable.
    """
    return recognise_format(_read_head(path) or b"")


def detect_kind(path: str) -> Kind:
    """Return whether a file holds a photo or a video, by its first bytes.

    NONE if that is not known.
    """
    found = detect_format(path)
    return found.kind if found else Kind.NONE


def find_mismatch(path: str, name: str) -> str:
    """Return what is wrong between a file and its name, as the rest of a sentence: `is
    named ...`.

    Empty where the content is what the ending promises, or where either is not known. A
    file of no bytes is named too.
    """
    family = _FAMILIES.get(ending_of(name), "")
    head = _read_head(path)
    if not family or head is None:
        return ""
    if not head:
        return f"is named .{ending_of(name)} but is empty: it has no bytes"
    found = recognise_format(head)
    if not found or found.family == family:
        return ""
    if (family, found.family) in _STANDS_FOR:
        return ""
    what = "picture" if found.kind is Kind.PHOTO else "video"
    return f"is named .{ending_of(name)} but holds a {what} in {found.name} format"
