"""How far a side is read, for whoever watches."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Reading(NamedTuple):
    """How much of a side was read: its albums, and of the photos that are `due` to be
    read again the `verified` ones.
    """

    albums: int = 0
    verified: int = 0
    due: int = 0


OnRead = Callable[[str, Reading], None]
"""Is told of a side as it is read."""


def ignore_reading(_place: str, _reading: Reading) -> None:
    """Tell nobody."""
