"""Field masks: which parts of an answer a caller wants."""

import re
from typing import Any, TypeAlias

from photosync.emulators.drive.errors import invalid_parameter

# An empty mask stands for everything below.
Mask: TypeAlias = "dict[str, Mask]"

_TOKEN = re.compile(r"\s*([A-Za-z0-9_.\-]+|[*,/()])\s*")


def parse(text: str) -> Mask:
    """Read ``a,b/c,d(e,f),*``; raise ApiError 400 for anything else."""
    return _Parser(text).mask_to_end()


def resolve(mask: Mask, schema: Mask, path: str = "") -> Mask:
    """Check a mask against the known fields and open its stars; raise ApiError 400."""
    if "*" in schema:
        return mask
    for name in mask.keys() - {"*"}:
        if name not in schema or (mask[name] and not schema[name]):
            raise _invalid(path + name)
    if mask.get("*"):
        raise _invalid(path + "*")
    if "*" in mask:
        return {}
    return {
        name: resolve(below, schema[name], f"{path}{name}/")
        for name, below in mask.items()
    }


def prune(value: Any, mask: Mask) -> Any:
    """Give the parts of a value that a resolved mask asks for."""
    if not mask:
        return value
    if isinstance(value, list):
        return [prune(item, mask) for item in value]
    return {
        name: prune(below, mask[name]) for name, below in value.items() if name in mask
    }


def _invalid(selection: str) -> Exception:
    return invalid_parameter("fields", f"Invalid field selection {selection}")


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = self._split(text)
        self._at = 0

    def mask_to_end(self) -> Mask:
        mask = self._mask()
        if self._at != len(self._tokens):
            raise _invalid(self._text)
        return mask

    def _split(self, text: str) -> list[str]:
        tokens, position = [], 0
        while position < len(text):
            match = _TOKEN.match(text, position)
            if not match:
                raise _invalid(text)
            tokens.append(match[1])
            position = match.end()
        return tokens

    def _mask(self) -> Mask:
        mask: Mask = {}
        while True:
            name, below = self._item()
            mask[name] = _union(mask[name], below) if name in mask else below
            if not self._accept(","):
                return mask

    def _item(self) -> tuple[str, Mask]:
        name = self._name()
        if self._accept("/"):
            below_name, below = self._item()
            return name, {below_name: below}
        if not self._accept("("):
            return name, {}
        mask = self._mask()
        if not self._accept(")"):
            raise _invalid(self._text)
        return name, mask

    def _name(self) -> str:
        if self._at == len(self._tokens) or self._tokens[self._at] in {
            ",",
            "/",
            "(",
            ")",
        }:
            raise _invalid(self._text)
        self._at += 1
        return self._tokens[self._at - 1]

    def _accept(self, token: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] == token:
            self._at += 1
            return True
        return False


def _union(one: Mask, other: Mask) -> Mask:
    if not one or not other:
        return {}
    both = one.keys() & other.keys()
    return one | other | {name: _union(one[name], other[name]) for name in both}
