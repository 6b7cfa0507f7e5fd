"""A share at a folder, mounted for a test."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from harness import mute_share


@contextmanager
def mounted_share(folder: Path, user: int = 0) -> Iterator[subprocess.Popen[bytes]]:
    """A share that answers until the first file of it was shown; to another user than the
    one it belongs to it is closed.
    """
    folder.mkdir()
    with subprocess.Popen(
        [sys.executable, mute_share.__file__, str(folder), str(user)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as share:
        assert share.stdout
        if share.stdout.readline() != b"mounted\n":
            pytest.skip("no share can be mounted here")
        try:
            yield share
        finally:
            # With its other end all who wait for it are told that it is gone.
            share.kill()
            subprocess.run(["umount", "-l", str(folder)], check=True)
