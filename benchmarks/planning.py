"""Plan for one album on two disks of which one lost all of it.

    python benchmarks/planning.py [PHOTOS]

Prints the seconds of planning, and how many steps came of it; 10,000 photos are to take
less than 3 s. The files are small and lie in a temporary folder.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from photosync.config.settings import Home, Settings
from photosync.model import Limit, Side
from photosync.sync.photosync import PhotoSync

WHEN = 1_700_000_000
DISKS = ("one", "two")


def make_photos(top: Path, photos: int) -> None:
    """The library and its two copies, all equal."""
    for place in ("photos", *DISKS):
        album = top / place / "Rome"
        album.mkdir(parents=True)
        for number in range(photos):
            path = album / f"{number:06}.jpg"
            path.write_bytes(b"photo %d" % number)
            os.utime(path, (WHEN, WHEN))


def make_settings(top: Path) -> Settings:
    (top / "home").mkdir()
    return Settings(
        Home(top / "home", top / "home"),
        roots=(str(top / "photos"),),
        scope=tuple(f"folder:{top / disk}" for disk in DISKS),
        mode="sync",
        allow_delete=frozenset(Side),
        max_delete=Limit(percent=100),
        accept=("remote-shrank",),
    )


def main() -> None:
    photos = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        make_photos(top, photos)
        settings = make_settings(top)
        with PhotoSync.open(settings) as sync:
            list(sync.run(sync.plan()))
        for path in (top / DISKS[0] / "Rome").iterdir():
            path.unlink()
        with PhotoSync.open(settings) as sync:
            began = time.perf_counter()
            steps = len(sync.plan().steps)
            took = time.perf_counter() - began
    print(f"{photos} photos: {steps} steps planned in {took:.2f} s")


if __name__ == "__main__":
    main()
