"""A smaller copy of a picture that says of itself all that the original says.

Pillow does the work. What no smaller copy can show or say as its original does is used
whole: `Whole` tells why.
"""

from __future__ import annotations

import gc
import logging
import shlex
import stat
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeVar

from photosync.disk.errors import disk_errors
from photosync.disk.reading import open_ordinary
from photosync.errors import PhotosyncError, Rejected
from photosync.media import Kind, detect_format, is_raw, kind_of
from photosync.media.pictures import open_picture
from photosync.media.shrink.colours import make_profile, read_coding
from photosync.media.shrink.metadata import read_metadata
from photosync.media.shrink.options import choose_options
from photosync.media.shrink.parts import find_parts
from photosync.media.shrink.pixels import resize
from photosync.media.shrink.smaller import NoSmallerCopy, Prospect, Shrunk, Whole

if TYPE_CHECKING:
    from PIL.Image import Image

log = logging.getLogger(__name__)

PIXELS: Final = 2048
QUALITY: Final = 90
MOST_PIXELS: Final = 200_000_000
"""What is larger could use up all memory when opened, as some files are made to do."""

TOO_LITTLE_MEMORY: Final = "there is too little memory"

_NOT_OPENED: Final = frozenset({"JPEG XL", "JPEG 2000", "Photoshop"})
_ENDINGS: Final = {"JPEG": ".jpg", "PNG": ".png"}
# Bytes for each pixel while a copy is made, as measured: Pillow keeps a picture with four
# and turns one that is seen through into another, and the decoders have their own.
_BYTES: Final = {"JPEG": 8, "MPO": 8, "HEIF": 10, "AVIF": 10, "WEBP": 16}
_PIXEL: Final = 7
_SEE_THROUGH_PIXEL: Final = 10
_PROGRESSIVE_PIXEL: Final = 3


def look(path: str, pixels: int = PIXELS) -> Prospect | Whole:
    """Return what a smaller copy of a picture would be, by its head alone.

    Whole as `shrink` returns it. Raises as this.
    """

    def find() -> Prospect:
        with _open(path, pixels) as (image, _):
            kind = _choose_kind(image)
            return Prospect(_ENDINGS[kind], _estimate_memory(image, pixels))

    return _contain(path, find)


def shrink(
    path: str, target: str, pixels: int = PIXELS, quality: int = QUALITY
) -> Shrunk | Whole:
    """Write a copy whose longer side has `pixels` pixels to `target` plus an ending.

    JPEG and PNG stay what they are, GIF becomes PNG, all others JPEG of `quality` 1 to
    95. EXIF, its orientation, ICC profile, XMP and IPTC are kept. Whole is returned for
    what is not larger, for videos, and for a picture of which no smaller copy can be
    made. Raises SideError for a file that cannot be read, Rejected for what is none.
    """

    def make() -> Shrunk:
        with _open(path, pixels) as (image, file):
            return _copy(image, file, target, pixels, quality)

    try:
        return _contain(path, make)
    finally:
        # Pictures hold on to themselves: each would stay in memory beside the next.
        gc.collect()


T = TypeVar("T")


def _contain(path: str, work: Callable[[], T]) -> T | Whole:
    """Return what comes of work on a picture, Whole with the reason if it fails."""
    try:
        with warnings.catch_warnings():
            # Each is about metadata in disorder, which is no reason to disturb anybody.
            warnings.simplefilter("ignore")
            return work()
    except NoSmallerCopy as error:
        return Whole(str(error))
    except PhotosyncError:
        raise
    except MemoryError:
        return Whole(TOO_LITTLE_MEMORY)
    except Exception as error:  # noqa: BLE001 - broken files bring Pillow to raise anything
        return Whole(_judge_error(path, error))


def _check_kind(path: str) -> None:
    """Raise NoSmallerCopy for a file that is none of our kinds, without a look inside."""
    with disk_errors():
        status = Path(path).lstat()
    if not stat.S_ISREG(status.st_mode):
        raise Rejected("it is no ordinary file")
    found = detect_format(path)
    if is_raw(path):
        raise NoSmallerCopy("RAW pictures are not made smaller")
    if found and found.family in _NOT_OPENED:
        raise NoSmallerCopy(f"{found.name} pictures cannot be opened here")
    kind = found.kind if found else kind_of(path)
    if kind is Kind.VIDEO or not status.st_size:
        raise NoSmallerCopy
    if found and found.family == "HEIC" and not _has_heif():
        # The pip of the system would put it where this Python does not look.
        pip = f"{shlex.quote(sys.executable)} -m pip"
        raise NoSmallerCopy(
            f"HEIC is opened by pillow-heif only: {pip} install pillow-heif"
        )


def _has_heif() -> bool:
    try:
        import pillow_heif  # noqa: PLC0415 - an optional package
    except ImportError:
        return False
    pillow_heif.register_heif_opener()
    return True


def _judge_error(path: str, error: Exception) -> str:
    """Return why a picture cannot be opened; raises SideError where the disk is why."""
    if isinstance(error, OSError) and error.errno:
        with disk_errors():
            raise error
    log.debug("%s cannot be shrunk", path, exc_info=error)
    if type(error).__name__ == "UnidentifiedImageError":
        return "no picture in it can be read"
    return "broken or cut short"


@contextmanager
def _open(path: str, pixels: int) -> Iterator[tuple[Image, BinaryIO]]:
    """Open a picture that can be made smaller; raises NoSmallerCopy for all others."""
    from PIL import Image as Images  # noqa: PLC0415 - only the workers need it

    _check_kind(path)
    # Our own limit below speaks of pixels by name; the one of Pillow would come before
    # it.
    Images.MAX_IMAGE_PIXELS = None
    with (
        open_picture(path) as image,
        open_ordinary(path, follows_link=False) as file,
    ):
        width, height = image.size
        if width * height > MOST_PIXELS:
            millions = MOST_PIXELS // 1_000_000
            raise NoSmallerCopy(f"more than {millions} megapixels are not safe to open")
        if max(image.size) <= pixels:
            raise NoSmallerCopy
        if _has_frames(image):
            raise NoSmallerCopy("several pictures in one file")
        coding = read_coding(image, file)
        if coding and coding.is_hdr:
            raise NoSmallerCopy("a JPEG cannot show HDR light")
        yield image, file


def _choose_kind(image: Image) -> str:
    return "PNG" if image.format in {"PNG", "GIF"} else "JPEG"


def _draft(image: Image, size: tuple[int, int]) -> None:
    """Let the decoder of a JPEG leave out pixels, down to twice the size wanted: that
    is not to be seen.
    """
    image.draft(None, (2 * size[0], 2 * size[1]))


def _estimate_memory(image: Image, pixels: int) -> int:
    """Return how many bytes the making of a smaller copy takes at most."""
    whole = image.size[0] * image.size[1]
    pixel = _BYTES.get(image.format or "", _PIXEL)
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        pixel = max(pixel, _SEE_THROUGH_PIXEL)
    _draft(image, _fit(image.size, pixels))
    read = image.size[0] * image.size[1]
    size = read * pixel
    if "progression" in image.info:
        # Of such a JPEG nothing can be shown before all of it is there.
        size += whole * _PROGRESSIVE_PIXEL
    return size


def _copy(
    image: Image, file: BinaryIO, target: str, pixels: int, quality: int
) -> Shrunk:
    """Write the smaller copy of an open picture; raises NoSmallerCopy."""
    size = _fit(image.size, pixels)
    coding = read_coding(image, file)
    kind = _choose_kind(image)
    _draft(image, size)
    image.load()
    said = read_metadata(image, file)
    parts = find_parts(image, file, said.xmp)
    options = choose_options(image, kind, size, said)
    if kind == "JPEG":
        options["quality"] = quality
    if coding and coding.is_wide:
        # A profile that is there says more than the numbers.
        options.setdefault("icc_profile", make_profile(coding))
    copy = Path(target + _ENDINGS[kind])
    _save(resize(image, size, kind), copy, kind, options)
    lacks = dict.fromkeys((*parts, *said.lacks))
    return Shrunk(str(copy), *size, tuple(lacks))


def _save(small: Image, copy: Path, kind: str, options: dict[str, Any]) -> None:
    try:
        small.save(copy, kind, **options)
    except BaseException:
        with suppress(OSError):
            copy.unlink(missing_ok=True)
        raise


def _fit(size: tuple[int, int], pixels: int) -> tuple[int, int]:
    """Return the size whose longer side has these pixels."""
    ratio = pixels / max(size)
    width, height = [round(side * ratio) for side in size]
    # Of a panorama the shorter side may come to nothing.
    return max(1, width), max(1, height)


def _has_frames(image: Image) -> bool:
    """Whether a file holds several pictures that all count.

    Of those of phones the first does: the others are its depth or a preview.
    """
    if image.format in {"MPO", "HEIF", "JPEG"}:
        return False
    return getattr(image, "n_frames", 1) > 1
