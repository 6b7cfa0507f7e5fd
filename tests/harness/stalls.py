"""States in which a run hears nothing, and how to tell that it is in them."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 60.0
"""Seconds until a state must have been reached, on a machine that is busy."""


def wait_until(
    process: subprocess.Popen[bytes], is_reached: Callable[[], bool]
) -> None:
    """Wait for a state of a process that must not end before."""
    until = time.monotonic() + PATIENCE
    while not is_reached():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until, "the state was never reached"
        time.sleep(0.01)


def is_read_by_a_child(process: subprocess.Popen[bytes], path: Path) -> bool:
    """Whether a child of a process has a file open."""
    threads = Path(f"/proc/{process.pid}/task").glob("*/children")
    children = " ".join(thread.read_text() for thread in threads)
    for child in children.split():
        for link in Path(f"/proc/{child}/fd").glob("*"):
            # The child may have ended meanwhile.
            if link.is_symlink() and os.path.realpath(link) == str(path):
                return True
    return False
