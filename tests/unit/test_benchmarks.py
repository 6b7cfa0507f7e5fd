"""The program that measures photosync still runs, and what it judges is right."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from harness.command import without_settings
from harness.spread import NIGHTLY

sys.path.append(str(Path(__file__).resolve().parents[2]))

from benchmarks.rows import WANTED, Row, Wanted
from benchmarks.served import Peer, Run

TOP = Path(__file__).resolve().parents[2]
ROWS = ["folder", "drive", "middle", "large", "flickr", "one-album"]
TINY = "0.001"


def row(seconds: float, peer: str = "rclone", peak: float = 50, calls: int = 10) -> Row:
    run = Run(0, seconds, seconds, peak, "")
    peers = (Peer(peer, 2.0, 2.0),)
    return Row("folder", 10, run, {"files.create": calls}, peers=peers)


@pytest.mark.parametrize(
    ("wanted", "measured", "verdict"),
    [
        (Wanted(seconds=2), row(2.0), "<= 2 s: met"),
        (Wanted(seconds=2), row(2.1), "<= 2 s: NOT MET"),
        (Wanted(peak=50), row(1, peak=51), "<= 50 MiB: NOT MET"),
        (Wanted(calls_a_photo=1.1), row(1), "<= 1.1 calls a photo: met"),
        (Wanted(calls_a_photo=1.1), row(1, calls=12), "<= 1.1 calls a photo: NOT MET"),
        (Wanted(peer="rclone", ratio=1.3), row(2.5), "<= 1.3 x rclone: met"),
        (Wanted(peer="rclone", ratio=1.3), row(2.7), "<= 1.3 x rclone: NOT MET"),
    ],
)
def test_a_row_is_held_against_what_is_wanted(
    wanted: Wanted, measured: Row, verdict: str
) -> None:
    assert list(wanted.judge(measured, full=True)) == [verdict]


def test_a_part_of_the_table_is_held_against_its_peers_only() -> None:
    wanted = Wanted(seconds=1, peak=1, calls_a_photo=0.1, peer="bare loop", ratio=2)
    assert list(wanted.judge(row(9), full=False)) == []
    (verdict,) = wanted.judge(row(9, "bare loop"), full=False)
    assert verdict == "<= 2 x bare loop: NOT MET"


@pytest.mark.parametrize("name", ROWS if NIGHTLY else ["folder", "middle"])
def test_a_thousandth_of_the_table_is_measured(name: str, tmp_path: Path) -> None:
    kept = tmp_path / "figures.json"
    command = [
        sys.executable,
        "-m",
        "benchmarks",
        name,
        "--scale",
        TINY,
        "--delay",
        "0",
    ]
    said = subprocess.run(
        [*command, "--json", str(kept)],
        cwd=TOP,
        env=without_settings(),
        capture_output=True,
        text=True,
        check=False,
        timeout=250,
    )
    assert said.returncode == 0, said.stdout + said.stderr
    for measured in json.loads(kept.read_text())["rows"]:
        assert f"{measured['name']}, {measured['photos']} photos: " in said.stdout
        assert measured["run"]["code"] == 0
        assert measured["run"]["cpu"] > 0
        assert measured["calls"] or name == "folder"
    assert "photos: " in said.stdout


def test_what_is_wanted_is_wanted_of_rows_that_are_there() -> None:
    readme = (TOP / "benchmarks" / "README.md").read_text()
    for name in WANTED:
        assert f"| {name} |" in readme
