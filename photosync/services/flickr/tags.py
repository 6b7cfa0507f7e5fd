"""What Flickr does not keep of a file, kept in machine tags of our own.

Flickr's normal form of a tag is all that lists give back, and only `[a-z0-9]` surely
survives it:

    photosync:md5=d41d8cd98f00b204e9800998ecf8427e
    photosync:file=12345x1700000000000x64o3...     size x milliseconds since 1970 x name
    photosync:reduced=1                            what is stored is a smaller copy of
    that file

The name is in base32hex, whose letters end at v, so `x` divides.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import NamedTuple

from photosync.model import LocalPhoto

NAMESPACE = "photosync"
_MD5 = re.compile(rf"{NAMESPACE}:md5=([0-9a-f]{{32}})")
_FILE = re.compile(rf"{NAMESPACE}:file=(\d+)x(m?\d+)x([0-9a-v]+)")


MARK = f"{NAMESPACE}:missing=local"
"""Marks a photo for a person to find and judge there."""

REDUCED = f"{NAMESPACE}:reduced=1"
"""Tells of a smaller copy; all other tags are about its original."""


class FileTags(NamedTuple):
    """What our tags tell of the file that was sent, or of which a smaller copy was."""

    name: str
    size: int
    modified_ns: int
    md5: str
    reduced: bool = False


def written(photo: LocalPhoto, md5: str, *, reduced: bool = False) -> str:
    """The tags for a file or a smaller copy of it, divided by blanks."""
    milliseconds = photo.modified_ns // 10**6
    # A time before 1970 has a minus, which the normal form would drop.
    moment = f"m{-milliseconds}" if milliseconds < 0 else str(milliseconds)
    name = base64.b32hexencode(photo.name.encode()).decode().rstrip("=").lower()
    file = f"{md5_tag(md5)} {NAMESPACE}:file={photo.size}x{moment}x{name}"
    return f"{file} {REDUCED}" if reduced else file


def md5_tag(md5: str) -> str:
    """The tag to look for a file's bytes by."""
    return f"{NAMESPACE}:md5={md5}"


def read(tags: str) -> FileTags | None:
    """What the machine tags of a listing tell; None unless they are ours and whole."""
    md5, file = _MD5.search(tags), _FILE.search(tags)
    if not md5 or not file:
        return None
    name = _decoded(file[3])
    if name is None:
        return None
    moment = -int(file[2][1:]) if file[2].startswith("m") else int(file[2])
    return FileTags(name, int(file[1]), moment * 10**6, md5[1], is_reduced(tags))


def is_ours(tag: str) -> bool:
    """Whether a tag is one that `written` makes."""
    return tag.lower().startswith(
        (f"{NAMESPACE}:md5=", f"{NAMESPACE}:file=", f"{NAMESPACE}:reduced=")
    )


def is_any_of_ours(tag: str) -> bool:
    """Whether a tag is of our namespace, marks included."""
    return tag.lower().startswith(f"{NAMESPACE}:")


def is_marked(tags: str) -> bool:
    """Whether the machine tags of a listing hold our mark."""
    return MARK in tags.lower().split()


def is_reduced(tags: str) -> bool:
    """Whether machine tags tell of a smaller copy."""
    return REDUCED in tags.lower().split()


def _decoded(text: str) -> str | None:
    padded = text.upper() + "=" * (-len(text) % 8)
    try:
        return base64.b32hexdecode(padded).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
