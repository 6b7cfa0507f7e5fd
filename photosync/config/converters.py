"""What the words of an option mean: text -> plain value. Each raises UsageError for what
it cannot be.
"""

from __future__ import annotations

import os
import re

from photosync.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from photosync.model import Timetable

LAST_RUN = "last"
IN_FORCE = "in-force"
ALL_MODES = "all"
"""What `--modes` shows: the mode of `-m`, or the tables of all modes."""
MANY = 10**9
FOLDER_SCOPE = "folder:"
PRIVACIES = ("private", "friends", "family", "friends-and-family", "public")
_SCOPES: Mapping[str, tuple[str, ...]] = {
    "flickr": ("flickr",),
    "drive": ("drive",),
    "both": ("flickr", "drive"),
    "0": ("flickr", "drive"),
    "1": ("flickr",),
    "2": ("drive",),
}
_SERVICE = f"(?i:{'|'.join(_SCOPES)})"
_COMMA = rf",(?={FOLDER_SCOPE}|{_SERVICE}(?:,|$))"
_RIGHT_ONES = f"^(?:{_SERVICE},)+"


def suggest(word: str, known: Iterable[str]) -> str:
    """Return a hint at the nearest known spelling, or nothing."""
    # Only who misspells something pays for the search.
    import difflib  # noqa: PLC0415

    folded = word.casefold()
    by_fold = {name.casefold(): name for name in known}
    # Two letters that changed places: --hmoe is --home, and nearer to --mode all the same.
    same_letters = [name for name in by_fold if sorted(name) == sorted(folded)]
    longer = [name for name in by_fold if folded and name.startswith(folded)]
    alike = difflib.get_close_matches(folded, by_fold, n=1)
    near = [*same_letters, *longer, *alike]
    if not near:
        return ""
    name = by_fold[near[0]]
    return f"; did you mean {name}?"


def choice(text: str, known: Mapping[str, Any]) -> Any:
    """Return the value of one of these words, in any case of letters."""
    folded = text.casefold()
    for name, value in known.items():
        if name.casefold() == folded:
            return value
    allowed = ", ".join(known)
    hint = suggest(text, known)
    raise UsageError(f"{text!r} is not one of {allowed}{hint}")


def one_of(*words: str) -> Callable[[str], str]:
    """Return the converter for one of these words, in any case of letters."""
    known = {word: word for word in words}

    def convert(text: str) -> str:
        return str(choice(text, known))

    return convert


def decimal(low: float, high: float) -> Callable[[str], float]:
    """Return the converter for a number within bounds."""

    def convert(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise UsageError(f"{text!r} is not a number from {low:g} to {high:g}")
        return value

    return convert


_TIMES = r"(\d{1,9}(?:\.\d+)?)([smhd]?)"
_UNITS: Mapping[str, int] = {
    "": 1,
    "s": 1,
    "m": 60,
    "h": 3600,
    "d": 86400,
}
_INSTANT = 0.001
_TEN_YEARS = 3650 * 86400


def duration(text: str) -> float:
    """Return the seconds of a time like `90`, `90s`, `45m`, `2h` or `1h30m`."""
    folded = text.casefold()
    seconds = 0.0
    understood = ""
    for number, unit in re.findall(_TIMES, folded):
        understood += number + unit
        seconds += float(number) * _UNITS[unit]
    # Of "2 hours" only a part is understood. What is longer or shorter than a person
    # means would not be read the same again as a number.
    if understood != folded or not _INSTANT <= seconds <= _TEN_YEARS:
        raise UsageError(f"{text!r} is not a time like 90s, 45m, 2h or 1h30m")
    return seconds


def patience(text: str) -> float:
    """Return the seconds of a time as for `duration`, or 0 for none at all."""
    is_none = re.fullmatch(r"0+(?:\.0+)?[smhd]?", text.casefold())
    return 0.0 if is_none else duration(text)


_CLOCK = r"([01]?\d|2[0-3]):([0-5]\d)"
_RATE = r"(\d{1,9}(?:\.\d+)?)([bkmg]?)"
_RATE_UNITS: Mapping[str, int] = {
    "": 1024,
    "b": 1,
    "k": 1024,
    "m": 1024**2,
    "g": 1024**3,
}
_NO_TIMETABLE = "is not a rate like 2M, or times with rates like '08:00,512K 23:00,off'"


def timetable(text: str) -> Timetable:
    """Return the rates of the day, of `2M` or of `08:00,512K 23:00,off`."""
    rows = text.split()
    if len(rows) == 1 and "," not in text:
        # One rate holds all day, from midnight.
        rate = _read_rate(text, text)
        return ((0, rate),)
    rates: dict[int, float] = {}
    for row in rows:
        time, comma, word = row.partition(",")
        clock = re.fullmatch(_CLOCK, time)
        if not comma or not clock:
            raise UsageError(f"{text!r} {_NO_TIMETABLE}")
        hour = int(clock[1])
        minute = int(clock[2])
        rates[60 * hour + minute] = _read_rate(word, text)
    if not rates:
        raise UsageError(f"{text!r} {_NO_TIMETABLE}")
    return tuple(sorted(rates.items()))


def _read_rate(rate: str, text: str) -> float:
    """Return bytes a second, 0 for `off`; a bare number means KiB, as for rclone."""
    folded = rate.casefold()
    if folded == "off":
        return 0.0
    found = re.fullmatch(_RATE, folded)
    value = 0.0
    if found:
        unit = _RATE_UNITS[found[2]]
        value = unit * float(found[1])
    # A rate of 0 is as likely to mean "without limit" as "off": the person shall say.
    if not value:
        raise UsageError(f"{text!r} {_NO_TIMETABLE}")
    return value


def whole(low: int, high: int) -> Callable[[str], int]:
    """Return the converter for a whole number within bounds."""

    def convert(text: str) -> int:
        # As a float first: to read very many digits as a whole number is refused.
        if not text.isdecimal() or not low <= float(text) <= high:
            raise UsageError(f"{text!r} is not a whole number from {low} to {high}")
        return int(text)

    return convert


def expression(text: str) -> str:
    """Return a regular expression that can be used."""
    if not text:
        # Who writes --exclude '' wants to leave out nothing, and would leave out all.
        raise UsageError(f"{text!r} matches every folder; '(?!)' matches none")
    try:
        re.compile(text)
    except re.error as error:
        # A pattern for file names, as of rsync or a shell.
        hint = f"; -s {text!r} leaves such files out" if text.startswith("*") else ""
        raise UsageError(
            f"{text!r} is not a usable expression: {error}{hint}"
        ) from error
    return text


def path(text: str) -> str:
    """Return a path, with a leading ~ resolved."""
    if not text:
        raise UsageError(f"{text!r} is not a path")
    return os.path.expanduser(text)  # noqa: PTH111 - Path would drop a trailing slash or dot


def report_file(text: str) -> str:
    """Return the path of a report, whose ending says what it is to be."""
    if not text.endswith((".html", ".json")):
        raise UsageError(f"{text!r} must end in .html or .json")
    return path(text)


def name_given(text: str) -> str:
    """Return a name that is not blank, and that a service can be asked for."""
    if not text.strip():
        raise UsageError("an empty name is no name")
    from photosync.naming import is_utf8  # noqa: PLC0415 - help converts nothing

    if not is_utf8(text):
        raise UsageError(f"{text!r} is not valid UTF-8")
    return text


def address(text: str) -> str:
    """Return an address of HTTP without a slash at its end."""
    if not re.fullmatch(r"https?://[^\s/]+(/[^\s]*)?", text):
        raise UsageError(f"{text!r} is not an address like https://www.googleapis.com")
    return text.rstrip("/")


def scope(text: str) -> str:
    """Return the places that a word of the scope names, joined by commas."""
    places: list[str] = []
    for word in re.split(_COMMA, text):
        places += _read_places(word, text)
    return ",".join(places)


def split_scope(words: Iterable[str]) -> tuple[str, ...]:
    """Return the places that the words of a scope name, each once."""
    places: list[str] = []
    for word in words:
        places += re.split(_COMMA, word)
    return tuple(dict.fromkeys(places))


def _read_places(word: str, text: str) -> tuple[str, ...]:
    """Return the places of a word of the scope; `text` is what was given."""
    if word.startswith(FOLDER_SCOPE) and word != FOLDER_SCOPE:
        folder = path(word.removeprefix(FOLDER_SCOPE))
        return (FOLDER_SCOPE + folder,)
    folded = word.casefold()
    if folded in _SCOPES:
        return _SCOPES[folded]
    # Of `flickr,dropbox` the second is wrong.
    wrong = re.sub(_RIGHT_ONES, "", word)
    if text and not wrong.strip(","):
        raise UsageError(f"{text!r} has a comma too many")
    allowed = ", ".join(_SCOPES)
    hint = _suggest_place(wrong)
    raise UsageError(f"{wrong!r} is not one of {allowed}, folder:PATH{hint}")


DRIVES = frozenset({"drive", "google", "gdrive", "googledrive", "google-drive"})
"""What people and rclone call Google Drive."""


def _suggest_place(word: str) -> str:
    """Return a hint at the place that was meant, or nothing."""
    # That is what rclone and people call it.
    if word.casefold().rstrip(":") in DRIVES:
        return "; did you mean drive?"
    is_path = word.startswith("~") or "/" in word.partition(":")[0]
    if is_path or os.path.isdir(word):  # noqa: PTH112 - --help needs no pathlib
        return f"; did you mean {FOLDER_SCOPE}{word}?"
    return suggest(word, _SCOPES)


DUE = "due"
"""What `--verify` alone reads again."""


def share(text: str) -> float:
    """Return a percentage; 0 stands for what is due."""
    if text in {DUE, "0", "0.0"}:
        return 0.0
    try:
        return decimal(0.001, 100)(text.removesuffix("%"))
    except UsageError as error:
        raise UsageError(f"{text!r} is not a percentage from 0.001% to 100%") from error


def undone(text: str) -> int | str:
    """Return what is to be undone: the number of a run, a day, the path of a photo or an
    album, or the word for the last run.
    """
    # No photo is called -1 by somebody who means it.
    if re.fullmatch(r"-?\d+", text):
        return whole(1, MANY)(text)
    return day(text) if is_day(text) else path(text)


def is_day(text: str) -> bool:
    """Whether this is a day, as `day` returns it. An album of that name ends in `/`."""
    return re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None


def day(text: str) -> str:
    """Return a day of the calendar, as YYYY-MM-DD."""
    from datetime import date  # noqa: PLC0415 - --help does without

    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise UsageError(f"{text!r} is not a day like 2024-01-31") from None
