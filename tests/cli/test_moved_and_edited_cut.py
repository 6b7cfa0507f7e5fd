"""A photo that was moved on a service as well as edited comes home, and its old version
goes from its old place, wherever a run was cut off in between.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from harness.photos_world import calm, side, went_well
from harness.three_sides import Drive, Flickr, World, environment, started, world_of
from harness.three_sides import picture as make_picture

OLD, NEW = "Rome/a.jpg", "Oslo/a.jpg"
OTHERS = ("Rome/stays.jpg", "Oslo/other.jpg")


def move_and_edit(world: World, service: str) -> None:
    """Fill all sides, then change a photo on a service alone."""
    for path in (OLD, *OTHERS):
        world.local.add(path, make_picture(path))
    went_well(world.sync())
    let_an_hour_pass(world)
    there = side(world, service)
    there.move(OLD, "Oslo")
    there.edit(NEW, make_picture("edited"))
    let_an_hour_pass(world)


def let_an_hour_pass(world: World) -> None:
    for remote in world.remotes:
        if isinstance(remote, Drive | Flickr):
            remote.emulator.clock.advance(3600)


def expect_new_alone(world: World) -> None:
    expected = {path: make_picture(path) for path in OTHERS}
    expected[NEW] = make_picture("edited")
    for one in (world.local, *world.remotes):
        assert one.photos() == expected
    calm(world)


@pytest.mark.parametrize("service", ["drive", "flickr", "folder"])
def test_the_old_version_goes_though_max_ended_the_run_before(
    tmp_path: Path, service: str
) -> None:
    with world_of(tmp_path, service) as world:
        move_and_edit(world, service)
        went_well(world.sync("--max", "1"))
        assert {OLD, NEW} <= world.local.photos().keys()
        went_well(world.sync())
        expect_new_alone(world)


@pytest.mark.parametrize("service", ["drive", "flickr"])
def test_the_old_version_goes_from_the_other_service_too(
    tmp_path: Path, service: str
) -> None:
    with world_of(tmp_path, "drive", "flickr") as world:
        move_and_edit(world, service)
        went_well(world.sync("--max", "1"))
        went_well(world.sync())
        expect_new_alone(world)


@pytest.mark.parametrize("service", ["drive", "flickr"])
@pytest.mark.parametrize("was_listed", [False, True])
def test_the_old_version_goes_where_its_album_got_another_title(
    tmp_path: Path, service: str, *, was_listed: bool
) -> None:
    with world_of(tmp_path, service) as world:
        for path in (OLD, *OTHERS):
            world.local.add(path, make_picture(path))
        for _ in range(1 + was_listed):
            went_well(world.sync())
            let_an_hour_pass(world)
        there = side(world, service)
        there.rename_album("Rome", "Roma")
        there.edit("Roma/a.jpg", make_picture("edited"))
        expected = there.photos()
        for _ in range(3):
            let_an_hour_pass(world)
            went_well(world.sync("--max", "1"))
        assert world.local.photos() == there.photos() == expected
        calm(world)


@pytest.mark.parametrize("service", ["drive", "flickr"])
def test_the_old_version_goes_after_a_kill(tmp_path: Path, service: str) -> None:
    with world_of(tmp_path, service) as world:
        move_and_edit(world, service)
        came = world.local.top / NEW
        with started(world.ready(), environment()) as process:
            while process.poll() is None:
                if came.exists():
                    process.kill()
                time.sleep(0.0005)
        let_an_hour_pass(world)
        went_well(world.sync())
        expect_new_alone(world)


@pytest.mark.parametrize("service", ["drive", "flickr"])
def test_the_old_version_goes_once_that_is_permitted(
    tmp_path: Path, service: str
) -> None:
    with world_of(tmp_path, service) as world:
        move_and_edit(world, service)
        for _ in range(3):
            # The album that it came to is found equal meanwhile, and looked at no more.
            assert world.sync(allow="").code == 0
            assert {OLD, NEW} <= world.local.photos().keys()
        went_well(world.sync())
        expect_new_alone(world)


def test_a_photo_that_was_in_both_albums_is_left_alone_in_the_one(
    tmp_path: Path,
) -> None:
    with world_of(tmp_path, "flickr") as world:
        flickr = side(world, "flickr")
        assert isinstance(flickr, Flickr)
        for path in (OLD, *OTHERS):
            world.local.add(path, make_picture(path))
        went_well(world.sync())
        let_an_hour_pass(world)
        web = flickr.emulator.web
        photo = flickr.ids()[OLD]
        (rome,), (oslo,) = web.titled("Rome"), web.titled("Oslo")
        web.put_in(oslo, photo)
        went_well(world.sync())
        assert {OLD, NEW} <= world.local.photos().keys()
        web.take_out(rome, photo)
        let_an_hour_pass(world)
        ended = world.sync()
        assert "still there in another album" in ended.out
        assert world.local.photos()[OLD] == make_picture(OLD)
