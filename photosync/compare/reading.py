"""How much of a side has been read, for the live display."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Reading(NamedTuple):
    """How many albums of a side have been read, and how many of the photos that are
    `due` to be read again have been `verified`.
    """

    albums: int = 0
    verified: int = 0
    due: int = 0


OnRead = Callable[[str, Reading], None]
"""Called with the name of a side, again and again while it is read."""


def ignore_reading(_place: str, _reading: Reading) -> None:
    """Tell nobody."""
