"""What photosync takes beside rclone and bare loops: the table of the README.

    python -m benchmarks [ROWS ...] [--quick] [--delay SECONDS] [--json FILE]

Rows: folder, drive, middle, large, flickr, one-album; all without any. `--quick`
measures a twentieth of each in a minute.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path

from benchmarks.folders import measure_folder
from benchmarks.rows import WANTED, Row, Sizes, Wanted
from benchmarks.services import (
    measure_drive,
    measure_flickr,
    measure_large,
    measure_middle,
    measure_one_album,
)

QUICK = 0.05
LINE = 0.05
"""Seconds that a call takes on a line to a service."""

Measure = Callable[[Path, Sizes], Iterator[Row]]


def list_measures(delay: float) -> Mapping[str, Measure]:
    """Return what can be measured, by the words of the command line."""
    return {
        "folder": measure_folder,
        "drive": partial(measure_drive, delay=delay),
        "middle": measure_middle,
        "large": partial(measure_large, delay=delay),
        "flickr": partial(measure_flickr, delay=delay),
        "one-album": partial(measure_one_album, delay=delay),
    }


def describe(row: Row, *, full: bool) -> Iterator[str]:
    """Yield what is printed of a row."""
    calls = ""
    if row.calls:
        a_photo = row.all_calls / row.photos
        calls = f", {row.all_calls:,} calls ({a_photo:.3f} a photo)"
    yield f"{row.name}, {row.photos:,} photos: {row.run}{calls}"
    for peer in row.peers:
        ratio = row.run.seconds / peer.seconds
        yield f"    beside {peer}: ratio {ratio:.2f}"
    if row.refused:
        yield f"    {row.refused} calls refused"
    if row.calls:
        by_method = (f"{count:,} {method}" for method, count in row.calls.items())
        yield "    " + ", ".join(by_method)
    for verdict in WANTED.get(row.name, Wanted()).judge(row, full=full):
        yield f"    wanted {verdict}"


def measure_all(wanted: list[str], sizes: Sizes, delay: float) -> list[Row]:
    """Measure some rows, one after the other, and print each as it is there."""
    rows: list[Row] = []
    for name, measure in list_measures(delay).items():
        if name not in wanted:
            continue
        with tempfile.TemporaryDirectory() as work:
            for row in measure(Path(work), sizes):
                for line in describe(row, full=sizes.scale == 1):
                    print(line, flush=True)
                rows.append(row)
    return rows


def write_json(path: Path, rows: list[Row], sizes: Sizes) -> None:
    """Keep what was measured, and on what machine."""
    machine = {
        "system": platform.platform(),
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "load": os.getloadavg()[0],
    }
    content = {
        "machine": machine,
        "scale": sizes.scale,
        "rows": list(map(asdict, rows)),
    }
    path.write_text(json.dumps(content, indent=1) + "\n")


def main() -> None:
    names = list(list_measures(LINE))
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure photosync beside others."
    )
    parser.add_argument("rows", nargs="*", metavar="ROWS", help=", ".join(names))
    parser.add_argument("--quick", action="store_true", help="a twentieth of it")
    parser.add_argument("--scale", type=float, help="another part of it")
    parser.add_argument("--delay", type=float, default=LINE, help="seconds of a call")
    parser.add_argument("--json", type=Path, help="keep the figures there")
    options = parser.parse_args()
    unknown = set(options.rows) - set(names)
    if unknown:
        parser.error(f"no such rows: {', '.join(sorted(unknown))}")
    sizes = Sizes(options.scale or (QUICK if options.quick else 1.0))
    rows = measure_all(options.rows or names, sizes, options.delay)
    if options.json:
        write_json(options.json, rows, sizes)
    sys.exit(any(row.run.code for row in rows))


if __name__ == "__main__":
    main()
