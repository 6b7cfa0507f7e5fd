"""When two details are one: what a service does to a text by itself is no edit of it.
Pure.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from photosync.model.details import TextField

_MACHINE: Final = re.compile(
    r"([a-z][a-z0-9_]*:[a-z][a-z0-9_]*=)(.+)", re.IGNORECASE | re.DOTALL
)
_MARKUP: Final = re.compile(r"<[^>]*>")
_DROPPED: Final = frozenset("CPZ")
_SYMBOLS: Final = frozenset("$+<=>^`|~")

# Flickr cuts long texts, and does not say where.
_SURELY_WHOLE: Final = {"title": 200, "description": 8000}

_SAME_PLACE: Final = 2e-5
"""Degrees, some two metres: programs round as they like."""


def fold_keyword(text: str) -> str:
    """Return what two spellings of one keyword have in common: letters, digits and
    signs in lower case. Of a machine tag only the value is folded.
    """
    text = unicodedata.normalize("NFC", text)
    machine = _MACHINE.fullmatch(text.strip())
    if machine:
        return machine[1].lower() + _fold(machine[2])
    return _fold(text)


def _fold(text: str) -> str:
    return "".join(sign for sign in text.lower() if _tells_apart(sign))


def _tells_apart(sign: str) -> bool:
    """Whether a sign counts for which keyword it is; blanks and points do not."""
    general_category = unicodedata.category(sign)[0]
    return general_category not in _DROPPED and sign not in _SYMBOLS


def fold_keywords(keywords: Iterable[str]) -> dict[str, str]:
    """Return keywords by what their spellings have in common, the first of each."""
    folded: dict[str, str] = {}
    for keyword in keywords:
        key = fold_keyword(keyword)
        if key:
            folded.setdefault(key, keyword)
    return folded


def is_same_text(field: TextField, one: str, other: str) -> bool:
    """Whether two texts of a field say the same: blanks at the ends, spellings of `&`
    and tags of HTML are no difference, nor is that a service has cut a long text.
    """
    if one == other:
        return True
    if field == "position":
        return _is_same_place(one, other)
    shorter, longer = sorted((_normalise(one), _normalise(other)), key=len)
    if shorter == longer:
        return True
    return len(shorter) >= _SURELY_WHOLE[field] and longer.startswith(shorter)


def _normalise(text: str) -> str:
    text = _MARKUP.sub("", html.unescape(text))
    return " ".join(unicodedata.normalize("NFC", text).split())


# -- positions
# -------------------------------------------------------------------------------------


def format_position(latitude: float, longitude: float) -> str:
    """Return a position as text, empty where the earth has none."""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return ""
    return f"{latitude:.6f} {longitude:.6f}"


def parse_position(position: str) -> tuple[float, float]:
    """Return latitude and longitude in degrees; raises ValueError for anything else."""
    latitude, longitude = position.split()
    return float(latitude), float(longitude)


def _is_same_place(one: str, other: str) -> bool:
    if not one or not other:
        return False
    pairs = zip(parse_position(one), parse_position(other), strict=True)
    return all(abs(first - second) <= _SAME_PLACE for first, second in pairs)
