"""The rest of the XMP of a JPEG, for which its one block has no room: in segments of
its own, as programs write a long history of edits.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.Image import Image

_HEADING: Final = b"http://ns.adobe.com/xmp/extension/\0"
# Behind it the name of the whole, how long it is, and where in it this part lies.
_PLACE: Final = slice(len(_HEADING) + 36, len(_HEADING) + 40)
_DATA: Final = slice(len(_HEADING) + 40, None)
_GONE: Final = re.compile(rb"ns\.google\.com/photos/|hdr-gain-map|HDRGainMap")


def read_extension(image: Image) -> tuple[bytes, ...]:
    """Return the segments of a JPEG with the rest of its XMP, as they stand there.

    No segment where they hold what a smaller copy has not, as the depth maps of phones.
    """
    segments: list[tuple[str, bytes]] = getattr(image, "applist", [])
    of_kind = [data for kind, data in segments if kind == "APP1"]
    found = [data for data in of_kind if data.startswith(_HEADING)]
    # The name of a depth map may begin in one part and end in the next.
    in_order = sorted(found, key=_read_place)
    whole = b"".join(data[_DATA] for data in in_order)
    if _GONE.search(whole):
        return ()
    return tuple(found)


def _read_place(segment: bytes) -> bytes:
    return segment[_PLACE]
