"""`--check` on one page: library, last run, services, disks, and what is to do."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.drive_world import DriveWorld, world_below

from photosync.emulators.drive import Fault
from photosync.services import accounts

OTHER = "name another with -p folder:DIR; to begin a copy there, make the folder first"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[DriveWorld]:
    for world in world_below(tmp_path):
        world.sign_in()
        yield world


def test_the_library_the_last_run_and_the_disks_are_told(world: DriveWorld) -> None:
    world.here("Rome/a.jpg")
    world.here("Rome/b.jpg")
    disk = world.top / "disk"
    disk.mkdir()
    assert world.run("-d", world.local, "-p", f"folder:{disk}").code == 0
    ended = world.run("--check", "-d", world.local, "-p", f"folder:{disk},drive")
    assert ended.code == 0
    words = " ".join(ended.out.split())
    assert f"Library {world.local} 2 photos when last looked at; 1 album known" in words
    assert re.search(r"all well after \d+ s: 2 uploaded \(run 1, upload\)", words)
    assert f"Disk {disk} " in words
    assert "B free Drive anna@example.com signed in, works" in words
    assert ended.out.endswith("All is well: nothing to do.\n")
    assert max(len(line) for line in ended.out.splitlines() if "/" not in line) <= 80


def test_after_a_run_that_did_not_end_well_not_all_is_well(world: DriveWorld) -> None:
    world.here("Rome/a.jpg")
    assert world.run("-d", world.local, "-p", "drive").code == 0
    world.here("Rome/b.jpg")
    world.drive.plan(Fault("files.create", "status", times=50, status=400))
    assert world.run("-d", world.local, "-p", "drive").code == 1
    ended = world.run("--check", "-d", world.local, "-p", "drive")
    assert ended.code == 1
    assert "All is well" not in ended.out
    assert "1. the last run did not end well; photosync --last tells more" in ended.out


def test_what_is_to_do_is_numbered_and_one_trouble_hides_no_other(
    world: DriveWorld,
) -> None:
    away = world.top / "away"
    ended = world.run(
        *("--check", "-d", away, "-p", f"folder:{away}", "-p", "flickr,drive")
    )
    # The sign-in is the worst.
    assert ended.code == 3
    assert "signed in, works" in ended.out
    _, tasks = ended.out.split("3 things to do:\n")
    assert tasks.splitlines() == [
        f"  1. {away} is not there; mount its disk, or name another with -d DIR",
        f"  2. {away} is not there; mount its disk, or {OTHER}",
        "  3. not signed in to Flickr; run photosync -a -p flickr",
    ]
    assert "! no sign-in, see 3. below" in ended.out


def test_what_is_wrong_with_a_folder_is_told_as_what_it_is(world: DriveWorld) -> None:
    file = world.top / "file"
    file.write_bytes(b"x")
    away = world.top / "away"
    ended = world.run("--check", "-p", f"folder:{file},folder:{away}")
    words = " ".join(ended.out.split())
    assert f"Disk {file} ! not a folder, see 1. below" in words
    assert f"1. {file} is not a folder; {OTHER}" in words
    assert f"Disk {away} ! not there, see 2. below" in words
    assert f"2. {away} is not there; mount its disk, or {OTHER}" in words


def test_a_memory_that_is_locked_hides_nothing_else(
    world: DriveWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("photosync.cli.pages.check._PATIENCE", 0.0)
    world.here("Rome/a.jpg")
    assert world.run("-d", world.local, "-p", "drive").code == 0
    holder = sqlite3.connect(world.home / "state.sqlite", isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    try:
        ended = world.run("--check", "-d", world.local)
    finally:
        holder.close()
    assert ended.code == 1
    assert "is locked by another program; wait for it to end" in ended.out
    assert "signed in, works" in ended.out


def test_a_service_that_hangs_is_not_waited_for(
    world: DriveWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "_LONGEST_SECONDS", 0.2)
    # It hangs to the end of the test: whoever waits for it says that it did not answer.
    world.drive.plan(Fault("about.get", "stall"))
    ended = world.run("--check", "-p", "drive")
    assert ended.code == 1
    assert "1. Drive: no answer yet; asked for" in ended.out


def test_a_folder_alone_asks_no_service(world: DriveWorld) -> None:
    ended = world.run("--check", "-p", f"folder:{world.top}")
    assert ended.code == 0
    assert "Drive" not in ended.out
