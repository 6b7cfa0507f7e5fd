"""What an uploaded file is, judged by its content."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from photosync.emulators.flickr import tiff

HEAD = 256 * 1024

_MAGIC = [
    (rb"\xff\xd8\xff", "jpg"),
    (rb"\x89PNG\r\n\x1a\n", "png"),
    (rb"GIF8[79]a", "gif"),
    (rb"BM", "bmp"),
    (rb"RIFF....WEBP", "webp"),
    (rb"RIFF....AVI ", "avi"),
    (rb"(II\*\0|MM\0\*)....CR", "raw"),
    (rb"II\*\0|MM\0\*", "tiff"),
    (rb"....ftyp(hei[cmsx]|hev[cmsx]|mif1|msf1)", "heic"),
    (rb"....ftypcrx |....ftypavi[fs]", "raw"),
    (rb"....ftypqt  |....(moov|mdat|wide|free|skip|pnot)", "mov"),
    (rb"....ftyp3g", "3gp"),
    (rb"....ftyp", "mp4"),
    (rb"\x1a\x45\xdf\xa3", "mkv"),
    (rb"\x00\x00\x01[\xba\xb3]", "mpg"),
    (rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "wmv"),
    (rb"OggS", "ogv"),
    (rb"\x47.{187}\x47", "mts"),
]
_COMPILED = [(re.compile(magic, re.DOTALL), kind) for magic, kind in _MAGIC]
_RAW_NAMES = re.compile(
    r"\.(3fr|arw|cr2|dng|erf|kdc|mos|nef|nrw|pef|raw|sr2|srf|srw)$", re.IGNORECASE
)

KEPT = frozenset({"gif", "jpg", "png"})
CONVERTED = frozenset({"bmp", "heic", "tiff", "webp"})
VIDEOS = frozenset({"3gp", "avi", "mkv", "mov", "mp4", "mpg", "mts", "ogv", "wmv"})

_DNG_VERSION, _SUB_DIRECTORIES, _MAKE, _MODEL = 0xC612, 0x14A, 0x10F, 0x110
_DATE_ORIGINAL = 0x9003
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_EXIF_DATE = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)")


@dataclass(frozen=True)
class Facts:
    """What the service reads out of a picture; `taken` has the form of `date_taken`."""

    width: int = 640
    height: int = 480
    taken: str | None = None
    exif: dict[str, str] = field(default_factory=dict)


def recognise(head: bytes, name: str) -> str | None:
    """Give the type of a file by its first bytes, None for one that is not accepted."""
    kind = next((kind for magic, kind in _COMPILED if magic.match(head)), None)
    if kind == "tiff" and (_RAW_NAMES.search(name) or _is_raw(head)):
        return None
    return None if kind == "raw" else kind


def facts(head: bytes, kind: str) -> Facts:
    reader = {"jpg": _jpeg_facts, "png": _png_facts, "gif": _gif_facts}.get(kind)
    return reader(head) if reader else Facts()


def _is_raw(head: bytes) -> bool:
    # Camera makers build their raw formats on TIFF: previews in sub-directories, a
    # camera's name.
    entries = tiff.Tiff(head).first()
    return _DNG_VERSION in entries or {_MAKE, _SUB_DIRECTORIES} <= entries.keys()


def _png_facts(head: bytes) -> Facts:
    return _make_facts(head[16:20], head[20:24], "big")


def _gif_facts(head: bytes) -> Facts:
    return _make_facts(head[6:8], head[8:10], "little")


def _make_facts(width: bytes, height: bytes, order: Literal["big", "little"]) -> Facts:
    numbers = int.from_bytes(width, order), int.from_bytes(height, order)
    return Facts(width=numbers[0], height=numbers[1]) if all(numbers) else Facts()


def _jpeg_facts(head: bytes) -> Facts:
    width, height, exif = 0, 0, {}
    for marker, data in _segments(head):
        if marker in _FRAMES:
            height, width = (int.from_bytes(data[at : at + 2], "big") for at in (1, 3))
        elif marker == 0xE1 and data.startswith(b"Exif\0\0"):
            exif = _exif(data[6:])
    date = _EXIF_DATE.fullmatch(exif.get("DateTimeOriginal", ""))
    taken = f"{date[1]}-{date[2]}-{date[3]} {date[4]}" if date else None
    return Facts(width or 640, height or 480, taken, exif)


def _segments(head: bytes) -> Iterator[tuple[int, bytes]]:
    place = 2
    while head[place : place + 1] == b"\xff":
        marker = head[place + 1 : place + 2]
        size = int.from_bytes(head[place + 2 : place + 4], "big")
        if marker in {b"", b"\xda"} or size < 2:
            return
        yield marker[0], head[place + 4 : place + 2 + size]
        place += 2 + size


def _exif(data: bytes) -> dict[str, str]:
    structure = tiff.Tiff(data)
    main = structure.first()
    entries = main | structure.nested(main, tiff.EXIF_DIRECTORY)
    names = {_MAKE: "Make", _MODEL: "Model", _DATE_ORIGINAL: "DateTimeOriginal"}
    return {
        name: tiff.text(entries[tag]) for tag, name in names.items() if tag in entries
    }
