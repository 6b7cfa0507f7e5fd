"""An hour of trouble: one call in twenty fails somehow, the service is away twice, and
the quota ends once. Run after run, as cron starts them, all photos arrive, each once.

The waits of the runs are a thousandth of what they are, so that the hour is some
seconds. `TESTS_NIGHTLY=1` makes it 3,000 photos.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import pytest
from harness import command, drive_world, flickr_world
from harness.drive_world import DriveWorld
from harness.flickr_world import FlickrWorld, jpeg
from harness.spread import NIGHTLY
from harness.worlds import make_file

from photosync.emulators.drive.identity import DRIVE
from photosync.emulators.hosted import Hosted
from photosync.emulators.traffic import Fault

PHOTOS = 3000 if NIGHTLY else 45
ALBUMS = 30 if NIGHTLY else 5
NIGHTS = 12
"""Runs within which all must be done."""

OUTAGE = 40
"""Calls in vain, one after the other: what four transfers try within some minutes."""

SHARE = 0.05
RANDOM = (
    Fault("*", "status", status=500),
    Fault("*", "status", status=503),
    Fault("*", "html", status=502),
    Fault("*", "cut_before"),
    Fault("*", "cut_midway"),
    Fault("*", "cut_after"),
    Fault("*", "truncate"),
    Fault("*", "slow", seconds=0.01),
)


class World(Protocol):
    """What the worlds of both services have."""

    @property
    def local(self) -> Path: ...

    def library(self) -> dict[str, bytes]: ...

    def photos(self) -> dict[str, bytes]: ...

    def environment(self) -> dict[str, str]: ...


@dataclass(frozen=True)
class Trouble:
    """A service to be in trouble; `kept` counts all photos that it holds, in whatever
    album or trash, and `quota` is what ends a run.
    """

    name: str
    world: World
    service: Hosted
    quota: Fault

    def run(self) -> tuple[int, str]:
        """A run as cron starts it, an hour after the one before."""
        # What was called in an hour that is over counts no more.
        counted = Path(self.world.environment()["PHOTOSYNC_HOME"], "flickr-calls.json")
        counted.unlink(missing_ok=True)
        argv = ["-d", str(self.world.local), "-p", self.name, "-m", "sync"]
        # A quota that is used up for an hour is no reason to wait here.
        ended = command.run(
            [*argv, "--max-duration", "10m"],
            command.without_settings() | self.world.environment(),
            {"PHOTOSYNC_RETRY_WAIT": "0.001"},
        )
        assert "Traceback" not in ended.out + ended.err, ended.err
        return ended.code, ended.err


def fill(world: World, put: Mapping[str, bytes], dice: random.Random) -> Sequence[str]:
    """Two thirds of all photos are here only; the paths of the others."""
    paths = list(put)
    dice.shuffle(paths)
    third = len(paths) // 3
    for path in paths[third:]:
        make_file(world.local / path, put[path])
    return paths[:third]


def make_photos() -> dict[str, bytes]:
    paths = (f"album {n % ALBUMS:02}/IMG_{n:04}.jpg" for n in range(PHOTOS))
    return {path: jpeg(path) for path in paths}


@pytest.fixture
def photos() -> dict[str, bytes]:
    return make_photos()


@pytest.fixture(params=["drive", "flickr"])
def trouble(
    request: pytest.FixtureRequest, tmp_path: Path, photos: dict[str, bytes]
) -> Iterator[Trouble]:
    dice = random.Random(30)
    if request.param == "drive":
        yield from make_drive(tmp_path, photos, dice)
    else:
        yield from make_flickr(tmp_path, photos, dice)


def make_drive(
    top: Path, photos: dict[str, bytes], dice: random.Random
) -> Iterator[Trouble]:
    quota = Fault("files.create", "status", status=403, reason="dailyLimitExceeded")
    for world in drive_world.world_below(top):
        world.sign_in(DRIVE)
        for path in fill(world, photos, dice):
            world.there(path, photos[path])
        yield Trouble("drive", world, world.drive, quota)


def make_flickr(
    top: Path, photos: dict[str, bytes], dice: random.Random
) -> Iterator[Trouble]:
    quota = Fault("upload", "fail", code=6)
    for world in flickr_world.world_below(top):
        albums: dict[str, list[str]] = {}
        for path in fill(world, photos, dice):
            album, _, name = path.partition("/")
            albums.setdefault(album, []).append(world.tagged(name, photos[path]))
        world.flickr.web.albums(albums.items())
        world.flickr.clock.advance(3600)
        yield Trouble("flickr", world, world.flickr, quota)


def plan_trouble(trouble: Trouble, dice: random.Random) -> None:
    """Plan faults for about as many calls as there will be."""
    expected = 2 * PHOTOS
    for _ in range(round(SHARE * expected)):
        fault = replace(dice.choice(RANDOM), after=dice.randrange(expected))
        trouble.service.plan(fault)
    for part in (0.3, 0.6):
        away = Fault("*", "cut_before", times=OUTAGE, after=round(part * PHOTOS))
        trouble.service.plan(away)
    trouble.service.plan(replace(trouble.quota, after=PHOTOS // 4))


def count_kept(world: World) -> int:
    """Count what a service holds, in albums or in none, shown or in the trash."""
    if isinstance(world, DriveWorld):
        files = world.drive.web.everything()
        return sum("folder" not in file["mimeType"] for file in files)
    assert isinstance(world, FlickrWorld)
    return len(world.flickr.web.everything())


@pytest.mark.timeout(3000 if NIGHTLY else 300)
def test_all_photos_arrive_each_once_through_an_hour_of_trouble(
    trouble: Trouble, photos: dict[str, bytes]
) -> None:
    world = trouble.world
    plan_trouble(trouble, random.Random(31))
    codes: list[int] = []
    for _ in range(NIGHTS):
        code, said = trouble.run()
        codes.append(code)
        assert code in {0, 1}, said
        # Nothing that arrived is lost again, and nothing is there twice, ever.
        assert set(world.photos().items()) <= set(photos.items())
        assert world.library().items() <= photos.items()
        if code == 0:
            break
    # The quota and each outage may have ended a run, and all was made good by the next.
    assert codes[-1] == 0
    assert codes[0] == 1
    assert world.photos() == photos
    assert world.library() == photos
    assert count_kept(world) == len(photos)
    assert list(itertools.islice(world.local.rglob(".photosync-part*"), 1)) == []
    trouble.service.traffic.clear_faults()
    trouble.service.traffic.reset()
    assert trouble.run() == (0, "")
    moved = {"files.create", "files.download", "upload", "static", "upload.start"}
    assert moved.isdisjoint(trouble.service.calls)
