"""Colours that no profile tells of, but four numbers of the video world do (CICP).

HEIF and AVIF have them in a box called nclx, PNG in a block called cICP. A JPEG has no
room for them, and what nobody tells of is shown as sRGB.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from photosync.media import boxes

if TYPE_CHECKING:
    from PIL.Image import Image

# PQ and HLG, whose numbers mean more light than a JPEG can show; and none at all.
_BEYOND_JPEG: Final = frozenset({8, 16, 18})

# Red, green and blue of wide colours as XYZ, by the white of paper (D50).
_COLORANTS: Final = {
    # BT.2020
    9: (
        (0.67348, 0.27904, -0.00194),
        (0.16567, 0.67535, 0.02998),
        (0.12505, 0.04561, 0.79686),
    ),
    # DCI-P3 with the white of daylight, as Apple's displays have it
    12: (
        (0.51512, 0.24120, -0.00105),
        (0.29198, 0.69225, 0.04189),
        (0.15710, 0.06657, 0.78407),
    ),
}
_NAMES: Final = {9: "BT.2020", 12: "Display P3"}
_PAPER: Final = (0.9642, 1.0, 0.8249)
# How the white of daylight is seen as that of paper (Bradford).
_ADAPTION: Final = (
    *(1.04788, 0.02292, -0.05022),
    *(0.02959, 0.99048, -0.01707),
    *(-0.00925, 0.01508, 0.75168),
)
# The curve of sRGB: an exponent, and the straight part near black.
_CURVE: Final = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
_MOST_CHUNKS: Final = 1_000
_HEADER: Final = 128


class Coding(NamedTuple):
    """How the numbers of pixels are meant, by the tables of ITU-T H.273: what their
    primary colours are, and how much light a number is.
    """

    primaries: int
    transfer: int

    @property
    def is_hdr(self) -> bool:
        """Whether its light goes beyond what a JPEG can show."""
        return self.transfer in _BEYOND_JPEG

    @property
    def is_wide(self) -> bool:
        """Whether its colours go beyond sRGB, in a way that is known here."""
        return self.primaries in _COLORANTS


def read_coding(image: Image, file: BinaryIO) -> Coding | None:
    """Return how the colours of a picture are coded, None where its file tells nothing.

    The place in the file is kept.
    """
    place = file.tell()
    try:
        return _read(image, file)
    finally:
        file.seek(place)


def _read(image: Image, file: BinaryIO) -> Coding | None:
    if image.format == "HEIF":
        told = image.info.get("nclx_profile") or {}
        if not told:
            return None
        return Coding(told["color_primaries"], told["transfer_characteristics"])
    if image.format == "AVIF":
        # Pillow keeps the numbers of an AVIF to itself.
        numbers = boxes.read_coding(file, file.seek(0, os.SEEK_END))
        return Coding(*numbers) if numbers else None
    if image.format == "PNG":
        return _read_png(file)
    return None


def _read_png(file: BinaryIO) -> Coding | None:
    file.seek(8)
    for _ in range(_MOST_CHUNKS):
        head = file.read(8)
        name = head[4:]
        # It stands before the pixels.
        if name in {b"", b"IDAT"}:
            return None
        if name == b"cICP":
            primaries, transfer = file.read(2)
            return Coding(primaries, transfer)
        file.seek(int.from_bytes(head[:4], "big") + 4, os.SEEK_CUR)
    return None


def make_profile(coding: Coding) -> bytes:
    """Return an ICC profile, version 4, that tells of wide colours what the numbers do.

    Their light is that of sRGB, as nearly every program shows it that is coded for
    films of that kind. Raises KeyError for colours that are not wide.
    """
    red, green, blue = _COLORANTS[coding.primaries]
    curve = b"para\0\0\0\0\0\3\0\0" + _encode(_CURVE)
    tags = {
        b"desc": _encode_text(_NAMES[coding.primaries]),
        b"cprt": _encode_text("CC0"),
        b"wtpt": _encode_xyz(_PAPER),
        b"chad": b"sf32\0\0\0\0" + _encode(_ADAPTION),
        b"rXYZ": _encode_xyz(red),
        b"gXYZ": _encode_xyz(green),
        b"bXYZ": _encode_xyz(blue),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    place = _HEADER + 4 + 12 * len(tags)
    table = struct.pack(">L", len(tags))
    values = b""
    for name, value in tags.items():
        table += name + struct.pack(">LL", place + len(values), len(value))
        # Each begins at a whole number of four bytes.
        values += value + bytes(-len(value) % 4)
    size = place + len(values)
    header = struct.pack(">L4xL", size, 0x04300000) + b"mntrRGB XYZ "
    # A day, which says nothing, stands before the mark.
    header += struct.pack(">6H", 2024, 1, 1, 0, 0, 0) + b"acsp"
    header = header.ljust(68, b"\0") + _encode(_PAPER)
    return header.ljust(_HEADER, b"\0") + table + values


def _encode(numbers: Iterable[float]) -> bytes:
    """Return numbers as ICC stores them: in parts of 65,536."""
    return b"".join(struct.pack(">l", round(number * 65_536)) for number in numbers)


def _encode_xyz(numbers: Iterable[float]) -> bytes:
    return b"XYZ \0\0\0\0" + _encode(numbers)


def _encode_text(text: str) -> bytes:
    content = text.encode("utf-16-be")
    head = struct.pack(">4sLLL4sLL", b"mluc", 0, 1, 12, b"enUS", len(content), 28)
    return head + content
