"""What a cron job with an old locale makes of names of files."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper

from photosync.disk.encoding import reads_utf8


def ensure_utf8() -> None:
    """Begin anew in the UTF-8 mode of Python where it reads names of files otherwise.

    What is printed stays as the locale wants it; what it has no letters for is spelled
    out.
    """
    if reads_utf8():
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        return
    import locale  # noqa: PLC0415 - hardly anybody needs it

    os.environ.setdefault("PYTHONIOENCODING", locale.getencoding())
    words = (sys.executable, "-X", "utf8", *sys.orig_argv[1:])
    os.execv(sys.executable, words)  # noqa: S606 - the very same command
