"""Standard streams that were closed before the start, as `2>&-` and some daemons do."""

from __future__ import annotations

import os


def fill_closed_streams() -> None:
    """Let what was closed lead nowhere.

    Else the next file that is opened takes its place: what a library complains of on
    standard error would be written into a photo.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # The lowest number that is free is given.
            os.open(os.devnull, os.O_RDWR)
