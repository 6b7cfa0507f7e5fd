"""How wide the terminal is, and whether it can do more than print."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

_DUMB = frozenset({"dumb", "unknown"})
_USUAL = 80
_LEAST = 20
"""In fewer no line can be broken between words."""


def find_columns() -> int:
    """Return how many columns the terminal has, or COLUMNS says; 80 where nobody knows,
    and never less than 20.

    As `shutil.get_terminal_size`, whose module loads three compressors for `--help`.
    """
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return max(_LEAST, int(told))
    try:
        size = os.get_terminal_size()
    except OSError:
        # A pipe, or an output that was closed before the start.
        return _USUAL
    # Some terminals over a serial line tell 0.
    return max(_LEAST, size.columns or _USUAL)


def is_tty(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal; one that was closed is none."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def is_dumb() -> bool:
    """Whether the terminal only prints, as the console of an editor does."""
    return os.environ.get("TERM", "") in _DUMB
