"""The search tree as a condition on the table of files."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from photosync.emulators.drive.database import Value
from photosync.emulators.drive.query import (
    Comparison,
    Junction,
    Membership,
    Negation,
    Node,
)
from photosync.emulators.drive.query import Property as PropertyTerm
from photosync.emulators.drive.resource import OWNER, SOMEONE


@dataclass(frozen=True)
class Condition:
    """A piece of SQL for a WHERE clause with the values of its question marks."""

    sql: str
    values: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Place:
    """Where a search happens: whose account, for which client, and what `root` means
    there.
    """

    account: str
    client: str
    aliases: Mapping[str, str]


_SHARED_DIRECTLY = (
    "(NOT owned AND instr(extras, '\"driveId\"') = 0 AND coalesce("
    "(SELECT above.owned FROM files AS above WHERE above.id = files.parent), 1))"
)
_COLUMNS = {
    "createdTime": "created",
    "fullText": "folded",
    "mimeType": "mime",
    "modifiedTime": "modified",
    "name": "folded",
    "sharedWithMe": _SHARED_DIRECTLY,
    "shortcutDetails.targetId": "target",
    "starred": "starred",
    "trashed": "trashed",
    "viewedByMeTime": "viewed",
}
_FOLDED = frozenset({"name", "fullText"})


def has_word_starting(text: str, start: str) -> bool:
    """Tell whether `start` begins at a word of `text`, as ``name contains`` means
    it.
    """
    return re.search(r"(?:^|[\W_])" + re.escape(start), text) is not None


def condition(node: Node, place: Place) -> Condition:
    return _COMPILERS[type(node)](node, place)


def _comparison(node: Comparison, _place: Place) -> Condition:
    column = _COLUMNS[node.field]
    value = (
        node.value.casefold()
        if isinstance(node.value, str) and node.field in _FOLDED
        else (node.value)
    )
    if node.operator != "contains":
        return Condition(f"({column} {node.operator} ?)", (value,))
    if column == "mime":
        return Condition("(instr(mime, ?) > 0)", (value,))
    return Condition("has_word_starting(folded, ?)", (value,))


def _membership(node: Membership, place: Place) -> Condition:
    if node.collection == "parents":
        return Condition("(parent = ?)", (place.aliases.get(node.value, node.value),))
    mine = node.value in {"me", place.account}
    if mine or node.collection != "owners":
        return Condition("owned" if mine else "(NOT owned)")
    owner = f"(NOT owned AND coalesce(json_extract(extras, '$.{OWNER}'), ?) = ?)"
    return Condition(owner, (SOMEONE, node.value))


def _property(node: PropertyTerm, place: Place) -> Condition:
    column, root = "properties", "$"
    if node.collection == "appProperties":
        column, root = "app_properties", f'$."{place.client}"'
    sql = (
        f"({column} IS NOT NULL AND EXISTS (SELECT 1 FROM json_each({column}, ?) "  # noqa: S608
        "AS pair WHERE pair.key = ? AND pair.value = ?))"
    )
    return Condition(sql, (root, node.key, node.value))


def _negation(node: Negation, place: Place) -> Condition:
    part = condition(node.part, place)
    return Condition(f"(NOT coalesce({part.sql}, 0))", part.values)


def _junction(node: Junction, place: Place) -> Condition:
    parts = [condition(part, place) for part in node.parts]
    sql = f" {node.word.upper()} ".join(part.sql for part in parts)
    return Condition(
        f"({sql})", tuple(value for part in parts for value in part.values)
    )


_COMPILERS: dict[type, Callable[[Any, Place], Condition]] = {
    Comparison: _comparison,
    Membership: _membership,
    PropertyTerm: _property,
    Negation: _negation,
    Junction: _junction,
}
