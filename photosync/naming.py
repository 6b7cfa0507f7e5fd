"""Names: folder path -> album title, name -> file name and back, and when two names are
one. Pure.

Titles and names are compared by `name_key`, their Unicode NFC form; what is stored is
never changed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter

from photosync.errors import Rejected, UsageError

PATH_SEPARATOR = " - "
TRASH = ".photosync-trash"
PART_PREFIX = ".photosync-part-"

_FIRST_UNESCAPED_BAR = re.compile(r"((?:[^\\|]|\\.)*)\|(.*)", re.DOTALL)
_DEVICE = re.compile(r"(?:CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(?:\.|$)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f/]")
_IMPOSSIBLE = re.compile(r"[\x00/]")
# Only what we write ourselves is an escape: a control character or `/` anywhere, a name
# that is all dots, the first letter of a device name; and the `%` of what only looks
# like one of these. `My%20photo.jpg`, `%25.jpg` and `%41.jpg` stay as they are.
_CODES = r"(?:[01][0-9A-F]|7F|2F)"
_DEVICE_CODES = (
    r"(?:[46]3(?i:ON|OM[0-9])|[57]0(?i:RN)|[46]1(?i:UX)|[46]E(?i:UL)|[46]C(?i:PT[0-9]))"
)
_FIRST_CODES = rf"(?:2E\.?\Z|{_DEVICE_CODES}(?:\.|\Z))"
_LOOKS_ESCAPED = re.compile(
    rf"%(?=(?:25)*{_CODES})|^%(?=(?:25)*(?:{_FIRST_CODES}|25\Z))"
)
_ESCAPED = re.compile(rf"(?:{_LOOKS_ESCAPED.pattern})([0-9A-F]{{2}})")
# Stands for no name at all: `%` alone is no escape, so no other name is written as
# this.
_EMPTY = "%25"
_PLACEHOLDER = re.compile(r"path|0|[1-9][0-9]*")


def name_key(name: str) -> str:
    """Return the form in which names and titles are compared: Unicode NFC.

    A Mac writes "é" as two characters, most others as one.
    """
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def check_utf8(service: str, *names: str) -> None:
    """Raise Rejected for a name that is no valid UTF-8, which this service demands."""
    for name in names:
        try:
            name.encode()
        except UnicodeEncodeError:
            # An old disk holds names in Latin-1; Python reads them as half characters.
            raise Rejected(
                f"{service} takes no name that is not valid UTF-8; rename it"
            ) from None


PhotoKey = tuple[str, str]
"""The comparison keys of an album's title and of a photo's name."""


def photo_key(album: str, name: str) -> PhotoKey:
    """Return where a photo is, in a form that can be compared."""
    return name_key(album), name_key(name)


STAND_IN = ".largest.jpg"
"""Ends the name of a picture that stands in for a withheld original."""


def stand_in(name: str) -> str:
    """Return the name for the best picture to be had of a withheld original.

    It is never taken for the original: the scan hides the original's name instead.
    """
    return name + STAND_IN


def _escape(text: str) -> str:
    """Write each byte of a text as `%XX`."""
    return "".join(f"%{byte:02X}" for byte in text.encode())


def posix_file_name(name: str) -> str:
    """Return the file name for a name that came from another disk.

    Only what is impossible on a disk is escaped.
    """
    if name in {"", ".", ".."}:
        return _escape(name[:1]) + name[1:] or _EMPTY
    escaped = _LOOKS_ESCAPED.sub("%25", name)
    return _IMPOSSIBLE.sub(lambda found: _escape(found[0]), escaped)


def safe_file_name(name: str) -> str:
    """Return the file name for a name or title typed on a service.

    It can never leave its folder: separators, control characters, `.`, `..` and the
    device names of Windows (`CON`) become `%XX`; `name_of_file` turns them back.
    """
    file = _CONTROL.sub(lambda found: _escape(found[0]), posix_file_name(name))
    return _escape(file[0]) + file[1:] if _DEVICE.match(file) else file


def name_of_file(file: str) -> str:
    """Return the name that `safe_file_name` or `posix_file_name` wrote so."""
    if "%" not in file:
        return file
    if file == _EMPTY:
        return ""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), file)


@dataclass(frozen=True, slots=True)
class Substitution:
    """One `RE|REPL` rule; the replacement may use the groups of the expression."""

    pattern: re.Pattern[str]
    replacement: str

    @classmethod
    def parse(cls, text: str) -> Substitution:
        """Split at the first unescaped `|`.

        Raises UsageError for a missing `|`, a bad expression or a reference to no
        group.
        """
        parts = _FIRST_UNESCAPED_BAR.fullmatch(text)
        if not parts:
            raise UsageError(f"{text!r} needs the form 'EXPRESSION|REPLACEMENT'")
        try:
            pattern = re.compile(parts[1])
            pattern.sub(parts[2], "")
        except (re.error, IndexError) as error:
            raise UsageError(f"{text!r} is not a usable expression: {error}") from error
        return cls(pattern, parts[2])

    def apply(self, text: str) -> str:
        return self.pattern.sub(self.replacement, text)


def _check_field(
    template: str, name: str, spec: str | None, conversion: str | None
) -> None:
    if spec or conversion or not _PLACEHOLDER.fullmatch(name):
        raise UsageError(
            f"{template!r} has the placeholder {{{name}}}; use {{0}}, {{1}}, ... or {{path}}"
        )


def parse_templates(arguments: Sequence[str]) -> tuple[str, ...]:
    """Check the templates and split where one placeholder directly follows another.

    `{0}{1}-{0}` is the list `{0}` `{1}-{0}`: the older notation of such lists has no
    blanks. Raises UsageError for a placeholder that is neither a number nor `path`.
    """
    templates: list[str] = []
    for argument in arguments:
        try:
            parts = list(Formatter().parse(argument))
        except ValueError as error:
            raise UsageError(
                f"{argument!r} is not a usable template: {error}"
            ) from error
        current, follows_placeholder = "", False
        for literal, name, spec, conversion in parts:
            if name is not None:
                _check_field(argument, name, spec, conversion)
            if follows_placeholder and not literal and name is not None:
                templates.append(current)
                current = ""
            escaped = literal.replace("{", "{{").replace("}", "}}")
            current += escaped + (f"{{{name}}}" if name is not None else "")
            follows_placeholder = name is not None
        templates.append(current)
    return tuple(templates)


def _fill(template: str, fields: Mapping[str, str]) -> str:
    """Fill the placeholders of a template; one deeper than the path is empty."""
    filled = ""
    for literal, name, _, _ in Formatter().parse(template):
        filled += literal + fields.get(name or "", "")
    return filled


@dataclass(frozen=True, slots=True)
class NamingRules:
    """How the folders below a root become an album title.

    `templates` holds one template per depth, the last serving all deeper folders.
    `root_album` names the album of photos lying directly in a root; None means the
    root's own name.
    """

    templates: tuple[str, ...] = ("{path}",)
    extract: Substitution | None = None
    replace: Substitution | None = None
    root_album: str | None = None

    def make_title(self, folders: Sequence[str], root_name: str) -> str:
        """Return the album title for folder names counted from the root.

        Empty if the rules leave none.
        """
        if not folders:
            return (self.root_album or root_name).strip() or root_name
        template = self.templates[min(len(folders), len(self.templates)) - 1]
        numbered = {str(depth): name for depth, name in enumerate(folders)}
        title = _fill(template, {**numbered, "path": PATH_SEPARATOR.join(folders)})
        for rule in (self.extract, self.replace):
            if rule:
                title = rule.apply(title)
        return title.strip()

    def find_folders(self, title: str, root_name: str) -> Iterator[tuple[str, ...]]:
        """Yield the folders that lead to a title, the simplest first, by the names that
        lead to them from the root.

        None do to an empty title: the scan takes no such album.
        """
        if not title:
            return
        # The root itself, a folder of that name, one folder in another.
        nested = tuple(title.split(PATH_SEPARATOR))
        for folders in dict.fromkeys(((), (title,), nested)):
            if name_key(self.make_title(folders, root_name)) == name_key(title):
                yield folders
