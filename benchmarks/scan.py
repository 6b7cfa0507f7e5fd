"""Scan and compare 100,000 photos with their copies in a folder, nothing to do, against
`find`.

    python benchmarks/scan.py [PHOTOS]

Prints both times (the best of three, after one warm-up each), their ratio and the peak
memory of photosync; then what the date of one large picture costs. The libraries are
made of empty files with equal times in a temporary folder.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

from photosync.media import find_moment

ALBUMS = 400
WHEN = 1_700_000_000


def make_library(root: Path, photos: int, separator: str) -> None:
    """Albums of three depths; the copy has them flat, as the default naming makes
    them.
    """
    per_album = photos // ALBUMS
    for album in range(ALBUMS):
        names = [f"{2000 + album % 20}", f"trip {album:03}", "day 1"][: 1 + album % 3]
        if len(names) == 1:
            names = [f"album {album:03}"]
        folder = root / separator.join(names)
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(per_album):
            path = folder / f"IMG_{album:03}_{number:05}.jpg"
            path.touch()
            os.utime(path, (WHEN, WHEN))


def best_of(command: list[str], runs: int = 3) -> float:
    """Seconds of the quickest run, after one that is not counted."""
    times = []
    for _ in range(runs + 1):
        begin = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - begin)
    return min(times[1:])


def main() -> None:
    photos = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as work:
        local, remote = Path(work, "A"), Path(work, "B")
        make_library(local, photos, "/")
        make_library(remote, photos, " - ")
        find = best_of(["find", str(local), str(remote), "-printf", "%s %T@ %p\n"])
        command = [sys.executable, "-m", "photosync", "--home", f"{work}/home"]
        command += ["-d", str(local), "-p", f"folder:{remote}", "-m", "sync"]
        ours = best_of(command)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(
            subprocess.run(
                command, check=True, capture_output=True, text=True
            ).stdout.rstrip()
        )
    print(
        f"find {find:.2f} s   photosync {ours:.2f} s   ratio {ours / find:.2f} (budget 4)"
    )
    print(f"peak memory {peak:.0f} MiB (budget 160)")
    measure_dates()


def measure_dates(times: int = 50) -> None:
    """Print what it costs to learn when one picture of 60 MB was taken."""
    block = Image.Exif()
    block.get_ifd(0x8769)[36867] = "2012:03:04 05:06:07"
    with tempfile.TemporaryDirectory() as work:
        for ending in ("jpg", "png", "webp", "tif", "avif"):
            path = Path(work, f"a.{ending}")
            Image.new("RGB", (64, 48)).save(path, exif=block.tobytes())
            os.truncate(path, 60_000_000)
            find_moment(str(path), 0)
            bytes_before = count_bytes_read()
            begin = time.perf_counter()
            for _ in range(times):
                find_moment(str(path), 0)
            milliseconds = 1000 * (time.perf_counter() - begin) / times
            size = (count_bytes_read() - bytes_before) // times
            print(f"date of a .{ending}: {size} bytes read, {milliseconds:.2f} ms")


def count_bytes_read() -> int:
    """Return the bytes that this process has read, as Linux counts them."""
    return int(Path("/proc/self/io").read_text().split()[1])


if __name__ == "__main__":
    main()
