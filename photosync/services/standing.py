"""What a service tells of the account that is signed in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Fact(NamedTuple):
    """Something that a service tells of an account: what it is about, and a text."""

    label: str
    text: str


class Standing(NamedTuple):
    """How an account stands at its service: whose it is, and what else is known."""

    account: str
    facts: Sequence[Fact]
