"""A photo that only its owner may read stays so, here and on another disk."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.drive_world import DriveWorld, world_below
from harness.three_sides import Folder, World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, (Folder(tmp_path / "there"),))


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[DriveWorld]:
    yield from world_below(tmp_path)


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def find_mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o400])
@pytest.mark.parametrize("side", ["photos", "there"])
def test_a_new_photo_goes_to_another_disk_for_the_same_eyes(
    world: World, side: str, mode: int
) -> None:
    other = {"photos": "there", "there": "photos"}[side]
    Folder(world.top / side).add("Rome/a.jpg", b"photo")
    (world.top / side / "Rome/a.jpg").chmod(mode)
    assert world.sync().code == 0
    assert find_mode(world.top / other / "Rome/a.jpg") == mode


@pytest.mark.parametrize("side", ["photos", "there"])
def test_a_photo_keeps_its_mode_under_new_bytes(world: World, side: str) -> None:
    other = {"photos": "there", "there": "photos"}[side]
    world.local.add("Rome/a.jpg", b"photo")
    assert world.sync().code == 0
    (world.top / side / "Rome/a.jpg").chmod(0o600)
    Folder(world.top / other).edit("Rome/a.jpg", b"other bytes")
    assert world.sync().code == 0
    assert (world.top / side / "Rome/a.jpg").read_bytes() == b"other bytes"
    assert find_mode(world.top / side / "Rome/a.jpg") == 0o600
    # What was there before is no more open in the trash.
    kept = [path for path in (world.top / side).rglob("a.jpg") if ".photo" in str(path)]
    assert {find_mode(path) for path in kept} == {0o600}


def test_a_download_has_the_usual_mode_and_one_in_its_place_the_old(
    drive: DriveWorld,
) -> None:
    photo = drive.there("Rome/a.jpg", b"photo")
    words = ("-d", drive.local, "-p", "drive", "-m", "sync")
    drive.sign_in("https://www.googleapis.com/auth/drive")
    assert drive.run(*words).code == 0
    here = drive.local / "Rome/a.jpg"
    assert find_mode(here) == 0o644
    here.chmod(0o640)
    drive.drive.web.replace(photo, b"other bytes")
    assert drive.run(*words).code == 0
    assert here.read_bytes() == b"other bytes"
    assert find_mode(here) == 0o640
