"""A photo that somebody edited on Flickr stands for no bytes any more, whatever our tags
tell of it: what is sent is sent, and does not join an album as the edited one.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from harness.photos_world import counted, flickr_of, shot, went_well
from harness.three_sides import World, picture, world_of

A, B = "Rome/a.jpg", "Rome/b.jpg"


def lose_memory(world: World) -> None:
    """The memory is gone, and the album got another title here."""
    world.state.unlink()
    world.local.rename_album("Rome", "Best")


def send(world: World, *paths: str) -> None:
    """Photos that were sent an hour ago."""
    for path in paths:
        world.local.add(path, picture(path))
    went_well(world.sync())
    flickr_of(world).emulator.clock.advance(3600)


@pytest.mark.parametrize("is_loose", [False, True])
def test_what_was_edited_there_does_not_join_as_what_is_sent(
    tmp_path: Path, *, is_loose: bool
) -> None:
    with world_of(tmp_path, "flickr") as world:
        send(world, A, B)
        flickr = flickr_of(world)
        flickr.edit(A, picture("edited there"))
        if is_loose:
            web = flickr.emulator.web
            web.take_out(web.titled("Rome")[0], flickr.ids()[A])
        lose_memory(world)
        went_well(world.sync(mode="upload", allow=""))
        found = flickr.photos()
        assert found["Best/a.jpg"] == picture(A)
        # Nobody touched the other one: it is one photo in both albums.
        assert flickr.ids()["Best/b.jpg"] == flickr.ids()[B]
        assert is_loose or found[A] == picture("edited there")


def test_what_was_only_written_on_there_joins_and_is_not_sent_again(
    tmp_path: Path,
) -> None:
    with world_of(tmp_path, "flickr") as world:
        send(world, A)
        flickr_of(world).touch(A)
        lose_memory(world)
        went_well(world.sync(mode="upload", allow=""))
        ids = flickr_of(world).ids()
        assert ids["Best/a.jpg"] == ids[A]


def test_of_what_the_memory_knows_nothing_is_fetched(tmp_path: Path) -> None:
    with world_of(tmp_path, "flickr") as world:
        send(world, A)
        flickr_of(world).touch(A)
        # A copy in an album of the best ones.
        world.local.add("Best/a.jpg", picture(A))
        files = counted(
            world, "flickr", lambda: went_well(world.sync(mode="upload", allow=""))
        )
        assert "photos.getSizes" not in files
        assert flickr_of(world).ids()["Best/a.jpg"] == flickr_of(world).ids()[A]


@pytest.mark.parametrize("name", ["a.jpg", "a.tiff"])
def test_where_flickr_gives_no_original_our_tags_are_believed(
    tmp_path: Path, name: str
) -> None:
    with world_of(tmp_path, "flickr") as world:
        # A TIFF is kept as a JPEG there.
        shot(world, f"Rome/{name}")
        send(world)
        flickr = flickr_of(world)
        flickr.touch(f"Rome/{name}")
        flickr.emulator.settings.withhold_originals = name == "a.jpg"
        lose_memory(world)
        went_well(world.sync(mode="upload", allow=""))
        ids = flickr.ids()
        assert ids[f"Best/{name}"] == ids[f"Rome/{name}"]
