"""How much memory all workers together may take for pictures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from typing import Final

MEMORY: Final = 2**30
"""Bytes for all pictures that are open at one time: what a small NAS can spare."""


class MemoryBound:
    """Room for pictures that are open at one time, in all workers together.

    What needs more than there is gets all of it, and so is worked on alone.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._free = most
        self._change = Condition()
        self._is_closed = False

    @contextmanager
    def take(self, size: int) -> Iterator[None]:
        """Wait until there is room for so many bytes, and hold it."""
        wanted = min(size, self._most)
        with self._change:
            self._change.wait_for(lambda: self._is_closed or self._free >= wanted)
            self._free -= wanted
        try:
            yield
        finally:
            with self._change:
                self._free += wanted
                self._change.notify_all()

    def close(self) -> None:
        """Let nobody wait any longer."""
        with self._change:
            self._is_closed = True
            self._change.notify_all()
