"""The search language of ``files.list``, read into a tree."""

import re
from dataclasses import dataclass
from typing import TypeAlias

from photosync.emulators.drive import times
from photosync.emulators.drive.errors import ApiError, invalid_value


@dataclass(frozen=True)
class Comparison:
    """A field compared with a text, a truth value or a time in milliseconds."""

    field: str
    operator: str
    value: str | int


@dataclass(frozen=True)
class Membership:
    """``'value' in collection``."""

    value: str
    collection: str


@dataclass(frozen=True)
class Property:
    """``collection has { key='key' and value='value' }``."""

    collection: str
    key: str
    value: str


@dataclass(frozen=True)
class Negation:
    part: "Node"


@dataclass(frozen=True)
class Junction:
    """Parts joined by ``and`` or ``or``."""

    word: str
    parts: tuple["Node", ...]


Node: TypeAlias = Comparison | Membership | Property | Negation | Junction

_TEXT_OPERATORS = frozenset({"=", "!=", "contains"})
_EQUALITY = frozenset({"=", "!="})
_ORDER = frozenset({"=", "!=", "<", "<=", ">", ">="})

OPERATORS = {
    "name": _TEXT_OPERATORS,
    "mimeType": _TEXT_OPERATORS,
    "fullText": frozenset({"contains"}),
    "shortcutDetails.targetId": _EQUALITY,
    "trashed": _EQUALITY,
    "starred": _EQUALITY,
    "sharedWithMe": _EQUALITY,
    "createdTime": _ORDER,
    "modifiedTime": _ORDER,
    "viewedByMeTime": _ORDER,
}
_TRUTH_VALUES = {"true": 1, "false": 0}
TRUTHS = frozenset({"trashed", "starred", "sharedWithMe"})
TIMES = frozenset({"createdTime", "modifiedTime", "viewedByMeTime"})
COLLECTIONS = frozenset({"parents", "owners", "writers", "readers"})
PROPERTIES = frozenset({"properties", "appProperties"})

_TOKEN = re.compile(
    r"\s*('(?:[^'\\]|\\['\\])*'|[A-Za-z][A-Za-z.]*|<=|>=|!=|[=<>(){}])\s*"
)
_ESCAPE = re.compile(r"\\(['\\])")


def parse(text: str, max_terms: int) -> Node:
    """Read a search; raise ApiError 400 for a malformed one or one of too many
    terms.
    """
    parser = _Parser(text)
    node = parser.whole()
    if parser.terms > max_terms:
        raise ApiError(400, "invalid", "The query is too complex.", "q")
    return node


def members(node: Node, collection: str) -> list[str]:
    """Give the values of the ``in`` terms over one collection."""
    if isinstance(node, Junction):
        return [value for part in node.parts for value in members(part, collection)]
    if isinstance(node, Negation):
        return members(node.part, collection)
    if isinstance(node, Membership) and node.collection == collection:
        return [node.value]
    return []


def uses_full_text(node: Node) -> bool:
    if isinstance(node, Junction):
        return any(uses_full_text(part) for part in node.parts)
    if isinstance(node, Negation):
        return uses_full_text(node.part)
    return isinstance(node, Comparison) and node.field == "fullText"


class _Parser:
    def __init__(self, text: str) -> None:
        self.terms = 0
        self._tokens = _split(text)
        self._at = 0

    def whole(self) -> Node:
        node = self._junction("or")
        if self._at != len(self._tokens):
            raise invalid_value("q")
        return node

    def _junction(self, word: str) -> Node:
        parts = [self._operand(word)]
        while self._accept(word):
            parts.append(self._operand(word))
        return parts[0] if len(parts) == 1 else Junction(word, tuple(parts))

    def _operand(self, word: str) -> Node:
        return self._junction("and") if word == "or" else self._unary()

    def _unary(self) -> Node:
        if self._accept("not"):
            return Negation(self._unary())
        if self._accept("("):
            node = self._junction("or")
            self._expect(")")
            return node
        self.terms += 1
        return self._term()

    def _term(self) -> Node:
        first = self._next()
        if first.startswith("'"):
            return self._membership(_unquote(first))
        if first in PROPERTIES:
            return self._property(first)
        operator = self._next()
        if operator not in OPERATORS.get(first, ()):
            raise invalid_value("q")
        return Comparison(first, operator, _operand_of(first, self._next()))

    def _membership(self, value: str) -> Node:
        self._expect("in")
        collection = self._next()
        if collection not in COLLECTIONS:
            raise invalid_value("q")
        return Membership(value, collection)

    def _property(self, collection: str) -> Node:
        for token in ("has", "{", "key", "="):
            self._expect(token)
        key = _unquote(self._next())
        for token in ("and", "value", "="):
            self._expect(token)
        value = _unquote(self._next())
        self._expect("}")
        return Property(collection, key, value)

    def _next(self) -> str:
        if self._at == len(self._tokens):
            raise invalid_value("q")
        self._at += 1
        return self._tokens[self._at - 1]

    def _accept(self, token: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] == token:
            self._at += 1
            return True
        return False

    def _expect(self, token: str) -> None:
        if not self._accept(token):
            raise invalid_value("q")


def _split(text: str) -> list[str]:
    tokens, position = [], 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if not match:
            raise invalid_value("q")
        tokens.append(match[1])
        position = match.end()
    return tokens


def _unquote(token: str) -> str:
    if not token.startswith("'"):
        raise invalid_value("q")
    return _ESCAPE.sub(r"\1", token[1:-1])


def _operand_of(field: str, word: str) -> str | int:
    if field in TRUTHS:
        if word not in _TRUTH_VALUES:
            raise invalid_value("q")
        return _TRUTH_VALUES[word]
    text = _unquote(word)
    if field not in TIMES:
        return text
    try:
        return times.read_loosely(text)
    except ValueError:
        raise invalid_value("q") from None
