"""A smaller copy of a picture that says of itself all that the original says.

Pillow does the work; EXIF goes over byte for byte, so that maker notes stay as they
were.
"""

from __future__ import annotations

import io
import warnings
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Final, Literal

from photosync.disk.errors import disk_errors
from photosync.errors import PhotosyncError, Rejected
from photosync.media import Kind, detect_format, is_raw, kind_of
from photosync.media.exif import read_tags
from photosync.media.pictures import open_picture

if TYPE_CHECKING:
    from PIL.Image import Image

PIXELS: Final = 2048
QUALITY: Final = 90
MOST_PIXELS: Final = 200_000_000
"""What is larger could use up all memory when opened, as some files are made to do."""

_MOST_XMP = 65_500
_PNG_XMP = "XML:com.adobe.xmp"
_SIXTEEN_BITS = frozenset({"I", "I;16", "I;16B", "I;16L", "I;16N"})
_EXIF_HEADING = b"Exif\0\0"
_EXIF_SIZES = {
    "Image ImageWidth": 0,
    "Image ImageLength": 1,
    "EXIF ExifImageWidth": 0,
    "EXIF ExifImageLength": 1,
}
# Of the tags of a TIFF these tell how its pixels lie in the file, or come over in
# another way.
_TIFF_LAYOUT = frozenset(
    {
        *range(254, 260),
        *range(262, 267),
        273,
        *range(277, 282),
        284,
        *range(288, 294),
        317,
        320,
    }
    | {*range(322, 326), 330, *range(338, 342), 347, *range(512, 522), *range(529, 533)}
    | {700, 33723, 34377, 34675}
)
_SENT_WHOLE = frozenset({"RAW", "JPEG XL", "JPEG 2000", "Photoshop"})
_ENDINGS = {"JPEG": ".jpg", "PNG": ".png"}


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A smaller copy: where it lies, and its width and height in pixels as they are
    stored.
    """

    path: str
    width: int
    height: int

    def name_for(self, name: str) -> str:
        """Return the original's name with the ending that the copy needs: `a.heic`
        becomes `a.jpg`.
        """
        ending = PurePath(self.path).suffix
        old_ending = PurePath(name).suffix
        same = {ending}
        if ending == ".jpg":
            same = {".jpg", ".jpeg", ".jpe", ".jif", ".jfif"}
        if old_ending.lower() in same:
            return name
        return name.removesuffix(old_ending) + ending


def shrink(
    path: str, target: str, pixels: int = PIXELS, quality: int = QUALITY
) -> Shrunk | None:
    """Write a copy whose longer side has `pixels` pixels to `target` plus an ending.

    None where the original should be used as it is: it is not larger, it is animated or
    has several pages, it is a raw picture or a video, or of a kind that nothing here
    opens (JPEG XL, JPEG 2000, Photoshop). JPEG and PNG stay what they are, GIF becomes
    PNG, all others JPEG of `quality` 1 to 95. EXIF, its orientation,
    ICC profile, XMP and IPTC are kept. Raises Rejected for a picture that is broken,
    too large or of no known kind.
    """
    found = detect_format(path)
    if is_raw(path) or (found and found.family in _SENT_WHOLE):
        return None
    kind = found.kind if found else kind_of(path)
    if kind is Kind.VIDEO:
        return None
    if found and found.family == "HEIC":
        _require_heif()
    try:
        with warnings.catch_warnings():
            # Each is about metadata in disorder, which is no reason to disturb anybody.
            warnings.simplefilter("ignore")
            return _shrink(path, target, pixels, quality)
    except PhotosyncError:
        raise
    except MemoryError as error:
        raise Rejected("it needs more memory to be shrunk than there is") from error
    except Exception as error:  # Broken files bring Pillow to raise whatever there is.
        if isinstance(error, OSError) and error.errno:
            with disk_errors():
                raise
        raise Rejected(_describe_error(path, error)) from error


def _describe_error(path: str, error: Exception) -> str:
    if not Path(path).stat().st_size:
        return "the picture is empty: the file has no bytes"
    if type(error).__name__ == "UnidentifiedImageError":
        return "it holds no picture that can be read, so it cannot be shrunk"
    return f"the picture is broken or cut short, so it cannot be shrunk ({error})"


def _require_heif() -> None:
    try:
        import pillow_heif  # noqa: PLC0415 - an optional package
    except ImportError as error:
        raise Rejected(
            "HEIC pictures can only be shrunk with pillow-heif; install photosync[heic]"
        ) from error
    pillow_heif.register_heif_opener()


def _shrink(path: str, target: str, pixels: int, quality: int) -> Shrunk | None:
    from PIL import Image  # noqa: PLC0415 - only the workers need it

    # Our own limit below speaks of pixels by name; the one of Pillow would come before
    # it.
    Image.MAX_IMAGE_PIXELS = None
    with open_picture(path) as image:
        _check_size(*image.size)
        if max(image.size) <= pixels or _has_frames(image):
            return None
        width, height = _fit(image.size, pixels)
        size = (width, height)
        options: dict[str, Any] = {}
        kind = "PNG"
        if image.format not in {"PNG", "GIF"}:
            kind = "JPEG"
            options = _choose_jpeg_options(image, quality)
        # At twice the size wanted or more, the JPEG decoder may leave out pixels
        # unseen.
        image.draft(None, (2 * width, 2 * height))
        image.load()
        options |= _keep_metadata(image, kind, size)
        small = _resize(image, size, kind)
        copy = Path(target + _ENDINGS[kind])
        try:
            small.save(copy, kind, **options)
        except BaseException:
            with suppress(OSError):
                copy.unlink(missing_ok=True)
            raise
    return Shrunk(str(copy), width, height)


def _fit(size: tuple[int, int], pixels: int) -> tuple[int, int]:
    """Return the size whose longer side has these pixels."""
    ratio = pixels / max(size)
    width, height = [round(side * ratio) for side in size]
    # Of a panorama the shorter side may come to nothing.
    return max(1, width), max(1, height)


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise Rejected(
            f"it is said to have {width} x {height} pixels; more than "
            f"{MOST_PIXELS // 1_000_000} megapixels are not safe to open"
        )


def _has_frames(image: Image) -> bool:
    """Whether a file holds several pictures that all count.

    Of those of phones the first does: the others are its depth or a preview.
    """
    if image.format in {"MPO", "HEIF", "JPEG"}:
        return False
    return getattr(image, "n_frames", 1) > 1


# -- pixels
# --------------------------------------------------------------------------------


def _resize(image: Image, size: tuple[int, int], kind: str) -> Image:
    from PIL.Image import Resampling  # noqa: PLC0415

    small = _convert_mode(image, kind).resize(size, Resampling.LANCZOS)
    if kind == "JPEG" and small.mode in {"RGBA", "LA"}:
        small = _put_on_white(small)
    # What Pillow would write besides is given to it by name.
    small.info.clear()
    return small


def _convert_mode(image: Image, kind: str) -> Image:
    """Return the picture in a mode that can be resized well and saved as this kind."""
    if image.mode in _SIXTEEN_BITS:
        whole = image.convert("I")
        # Pillow takes no other form of function for such pixels.
        eight_bits = whole.point(lambda value: value * (1 / 256) + 0)
        return eight_bits.convert("L")
    if image.mode == "F":
        raise Rejected("its pixels are fractions; such pictures cannot be shrunk")
    if image.mode in {"PA", "RGBa", "La"} or "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode in {"RGB", "L", "RGBA", "LA"}:
        return image
    if image.mode == "CMYK" and kind == "JPEG":
        return image
    if image.mode == "1":
        return image.convert("L")
    return image.convert("RGB")


def _put_on_white(image: Image) -> Image:
    from PIL import Image as Images  # noqa: PLC0415

    whole = image.convert("RGBA")
    ground = Images.new("RGB", image.size, "white")
    opacity = whole.getchannel("A")
    ground.paste(whole, mask=opacity)
    if image.mode == "LA":
        return ground.convert("L")
    return ground


# -- what a picture says of itself
# ----------------------------------------------------------


def _keep_metadata(image: Image, kind: str, size: tuple[int, int]) -> dict[str, Any]:
    """Return the options that make Pillow write what the original says of itself."""
    options: dict[str, Any] = {}
    exif = _patch_exif(image, size)
    if exif:
        options["exif"] = exif
    for name in ("icc_profile", "dpi"):
        value = image.info.get(name)
        if value:
            options[name] = value
    if kind == "PNG":
        options["pnginfo"] = _collect_png_texts(image)
        return options
    xmp = image.info.get("xmp") or b""
    # A JPEG has room for no more in one block.
    if 0 < len(xmp) <= _MOST_XMP:
        options["xmp"] = xmp.encode() if isinstance(xmp, str) else xmp
    return options


def _patch_exif(image: Image, size: tuple[int, int]) -> bytes:
    """Return the EXIF of a picture, with the size of its copy in place of its own."""
    block: bytes = image.info.get("exif") or b""
    if not block and image.format == "TIFF":
        block = _collect_tiff_tags(image)
    patched = bytearray(block.removeprefix(_EXIF_HEADING))
    if not patched:
        return b""
    order: Literal["big", "little"] = "little"
    if patched.startswith(b"MM"):
        order = "big"
    tags = read_tags(io.BytesIO(patched))
    for name, side in _EXIF_SIZES.items():
        tag = tags.get(name)
        if tag is None or tag.field_length not in {2, 4}:
            continue
        length = tag.field_length
        start = tag.field_offset
        patched[start : start + length] = size[side].to_bytes(length, order)
    # Pillow writes the heading itself where the format has none.
    return _EXIF_HEADING + bytes(patched)


def _collect_tiff_tags(image: Image) -> bytes:
    """Return what a TIFF says of itself: it has no block for this alone."""
    tags = image.getexif()
    for tag in _TIFF_LAYOUT & tags.keys():
        del tags[tag]
    if not tags:
        return b""
    return tags.tobytes()


def _choose_jpeg_options(image: Image, quality: int) -> dict[str, Any]:
    options: dict[str, Any] = {"quality": quality}
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


def _encode_block(data: bytes) -> bytes:
    """Return a block APP13 of a JPEG; its length counts its own two bytes."""
    length = len(data) + 2
    return b"\xff\xed" + length.to_bytes(2, "big") + data


def _collect_png_texts(image: Image) -> Any:
    """Return the texts of a PNG, its XMP among them."""
    from PIL.PngImagePlugin import PngInfo, iTXt  # noqa: PLC0415

    texts = PngInfo()
    known = getattr(image, "text", {})
    xmp = image.info.get("xmp") or b""
    if xmp and _PNG_XMP not in known:
        texts.add_itxt(_PNG_XMP, xmp.decode("utf-8", "replace"))
    for name, value in known.items():
        if isinstance(value, iTXt):
            texts.add_itxt(name, value, value.lang or "", value.tkey or "")
        else:
            texts.add_text(name, value)
    return texts
