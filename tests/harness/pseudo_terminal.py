"""A pseudo-terminal whose every word is read."""

from __future__ import annotations

import os
import pty
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_LAST = b"\0\0"
"""What no program writes: the end of what is read."""


class PseudoTerminal:
    """A terminal for a program: `theirs` is its end, a file descriptor. What the program
    writes is read as it comes, so that it never waits.

    Linux may drop what nobody has read yet when the last holder closes that end. So it
    is held here too, until all of it was read.
    """

    def __init__(self) -> None:
        self._ours, self.theirs = pty.openpty()
        self._shown = bytearray()
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def see(self) -> str:
        """Return what was shown so far, the echo of what was typed included."""
        return self._shown.decode(errors="replace").replace("\r\n", "\n")

    def wait_for(self, pattern: str, seconds: float = 60) -> re.Match[str]:
        """Wait until what was shown matches."""
        with self._changed:
            found = self._changed.wait_for(
                lambda: re.search(pattern, self.see()), timeout=seconds
            )
        assert found, f"{pattern!r} does not come: {self.see()}"
        return found

    def take(self, data: bytes) -> None:
        """Take what a program wrote, as `see` shows it."""
        self._shown += data

    def close(self) -> None:
        """Read all that was written before now. Nobody may write any longer."""
        os.write(self.theirs, _LAST)
        self._reader.join()
        os.close(self.theirs)
        os.close(self._ours)

    def _read(self) -> None:
        unread = b""
        while not unread.endswith(_LAST):
            data = os.read(self._ours, 65536)
            # The last words may come in two parts.
            unread = unread[-1:] + data
            with self._changed:
                self.take(data.removesuffix(_LAST).removesuffix(_LAST[:1]))
                self._changed.notify_all()


@contextmanager
def pseudo_terminal() -> Iterator[PseudoTerminal]:
    """A terminal that is closed, and read to its end, after the block."""
    terminal = PseudoTerminal()
    try:
        yield terminal
    finally:
        terminal.close()
