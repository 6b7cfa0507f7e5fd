"""What a file really is, by its first bytes."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
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
    (rb"II\x1a\0\0\0HEAPCCDR", _photo("CRW", "RAW")),
    (rb"FOVb", _photo("X3F", "RAW")),
    (rb"\0MRM", _photo("MRW", "RAW")),
    (rb"FUJIFILMCCD-RAW", _photo("RAF", "RAW")),
    (_TIFF, _photo("TIFF")),
    (rb"BM.{4}\0{4}.{4}[\x0c\x28\x34\x38\x40\x6c\x7c]\0{3}", _photo("BMP")),
    (rb"....(?:moov|mdat|wide|pnot)", _video("QuickTime", "MP4")),
    (rb"\x1a\x45\xdf\xa3.{0,48}\x42\x82.webm", _video("WebM", "Matroska")),
    (rb"\x1a\x45\xdf\xa3", _video("Matroska")),
    (rb"\x00\x00\x01[\xba\xb3]", _video("MPEG")),
    (rb"\x47.{187}\x47|.{4}\x47.{191}\x47", _video("MPEG-TS", "MPEG")),
    (rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c", _video("ASF")),
    (rb"OggS", _video("Ogg")),
    (rb"FLV\x01", _video("FLV")),
    (rb"\0\0\0\x0cJXL \r\n\x87\n|\xff\x0a", _photo("JPEG XL")),
    (rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51", _photo("JPEG 2000")),
    (rb"8BPS\0[\x01\x02]", _photo("Photoshop")),
    (rb"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02", _video("MXF")),
    (rb"\.RMF", _video("RealMedia")),
)

# The brands of a file in boxes, by which MP4, HEIF and their relations are told apart.
_AVIF: Final = "avif avis"
_HEIC: Final = "heic heix heim heis hevc hevx hevm hevs"
_HEIF: Final = "mif1 mif2 mif3 msf1 miaf avci avcs j2ki j2is jpeg jpgs vvic vvis"
_AVIF_BRANDS: Final = frozenset(_AVIF.split())
_HEIC_BRANDS: Final = frozenset(_HEIC.split())
_IMAGE_BRANDS: Final = _HEIC_BRANDS.union(_HEIF.split())
_VIDEO_BRAND: Final = re.compile(
    r"qt  |3g[a-z0-9]{2}|iso[0-9a-z]|mp4[0-9]|mp7[0-9]|avc1|av01|hvc1|hev1|M4[A-Z]+ *"
    r"|MSNV|XAVC|f4v |F4V |dash|cmf[a-z0-9]|dby1|ND[A-Z]{2}|mmp4|nvr1|CAEP|pana|niko"
)

_ENDINGS: Final = {
    "JPEG": "jpg jpeg jpe jif jfif mpo insp",
    "PNG": "png apng",
    "GIF": "gif",
    "BMP": "bmp",
    "TIFF": "tif tiff",
    "WebP": "webp",
    "HEIC": "heic heics heif heifs hif",
    "AVIF": "avif avifs",
    "JPEG XL": "jxl",
    "JPEG 2000": "jp2 j2k jpf jpx",
    "Photoshop": "psd psb",
    "RAW": " ".join(RAW),
    "MP4": "mov mp4 mp mv m4v 3gp 3gpp 3g2 3gp2 qt f4v insv lrv lrf 360",
    "AVI": "avi divx",
    "Matroska": "mkv webm",
    "MPEG": "mpg mpeg mpe m1v m2v mts m2ts m2t vob mod tod",
    "ASF": "wmv asf",
    "FLV": "flv",
    "Ogg": "ogv ogm",
    "MXF": "mxf",
    "RealMedia": "rm rmvb",
}
_FAMILIES: Final[dict[str, str]] = {}
for _family, _endings in _ENDINGS.items():
    _FAMILIES.update(dict.fromkeys(_endings.split(), _family))
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
    if head[4:8] == b"ftyp":
        return _recognise_brands(head)
    # Compiled on first use, and then kept by `re` itself: most runs look into no file.
    for magic, found in _MAGIC:
        if re.match(magic, head, re.DOTALL):
            return found
    return None


def _recognise_brands(head: bytes) -> Format | None:
    """Return the format that the brands of a file in boxes stand for.

    None where they tell nothing: then its name does, and doubt leaves nothing out.
    """
    major, *others = _read_brands(head)
    brands = {major, *others}
    return _find_picture(major, brands) or _find_video(major, brands)


def _find_picture(major: str, brands: AbstractSet[str]) -> Format | None:
    if major == "crx ":
        return _photo("CR3", "RAW")
    if major not in _HEIC_BRANDS and brands & _AVIF_BRANDS:
        return _photo("AVIF")
    # Whatever else it may be played as, one image brand makes it a picture.
    return _photo("HEIC") if brands & _IMAGE_BRANDS else None


def _find_video(major: str, brands: AbstractSet[str]) -> Format | None:
    if major == "qt  ":
        return _video("QuickTime", "MP4")
    if major.startswith("3g"):
        return _video("3GP", "MP4")
    if any(_VIDEO_BRAND.fullmatch(brand) for brand in brands):
        return _video("MP4")
    return None


def _read_brands(head: bytes) -> list[str]:
    """Return the major brand and those that a file is compatible with, as far as its
    head tells them.
    """
    box_end = int.from_bytes(head[:4], "big")
    end = min(box_end, len(head))
    # Between the major brand and the others stands its version.
    starts = [8, *range(16, end, 4)]
    return [head[start : start + 4].decode("latin-1") for start in starts]


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
    # A card that was pulled out too early leaves names without bytes.
    if not head:
        return f"is named .{ending_of(name)} but is empty: it has no bytes"
    found = recognise_format(head)
    if not found or found.family == family:
        return ""
    if (family, found.family) in _STANDS_FOR:
        return ""
    what = "picture" if found.kind is Kind.PHOTO else "video"
    return f"is named .{ending_of(name)} but holds a {what} in {found.name} format"
