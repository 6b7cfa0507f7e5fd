"""What nobody foresaw, wherever in the command: one line for the person, and the whole
of it for the log.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from photosync.cli.output import complain
from photosync.errors import UsageError
from photosync.unforeseen import describe_unforeseen, note_unforeseen

_EXIT_CODE = 1


@contextmanager
def log_to(path: str | None) -> Iterator[None]:
    """Write what happens to a file, or nowhere; raises UsageError for an unusable one.

    Nothing goes to the terminal: what a person should see is printed, not logged. Of
    what libraries warn, as that a Python grows old, nobody wants a mail each night.
    """
    logger = logging.getLogger("photosync")
    level = logger.level
    # No line is made up that nobody reads: without a file, only a program around us may.
    is_read = bool(path or logger.handlers)
    logger.setLevel(logging.DEBUG if is_read else logging.CRITICAL + 1)
    logger.propagate = False
    loggers = (logger, logging.getLogger())
    handler: logging.Handler = logging.NullHandler()
    if path:
        # Most runs do without a log that rotates.
        from photosync.cli.log import open_log  # noqa: PLC0415

        handler = open_log(path)
    for one in loggers:
        one.addHandler(handler)
    logging.captureWarnings(True)
    try:
        yield
    finally:
        logging.captureWarnings(False)
        logger.setLevel(level)
        for one in loggers:
            one.removeHandler(handler)
        handler.close()


def explain_unforeseen(error: Exception) -> int:
    """Say what nobody foresaw, and return the exit code; the log gets its traceback."""
    said = str(note_unforeseen("the command", error))
    # The lines of --json are known only once a command was understood.
    from photosync.cli.events import report_error  # noqa: PLC0415

    report_error(said)
    complain(f"photosync: {said}")
    return _EXIT_CODE


def explain_early(error: Exception, log: str | None) -> int:
    """Say the same of what went wrong before the settings were known, or their log."""
    with suppress(UsageError), log_to(log):
        note_unforeseen("the beginning of the command", error)
    complain(f"photosync: {describe_unforeseen(error)}")
    return _EXIT_CODE
