"""Names of files are text in UTF-8; with an old locale Python takes them for another."""

from __future__ import annotations

import sys

from photosync.errors import UsageError


def reads_utf8() -> bool:
    """Whether Python reads names of files as what they are."""
    return sys.getfilesystemencoding() == "utf-8"


def check_encoding() -> None:
    """Raise UsageError where names mean something else: `Zoë.jpg` would be `ZoÃ«.jpg`,
    and on each service a photo that somebody renamed.
    """
    if not reads_utf8():
        raise UsageError(
            f"Python reads names of files as {sys.getfilesystemencoding()} here, not as "
            "UTF-8; set PYTHONUTF8=1 before it starts"
        )
