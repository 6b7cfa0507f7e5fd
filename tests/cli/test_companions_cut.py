"""What belongs to a photo that was moved or deleted on a service is with it, or gone as
well, in the end, wherever a run was cut off.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from harness.photos_world import calm, side, went_well
from harness.spread import spread
from harness.three_sides import Drive, Flickr, World, environment, started, world_of
from harness.three_sides import picture as make_picture

OTHERS = ("Rome/stays.jpg", "Rome/stays.jpg.xmp", "Oslo/other.jpg")
WHERE = ("drive moved", "drive renamed", "drive deleted", "flickr moved")
"""On which service the photos change, and how."""
QUIET = "--skip-unsupported"


def paths_of(stem: str, change: str) -> list[str]:
    """A photo and what belongs to it; a RAW picture outlives its JPEG, and keeps the
    sidecar.
    """
    endings = ["jpg", "jpg.xmp"] if change == "deleted" else ["jpg", "jpg.xmp", "cr2"]
    return [f"Rome/{stem}.{ending}" for ending in endings]


def change_all(world: World, service: str, stems: list[str], change: str) -> list[str]:
    """Fill all sides, change the photos on a service alone; what is to be here then."""
    there = side(world, service)
    for stem in stems:
        for path in paths_of(stem, change):
            world.local.add(path, make_picture(path))
    for path in OTHERS:
        world.local.add(path, make_picture(path))
    went_well(world.sync(QUIET))
    assert isinstance(there, Drive | Flickr)
    there.emulator.clock.advance(3600)
    expected = list(OTHERS)
    for stem in stems:
        paths = paths_of(stem, change)
        if change == "moved":
            there.move(paths[0], "Oslo")
            expected += [path.replace("Rome", "Oslo") for path in paths]
        elif change == "renamed":
            there.rename(paths[0], f"new{stem}.jpg")
            expected += [path.replace(stem, f"new{stem}") for path in paths]
        else:
            there.delete(paths[0])
    return sorted(expected)


def expect(world: World, expected: list[str]) -> None:
    went_well(world.sync(QUIET))
    calm(world, QUIET)
    assert sorted(world.local.photos()) == expected
    for remote in world.remotes:
        is_drive = remote.service == "drive"
        taken = [path for path in expected if is_drive or path.endswith(".jpg")]
        assert sorted(remote.photos()) == taken


def list_names(world: World) -> set[str]:
    """What lies in the album in which photos change."""
    return {file.name for file in (world.local.top / "Rome").iterdir()}


def kill_amid(world: World, changed: int) -> None:
    """Kill a run as soon as so many files are not there by their names any more."""
    before = list_names(world)
    with started(world.ready(QUIET), environment()) as process:
        while process.poll() is None:
            if len(before - list_names(world)) >= changed:
                process.kill()
            time.sleep(0.001)


@pytest.mark.parametrize(("where", "most"), spread(WHERE, ["1", "2", "3"]))
def test_what_belongs_together_stays_so_with_max(
    tmp_path: Path, where: str, most: str
) -> None:
    service, change = where.split()
    with world_of(tmp_path, service) as world:
        expected = change_all(world, service, ["a", "b"], change)
        for _ in range(6):
            went_well(world.sync(QUIET, "--max", most))
            here = world.local.photos()
            for stem in ("a", "b"):
                # No run leaves one without the others.
                assert len({path in here for path in paths_of(stem, change)}) == 1
        expect(world, expected)


@pytest.mark.parametrize(("where", "changed"), spread(WHERE, ["1", "9", "17"]))
def test_what_belongs_together_comes_together_after_a_kill(
    tmp_path: Path, where: str, changed: str
) -> None:
    service, change = where.split()
    with world_of(tmp_path, service) as world:
        stems = [f"p{number}" for number in range(8)]
        expected = change_all(world, service, stems, change)
        kill_amid(world, int(changed))
        went_well(world.sync(QUIET))
        expect(world, expected)


def test_the_sidecar_of_a_photo_that_was_moved_and_edited_is_no_loss(
    tmp_path: Path,
) -> None:
    with world_of(tmp_path, "drive") as world:
        for path in ("Rome/a.jpg", "Rome/a.jpg.xmp", *OTHERS):
            world.local.add(path, make_picture(path))
        went_well(world.sync())
        drive = side(world, "drive")
        drive.move("Rome/a.jpg", "Oslo")
        drive.edit("Oslo/a.jpg", make_picture("edited"))
        expect(world, sorted(["Oslo/a.jpg", "Rome/a.jpg.xmp", *OTHERS]))
