"""Pictures that the service makes itself, as the smallest files that decoders
accept.
"""

import base64
import io
from collections.abc import Iterable, Iterator

BLOCK = 256 * 1024

# A grey JPEG of one pixel: quantisation, frame, the two one-code tables, scan.
_BODY = (
    b"\xff\xdb\x00\x43\x00"
    + b"\x01" * 64
    + b"\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00"
    + b"\xff\xc4\x00\x14\x00\x01"
    + bytes(16)
    + b"\xff\xc4\x00\x14\x10\x01"
    + bytes(16)
    + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x3f\xff\xd9"
)

UNAVAILABLE = base64.b64decode(
    "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
)


def jpeg(comment: str) -> bytes:
    """Give a JPEG whose bytes depend on a comment within it."""
    data = comment.encode()
    return b"\xff\xd8\xff\xfe" + (len(data) + 2).to_bytes(2, "big") + data + _BODY


def shrink(original: Iterable[bytes], width: int, height: int) -> bytes | None:
    """Give a JPEG of an original in another size; None of what is no picture."""
    # The demo and most tests look at no page with pictures.
    from PIL import Image, ImageOps  # noqa: PLC0415

    try:
        picture = ImageOps.fit(
            Image.open(io.BytesIO(b"".join(original))).convert("RGB"), (width, height)
        )
    except (OSError, ValueError, SyntaxError):
        return None
    written = io.BytesIO()
    picture.save(written, "JPEG")
    return written.getvalue()


def make_up(photo: int, size: int) -> Iterator[bytes]:
    """Give `size` bytes that stand for the original of a photo without stored
    content.
    """
    block = jpeg(f"photo {photo}")[:size]
    yield block
    left = size - len(block)
    while left > 0:
        yield bytes(min(BLOCK, left))
        left -= BLOCK
