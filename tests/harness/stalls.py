"""States in which a run hears nothing, and how to tell that it is in them."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
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
    # Threads and children end and files are closed while they are looked at.
    with suppress(OSError):
        threads = Path(f"/proc/{process.pid}/task").glob("*/children")
        children = " ".join(thread.read_text() for thread in threads)
        return any(str(path) in list_open(child) for child in children.split())
    return False


def list_open(process: str) -> list[str]:
    """The paths of the files that a process has open."""
    paths: list[str] = []
    for link in Path(f"/proc/{process}/fd").iterdir():
        with suppress(OSError):
            paths.append(os.readlink(link))  # noqa: PTH115 - a pipe is no path
    return paths
