"""The pixels of a smaller copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from photosync.media.shrink.smaller import NoSmallerCopy

if TYPE_CHECKING:
    from PIL.Image import Image

_SIXTEEN_BITS: Final = frozenset({"I", "I;16"})
_RESIZABLE: Final = frozenset({"RGB", "L", "RGBA", "LA", "I", "I;16"})
_MODES: Final = {"1": "L", "I;16B": "I", "I;16L": "I", "I;16N": "I"}


def resize(image: Image, size: tuple[int, int], kind: str) -> Image:
    """Return a picture of this size in a mode that `kind`, JPEG or PNG, can hold.

    Raises NoSmallerCopy.
    """
    from PIL.Image import Resampling  # noqa: PLC0415

    small = _make_resizable(image, kind).resize(size, Resampling.LANCZOS)
    if small.mode in _SIXTEEN_BITS:
        small = _take_upper_bits(small)
    if kind == "JPEG" and small.mode in {"RGBA", "LA"}:
        small = _put_on_white(small)
    # What Pillow would write besides is given to it by name.
    small.info.clear()
    return small


def _make_resizable(image: Image, kind: str) -> Image:
    """Return the picture in a mode that can be resized well, and saved afterwards."""
    if image.mode == "F":
        raise NoSmallerCopy("pixels that are fractions")
    if image.mode in {"PA", "RGBa", "La"} or "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode in _RESIZABLE or (image.mode == "CMYK" and kind == "JPEG"):
        return image
    return image.convert(_MODES.get(image.mode, "RGB"))


def _take_upper_bits(image: Image) -> Image:
    whole = image.convert("I")
    # Pillow takes no other form of function for such pixels.
    eight_bits = whole.point(lambda value: value * (1 / 256) + 0)
    return eight_bits.convert("L")


def _put_on_white(image: Image) -> Image:
    from PIL import Image as Images  # noqa: PLC0415

    whole = image.convert("RGBA")
    ground = Images.new("RGB", image.size, "white")
    opacity = whole.getchannel("A")
    ground.paste(whole, mask=opacity)
    if image.mode == "LA":
        return ground.convert("L")
    return ground
