"""Pictures as Pillow opens them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from photosync.disk.reading import open_ordinary

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

FORMATS: Final = ("JPEG", "PNG", "GIF", "TIFF", "WEBP", "HEIF", "AVIF", "BMP")
"""What photos are stored in, by Pillow's names.

Pillow opens forty more whatever the name of a file says, and hands one of them,
PostScript, to another program that carries out what stands in it.
"""


@contextmanager
def open_picture(path: str) -> Iterator[ImageFile]:
    """Open a file that holds a picture in one of our formats; its pixels are not read.

    Raises UnidentifiedImageError for all else, OSError for a link or a pipe, and
    whatever broken files bring Pillow to raise.
    """
    from PIL import Image  # noqa: PLC0415 - most runs look into no picture

    # HEIF and AVIF are there only where their decoders are.
    Image.init()
    known = tuple(name for name in FORMATS if name in Image.OPEN)
    with (
        open_ordinary(path, follows_link=False) as file,
        Image.open(file, formats=known) as image,
    ):
        yield image
