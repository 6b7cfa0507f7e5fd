"""What Pillow is told to write beside the pixels of a smaller copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from photosync.media.shrink.metadata import Metadata, set_sizes
from photosync.media.shrink.xmp import MOST_XMP, revise_packet

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.PngImagePlugin import PngInfo

_PNG_XMP: Final = "XML:com.adobe.xmp"
_COLOUR_SPACE: Final = slice(16, 20)
_XMP_HEADING: Final = b"http://ns.adobe.com/xap/1.0/\0"
_XMP_MARK: Final = b"\xff\xe1"
_PHOTOSHOP_MARK: Final = b"\xff\xed"
_MOST_BLOCK: Final = 65_533
_NO_LIMIT: Final = 2**31


def choose_options(
    image: Image, kind: str, size: tuple[int, int], said: Metadata
) -> dict[str, Any]:
    """Return the options that make Pillow write what the original says of itself.

    What of it a copy of this `kind` has no room for is noted.
    """
    options: dict[str, Any] = {}
    exif = set_sizes(said.exif, size)
    if exif:
        options["exif"] = exif
    options |= _choose_looks(image)
    room = MOST_XMP if kind == "JPEG" else _NO_LIMIT
    packet = revise_packet(
        said.xmp,
        size,
        is_turned=said.is_turned,
        room=room,
        is_extended=bool(said.extension),
    )
    said.lacks.extend(packet.lacks)
    if kind == "PNG":
        options["pnginfo"] = _collect_png_texts(image, packet.data)
        return options
    if packet.data:
        options["xmp"] = packet.data
    if len(said.photoshop) <= _MOST_BLOCK:
        options["extra"] = _encode_block(said.photoshop)
    else:
        said.lacks.append("IPTC")
    options |= _choose_jpeg_options(image)
    if packet.data and said.extension:
        # The one that tells of them comes first.
        packets = [_XMP_HEADING + options.pop("xmp"), *said.extension]
        blocks = [_encode_block(data, _XMP_MARK) for data in packets]
        options["extra"] += b"".join(blocks)
    return options


def _choose_looks(image: Image) -> dict[str, Any]:
    """Return the profile and the resolution of a picture, where they are its copy's."""
    looks: dict[str, Any] = {}
    profile = image.info.get("icc_profile")
    # The pixels of a TIFF in Lab are RGB in its copy.
    if profile and profile[_COLOUR_SPACE] != b"Lab ":
        looks["icc_profile"] = profile
    resolution = image.info.get("dpi")
    if resolution:
        looks["dpi"] = resolution
    return looks


def _choose_jpeg_options(image: Image) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if image.format not in {"JPEG", "MPO"}:
        return options
    from PIL.JpegImagePlugin import get_sampling  # noqa: PLC0415

    sampling = get_sampling(image)
    if sampling >= 0:
        options["subsampling"] = sampling
    if "progression" in image.info:
        options["progressive"] = True
    if image.info.get("comment"):
        options["comment"] = image.info["comment"]
    # IPTC, where many programs and Flickr look for title, caption and keywords.
    blocks: list[tuple[str, bytes]] = getattr(image, "applist", [])
    iptc = [_encode_block(data) for name, data in blocks if name == "APP13"]
    options["extra"] = b"".join(iptc)
    return options


def _encode_block(data: bytes, mark: bytes = _PHOTOSHOP_MARK) -> bytes:
    """Return a block of a JPEG; its length counts its own two bytes."""
    if not data:
        return b""
    length = len(data) + 2
    return mark + length.to_bytes(2, "big") + data


def _collect_png_texts(image: Image, xmp: bytes) -> PngInfo:
    """Return the texts of a PNG or GIF, its XMP among them."""
    from PIL.PngImagePlugin import PngInfo, iTXt  # noqa: PLC0415

    texts = PngInfo()
    known = dict(getattr(image, "text", {}))
    known.pop(_PNG_XMP, None)
    if xmp:
        texts.add_itxt(_PNG_XMP, xmp.decode("utf-8", "replace"))
    comment = image.info.get("comment")
    if isinstance(comment, bytes):
        # That of a GIF.
        texts.add_itxt("Comment", comment.decode("utf-8", "replace"))
    for name, value in known.items():
        if isinstance(value, iTXt):
            texts.add_itxt(name, value, value.lang or "", value.tkey or "")
        else:
            texts.add_text(name, value)
    return texts
