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
        expression, replacement = parts.groups()
        try:
            pattern = re.compile(expression)
            # A replacement with \3 for want of a third group fails here, not in a run.
            pattern.sub(replacement, "")
        except (re.error, IndexError) as error:
            raise UsageError(f"{text!r} is not a usable expression: {error}") from error
        return cls(pattern, replacement)

    def apply(self, text: str) -> str:
        return self.pattern.sub(self.replacement, text)


def _check_field(
    template: str, name: str, spec: str | None, conversion: str | None
) -> None:
    is_known = _PLACEHOLDER.fullmatch(name)
    if is_known and not spec and not conversion:
        return
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
        templates += _split_template(argument)
    return tuple(templates)


def _split_template(text: str) -> list[str]:
    formatter = Formatter()
    try:
        parts = list(formatter.parse(text))
    except ValueError as error:
        raise UsageError(f"{text!r} is not a usable template: {error}") from error
    templates: list[str] = []
    current = ""
    follows_placeholder = False
    for literal, name, spec, conversion in parts:
        if name is None:
            # What stands behind the last placeholder.
            current += _escape_braces(literal)
            follows_placeholder = False
            continue
        _check_field(text, name, spec, conversion)
        if follows_placeholder and literal == "":
            templates.append(current)
            current = ""
        current += _escape_braces(literal)
        current += "{" + name + "}"
        follows_placeholder = True
    templates.append(current)
    return templates


def _escape_braces(text: str) -> str:
    text = text.replace("{", "{{")
    return text.replace("}", "}}")


def _fill(template: str, fields: Mapping[str, str]) -> str:
    """Fill the placeholders of a template; one deeper than the path is empty."""
    filled = ""
    for literal, name, _, _ in Formatter().parse(template):
        filled += literal
        if name:
            filled += fields.get(name, "")
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
            return self._name_root_album(root_name)
        fields = {"path": PATH_SEPARATOR.join(folders)}
        for depth, name in enumerate(folders):
            fields[str(depth)] = name
        template = self._choose_template(len(folders))
        title = _fill(template, fields)
        if self.extract:
            title = self.extract.apply(title)
        if self.replace:
            title = self.replace.apply(title)
        return title.strip()

    def _name_root_album(self, root_name: str) -> str:
        title = self.root_album or root_name
        # The person may have given nothing but blanks.
        return title.strip() or root_name

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
        candidates = self._list_candidates(title, root_name, near)
        for folders in dict.fromkeys(candidates):
            # No folder has an empty name.
            if "" in folders:
                continue
            if self._makes_title(folders, root_name, title):
                yield folders

    def _makes_title(self, folders: Folders, root_name: str, title: str) -> bool:
        made = self.make_title(folders, root_name)
        return name_key(made) == name_key(title)

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
        last = self.templates[-1]
        fields = _parse_fields(last)
        numbers = [int(field) for field in fields if field.isdecimal()]
        most_templates = len(self.templates)
        depths = set(range(1, most_templates + 1))
        # {0} tells of one folder, {2} of three.
        deepest = max(numbers, default=0)
        depths.add(deepest + 1)
        if "path" in fields:
            separators = title.count(PATH_SEPARATOR)
            own_separators = last.count(PATH_SEPARATOR)
            depths.add(separators - own_separators + 1)
        return sorted(depth for depth in depths if depth > 0)

    def _invert(self, title: str, depth: int, parents: Folders) -> Iterator[Folders]:
        """Yield the folders of a depth, in these parents, that a template finds in a
        title.
        """
        template = self._choose_template(depth)
        # A Mac spells the parents otherwise than the service spells the title.
        for form in (str, name_key):
            known = tuple(form(name) for name in parents)
            pattern = _make_pattern(template, depth, known)
            found = pattern.fullmatch(form(title))
            if not found:
                continue
            names = found.groupdict()
            groups = [_group(number) for number in range(len(parents), depth)]
            # What the title does not tell of, nobody can guess: {1} has no year.
            if all(group in names for group in groups):
                rest = tuple(names[group] for group in groups)
                yield parents + rest

    def _exchange_name(
        self, title: str, root_name: str, near: Folders
    ) -> Iterator[Folders]:
        """Yield the folder named as a neighbour is, but for what their titles differ
        in.
        """
        parents = near[:-1]
        name = near[-1]
        own_title = self.make_title(near, root_name)
        start, found, end = own_title.partition(name)
        if not found:
            return
        if title.startswith(start) and title.endswith(end):
            stop = len(title) - len(end)
            yield (*parents, title[len(start) : stop])

    def _choose_template(self, depth: int) -> str:
        deepest = len(self.templates)
        number = min(depth, deepest)
        return self.templates[number - 1]


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
        if name is None:
            continue
        if name == "path":
            pattern.add_path(depth)
            continue
        number = int(name)
        # A placeholder deeper than the folders stands for nothing.
        if number < depth:
            pattern.add_folder(number, ".+?")
    return pattern.compile()


class _Pattern:
    """The expression of a template, while it is being put together."""

    def __init__(self, parents: Folders) -> None:
        self._parents = parents
        self._parts: list[str] = []
        self._numbers: set[int] = set()

    def add_text(self, text: str) -> None:
        if not self._parts:
            # Titles lose the blanks at their ends.
            text = text.lstrip()
        self._parts.append(re.escape(text))

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
        expression = "".join(self._parts)
        return re.compile(expression + r"\s*", re.DOTALL)
