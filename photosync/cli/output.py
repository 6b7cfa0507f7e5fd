"""Print lines for a person, whatever a terminal or a file can hold."""

from __future__ import annotations

import sys
from typing import TextIO


def say(line: str, stream: TextIO | None = None) -> None:
    """Print one line, whatever characters the stream can hold."""
    stream = stream or sys.stdout
    encoding = stream.encoding or "utf-8"
    print(line.encode(encoding, "backslashreplace").decode(encoding), file=stream)


def complain(line: str) -> None:
    """Print one line to standard error, after what was said so far."""
    sys.stdout.flush()
    say(line, sys.stderr)
