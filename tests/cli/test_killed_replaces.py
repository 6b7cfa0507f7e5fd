"""A run that is killed while a new photo takes the place of an old one, as on free
accounts of Flickr: the next one ends that, and deletes nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.photos_world import went_well
from harness.three_sides import Flickr, World, environment, started, world_of
from harness.three_sides import picture as make_picture

A = "Rome/a.jpg"
NAMES = ("a.jpg", "b.jpg")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with world_of(tmp_path, "flickr") as world:
        for name in NAMES:
            world.local.add(f"Rome/{name}", make_picture(name))
        went_well(world.sync())
        flickr = flickr_of(world)
        flickr.emulator.web.change_account(pro=0)
        flickr.emulator.clock.advance(3600)
        world.local.edit(A, make_picture("edited"))
        yield world


def flickr_of(world: World) -> Flickr:
    (flickr,) = world.remotes
    assert isinstance(flickr, Flickr)
    return flickr


def kill_after(world: World, method: str) -> None:
    """A run that is killed once Flickr has done a call of a method."""
    traffic = flickr_of(world).emulator.traffic
    called: list[str] = []

    def listen(name: str) -> None:
        called.append(name)
        if name == method:
            process.kill()

    with started(world.ready(), environment()) as process:
        traffic.listener = listen
        process.communicate(timeout=60)
    traffic.listener = None
    assert method in called
    flickr_of(world).emulator.clock.advance(3600)


@pytest.mark.parametrize(
    "method", ["photosets.addPhoto", "photosets.removePhoto", "photos.delete"]
)
def test_a_replace_that_is_killed_is_ended_by_the_next_run(
    world: World, method: str
) -> None:
    flickr = flickr_of(world)
    kill_after(world, method)
    went_well(world.sync())
    assert flickr.photos() == {
        A: make_picture("edited"),
        "Rome/b.jpg": make_picture("b.jpg"),
    }
    assert len(flickr.emulator.web.everything()) == len(NAMES)
    assert world.sync().out.startswith("Nothing to do")


def test_an_old_photo_that_is_in_another_album_by_now_stays(world: World) -> None:
    flickr = flickr_of(world)
    old = flickr.ids()[A]
    kill_after(world, "photosets.removePhoto")
    flickr.emulator.web.album("Best", [old])
    went_well(world.sync())
    assert flickr.photos()["Best/a.jpg"] == make_picture("a.jpg")


def test_an_old_photo_that_was_changed_on_its_page_stays(world: World) -> None:
    flickr = flickr_of(world)
    old = flickr.ids()[A]
    kill_after(world, "photosets.removePhoto")
    flickr.emulator.web.replace(old, make_picture("turned"))
    went_well(world.sync())
    assert flickr.emulator.web.content(old) == make_picture("turned")


def test_an_old_photo_that_a_person_took_out_of_the_album_stays(world: World) -> None:
    flickr = flickr_of(world)
    old = flickr.ids()[A]
    kill_after(world, "photosets.addPhoto")
    (album,) = flickr.emulator.web.all_albums()
    flickr.emulator.web.take_out(album["id"], old)
    went_well(world.sync())
    assert flickr.emulator.web.content(old) == make_picture("a.jpg")
