"""Long runs in little: large files over a bad line, and a token that ends in the
middle.

`benchmarks/large.py` does the same with 300 MiB.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from harness.drive_world import DriveWorld

from photosync.emulators.drive import Fault
from photosync.emulators.traffic import FaultKind
from photosync.model import Result
from photosync.sync.photosync import PhotoSync

MIB = 1024 * 1024
LARGE = 40 * MIB
"""Five chunks."""

PEAK = 120.0
"""MiB that photosync may take at most."""

# The peak is what the system counts for the process itself, not for what started it.
MEASURED = """
import sys
from pathlib import Path
from photosync.cli.app import main
code = main(sys.argv[1:])
print(Path("/proc/self/status").read_text())
sys.exit(code)
"""


@pytest.fixture
def world(world: DriveWorld) -> DriveWorld:
    world.sign_in()
    return world


def peak_of_a_run(world: DriveWorld) -> float:
    """The most memory that a run took, in MiB; it must end well."""
    argv = ["-d", str(world.local), "-p", "drive", "-m", "sync", "--stateless"]
    ended = subprocess.run(
        [sys.executable, "-c", MEASURED, *argv],
        env=world.environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    found = re.search(r"VmHWM:\s+(\d+) kB", ended.stdout)
    assert found
    return int(found[1]) / 1024


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="the system does not tell"
)
def test_a_large_file_survives_ten_cuts_each_way_in_little_memory(
    world: DriveWorld,
) -> None:
    content = os.urandom(LARGE)
    path = world.here("Zoo/large.jpg", content)
    three: tuple[FaultKind, ...] = ("cut_before", "cut_midway", "cut_before")
    kinds: tuple[FaultKind, ...] = (*three, *three, *three, "cut_after")
    # After three cuts one chunk passes; the last cut takes away the last answer.
    cuts = [
        Fault("upload.chunk", kind, after=n + n // 3) for n, kind in enumerate(kinds)
    ]
    world.drive.plan(*cuts)
    assert peak_of_a_run(world) < PEAK
    assert world.drive.traffic.pending == []
    assert world.drive.calls["upload.start"] == 1
    assert world.photos() == {"Zoo/large.jpg": content}
    path.unlink()
    world.drive.plan(Fault("files.download", "truncate", times=10))
    assert peak_of_a_run(world) < PEAK
    assert world.drive.traffic.pending == []
    assert world.library() == {"Zoo/large.jpg": content}


def test_what_failed_calls_held_is_freed_at_once(world: DriveWorld) -> None:
    world.here("Zoo/large.jpg", bytes(LARGE))
    world.drive.plan(
        *(Fault("upload.chunk", "cut_before", times=4, after=5 * n) for n in range(5))
    )
    assert peak_of_a_run(world) < PEAK


def test_many_files_at_once_take_little_memory(world: DriveWorld) -> None:
    for number in range(12):
        world.here(f"Zoo/{number}.jpg", bytes(5 * MIB - number))
    assert peak_of_a_run(world) < PEAK
    assert len(world.photos()) == 12


def test_a_token_that_expires_in_the_middle_of_a_run_is_not_noticed(
    world: DriveWorld,
) -> None:
    for number in range(120):
        world.here(f"Album {number % 3}/{number}.jpg", b"%d" % number)
    settings = replace(world.settings, roots=(str(world.local),), mode="sync")
    sync = PhotoSync(settings, [world.connect()])
    results = []
    for outcome in sync.run(sync.plan()):
        results.append(outcome.result)
        if len(results) == 60:
            world.drive.clock.advance(3600)
    sync.close()
    # Of the photos, and of their three albums.
    assert results == [Result.DONE] * (120 + 3)
    assert world.drive.calls["oauth.token"] == 1
    assert world.photos() == world.library()
    # The renewed token was kept: the next run needs no other.
    sync = PhotoSync(settings, [world.connect()])
    assert sync.plan().steps == ()
    sync.close()
    assert world.drive.calls["oauth.token"] == 1
