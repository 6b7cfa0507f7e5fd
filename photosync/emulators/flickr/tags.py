"""Tags: how a text is split into them, and the form under which they are found."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_MACHINE = re.compile(
    r"([a-z][a-z0-9_]*):([a-z][a-z0-9_]*)=(.+)", re.IGNORECASE | re.DOTALL
)
_DROPPED_CATEGORIES = frozenset("CPZ")
_ASCII_SYMBOLS = frozenset("$+<=>^`|~")


@dataclass(frozen=True)
class Tag:
    """A tag as typed and in normal form; the last three are those of a machine tag."""

    raw: str
    normal: str
    namespace: str | None = None
    predicate: str | None = None
    value: str | None = None


def split(text: str) -> list[str]:
    """Give the raw tags of a text: blanks part them, double quotes hold blanks
    together.
    """
    raws, current, quoted = [], "", False
    for sign in text:
        if sign == '"':
            quoted = not quoted
        elif sign.isspace() and not quoted:
            raws.append(current)
            current = ""
        else:
            current += sign
    return [raw.strip() for raw in [*raws, current] if raw.strip()]


def normalise(text: str) -> str:
    """Give the lower-case form without blanks and punctuation."""
    return "".join(
        sign
        for sign in text.lower()
        if unicodedata.category(sign)[0] not in _DROPPED_CATEGORIES
        and sign not in _ASCII_SYMBOLS
    )


def parse(raw: str, *, normalise_values: bool = True) -> Tag | None:
    """Give a tag, None for one that vanishes when normalised."""
    machine = _MACHINE.fullmatch(raw)
    if machine is None:
        normal = normalise(raw)
        return Tag(raw, normal) if normal else None
    namespace, predicate = machine[1].lower(), machine[2].lower()
    value = normalise(machine[3]) if normalise_values else machine[3]
    return Tag(raw, f"{namespace}:{predicate}={value}", namespace, predicate, value)


def distinct(raws: Iterable[str], *, normalise_values: bool = True) -> list[Tag]:
    """Give the tags in order, the first one only of those with equal normal form."""
    tags: dict[str, Tag] = {}
    for raw in raws:
        tag = parse(raw, normalise_values=normalise_values)
        if tag:
            tags.setdefault(tag.normal, tag)
    return list(tags.values())
