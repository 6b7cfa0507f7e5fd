"""A run that finds all as it was costs almost nothing, whatever it is asked to
compare.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.three_sides import Drive, Flickr, World, environment, picture, world_of

from photosync.history.storage.database import FILE

PHOTOS = 40
ALBUMS = 4
DRIVE_CALLS, FLICKR_CALLS = 3, 5

# Tells of each file below a folder that is opened, whoever opens it.
WATCHED = """
import sys
library = sys.argv.pop(1)
def watch(event, args):
    if event == "open" and str(args[0]).startswith(library) and str(args[0]).endswith(".jpg"):
        print("opened", args[0])
sys.addaudithook(watch)
from photosync.cli.app import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def equal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Forty photos, here and on both services, an hour after the last change."""
    with world_of(tmp_path_factory.mktemp("equal"), "drive", "flickr") as world:
        for number in range(PHOTOS):
            path = f"album {number % ALBUMS}/{number:02}.jpg"
            world.local.add(path, picture(path), 1_500_000_000 + 100 * number)
        assert world.sync().code == 0
        pass_an_hour(world)
        # All files are read for once, and what both services made of them is learnt.
        for _ in range(2):
            assert world.sync("-c", "7").code == 0
        yield world


def pass_an_hour(world: World) -> None:
    for remote in world.remotes:
        if isinstance(remote, Flickr):
            remote.emulator.clock.advance(3600)


def run_watched(world: World, *argv: str) -> list[str]:
    """What a run said, and which photos it opened; the calls are counted anew."""
    for remote in world.remotes:
        assert isinstance(remote, Drive | Flickr)
        remote.emulator.traffic.reset()
    words = [str(world.local.top), *world.arguments, "-m", "sync", *argv]
    ended = subprocess.run(
        [sys.executable, "-c", WATCHED, *words],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout.splitlines()


def calls(world: World) -> dict[str, int]:
    return {
        remote.service: sum(remote.emulator.calls.values())
        for remote in world.remotes
        if isinstance(remote, Drive | Flickr)
    }


def rows(home: Path) -> dict[str, list[str]]:
    """The rows of the state by table, without those of the runs themselves
    and of when they looked.
    """
    state = sqlite3.connect(home / FILE)
    tables = state.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table'"
    ).fetchall()
    found = {
        table: sorted(map(repr, state.execute(f"SELECT * FROM {table}")))
        for (table,) in tables
    }
    state.close()
    del found["runs"], found["looks"]
    return found


def files(home: Path) -> dict[str, bytes]:
    """The other files in the home; the lock names a process, and calls are counted by
    the hour.
    """
    apart = {"lock", "flickr-calls.json"}
    found = (path for path in home.iterdir() if not path.name.startswith(FILE))
    return {path.name: path.read_bytes() for path in found if path.name not in apart}


@pytest.mark.parametrize("compared", ["3", "4", "7"])
def test_nothing_to_do_takes_few_calls_opens_no_photo_and_writes_nothing(
    equal: World, compared: str
) -> None:
    # The first run to compare by these attributes notes that all is equal by them.
    assert equal.sync("-c", compared).code == 0
    state, others = rows(equal.home), files(equal.home)
    said = run_watched(equal, "-c", compared)
    assert [line for line in said if line.startswith("opened")] == []
    assert [line for line in said if f"{PHOTOS} photos equal on Drive" in line]
    found = calls(equal)
    assert 0 < found["drive"] <= DRIVE_CALLS
    assert 0 < found["flickr"] <= FLICKR_CALLS
    assert rows(equal.home) == state
    assert files(equal.home) == others


def test_a_dry_run_takes_no_more(equal: World) -> None:
    before = {path.name: path.read_bytes() for path in equal.home.iterdir()}
    said = run_watched(equal, "--test", "-c", "4")
    assert " ".join(said) == (
        f"Nothing to do: {PHOTOS} photos equal on Drive, {PHOTOS} photos equal on "
        "Flickr. (dry run: nothing was changed)"
    )
    found = calls(equal)
    assert found["drive"] <= DRIVE_CALLS
    assert found["flickr"] <= FLICKR_CALLS
    assert {path.name: path.read_bytes() for path in equal.home.iterdir()} == before


def test_a_forgotten_audit_reads_all_and_changes_nothing(equal: World) -> None:
    assert equal.sync().code == 0
    state = rows(equal.home)
    said = run_watched(equal, "--audit")
    assert [line for line in said if line.startswith("opened")] == []
    assert calls(equal)["flickr"] > ALBUMS
    now = rows(equal.home)
    assert {name: now[name] for name in ("history", "seals", "events", "uploads")} == {
        name: state[name] for name in ("history", "seals", "events", "uploads")
    }
