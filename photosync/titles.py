"""Titles: folder path -> album title, and the way back. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter

from photosync.errors import UsageError
from photosync.naming import name_key

PATH_SEPARATOR = " - "

Folders = tuple[str, ...]
"""The names of the folders that lead from a root to one below it."""

_FIRST_UNESCAPED_BAR = re.compile(r"((?:[^\\|]|\\.)*)\|(.*)", re.DOTALL)
_PLACEHOLDER = re.compile(r"path|0|[1-9][0-9]*")
_NO_SEPARATOR = rf"(?:(?!{re.escape(PATH_SEPARATOR)}).)+"


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
        template = self._choose_template(len(folders))
        numbered = {str(depth): name for depth, name in enumerate(folders)}
        title = _fill(template, {**numbered, "path": PATH_SEPARATOR.join(folders)})
        for rule in (self.extract, self.replace):
            if rule:
                title = rule.apply(title)
        return title.strip()

    def find_folders(
        self, title: str, root_name: str, near: Sequence[str] = ()
    ) -> Iterator[Folders]:
        """Yield the folders that lead to a title, by the names that lead to them from
        the root: those beside the folder `near` first, then the simplest.

        Each was formatted again and has this very title. Expressions have no inverse:
        what they change is found only where `near` shows how. None lead to an empty
        title: the scan takes no such album.
        """
        if not title:
            return
        for folders in dict.fromkeys(self._list_candidates(title, root_name, near)):
            is_whole = "" not in folders
            if is_whole and self._makes_title(folders, root_name, title):
                yield folders

    def _makes_title(self, folders: Folders, root_name: str, title: str) -> bool:
        return name_key(self.make_title(folders, root_name)) == name_key(title)

    def _list_candidates(
        self, title: str, root_name: str, near: Sequence[str]
    ) -> Iterator[Folders]:
        """Yield folders that may lead to a title, the best first."""
        # Of 2019/Italy/Rome: what is in it, then its neighbours 2019/Italy/X, then
        # 2019/X.
        for depth in range(len(near), 0, -1):
            parents = tuple(near[:depth])
            yield from self._invert(title, depth + 1, parents)
            yield parents
            if depth > 1:
                yield from self._exchange_name(title, root_name, parents)
        if near:
            # Whoever has years with albums in them makes another year: 2020/Oslo.
            yield from self._invert(title, len(near), ())
        yield ()
        for depth in self._list_depths(title):
            yield from self._invert(title, depth, ())

    def _list_depths(self, title: str) -> list[int]:
        """Return the depths of the folders that a title may tell of, in order."""
        deepest = len(self.templates)
        fields = _parse_fields(self.templates[-1])
        numbers = [int(field) for field in fields if field.isdecimal()]
        depths = {*range(1, deepest + 1), max(numbers, default=0) + 1}
        if "path" in fields:
            separators = title.count(PATH_SEPARATOR)
            own_separators = self.templates[-1].count(PATH_SEPARATOR)
            depths.add(separators - own_separators + 1)
        return sorted(depth for depth in depths if depth > 0)

    def _invert(self, title: str, depth: int, parents: Folders) -> Iterator[Folders]:
        """Yield the folders of a depth, in these parents, that a template finds in a
        title.
        """
        template = self._choose_template(depth)
        # A Mac spells the parents otherwise than the service spells the title.
        for form in (str, name_key):
            pattern = _make_pattern(template, depth, tuple(map(form, parents)))
            found = pattern.fullmatch(form(title))
            if not found:
                continue
            names = found.groupdict()
            rest = [names.get(_group(number)) for number in range(len(parents), depth)]
            # What the title does not tell of, nobody can guess: {1} has no year.
            if None not in rest:
                yield *parents, *(name for name in rest if name)

    def _exchange_name(
        self, title: str, root_name: str, near: Folders
    ) -> Iterator[Folders]:
        """Yield the folder named as a neighbour is, but for what their titles differ
        in.
        """
        *parents, name = near
        start, found, end = self.make_title(near, root_name).partition(name)
        is_framed = title.startswith(start) and title.endswith(end)
        if found and is_framed:
            yield *parents, title[len(start) : len(title) - len(end)]

    def _choose_template(self, depth: int) -> str:
        return self.templates[min(depth, len(self.templates)) - 1]


def _parse_fields(template: str) -> set[str]:
    """Return the names of the placeholders of a template."""
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def _group(number: int) -> str:
    return f"folder{number}"


@lru_cache(maxsize=256)
def _make_pattern(template: str, depth: int, parents: Folders) -> re.Pattern[str]:
    """Return what matches the titles that a template makes of folders of a depth.

    The names of the folders are its groups, but for those of the known parents.
    """
    pattern = _Pattern(parents)
    for literal, name, _, _ in Formatter().parse(template):
        pattern.add_text(literal)
        if name == "path":
            pattern.add_path(depth)
        elif name is not None and int(name) < depth:
            pattern.add_folder(int(name), ".+?")
    return pattern.compile()


class _Pattern:
    """The expression of a template, while it is being put together."""

    def __init__(self, parents: Folders) -> None:
        self._parents = parents
        self._parts: list[str] = []
        self._numbers: set[int] = set()

    def add_text(self, text: str) -> None:
        # Titles lose the blanks at their ends.
        self._parts.append(re.escape(text if self._parts else text.lstrip()))

    def add_folder(self, number: int, name: str) -> None:
        """Add the name of a folder, which the second time is the same."""
        group = _group(number)
        if number < len(self._parents):
            self.add_text(self._parents[number])
        elif number in self._numbers:
            self._parts.append(f"(?P={group})")
        else:
            self._numbers.add(number)
            self._parts.append(f"(?P<{group}>{name})")

    def add_path(self, depth: int) -> None:
        for number in range(depth - 1):
            # With a separator in them there would be very many ways to divide a title.
            self.add_folder(number, _NO_SEPARATOR)
            self.add_text(PATH_SEPARATOR)
        self.add_folder(depth - 1, ".+")

    def compile(self) -> re.Pattern[str]:
        return re.compile("".join(self._parts) + r"\s*", re.DOTALL)
