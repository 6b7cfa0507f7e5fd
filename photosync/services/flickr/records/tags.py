"""What Flickr does not keep of a file, kept in machine tags of our own.

Flickr's normal form of a tag is all that lists give back, and only `[a-z0-9]` surely
survives it:

    photosync:md5=d41d8cd98f00b204e9800998ecf8427e
    photosync:file=n9x12345x1700000000000x64o3...  length of the name x size
                                                   x milliseconds since 1970 x name
    photosync:reduced=1                            what is stored is a smaller copy of
                                                   that file

The name is in base32hex, whose letters end at v, so `x` divides; its length tells
whether the service cut the tag. The first release wrote no length.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from typing import NamedTuple

from photosync.media import kind_of
from photosync.model import LocalPhoto

NAMESPACE = "photosync"

MARK = f"{NAMESPACE}:missing=local"
"""Marks a photo for a person to find and judge there."""

REDUCED = f"{NAMESPACE}:reduced=1"
"""Tells of a smaller copy; all other tags are about its original."""

_MD5_START = f"{NAMESPACE}:md5="
_FILE_START = f"{NAMESPACE}:file="
_REDUCED_START = f"{NAMESPACE}:reduced="
_MD5 = re.compile(rf"{_MD5_START}([0-9a-f]{{32}})")
_FILE = re.compile(
    rf"{_FILE_START}(?:n([0-9]{{1,9}})x)?([0-9]{{1,18}})x(m?[0-9]{{1,15}})x([0-9a-v]+)"
)

_NS_PER_MS = 10**6


class FileTags(NamedTuple):
    """What our tags tell of the file that was sent, or of which a smaller copy was."""

    name: str
    size: int
    modified_ns: int
    md5: str
    reduced: bool = False


def format_tags(photo: LocalPhoto, md5: str, *, reduced: bool = False) -> str:
    """Return the tags for a file or a smaller copy of it, divided by blanks."""
    moment = _format_time(photo.modified_ns)
    name = _encode_name(photo.name)
    file = f"n{len(name)}x{photo.size}x{moment}x{name}"
    found = [f"{_MD5_START}{md5}", f"{_FILE_START}{file}"]
    if reduced:
        found.append(REDUCED)
    return " ".join(found)


def parse_tags(tags: str) -> FileTags | None:
    """Read the machine tags of a listing; None unless they are ours, whole, and of one
    file.
    """
    md5s = _MD5.findall(tags)
    files = _FILE.findall(tags)
    # A person may have removed one of the two by hand. Or a second one was added, by
    # somebody else or before a crash: nobody knows which of them is right.
    if len(md5s) != 1 or len(files) != 1:
        return None
    length, size, moment, text = files[0]
    name = _decode_name(text)
    if name is None or _is_cut(length, text, name):
        return None
    return FileTags(
        name=name,
        size=int(size),
        modified_ns=_parse_time(moment),
        md5=md5s[0],
        reduced=is_reduced(tags),
    )


def _is_cut(length: str, text: str, name: str) -> bool:
    """Whether the service cut the name; an old tag shows it by the missing ending."""
    if length:
        return int(length) != len(text)
    return not kind_of(name)


def has_any_of_ours(tags: str) -> bool:
    """Whether machine tags of a listing are about a file that photosync sent, even if
    they tell nothing of it any more.
    """
    return any(map(is_ours, tags.split()))


def are_of_upload(tags: Iterable[str], sent: str) -> bool:
    """Whether a photo's tags are those that were sent with it, `sent`, of which the
    service may have cut the ends.
    """
    ours = tuple(tag.lower() for tag in tags if is_ours(tag))
    wanted = sent.split()
    # As many, and each begins as one that was sent.
    if len(ours) != len(wanted):
        return False
    return all(raw.startswith(ours) for raw in wanted)


def is_ours(tag: str) -> bool:
    """Whether a tag is one that `format_tags` makes."""
    return tag.lower().startswith((_MD5_START, _FILE_START, _REDUCED_START))


def is_any_of_ours(tag: str) -> bool:
    """Whether a tag is of our namespace, marks included."""
    return tag.lower().startswith(f"{NAMESPACE}:")


def is_marked(tags: str) -> bool:
    """Whether the machine tags of a listing hold our mark."""
    return MARK in tags.lower().split()


def is_reduced(tags: str) -> bool:
    """Whether machine tags tell of a smaller copy."""
    return REDUCED in tags.lower().split()


def _format_time(modified_ns: int) -> str:
    milliseconds = modified_ns // _NS_PER_MS
    # A scan of an old print dated before 1970 has a minus, which the normal form of a
    # tag would drop.
    return f"m{-milliseconds}" if milliseconds < 0 else str(milliseconds)


def _parse_time(text: str) -> int:
    digits = text.removeprefix("m")
    milliseconds = int(digits)
    if digits != text:
        milliseconds = -milliseconds
    return milliseconds * _NS_PER_MS


def _encode_name(name: str) -> str:
    encoded = base64.b32hexencode(name.encode())
    return encoded.decode().rstrip("=").lower()


def _decode_name(text: str) -> str | None:
    """Read a name; None where the service cut the tag."""
    padded = text.upper() + "=" * (-len(text) % 8)
    try:
        return base64.b32hexdecode(padded).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
