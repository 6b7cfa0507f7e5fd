"""Google Drive, against the embedded one: calls, a large file over a bad line, a token
that ends.

    python benchmarks/drive.py [--photos N] [--mib N] [--delay SECONDS]

A first upload of N small photos (2,000) in the middle of which the access token
expires, a run in which nothing changed, and a file of N MiB (300) there and back with
ten cuts each way; between them all is downloaded, without a quota of calls and under
Google's. Prints the calls, the times and the peak memory of photosync. Each
call is held back by 0.05 s.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from photosync.emulators.drive import DriveEmulator, Fault
from photosync.emulators.drive.identity import DRIVE_FILE
from photosync.emulators.traffic import FaultKind
from photosync.services.auth.session import Session

MIB = 1024 * 1024
ALBUMS = 20
CUTS = 10
CUT: tuple[FaultKind, ...] = ("cut_before", "cut_midway", "cut_after")
HOUR = 3600.0

# The peak is what the system counts for the process itself, not for what started it.
MEASURED = """
import re, sys
from pathlib import Path
from photosync.cli.app import main
code = main(sys.argv[1:])
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print(f"peak {int(peak[1]) / 1024:.0f}")
sys.exit(code)
"""


@dataclass(frozen=True)
class Run:
    """One run of photosync: its exit code, seconds, peak memory in MiB, and what it
    said.
    """

    code: int
    seconds: float
    peak: float
    said: str


def photosync(drive: DriveEmulator, home: Path, *argv: str) -> Run:
    begin = time.perf_counter()
    ended = subprocess.run(
        [sys.executable, "-c", MEASURED, "--home", str(home), "-p", "drive", *argv],
        env={**os.environ, "PHOTOSYNC_DRIVE_URL": drive.url, "NO_PROXY": "127.0.0.1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    lines = ended.stdout.splitlines()
    peak = (
        float(lines[-1].removeprefix("peak ")) if lines[-1].startswith("peak ") else 0.0
    )
    seconds = time.perf_counter() - begin
    return Run(ended.returncode, seconds, peak, "\n".join(lines[-3:-1]))


def make_library(root: Path, photos: int) -> None:
    for number in range(photos):
        path = root / f"album {number % ALBUMS:02}" / f"IMG_{number:05}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(20_000))


def expire_after(drive: DriveEmulator, creates: int) -> None:
    """Let an hour pass on the service's clock once so many files are made."""
    while drive.calls["files.create"] < creates:
        time.sleep(0.01)
    drive.clock.advance(HOUR)


def many_small(drive: DriveEmulator, home: Path, root: Path, photos: int) -> None:
    make_library(root, photos)
    middle = threading.Thread(
        target=expire_after, args=(drive, photos // 2), daemon=True
    )
    middle.start()
    run = photosync(drive, home, "-d", str(root), "-m", "sync", "--transfers", "8")
    middle.join()
    calls = sum(drive.calls.values())
    print(f"first upload of {photos} photos: exit {run.code}, {run.seconds:.1f} s")
    print(f"  calls {dict(drive.calls)}")
    print(f"  {calls / photos:.3f} calls per photo (budget 1.05)")
    refused = sum(call.status == 401 for call in drive.traffic.history)
    print(f"  the token expired on the way: {refused} calls refused,", end=" ")
    print(f"{drive.calls['oauth.token']} renewal; peak memory {run.peak:.0f} MiB")
    print("  " + run.said.replace("\n", "\n  "))
    drive.traffic.reset()
    run = photosync(drive, home, "-d", str(root), "-m", "sync")
    print(
        f"nothing changed: exit {run.code}, {run.seconds:.1f} s, calls {dict(drive.calls)}"
    )
    drive.traffic.reset()


def download_all(drive: DriveEmulator, work: Path, photos: int, *, quota: int) -> None:
    """Fetch all photos into an empty library, with a quota of Google's or without."""
    home, root = work / "home", work / "photos"
    root.mkdir(parents=True)
    Session(home).store("drive", drive.account, drive.authorized_user([DRIVE_FILE]))
    drive.settings.units_per_minute = quota or None
    (home / "config.toml").write_text(f"drive-quota = {quota}\n")
    argv = ("-d", str(root), "-m", "download", "--transfers", "16")
    run = photosync(drive, home, *argv)
    refused = sum(call.status == 403 for call in drive.traffic.history)
    there = sum(path.is_file() for path in root.glob("album */*"))
    title = f"a quota of {quota:,} units a minute" if quota else "no quota"
    print(
        f"download of {there} of {photos} photos under {title}: exit {run.code},",
        end=" ",
    )
    print(f"{run.seconds:.1f} s, {refused} calls refused")
    drive.settings.units_per_minute = None
    drive.traffic.reset()


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


def show(title: str, drive: DriveEmulator, run: Run, moved: int) -> None:
    print(
        f"{title}, {CUTS} cuts: exit {run.code}, {run.seconds:.1f} s, {moved / MIB:.0f} MiB moved"
    )
    print(f"  calls {dict(drive.calls)}, {len(drive.traffic.pending)} cuts left over")
    print(f"  peak memory {run.peak:.0f} MiB (budget 120)")
    drive.traffic.reset()


def one_large(drive: DriveEmulator, home: Path, root: Path, mib: int) -> None:
    path = root / "album" / "large.jpg"
    digest = make_large(path, mib)
    # A root that lost its only photo would be taken for a disk that is away.
    path.with_name("small.jpg").write_bytes(b"small")
    argv = ("-d", str(root), "--drive-folder", "large", "-m")
    # After each cut a chunk or two pass.
    drive.plan(*(Fault("upload.chunk", CUT[n % 3], after=2 * n) for n in range(CUTS)))
    run = photosync(drive, home, *argv, "upload")
    show(f"{mib} MiB up", drive, run, drive.traffic.received["upload.chunk"])
    (stored,) = drive.web.named("large.jpg")
    path.rename(path.with_suffix(".sent"))
    drive.plan(Fault("files.download", "truncate", times=CUTS))
    run = photosync(drive, home, *argv, "download")
    show(f"{mib} MiB down", drive, run, drive.traffic.sent["files.download"])
    right = stored["md5Checksum"] == digest == md5(path)
    print(f"md5 {'right' if right else 'WRONG'} on both sides")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__.partition("\n")[0] if __doc__ else ""
    )
    parser.add_argument("--photos", type=int, default=2000)
    parser.add_argument("--mib", type=int, default=300)
    parser.add_argument("--delay", type=float, default=0.05)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as work,
        DriveEmulator(Path(work, "drive")) as drive,
    ):
        home = Path(work, "home")
        Session(home).store("drive", drive.account, drive.authorized_user([DRIVE_FILE]))
        drive.delay = options.delay
        many_small(drive, home, Path(work, "small"), options.photos)
        for quota in (0, 325_000):
            place = Path(work, f"quota {quota}")
            download_all(drive, place, options.photos, quota=quota)
        one_large(drive, home, Path(work, "large"), options.mib)


if __name__ == "__main__":
    main()
