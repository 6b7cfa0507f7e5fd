"""Nothing to do, against both embedded services: what a run reads and writes that finds
all as it was.

    python -m benchmarks.nothing [--photos N] [--albums N]

36,000 photos in 400 albums, empty files here, known to Drive and Flickr and to the
state. Prints the calls (budgets: Drive 3, Flickr 5), what was written in the home, the
rows of the state that changed besides the run's own record (0), the peak memory (160
MiB) and the time, for a plain run and for one with `-c 4`.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.libraries import fill_drive, fill_flickr, make_empty_photos
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
from photosync.emulators.drive import DriveEmulator
from photosync.emulators.flickr import FlickrEmulator
from photosync.history.storage.database import FILE

HOUR = 3600.0
PEAK = 160
BUDGETS = {"Drive": 3, "Flickr": 5}


def pass_time(flickr: FlickrEmulator) -> None:
    # What changed just before is looked at once more.
    flickr.clock.advance(HOUR)


@dataclass(frozen=True)
class World:
    """A library, a home and two services that hold the same photos."""

    top: Path
    drive: Served[DriveEmulator]
    flickr: Served[FlickrEmulator]

    @property
    def home(self) -> Path:
        return self.top / "home"

    def fill(self, photos: int, albums: int) -> None:
        """The same empty photos here and on both services, without a single call."""
        make_empty_photos(self.top / "photos", photos, albums)
        self.drive.ask(partial(sign_in_drive, self.home))
        self.drive.ask(partial(fill_drive, photos, albums))
        self.flickr.ask(partial(sign_in_flickr, self.home))
        self.flickr.ask(partial(fill_flickr, photos, albums))

    def run(self, title: str, *argv: str) -> None:
        """A run, and what it changed."""
        self.flickr.ask(pass_time)
        rows, files = dict(self._rows()), self._files()
        places = ("-d", str(self.top / "photos"), "-p", "both", "-m", "sync")
        urls = {
            "drive": self.drive.ask(find_url),
            "flickr": self.flickr.ask(find_url),
        }
        run = photosync(self.home, *places, *argv, **urls)
        calls = {
            "Drive": self.drive.ask(take_calls),
            "Flickr": self.flickr.ask(take_calls),
        }
        now = dict(self._rows())
        names = rows.keys() | now.keys()
        changed = sum(rows.get(name) != now.get(name) for name in names)
        later = self._files().items()
        written = sorted(name for name, mark in later if files.get(name) != mark)
        show(title, run, calls, changed, written)

    def _rows(self) -> Iterator[tuple[str, str]]:
        """Each row of the state but those of the runs themselves."""
        if not (self.home / FILE).exists():
            return
        state = sqlite3.connect(self.home / FILE)
        tables = state.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in [row for row in tables if row[0] != "runs"]:
            found = map(repr, state.execute(f"SELECT * FROM {table}"))
            for number, row in enumerate(sorted(found)):
                yield f"{table} {number}", row
        state.close()

    def _files(self) -> dict[str, tuple[int, int]]:
        found = (
            path for path in self.home.rglob("*") if not path.name.startswith(FILE)
        )
        return {
            path.name: (path.stat().st_mtime_ns, path.stat().st_ino) for path in found
        }


def show(
    title: str,
    run: Run,
    calls: dict[str, dict[str, int]],
    changed: int,
    written: list[str],
) -> None:
    print(f"{title}: {run} (budget {PEAK} MiB)")
    for service, by_method in calls.items():
        total = sum(by_method.values())
        print(f"  {service}: {total} calls (budget {BUDGETS[service]}): {by_method}")
    print(f"  rows of the state changed: {changed} (budget 0)")
    print(f"  written in the home besides it: {', '.join(written) or 'nothing'}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure runs with nothing to do.")
    parser.add_argument("--photos", type=int, default=36_000)
    parser.add_argument("--albums", type=int, default=400)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as work,
        serve(make_drive, Path(work, "drive")) as drive,
        serve(make_flickr, Path(work, "flickr")) as flickr,
    ):
        world = World(Path(work), drive, flickr)
        world.fill(options.photos, options.albums)
        for title, argv in (
            ("the first run adopts all", ()),
            ("nothing to do", ()),
            ("with -c 4, which has every file read once", ("-c", "4")),
            ("nothing to do with -c 4", ("-c", "4")),
        ):
            world.run(title, *argv)


if __name__ == "__main__":
    main()
