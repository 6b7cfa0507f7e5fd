"""Large files: one to Drive and back over a bad line, and a video to Flickr.

    python -m benchmarks.large [--mib N] [--video-mib N]

A file of N MiB (300) goes up with ten cuts and comes down with ten more; a video of N
MiB (500) goes to Flickr. Prints the bytes that were moved, whether they are the same at
the end, and the peak memory (budget 120 MiB), which must not grow with the file.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.served import (
    Run,
    Served,
    find_url,
    make_drive,
    make_flickr,
    photosync,
    serve,
    sign_in_drive,
    sign_in_flickr,
    take_calls,
)
from photosync.emulators.drive import DriveEmulator, Fault
from photosync.emulators.flickr import FlickrEmulator
from photosync.emulators.traffic import FaultKind

MIB = 1024 * 1024
CUTS = 10
CUT: tuple[FaultKind, ...] = ("cut_before", "cut_midway", "cut_after")
BUDGET = 120
VIDEO_HEAD = b"\0\0\0\x18ftypisom"


def cut_uploads(drive: DriveEmulator) -> None:
    # After each cut a chunk or two pass.
    faults = (Fault("upload.chunk", CUT[n % 3], after=2 * n) for n in range(CUTS))
    drive.plan(*faults)


def cut_downloads(drive: DriveEmulator) -> None:
    drive.traffic.clear_faults()
    drive.plan(Fault("files.download", "truncate", times=CUTS))


def take_moved(method: str, drive: DriveEmulator) -> tuple[int, int]:
    """Return the bytes moved by a method, and how many cuts did not happen."""
    moved = drive.traffic.received[method] + drive.traffic.sent[method]
    return moved, len(drive.traffic.pending)


def find_md5(name: str, drive: DriveEmulator) -> str:
    (stored,) = drive.web.named(name)
    return str(stored["md5Checksum"])


def list_videos(flickr: FlickrEmulator) -> list[dict[str, Any]]:
    return [each for each in flickr.web.everything() if each["media"] == "video"]


def md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


def make_large(path: Path, mib: int) -> str:
    """A file of random bytes, and its MD5."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for _ in range(mib):
            file.write(os.urandom(MIB))
    return md5(path)


def show(title: str, run: Run, method: str, drive: Served[DriveEmulator]) -> None:
    moved, left = drive.ask(partial(take_moved, method))
    print(f"{title}, {CUTS} cuts, {left} left over: {run}, {moved / MIB:.0f} MiB moved")
    print(f"  calls {drive.ask(take_calls)}")


def move_file(top: Path, mib: int) -> None:
    """Send a file to Drive and fetch it again, over a line that is cut."""
    path = top / "photos" / "album" / "large.jpg"
    digest = make_large(path, mib)
    # A root that lost its only photo would be taken for a disk that is away.
    path.with_name("small.jpg").write_bytes(b"small")
    argv = ("-d", str(top / "photos"), "-p", "drive", "-m")
    with serve(make_drive, top / "drive") as drive:
        url = drive.ask(find_url)
        drive.ask(partial(sign_in_drive, top / "home"))
        drive.ask(cut_uploads)
        run = photosync(top / "home", *argv, "upload", drive=url)
        show(f"{mib} MiB up", run, "upload.chunk", drive)
        path.rename(path.with_suffix(".sent"))
        drive.ask(cut_downloads)
        run = photosync(top / "home", *argv, "download", drive=url)
        show(f"{mib} MiB down", run, "files.download", drive)
        stored = drive.ask(partial(find_md5, path.name))
    right = stored == digest == md5(path)
    print(f"md5 {'right' if right else 'WRONG'} on both sides")


def send_video(top: Path, mib: int) -> None:
    """Send a video to Flickr, which takes it in one piece."""
    path = top / "photos" / "album" / "long.mp4"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        file.write(VIDEO_HEAD)
        file.truncate(mib * MIB)
    with serve(make_flickr, top / "flickr") as flickr:
        flickr.ask(partial(sign_in_flickr, top / "home"))
        argv = ("-d", str(top / "photos"), "-p", "flickr", "-m", "upload", "-f", "both")
        run = photosync(top / "home", *argv, flickr=flickr.ask(find_url))
        (video,) = flickr.ask(list_videos)
    print(f"a video of {mib} MiB: {run}, {video['size'] / MIB:.0f} MiB arrived")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure large files.")
    parser.add_argument("--mib", type=int, default=300)
    parser.add_argument("--video-mib", type=int, default=500)
    options = parser.parse_args()
    print(f"memory: budget {BUDGET} MiB")
    for move, mib in ((move_file, options.mib), (send_video, options.video_mib)):
        with tempfile.TemporaryDirectory() as work:
            move(Path(work), mib)


if __name__ == "__main__":
    main()
