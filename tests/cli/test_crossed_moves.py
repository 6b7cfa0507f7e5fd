"""A photo that is moved, edited or deleted on one side while its album is renamed on
another: afterwards it stands at one place, the same on all sides.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from harness.photos_world import calm, went_well
from harness.three_sides import Drive, Flickr, Remote, World, picture, world_of

HERE, FOLDER, DRIVE, FLICKR = "here", "folder", "drive", "flickr"
TOLD = "Rome/a.jpg"


def side_of(world: World, name: str) -> Remote:
    if name == HERE:
        return world.local
    return next(side for side in world.remotes if side.service.startswith(name))


def change(side: Remote, what: str) -> None:
    if what == "renamed":
        side.rename(TOLD, "new.jpg")
    elif what == "sorted":
        side.move(TOLD, "Oslo")
    elif what == "edited":
        side.edit(TOLD, picture("edited"))
    else:
        side.delete(TOLD)


CHANGES = ("renamed", "sorted", "edited", "deleted")


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize(
    ("album_of", "photo_of"),
    [
        (HERE, FOLDER),
        (FOLDER, HERE),
        (HERE, DRIVE),
        (DRIVE, HERE),
        (HERE, FLICKR),
        (FLICKR, HERE),
        (DRIVE, FLICKR),
        (FLICKR, DRIVE),
    ],
)
def test_a_photo_whose_album_was_renamed_elsewhere_is_at_one_place(
    tmp_path: Path, album_of: str, photo_of: str, what: str
) -> None:
    if photo_of == FLICKR and what == "renamed":
        pytest.skip("there a title is no name")
    services = (FOLDER,) if FOLDER in {album_of, photo_of} else (DRIVE, FLICKR)
    with world_of(tmp_path, *services) as world:
        for path in (TOLD, "Rome/b.jpg", "Rome/c.jpg", "Oslo/z.jpg"):
            world.local.add(path, picture(path))
        went_well(world.sync())
        before = world.local.photos()
        for side in world.remotes:
            if isinstance(side, Drive | Flickr):
                side.emulator.clock.advance(3600)
        change(side_of(world, photo_of), what)
        side_of(world, album_of).rename_album("Rome", "Roma")
        for _ in range(2):
            went_well(world.sync())
        calm(world)
        expected = dict(before)
        if what == "edited":
            expected[TOLD] = picture("edited")
        for side in (world.local, *world.remotes):
            assert sorted(side.photos().values()) == sorted(expected.values())
            assert side.photos() == world.local.photos(), side.service
        assert what != "renamed" or "Roma/new.jpg" in world.local.photos()


@pytest.mark.parametrize("services", [(DRIVE,), (DRIVE, FOLDER)])
def test_a_sidecar_goes_with_the_photo_that_was_renamed(
    tmp_path: Path, services: tuple[str, ...]
) -> None:
    with world_of(tmp_path, *services) as world:
        for path in (TOLD, "Rome/b.jpg", f"{TOLD}.xmp"):
            world.local.add(path, picture(path))
        went_well(world.sync())
        side_of(world, DRIVE).rename(TOLD, "new.jpg")
        world.local.rename_album("Rome", "Roma")
        for _ in range(2):
            went_well(world.sync())
        calm(world)
        for side in (world.local, *world.remotes):
            assert set(side.photos()) == {
                "Roma/b.jpg",
                "Roma/new.jpg",
                "Roma/new.jpg.xmp",
            }


def test_a_new_album_and_a_new_name_do_not_push_another_photo_aside(
    tmp_path: Path,
) -> None:
    with world_of(tmp_path, DRIVE) as world:
        for path in (TOLD, "Rome/b.jpg", "Oslo/z.jpg"):
            world.local.add(path, picture(path))
        went_well(world.sync())
        before = sorted(world.local.photos().values())
        side_of(world, DRIVE).rename(TOLD, "z.jpg")
        world.local.move(TOLD, "Oslo")
        for _ in range(2):
            went_well(world.sync())
        calm(world)
        for side in (world.local, *world.remotes):
            assert set(side.photos()) == {"Oslo/a.jpg", "Oslo/z.jpg", "Rome/b.jpg"}
            assert sorted(side.photos().values()) == before


@pytest.mark.parametrize("service", [DRIVE, FLICKR, FOLDER])
@pytest.mark.parametrize("how", ["renamed", "emptied"])
def test_an_album_that_both_sides_moved_comes_together_photo_by_photo(
    tmp_path: Path, service: str, how: str
) -> None:
    with world_of(tmp_path, service) as world:
        names = ("a.jpg", "b.jpg", "c.jpg")
        for name in names:
            world.local.add(f"Rome/{name}", picture(name))
        went_well(world.sync())
        before = sorted(world.local.photos().values())
        world.local.rename_album("Rome", "Lima")
        there = side_of(world, service)
        if how == "renamed":
            there.rename_album("Rome", "Italy")
        else:
            # The folder stays, empty.
            for name in names:
                there.move(f"Rome/{name}", "Italy")
        for _ in names:
            world.sync("--max", "1")
        calm(world)
        for side in (world.local, *world.remotes):
            assert set(side.photos()) == {f"Lima/{name}" for name in names}
            assert sorted(side.photos().values()) == before


@pytest.mark.parametrize("mode", ["upload", "syncUpload"])
def test_where_nothing_moves_here_the_place_here_counts(
    tmp_path: Path, mode: str
) -> None:
    with world_of(tmp_path, DRIVE) as world:
        for path in (TOLD, "Rome/b.jpg"):
            world.local.add(path, picture(path))
        went_well(world.sync())
        side_of(world, DRIVE).rename(TOLD, "new.jpg")
        world.local.rename_album("Rome", "Roma")
        went_well(world.sync(mode=mode))
        calm(world, mode=mode)
        for side in (world.local, *world.remotes):
            assert set(side.photos()) == {"Roma/a.jpg", "Roma/b.jpg"}


@pytest.mark.parametrize("service", [DRIVE, FLICKR])
@pytest.mark.parametrize("how", ["renamed", "sorted"])
def test_an_edit_of_what_both_sides_moved_comes_home(
    tmp_path: Path, service: str, how: str
) -> None:
    with world_of(tmp_path, service) as world:
        for path in (TOLD, "Rome/b.jpg", "Oslo/z.jpg"):
            world.local.add(path, picture(path))
        went_well(world.sync())
        there = side_of(world, service)
        assert isinstance(there, Drive | Flickr)
        there.emulator.clock.advance(3600)
        change(world.local, how)
        there.move(TOLD, "Best")
        there.edit("Best/a.jpg", picture("edited there"))
        there.emulator.clock.advance(3600)
        for _ in range(2):
            went_well(world.sync())
        calm(world)
        assert world.local.photos() == there.photos()
        # What each of the two meant is there: nobody knows which is to be the one.
        assert world.local.photos()["Best/a.jpg"] == picture("edited there")
