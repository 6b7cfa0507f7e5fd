"""Lines for a person and for the log: whatever stands in them, each stays one line and
does nothing to a terminal.
"""

from __future__ import annotations

import logging
import sys
from copy import copy
from typing import Any, TextIO

from photosync.formatting import printable


def say(line: str, stream: TextIO | None = None) -> None:
    """Print one line, whatever characters it has and the stream can hold."""
    # A name of a file, or what a service says, may hold a line break, or the codes that
    # clear a screen.
    line = printable(line)
    stream = stream or sys.stdout
    encoding = stream.encoding or "utf-8"
    print(line.encode(encoding, "backslashreplace").decode(encoding), file=stream)


def complain(line: str) -> None:
    """Print one line to standard error, after what was said so far."""
    sys.stdout.flush()
    say(line, sys.stderr)


class LogFormatter(logging.Formatter):
    """One line per event, and its traceback indented below it."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Write an event, whatever another handler made of its traceback before."""
        own = copy(record)
        own.exc_text = None
        return super().format(own)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        """Write the line of an event."""
        # A photo named "a\n2026-01-01 INFO all is well" must not make a line of its own.
        return printable(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802
        """Write a traceback; an error in it may quote what a service said."""
        lines = super().formatException(ei).split("\n")
        return "\n".join(f"    {printable(line)}" for line in lines)
