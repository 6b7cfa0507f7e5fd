"""Small pictures of photos for a page that needs nothing but itself."""

from __future__ import annotations

import base64
import io
import warnings
from contextlib import suppress

from photosync.media.pictures import open_picture

MOST = 2000
"""How many pictures one page holds; it stays under 30 MB."""

_EDGE = 200
_QUALITY = 70
_MOST_PIXELS = 120_000_000


class Thumbnails:
    """Makes small pictures, as long as the page has room for more.

    Where more are `expected` than it has room for, those shown are spread evenly.
    """

    def __init__(self, most: int = MOST, expected: int = 0) -> None:
        self._most = most
        self._left = most
        self._expected = max(expected, most)
        self._asked = 0
        self.skipped = 0

    def make(self, path: str) -> str:
        """Return a photo as a `data:` address, empty where nothing can be shown."""
        if not self._is_due():
            self.skipped += 1
            return ""
        picture = make_thumbnail(path)
        if picture:
            self._left -= 1
        return picture

    def admit(self, picture: bytes) -> str:
        """Return a small picture that is there already as a `data:` address."""
        if not picture or self._left <= 0:
            self.skipped += 1
            return ""
        self._left -= 1
        return _make_address(picture)

    def _is_due(self) -> bool:
        """Whether the next photo is one of those that are spread evenly over all."""
        before = self._asked * self._most // self._expected
        self._asked += 1
        now = self._asked * self._most // self._expected
        return self._left > 0 and now > before


def make_thumbnail(path: str) -> str:
    """Return a small JPEG of a photo as a `data:` address, empty where there is none."""
    picture = make_small_picture(path)
    return _make_address(picture) if picture else ""


def _make_address(picture: bytes) -> str:
    text = base64.b64encode(picture).decode("ascii")
    return f"data:image/jpeg;base64,{text}"


def make_small_picture(path: str) -> bytes:
    """Return a small JPEG of a photo, empty where there is none.

    Never raises, whatever the file holds: videos, RAW pictures and broken files have
    no small picture.
    """
    with suppress(Exception), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _shrink(path)
    return b""


def _shrink(path: str) -> bytes:
    from PIL import ImageOps  # noqa: PLC0415 - only a page needs it

    with open_picture(path) as picture:
        width, height = picture.size
        if width * height > _MOST_PIXELS:
            return b""
        # A JPEG is read at an eighth of its size at once.
        picture.draft("RGB", (_EDGE, _EDGE))
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((_EDGE, _EDGE))
        out = io.BytesIO()
        upright.convert("RGB").save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
