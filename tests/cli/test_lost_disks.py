"""The disk that goes away in mid-run: nothing is written to what lies under its mount
point, and nothing is taken for agreed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from harness.disks import mounted, unmount
from harness.three_sides import Drive, Flickr, picture, world_of

import photosync
from cli.command import DELETING
from cli.conftest import World
from cli.trees import Photo, files, parts
from photosync import Outcome, PhotoSync, Result, Settings, Side, Step

GoAway = Callable[[Path], None]


def leave_nothing(place: Path) -> None:
    """The mount point is gone with the disk, as desktops do it."""
    place.rename(place.with_name("pulled out"))


def leave_mount_point(place: Path) -> None:
    leave_nothing(place)
    place.mkdir()


def mount_another(place: Path) -> None:
    leave_mount_point(place)
    Photo(b"of another disk").write(place / "album" / "0.jpg")


def put_link(place: Path) -> None:
    leave_nothing(place)
    other = place.with_name("other")
    other.mkdir()
    place.symlink_to(other, target_is_directory=True)


def come_back(place: Path) -> None:
    """The disk is mounted again where it was."""
    if place.is_symlink():
        place.unlink()
    elif place.exists():
        place.rename(place.with_name("wrong"))
    place.with_name("pulled out").rename(place)


WAYS = [leave_nothing, leave_mount_point, mount_another, put_link]


@pytest.fixture
def settings(world: World) -> Settings:
    return Settings(
        photosync.Home(world.home, world.home),
        roots=(str(world.local),),
        scope=(f"folder:{world.remote}",),
        mode="sync",
        allow_delete=frozenset({Side.LOCAL, Side.REMOTE}),
        transfers=1,
    )


def run(settings: Settings, lose: Callable[[], None], after: int) -> list[Outcome]:
    """What became of the steps of a run in which the disk goes away after some."""
    outcomes: list[Outcome] = []
    with PhotoSync.open(settings) as sync:
        plan = sync.plan()
        if after == 0:
            lose()
        for outcome in sync.run(plan):
            outcomes.append(outcome)
            if len(outcomes) == after:
                lose()
    return [outcome for outcome in outcomes if isinstance(outcome.step, Step)]


def found_at(place: Path) -> dict[str, Photo]:
    return files(place) if place.exists() else {}


@pytest.mark.parametrize("after", [0, 2])
@pytest.mark.parametrize("go_away", WAYS)
@pytest.mark.parametrize("side", ["local", "remote"])
def test_a_disk_that_goes_away_stops_its_side_and_is_filled_when_it_is_back(
    world: World, settings: Settings, side: str, go_away: GoAway, after: int
) -> None:
    place = getattr(world, side)
    make = world.there if side == "local" else world.here
    source = world.remote if side == "local" else world.local
    for number in range(5):
        make(f"album/{number}.jpg", b"%d" % number)
    outcomes = run(settings, lambda: go_away(place), after)
    failed = [one for one in outcomes if one.result is not Result.DONE]
    assert len(outcomes) == 5
    assert failed
    assert "is its disk" in failed[0].reason
    assert str(place) in failed[0].reason
    assert all("is its disk" in one.reason for one in failed)
    if go_away is not mount_another:
        assert found_at(place) == {}
    assert len(files(source)) == 5
    come_back(place)
    assert not parts(place)
    result = world.sync("-m", "sync", *DELETING)
    assert (result.code, files(place)) == (0, files(source))
    assert len(result.actions) == 5 - (len(outcomes) - len(failed))


@pytest.mark.parametrize("go_away", WAYS)
@pytest.mark.parametrize("side", ["local", "remote"])
def test_what_was_to_be_deleted_on_a_disk_that_went_away_is_still_there(
    world: World, settings: Settings, side: str, go_away: GoAway
) -> None:
    place = getattr(world, side)
    other = world.remote if side == "local" else world.local
    for number in range(5):
        world.here(f"album/{number}.jpg", b"%d" % number)
    assert world.sync("-m", "sync").code == 0
    for number in range(3):
        (other / f"album/{number}.jpg").unlink()
    before = files(place)
    outcomes = run(settings, lambda: go_away(place), 0)
    assert [one.result for one in outcomes] == [Result.FAILED, *[Result.POSTPONED] * 2]
    come_back(place)
    assert files(place) == before


@pytest.mark.parametrize("go_away", WAYS)
def test_nothing_counts_as_deleted_there_once_the_disk_went_away(
    world: World, settings: Settings, go_away: GoAway
) -> None:
    for number in range(4):
        world.here(f"album/{number}.jpg", b"%d" % number)
    assert world.sync("-m", "sync").code == 0
    (world.remote / "album/0.jpg").unlink()
    outcomes = run(settings, lambda: go_away(world.remote), 0)
    assert [one.result for one in outcomes] == [Result.FAILED]
    assert len(files(world.local)) == 4


@pytest.mark.parametrize("go_away", WAYS)
def test_a_lost_library_stops_every_service(
    world: World, settings: Settings, go_away: GoAway
) -> None:
    second = world.top / "second"
    second.mkdir()
    both = replace(settings, scope=(*settings.scope, f"folder:{second}"))
    for number in range(3):
        world.here(f"album/{number}.jpg", b"%d" % number)
    outcomes = run(both, lambda: go_away(world.local), 0)
    assert len(outcomes) == 6
    assert all(one.result is not Result.DONE for one in outcomes)
    assert files(second) == files(world.remote) == {}


@contextmanager
def _disk_at(place: Path) -> Iterator[Path]:
    with mounted(place) as disk:
        yield disk


@pytest.mark.parametrize("side", ["local", "remote"])
def test_a_real_disk_that_is_unmounted_in_mid_run(
    world: World, settings: Settings, side: str
) -> None:
    place = getattr(world, side)
    make = world.there if side == "local" else world.here
    with _disk_at(place):
        for number in range(5):
            make(f"album/{number}.jpg", b"%d" % number)
        outcomes = run(settings, lambda: unmount(place), 1)
        assert not place.is_mount()
    done = [one for one in outcomes if one.result is Result.DONE]
    assert len(done) < 5
    assert files(place) == {}


@pytest.mark.parametrize("change", ["new", "deleted"])
@pytest.mark.parametrize("side", ["local", "remote"])
def test_a_disk_mounted_below_a_side_that_is_unmounted_in_mid_run(
    world: World, settings: Settings, side: str, change: str
) -> None:
    place = getattr(world, side)
    other = world.remote if side == "local" else world.local
    (place / "album").mkdir()
    with mounted(place / "album"):
        for number in range(3):
            world.here(f"album/{number}.jpg", b"%d" % number)
            world.here(f"else/{number}.jpg", b"else %d" % number)
        assert world.sync("-m", "sync").code == 0
        if change == "new":
            Photo(b"new").write(other / "album/new.jpg")
        else:
            (other / "album/0.jpg").unlink()
        before = files(other)
        outcomes = run(settings, lambda: unmount(place / "album"), 0)
    assert [one.result for one in outcomes] == [Result.FAILED]
    assert list((place / "album").iterdir()) == []
    assert files(other) == before


# -- a place that is not there when the run begins
# ----------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["upload", "sync", "syncUpload"])
def test_a_folder_that_is_known_and_missing_is_not_made_anew(
    world: World, mode: str
) -> None:
    world.here("album/photo.jpg")
    assert world.sync("-m", mode).code == 0
    world.remote.rename(world.top / "pulled out")
    world.here("album/new.jpg")
    before = files(world.local)
    result = world.sync("-m", mode, *DELETING)
    assert result.code == 5
    assert f"{world.remote} is not there, and held photos" in result.err
    assert not world.remote.exists()
    assert files(world.local) == before


# -- the library goes away under a service
# ----------------------------------------------------------------------


@pytest.mark.parametrize("go_away", [leave_nothing, leave_mount_point])
@pytest.mark.parametrize("direction", ["there", "home"])
@pytest.mark.parametrize("service", ["drive", "flickr"])
def test_a_lost_library_loses_nothing_on_a_service(
    tmp_path: Path, service: str, direction: str, go_away: GoAway
) -> None:
    with world_of(tmp_path, service) as world:
        (remote,) = world.remotes
        assert isinstance(remote, Drive | Flickr)
        settings = Settings(
            photosync.Home(world.home, world.home),
            roots=(str(world.local.top),),
            scope=(service,),
            mode="sync",
            allow_delete=frozenset({Side.LOCAL, Side.REMOTE}),
            retry_wait=0.002,
            transfers=1,
            drive_url=remote.emulator.url,
            flickr_url=remote.emulator.url,
        )
        paths = [f"album/{number}.jpg" for number in range(4)]
        source = world.local if direction == "there" else remote
        for path in paths:
            source.add(path, picture(path))
        # Flickr tells of its photos only once they are in their album.
        after = 0 if direction == "there" else 1
        outcomes = run(settings, lambda: go_away(world.local.top), after)
        assert len(outcomes) == 4
        assert any("is its disk" in one.reason for one in outcomes)
        done = [one for one in outcomes if one.result is Result.DONE]
        come_back(world.local.top)
        assert len(remote.photos()) == (4 if direction == "home" else len(done))
        assert world.sync().code == 0
        assert remote.photos() == world.local.photos()
        assert len(world.local.photos()) == 4
        assert world.sync().actions == []
