"""The original of a photo: where it is, and whether Flickr gives it back."""

from __future__ import annotations

from typing import NamedTuple

from photosync.media.kinds import Kind, ending_of, kind_of
from photosync.model import RemotePhoto

_FORMATS_KEPT = {
    **dict.fromkeys(["jpg", "jpeg", "jpe", "jif", "jfif", "mpo", "insp"], "jpg"),
    **dict.fromkeys(["png", "apng"], "png"),
    "gif": "gif",
}
"""The formats of which Flickr keeps the bytes, by ending."""


CONVERTED = (
    "Flickr keeps only a converted copy of this kind of file; --largest takes the "
    "largest one"
)
WITHHELD = (
    "Flickr withholds the originals of free accounts; a Pro account gets them, and "
    "--largest takes the largest picture there is"
)


class Original(NamedTuple):
    """Where the file of a photo is; `url` is empty where Flickr withholds it."""

    url: str
    format: str
    is_video: bool
    taken: str


def keeps_bytes(photo: RemotePhoto, original: Original) -> bool:
    """Whether Flickr keeps the bytes it was sent of a photo.

    It converts all pictures but those of three formats.
    """
    # Of a smaller copy it is that copy, whatever kind its name promises.
    if original.is_video or photo.reduced:
        return True
    promised = _FORMATS_KEPT.get(ending_of(photo.name))
    if promised is None or not original.format:
        return promised is not None
    stored = _FORMATS_KEPT.get(original.format)
    if promised == stored:
        return True
    # A PNG that somebody named .jpg is kept as well; that it is, its hash will prove.
    return stored is not None and photo.md5 is not None


def withholds(photo: RemotePhoto, original: Original) -> bool:
    """Whether Flickr does not give back the file that a photo stands for."""
    return bool(explain_withheld(photo, original))


def explain_withheld(photo: RemotePhoto, original: Original) -> str:
    """Return why Flickr does not give back the file that a photo stands for, empty where
    it does.
    """
    # A TIFF is there as a JPEG: under its own name that would be another picture.
    if not keeps_bytes(photo, original):
        return CONVERTED
    # Of a video, lists tell no address.
    return "" if original.is_video or original.url else WITHHELD


def is_converted(name: str) -> bool:
    """Whether a file of this name is kept as a JPEG only."""
    return kind_of(name) is not Kind.VIDEO and ending_of(name) not in _FORMATS_KEPT
