"""Copies from folder to folder, beside rclone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.libraries import make_library, make_noise
from benchmarks.rclone import copy_folder
from benchmarks.rows import Row, Sizes
from benchmarks.served import Peer, photosync

MEGABYTE = 1_000_000


def measure_folder(top: Path, sizes: Sizes) -> Iterator[Row]:
    """Photos of 1 MB into an empty folder, all of them on the disk at the end."""
    photos, transfers = sizes.folder_photos, sizes.folder_transfers
    library = make_library(
        top / "library", photos, sizes.albums, partial(make_noise, MEGABYTE)
    )
    peers: list[Peer] = []
    for durably in (False, True):
        # What is still to be written would be in the way of who comes first. And what
        # was copied stays: for half a minute ext4 goes slowly around deleted files.
        os.sync()
        target = top / f"copy by rclone {len(peers)}"
        peers += copy_folder(library, target, transfers, durably=durably)
    os.sync()
    (top / "copy").mkdir()
    argv = ["-d", str(library), "-p", f"folder:{top / 'copy'}", "-m", "upload"]
    run = photosync(top / "home", *argv, "--transfers", str(transfers))
    yield Row("folder", photos, run, peers=tuple(peers))
