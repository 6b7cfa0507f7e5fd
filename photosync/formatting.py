"""Names, sizes and columns as a person reads them on a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

_NAMES = (
    "access_token|refresh_token|id_token|oauth_[a-z_]+|client_secret|api_key|api_secret|"
    "api_sig|upload_id|code_verifier"
)
_LONGEST_PATH = 22
_WORD = re.compile(" *[^ ]+(?: -(?= ))?")
"""A word with the blanks before it. The dash of `2015 - Trip` stays with the year: a line
that begins with it looks like something deleted.
"""

_JOINERS = "\u200c\u200d"
_SECRET = re.compile(
    # In an address, a form, or a dictionary that somebody printed.
    rf"(?P<name>(?:{_NAMES})['\"]?\s*[=:]\s*b?['\"]?|(?:Bearer|OAuth)\s+)[^\s'\"&,;]+",
    re.IGNORECASE,
)


_LOCAL = "local"
"""The value of Side.LOCAL: --help is there without the model."""

_FOLDER = "folder:"
_SERVICES: Mapping[str, str] = {
    "drive": "Drive",
    "flickr": "Flickr",
    # Memory knows a disk by its id, not by where it was plugged in.
    "folder": "another disk",
}


def name_service(service: str) -> str:
    """Return what a person calls a service: `Drive`, or the path of a folder."""
    if service == _LOCAL:
        return "here"
    path = service.removeprefix(_FOLDER)
    return _SERVICES.get(service, path)


def is_folder(service: str) -> bool:
    """Whether a service is a folder that is copied to."""
    return service.startswith(_FOLDER)


def say_of(service: str, text: str) -> str:
    """Return a text with the name of its service before it, unless it begins so."""
    # "Drive: Drive is out of order" says it twice.
    name = name_service(service)
    is_named = text.startswith((f"{name} ", f"{name}: "))
    return text if is_named else f"{name}: {text}"


def locate_side(service: str) -> str:
    """Return where something is, as a sentence ends: `here`, or `on Drive`."""
    name = name_service(service)
    return name if service == _LOCAL else f"on {name}"


def hide_secrets(text: str) -> str:
    """Return a text without the values of tokens and keys that stand in it."""
    return _SECRET.sub(r"\g<name>...", text)


def printable(text: str) -> str:
    """Return a name as one line that does nothing to a terminal.

    Control characters are spelled out: a file name may hold a line break, or the codes
    that clear a screen. What joins the parts of an emoji or of a Persian word stays.
    """
    if text.isprintable():
        return text
    return "".join(map(_spell_out, text))


def _spell_out(character: str) -> str:
    is_harmless = character.isprintable() or character in _JOINERS
    return character if is_harmless else ascii(character)[1:-1]


def count_nouns(count: int, noun: str) -> str:
    """Return a number of things for people: `1 photo`, `1,200 photos`."""
    nouns = noun if count == 1 else f"{noun}s"
    return f"{count:,} {nouns}"


def name_some(names: Sequence[str], total: int) -> str:
    """Return the first names of so many in all: `a.jpg, b.jpg and 3 more`."""
    shown = ", ".join(names)
    more = total - len(names)
    if more <= 0:
        return shown
    return f"{shown} and {more:,} more"


def format_size(count: float) -> str:
    """Return a number of bytes for people: `512 B`, `1.5 MB`."""
    if count < 1000:
        return f"{count:.0f} B"
    count /= 1000
    for unit in ("kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def format_duration(seconds: float) -> str:
    """Return a duration for people: `12 s`, `3 min 12 s`, `2 h 5 min`."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min"


def measure(text: str) -> int:
    """Return how many columns of a terminal a text takes: a letter of Japanese and an
    emoji take two, an accent of its own none.
    """
    if text.isascii():
        return len(text)
    # Only who has such names pays for the table of all letters.
    from unicodedata import category, east_asian_width  # noqa: PLC0415

    columns = 0
    for letter in text:
        if category(letter) in {"Mn", "Me", "Cf"}:
            continue
        columns += 2 if east_asian_width(letter) in {"W", "F"} else 1
    return columns


def pad(text: str, columns: int, *, left: bool = True) -> str:
    """Return a text with blanks up to so many columns, itself to the left or right."""
    blanks = " " * (columns - measure(text))
    return f"{text}{blanks}" if left else f"{blanks}{text}"


def shorten(text: str, room: int) -> str:
    """Return a text in so many columns, without its middle if it is longer."""
    if measure(text) <= room:
        return text
    # Albums of one trip or year differ at the end of their names.
    end = (room - 3) // 2
    first = _cut(text, room - 3 - end)
    last = _cut(text[::-1], end)[::-1]
    return f"{first}...{last}"


def _cut(text: str, room: int) -> str:
    """Return what of a text fits into so many columns."""
    room = max(0, room)
    while measure(text[:room]) > room:
        text = text[: min(room, len(text)) - 1]
    return text[:room]


def shorten_path(name: str, room: int = _LONGEST_PATH) -> str:
    """Return the end of the path of a folder, which tells it from others."""
    if measure(name) <= room:
        return name
    end = _cut(name[::-1], room - 3)[::-1]
    return f"...{end}"


def align_titles(
    titles: Sequence[str], rows: Sequence[Sequence[str]], *, width: int, least: int
) -> Iterator[str]:
    """Yield rows of words as columns, each after its title, which is shortened where it
    would not fit in `width`, though never below `least`.
    """
    ends = list(align_columns(rows, left=True))
    widest = max(map(measure, ends))
    room = max(least, width - 2 - widest)
    shown = [shorten(title, room) for title in titles]
    longest = max(map(measure, shown))
    for title, end in zip(shown, ends, strict=True):
        yield f"{pad(title, longest)}  {end}"


def wrap_line(line: str, width: int) -> Iterator[str]:
    """Yield a line in pieces that fit, each but the first a little further in."""
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    piece = ""
    for word in _WORD.findall(line):
        if piece and measure(piece + word) > width:
            yield piece
            piece = indent + word.lstrip()
        else:
            piece += word
    yield piece


def align_columns(
    rows: Sequence[Sequence[str]], *, left: bool = False
) -> Iterator[str]:
    """Yield rows of text as columns: the first to the left, the others to the right.

    `left`: all of them to the left, which is for words rather than for numbers.
    """
    columns = zip(*rows, strict=True)
    widths = [max(map(measure, column)) for column in columns]
    for row in rows:
        cells = [pad(row[0], widths[0])]
        for cell, width in zip(row[1:], widths[1:], strict=True):
            cells.append(pad(cell, width, left=left))
        yield "  ".join(cells).rstrip()
