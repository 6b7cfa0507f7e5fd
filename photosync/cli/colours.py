"""The marks of what is done, in colour where a person sees them.

All pages are plain text. They are painted when they are said, and so lines are broken
and columns aligned by what is seen of them.
"""

from __future__ import annotations

import os
import re
from typing import TextIO

from photosync.cli.terminal import is_dumb, is_tty

_GREEN, _YELLOW, _RED = "32", "33", "31"
# The plain blue of many terminals cannot be read on black.
_BLUE = "1;34"
_COLOURS = {"+": _GREEN, "~": _BLUE, ">": _BLUE, "-": _RED, "!": _YELLOW}

# What begins a line or a column: the dash of `2015 - Trip` is no mark.
_MARK = re.compile(r"(?:^|(?<=  ))[-+~>!](?= )")


def takes_colour(stream: TextIO) -> bool:
    """Whether a stream is a terminal that shows colours, to a person who wants them
    (https://no-color.org).
    """
    return is_tty(stream) and not is_dumb() and not os.environ.get("NO_COLOR")


def paint(line: str) -> str:
    """Return a line whose marks are in colour, as a terminal is told it."""
    return _MARK.sub(_paint_mark, line)


def _paint_mark(mark: re.Match[str]) -> str:
    return f"\x1b[{_COLOURS[mark[0]]}m{mark[0]}\x1b[0m"
