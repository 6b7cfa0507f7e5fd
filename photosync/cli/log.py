"""The log of `--log`: each run from its command to its end, a line for each event."""

from __future__ import annotations

import logging
import os
import re
import sys
from copy import copy
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from threading import Thread
from typing import Any

from photosync.cli.output import note_lost_log
from photosync.disk.named import is_stream, open_to_write, read_beginning
from photosync.disk.silence import asking, is_silent, is_watch
from photosync.errors import UsageError
from photosync.formatting import hide_secrets, printable

_MOST_BYTES = 5_000_000
_HEAD = 4096
_PATIENCE_SECONDS = 1.0
"""A disk that answers has written a line by then."""

_OWN = re.compile(rb"\0*(\d{4}-\d\d-\d\d |\Z)")
"""How a log of ours begins. Where the power failed, zeros may stand in the place of what
the disk had not yet.
"""
_DATA = re.compile(rb".*\0|(\xef\xbb\xbf)?\s*[<{]", re.DOTALL)
"""What is no log of any program: a photo or a memory, a sidecar or a plan."""


def open_log(path: str) -> logging.Handler:
    """Return the handler that writes the log; raises UsageError where nothing can."""
    try:
        with asking(path):
            _check_is_log(path)
            handler = LogFile(
                path,
                # As root it would move /dev/stderr itself away, which leads to a file.
                maxBytes=0 if is_stream(Path(path)) else _MOST_BYTES,
                backupCount=3,
                encoding="utf-8",
                # A name from a disk in another encoding is logged all the same.
                errors="backslashreplace",
            )
    except OSError as error:
        raise UsageError(
            f"--log: {path} cannot be written ({error.strerror})"
        ) from error
    handler.setFormatter(LogFormatter())
    return handler


def _check_is_log(path: str) -> None:
    """Raise UsageError for a photo, or a sidecar: lines at its end would spoil it."""
    head = read_beginning(Path(path), _HEAD)
    if _DATA.match(head) and not _OWN.match(head):
        raise UsageError(f"--log: {path} is there and is no log; name another file")


class LogFile(RotatingFileHandler):
    """A log that rotates; where its disk is full, the work goes on without it."""

    def _open(self) -> TextIOWrapper:
        """Open the log, which may be a pipe; raises OSError where nobody reads it."""
        handle = open_to_write(
            self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT
        )
        return open(handle, "a", encoding=self.encoding, errors=self.errors)  # noqa: PTH123

    def filter(self, record: logging.LogRecord) -> bool:
        """Leave out what is logged while the disk gives no answer: whoever tells of that
        must not wait for it, too.
        """
        return not is_silent(self.baseFilename) and bool(super().filter(record))

    def handle(self, record: logging.LogRecord) -> bool:
        """Write a line, of a thread that tells of disks in a thread beside it: the log may
        lie on the very share whose server is gone, and nobody would look any more.
        """
        if not is_watch():
            return bool(super().handle(record))
        writing = Thread(target=super().handle, args=(record,), daemon=True)
        writing.start()
        writing.join(_PATIENCE_SECONDS)
        return True

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line; it is told if the disk gives no answer."""
        with asking(self.baseFilename):
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802
        """Note that the log is not whole, in place of a traceback for each line."""
        note_lost_log(sys.exception())

    def close(self) -> None:
        """Close the file; what it still holds may not fit the disk."""
        try:
            with asking(self.baseFilename):
                super().close()
        except OSError as error:
            note_lost_log(error)


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
        line = hide_secrets(super().formatMessage(record))
        return printable(line)

    def formatException(self, ei: Any) -> str:  # noqa: N802
        """Write a traceback; an error in it may quote what a service said."""
        text = hide_secrets(super().formatException(ei))
        lines = [f"    {printable(line)}" for line in text.split("\n")]
        return "\n".join(lines)
