"""Names: folder path -> album title, name -> file name and back, and when two names are one. Pure.

Titles and names are compared by `key`, their Unicode NFC form; what is stored is never changed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import Formatter

from photosync.errors import UsageError

PATH_SEPARATOR = " - "

_FIRST_UNESCAPED_BAR = re.compile(r"((?:[^\\|]|\\.)*)\|(.*)", re.DOTALL)
_DEVICE = re.compile(r"(?:CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(?:\.|$)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f/]")
_IMPOSSIBLE = re.compile(r"[\x00/]")
# Only what we write ourselves is an escape: control characters, `/` and `%` anywhere, a dot or
# the first letter of a device name at the start. `My%20photo.jpg` stays as it is.
_CODES = r"[01][0-9A-F]|7F|2F|25"
_FIRST_CODES = r"2E|4[13CE]|50|6[13CE]|70"
_LOOKS_ESCAPED = re.compile(rf"%(?={_CODES})|^%(?={_FIRST_CODES})")
_ESCAPED = re.compile(rf"%({_CODES})|^%({_FIRST_CODES})")
_EMPTY = "%00"


def key(name: str) -> str:
    """The form in which names and titles are compared: Unicode NFC."""
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def _escape(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def posix_file_name(name: str) -> str:
    """The file name for a name that came from another disk: only the impossible is escaped."""
    if name in {"", ".", ".."}:
        return _escape(name[:1]) + name[1:] or _EMPTY
    escaped = _LOOKS_ESCAPED.sub("%25", name)
    return _IMPOSSIBLE.sub(lambda found: _escape(found[0]), escaped)


def safe_file_name(name: str) -> str:
    """The file name for a name or title typed on a service: it can never leave its folder.

    Separators, control characters, `.`, `..` and the device names of Windows (`CON`) become
    `%XX`; `name_of_file` turns them back.
    """
    file = _CONTROL.sub(lambda found: _escape(found[0]), posix_file_name(name))
    return _escape(file[0]) + file[1:] if _DEVICE.match(file) else file


def name_of_file(file: str) -> str:
    """The name that `safe_file_name` or `posix_file_name` wrote as this file name."""
    if "%" not in file:
        return file
    name = _ESCAPED.sub(lambda found: chr(int(found[1] or found[2], 16)), file)
    name = "" if file == _EMPTY else name
    return name if file in {safe_file_name(name), posix_file_name(name)} else file


@dataclass(frozen=True, slots=True)
class Substitution:
    """One `RE|REPL` rule; the replacement may use the groups of the expression."""

    pattern: re.Pattern[str]
    replacement: str

    @classmethod
    def parse(cls, text: str) -> Substitution:
        """Split at the first unescaped `|`.

        Raises UsageError for a missing `|`, a bad expression or a reference to no group.
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


def _check_field(template: str, name: str, spec: str | None, conversion: str | None) -> None:
    if spec or conversion or not (name == "path" or name.isdecimal()):
        raise UsageError(
            f"{template!r} has the placeholder {{{name}}}; use {{0}}, {{1}}, ... or {{path}}"
        )


def parse_templates(arguments: Sequence[str]) -> tuple[str, ...]:
    """Check the templates and split where one placeholder directly follows another.

    `{0}{1}-{0}` is the list `{0}` `{1}-{0}`: the older notation of such lists has no blanks.
    Raises UsageError for a placeholder that is neither a number nor `path`.
    """
    templates: list[str] = []
    for argument in arguments:
        try:
            parts = list(Formatter().parse(argument))
        except ValueError as error:
            raise UsageError(f"{argument!r} is not a usable template: {error}") from error
        current = ""
        for literal, name, spec, conversion in parts:
            if name is not None:
                _check_field(argument, name, spec, conversion)
            if current.endswith("}") and not literal and name is not None:
                templates.append(current)
                current = ""
            escaped = literal.replace("{", "{{").replace("}", "}}")
            current += escaped + (f"{{{name}}}" if name is not None else "")
        templates.append(current)
    return tuple(templates)


class _Folders(dict[str, str]):
    """Placeholders by name; one deeper than the path is empty."""

    def __missing__(self, name: str) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class NamingRules:
    """How the folders below a root become an album title.

    `templates` holds one template per depth, the last serving all deeper folders. `root_album`
    names the album of photos lying directly in a root; None means the root's own name.
    """

    templates: tuple[str, ...] = ("{path}",)
    extract: Substitution | None = None
    replace: Substitution | None = None
    root_album: str | None = None

    def title(self, folders: Sequence[str], root_name: str) -> str:
        """The album title for folder names counted from the root; empty if the rules leave none."""
        if not folders:
            return self.root_album or root_name
        template = self.templates[min(len(folders), len(self.templates)) - 1]
        numbered = {str(depth): name for depth, name in enumerate(folders)}
        fields = _Folders(numbered, path=PATH_SEPARATOR.join(folders))
        title = (
            Formatter().vformat(template, (), fields) if template != "{path}" else fields["path"]
        )
        for rule in (self.extract, self.replace):
            title = rule.apply(title) if rule else title
        return title.strip()

    def folders_for(self, title: str, root_name: str) -> Iterator[tuple[str, ...]]:
        """Folder names, counted from the root, that lead to this title: the simplest first."""
        for folders in ((), (safe_file_name(title),), tuple(title.split(PATH_SEPARATOR))):
            names = [name_of_file(folder) for folder in folders]
            if key(self.title(names, root_name)) == key(title):
                yield folders
