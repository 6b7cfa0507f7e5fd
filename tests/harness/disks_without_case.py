"""Disks of other systems, mounted from a file where that is allowed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

_BYTES = 16 * 2**20
_KINDS = {
    "vfat": (["mkfs.vfat"], ["mount", "-t", "vfat", "-o", "iocharset=utf8"]),
    "exfat": (["mkfs.exfat"], ["mount", "-t", "exfat"]),
    "exfat-fuse": (["mkfs.exfat"], ["mount.exfat-fuse"]),
}


@contextmanager
def mount_without_case(folder: Path) -> Iterator[None]:
    """A disk as in cameras and USB sticks at this folder: it does not tell case apart,
    and refuses `:`.

    Skips the test where none can be mounted.
    """
    if os.geteuid() != 0:
        pytest.skip("only root may mount a disk")
    image = folder.with_name(f"{folder.name}.img")
    device = _attach(image)
    try:
        if not any(_try(kind, device, folder) for kind in _KINDS):
            pytest.skip("no disk without case can be mounted here")
        yield
    finally:
        _run("umount", "-l", str(folder))
        _run("losetup", "-d", device)
        image.unlink()


def _attach(image: Path) -> str:
    """The block device of a new file of zeros."""
    image.touch()
    os.truncate(image, _BYTES)
    found = _run("losetup", "-f", "--show", str(image))
    if found is None:
        pytest.skip("there are no loop devices here")
    return found.strip()


def _try(kind: str, device: str, folder: Path) -> bool:
    make, mount = _KINDS[kind]
    if _run(*make, device) is None:
        return False
    return _run(*mount, device, str(folder)) is not None


def _run(*command: str) -> str | None:
    """What a command says; None where it is not there or fails."""
    if shutil.which(command[0]) is None:
        return None
    words: Sequence[str] = command
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else None
