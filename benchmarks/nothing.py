"""Nothing to do, against both embedded services: what a run costs that finds all as it
was.

    python benchmarks/nothing.py [--photos N] [--albums N]

36,000 photos in 400 albums, empty files here, known to Drive and Flickr and to the
state. Prints the calls (budgets: Drive 3, Flickr 5), the photos opened (0), what was
written in the home, the rows of the state that changed besides the run's own record,
the peak memory (160 MiB) and the time, for a plain run and for one with `-c 4`.
Photosync runs in a process of its own.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from photosync.emulators.drive import DriveEmulator
from photosync.emulators.drive.identity import DRIVE
from photosync.emulators.flickr import FlickrEmulator
from photosync.emulators.flickr import Settings as FlickrSettings
from photosync.history.database import FILE
from photosync.model import LocalPhoto
from photosync.services.auth.session import Session
from photosync.services.flickr import tags

WHEN = 1_500_000_000
LONG_AGO = "2017-07-14T02:40:00.000Z"
HOUR = 3600.0
EMPTY = hashlib.md5(usedforsecurity=False).hexdigest()
BUDGETS = {"Drive calls": 3, "Flickr calls": 5, "photos opened": 0, "rows changed": 0}
PEAK = 160

# The peak is what the system counts for the process itself, not for what started it.
MEASURED = """
import re, sys
from pathlib import Path
library = sys.argv.pop(1)
opened = []
def hook(event, args):
    if event == "open" and isinstance(args[0], str) and args[0].startswith(library):
        opened.append(args[0])
sys.addaudithook(hook)
from photosync.cli.app import main
code = main(sys.argv[1:])
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print(f"opened {len([path for path in opened if Path(path).is_file()])}")
print(f"peak {int(peak[1]) / 1024:.0f}")
sys.exit(code)
"""


@dataclass(frozen=True)
class Run:
    """One run of photosync: what it cost, by name, and what it said."""

    code: int
    costs: dict[str, float]
    written: list[str]
    said: str


@dataclass(frozen=True)
class PhotoKey:
    """A library, a home and two services that hold the same photos."""

    top: Path
    drive: DriveEmulator
    flickr: FlickrEmulator

    @property
    def library(self) -> Path:
        return self.top / "photos"

    @property
    def home(self) -> Path:
        return self.top / "home"

    def sign_in(self) -> None:
        session = Session(self.home)
        session.store("drive", self.drive.account, self.drive.authorized_user([DRIVE]))
        key = self.flickr.client_secrets()
        names = {"api_key": key["key"], "api_secret": key["secret"]}
        session.store("flickr", "anna", {**self.flickr.authorized_user(), **names})

    def fill(self, photos: int, albums: int) -> None:
        """The same empty photos here and on both services, without a single call."""
        paths = [(f"album {n % albums:03}", f"IMG_{n:05}.jpg") for n in range(photos)]
        for album, name in paths:
            file = self.library / album / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
            os.utime(file, (WHEN, WHEN))
        self._fill_drive(paths)
        self._fill_flickr(paths)

    def run(self, *argv: str) -> Run:
        """A run, and what it changed."""
        before, files = dict(self._rows()), self._files()
        for service in (self.drive, self.flickr):
            service.traffic.reset()
        begin = time.perf_counter()
        ended = subprocess.run(
            [sys.executable, "-c", MEASURED, str(self.library), *self._places(), *argv],
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        seconds = time.perf_counter() - begin
        lines = ended.stdout.splitlines()
        measured = dict(line.split() for line in lines[-2:])
        after = dict(self._rows())
        changed = {
            name
            for name in before.keys() | after.keys()
            if before.get(name) != after[name]
        }
        costs = {
            "Drive calls": sum(self.drive.calls.values()),
            "Flickr calls": sum(self.flickr.calls.values()),
            "photos opened": float(measured["opened"]),
            "rows changed": len(changed),
            "MiB at the peak": float(measured["peak"]),
            "seconds": seconds,
        }
        written = sorted(
            name for name, mark in self._files().items() if files.get(name) != mark
        )
        return Run(ended.returncode, costs, written, "\n".join(lines[:-2]))

    def _places(self) -> list[str]:
        return [
            "--home",
            str(self.home),
            "-d",
            str(self.library),
            "-p",
            "both",
            "-m",
            "sync",
        ]

    def _environment(self) -> dict[str, str]:
        named = {
            "PHOTOSYNC_DRIVE_URL": self.drive.url,
            "PHOTOSYNC_FLICKR_URL": self.flickr.url,
        }
        return {
            **os.environ,
            **named,
            "NO_PROXY": "127.0.0.1",
            "OAUTHLIB_INSECURE_TRANSPORT": "1",
        }

    def _fill_drive(self, paths: list[tuple[str, str]]) -> None:
        web, app = (
            self.drive.web,
            str(self.drive.client_secrets()["installed"]["client_id"]),
        )
        base = web.folder("photosync", app=app)
        folders = {
            album: web.folder(album, base, app=app) for album in sorted(dict(paths))
        }
        facts = {
            "size": 0,
            "md5Checksum": EMPTY,
            "modifiedTime": LONG_AGO,
            "createdTime": LONG_AGO,
        }
        web.files(
            ({"name": n, "parent": folders[a], **facts} for a, n in paths), app=app
        )

    def _fill_flickr(self, paths: list[tuple[str, str]]) -> None:
        web = self.flickr.web
        ids = web.photos(
            {
                "title": name,
                "size": 0,
                "tags": tags.format_tags(
                    LocalPhoto(name, "", name, 0, WHEN * 10**9), EMPTY
                ).split(),
            }
            for _, name in paths
        )
        members: dict[str, list[str]] = {}
        for (album, _), photo in zip(paths, ids, strict=True):
            members.setdefault(album, []).append(photo)
        web.albums(members.items())

    def _rows(self) -> Iterator[tuple[str, str]]:
        """Each row of the state but those of the runs themselves."""
        if not (self.home / FILE).exists():
            return
        state = sqlite3.connect(self.home / FILE)
        tables = state.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in [row for row in tables if row[0] != "runs"]:
            for number, row in enumerate(
                state.execute(f"SELECT * FROM {table} ORDER BY 1, 2")
            ):
                yield f"{table} {number}", repr(row)
        state.close()

    def _files(self) -> dict[str, tuple[int, int]]:
        found = (
            path for path in self.home.rglob("*") if not path.name.startswith(FILE)
        )
        return {
            path.name: (path.stat().st_mtime_ns, path.stat().st_ino) for path in found
        }


def show(title: str, run: Run) -> None:
    print(f"{title}: exit {run.code}")
    for name, cost in run.costs.items():
        quota = BUDGETS.get(name, PEAK if name.startswith("MiB") else None)
        said = "" if quota is None else f"  (budget {quota})"
        print(
            f"  {cost:8.1f} {name}{said}" if cost % 1 else f"  {cost:8.0f} {name}{said}"
        )
    print(
        f"  written in the home besides the state: {', '.join(run.written) or 'nothing'}"
    )
    print("  " + run.said.replace("\n", "\n  "))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__.partition("\n")[0] if __doc__ else ""
    )
    parser.add_argument("--photos", type=int, default=36_000)
    parser.add_argument("--albums", type=int, default=400)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as work,
        DriveEmulator(Path(work, "drive")) as drive,
        FlickrEmulator(
            Path(work, "flickr"), settings=FlickrSettings(hourly_quota=None)
        ) as flickr,
    ):
        place = PhotoKey(Path(work), drive, flickr)
        place.sign_in()
        place.fill(options.photos, options.albums)
        # Time passes between runs: what changed just before is looked at once more.
        for title, argv in (
            ("the first run adopts all", ()),
            ("nothing to do", ()),
            ("with -c 4, which has every file read once", ("-c", "4")),
            ("nothing to do with -c 4", ("-c", "4")),
        ):
            flickr.clock.advance(HOUR)
            show(title, place.run(*argv))


if __name__ == "__main__":
    main()
