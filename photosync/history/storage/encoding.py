"""Values as SQLite takes them, and back again."""

from __future__ import annotations

import json

from photosync.model import RemotePhoto

_LEAST = -(2**63)
_MOST = 2**63 - 1


def encode_text(text: str) -> str | bytes:
    """Return text as SQLite takes it: names on a disk need not be valid UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape")
    return text


def decode_text(value: str | bytes) -> str:
    """Return the text that `encode_text` was given."""
    return value if isinstance(value, str) else value.decode("utf-8", "surrogateescape")


def encode_value(value: object) -> object:
    """Return text encoded, and anything else as it is."""
    return encode_text(value) if isinstance(value, str) else value


def decode_value(value: object) -> object:
    """Return the value that `encode_value` was given."""
    return decode_text(value) if isinstance(value, bytes) else value


def decode_words(text: str | bytes) -> list[str]:
    """Return a list of words from its JSON; none where a disk damaged it: a list of what
    was there is no reason to show nothing at all.
    """
    try:
        words = json.loads(text)
    except ValueError:
        return []
    if not isinstance(words, list):
        return []
    is_sound = all(isinstance(word, str) for word in words)
    return words if is_sound else []


def clamp_integer(number: int) -> int:
    """Return the nearest number of 64 bits: a damaged disk knows dates beyond those."""
    return max(_LEAST, min(number, _MOST))


def encode_photo(photo: RemotePhoto | None) -> str:
    """Return a remote photo as JSON, empty for none."""
    return json.dumps(photo) if photo else ""


def decode_photo(text: str) -> RemotePhoto | None:
    """Return a remote photo from its JSON.

    None where there was none, or where it cannot be understood any more: what an older
    release stored may have other fields.
    """
    try:
        return RemotePhoto(*json.loads(text))
    except (ValueError, TypeError):
        return None
