"""What an answer of a service holds, taken only as what it should be.

Each reader raises ValueError, TypeError or KeyError for anything else; `reading` makes of
them one word about the service that sent it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from typing import Any

from photosync.errors import Transient

Fields = Mapping[str, Callable[[Any], object]]
"""What reads each field of a row."""

_MOST = 2**63 - 1
_DIGITS = 19
_LONGEST = 10**9
_MISREAD = (ValueError, TypeError, AttributeError, LookupError, OverflowError)


@contextmanager
def reading(service: str) -> Iterator[None]:
    """Raise Transient where what is read inside is not as it should be."""
    try:
        yield
    except (*_MISREAD, RecursionError) as error:
        raise Transient(f"{service} sent an answer that cannot be read") from error


def read_text(value: object) -> str:
    """Return a text that can be written down; half a pair of UTF-16 cannot."""
    if not isinstance(value, str):
        raise TypeError("no text")
    value.encode()
    return value


def read_id(value: object) -> str:
    """Return an id, which some services give as a number."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    text = str(value) if is_number else read_text(value)
    if not text or not text.isprintable():
        raise ValueError("no id")
    return text


def read_text_if_any(value: object) -> str:
    """Return a text, empty where the service left it out."""
    return "" if value is None else read_text(value)


def read_word(value: object) -> str:
    """Return a text that some services give as a number, empty where it was left out."""
    return "" if value is None or value == "" else read_id(value)


def read_count(value: object) -> int:
    """Return a number from 0 on that fits into a column, given as such or as text."""
    if isinstance(value, str):
        if not (value.isascii() and value.isdecimal() and len(value) <= _DIGITS):
            raise ValueError("no number")
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("no number")
    if not 0 <= value <= _MOST:
        raise ValueError("out of range")
    return value


def read_count_if_any(value: object) -> int:
    """Return a number, 0 where the service left it empty."""
    return 0 if value is None or value == "" else read_count(value)


def read_seconds(value: object) -> int:
    """Return a time that a person may wait for, up to some thirty years."""
    seconds = read_count(value)
    if seconds > _LONGEST:
        raise ValueError("out of range")
    return seconds


def read_flag(value: object) -> bool:
    """Return whether something is so."""
    if not isinstance(value, bool):
        raise TypeError("neither true nor false")
    return value


def read_object(value: object) -> dict[str, Any]:
    """Return an object of JSON."""
    if not isinstance(value, dict):
        raise TypeError("no object")
    return value


def read_texts(value: object) -> list[str]:
    """Return a list of texts."""
    if not isinstance(value, list):
        raise TypeError("no list")
    return [read_text(text) for text in value]


def read_rows(
    value: object, fields: Fields, needed: AbstractSet[str]
) -> list[dict[str, Any]]:
    """Return a list of objects that have what is needed, and each field as it should
    be.
    """
    if not isinstance(value, list):
        raise TypeError("no list")
    return [read_row(row, fields, needed) for row in value]


def read_row(value: object, fields: Fields, needed: AbstractSet[str]) -> dict[str, Any]:
    """Return an object that has what is needed, and each field as it should be."""
    row = read_object(value)
    if not row.keys() >= needed:
        raise KeyError(*(needed - row.keys()))
    for name, found in row.items():
        read = fields.get(name)
        if read is not None:
            read(found)
    return row
