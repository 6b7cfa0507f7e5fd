"""No file of ours takes the place of a stream that was closed."""

from __future__ import annotations

import subprocess
import sys

import pytest

_OPEN_ONE = """
import os
from photosync.cli.closed_streams import fill_closed_streams
fill_closed_streams()
raise SystemExit(os.open("/dev/zero", os.O_RDONLY))
"""


@pytest.mark.parametrize("closed", ["", "2>&-", "<&- >&- 2>&-"])
def test_the_next_file_is_none_of_the_three(closed: str) -> None:
    line = f'"$0" -c "$1" {closed}'
    words = ["sh", "-c", line, sys.executable, _OPEN_ONE]
    assert subprocess.run(words, check=False).returncode == 3
