"""Disks that come and go, where we may mount any."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_SMALLEST_BTRFS = 128 * 1024 * 1024


def mount(place: Path, size: str = "1m") -> None:
    """Mount an empty disk at a place; the test is skipped where we may not."""
    argv = ["mount", "-t", "tmpfs", "-o", f"size={size}", "photosync-test", str(place)]
    is_allowed = os.geteuid() == 0
    if (
        not is_allowed
        or subprocess.run(argv, check=False, capture_output=True).returncode
    ):
        pytest.skip("no disk can be mounted here")


def unmount(place: Path) -> None:
    """Take a disk away, even one with files held open on it."""
    subprocess.run(["umount", "-l", str(place)], check=True)


@contextmanager
def mounted(place: Path, size: str = "1m") -> Iterator[Path]:
    """A disk mounted at a place for the time of the block, unless it goes earlier."""
    mount(place, size)
    try:
        yield place
    finally:
        if place.is_mount():
            unmount(place)


@contextmanager
def bound(folder: Path, place: Path) -> Iterator[Path]:
    """A folder that has a second name at a place for the time of the block, as in a
    container.
    """
    place.mkdir()
    argv = ["mount", "--bind", str(folder), str(place)]
    if (
        os.geteuid() != 0
        or subprocess.run(argv, check=False, capture_output=True).returncode
    ):
        pytest.skip("no folder can be mounted a second time here")
    try:
        yield place
    finally:
        unmount(place)


@contextmanager
def mounted_btrfs(place: Path) -> Iterator[Path]:
    """A disk with Btrfs, as in most NAS, mounted at a place for the time of the block."""
    make, image = shutil.which("mkfs.btrfs"), place.with_name(f"{place.name}.image")
    if os.geteuid() != 0 or not make:
        pytest.skip("no disk with Btrfs can be made here")
    with image.open("wb") as file:
        file.truncate(_SMALLEST_BTRFS)
    subprocess.run([make, "-q", str(image)], check=True, capture_output=True)
    argv = ["mount", "-o", "loop", str(image), str(place)]
    if subprocess.run(argv, check=False, capture_output=True).returncode:
        pytest.skip("no disk with Btrfs can be mounted here")
    try:
        yield place
    finally:
        unmount(place)


@contextmanager
def broken(file: Path) -> Iterator[None]:
    """A file whose name is listed while all that is asked about it fails, as on a disk
    with bad sectors.
    """
    if os.geteuid() != 0 or not Path("/dev/fuse").exists():
        pytest.skip("no file system of our own can be mounted here")
    # A file system whose server has died, mounted on this one file.
    server = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={server},rootmode=100000,user_id=0,group_id=0"
    libc = ctypes.CDLL(None)
    failed = libc.mount(b"broken", os.fsencode(file), b"fuse", 0, options.encode())
    os.close(server)
    if failed:
        pytest.skip("no file system of our own can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(file)], check=True)
