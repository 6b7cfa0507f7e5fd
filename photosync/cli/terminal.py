"""How wide the terminal is."""

from __future__ import annotations

import os

_USUAL = 80


def find_columns() -> int:
    """Return how many columns the terminal has, or COLUMNS says; 80 where nobody knows.

    As `shutil.get_terminal_size`, whose module loads three compressors for `--help`.
    """
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return int(told)
    try:
        size = os.get_terminal_size()
    except OSError:
        # A pipe, or an output that was closed before the start.
        return _USUAL
    # Some terminals over a serial line tell 0.
    return size.columns or _USUAL
