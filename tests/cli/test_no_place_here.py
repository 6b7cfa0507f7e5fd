"""Photos for which there is no place here, beside the same photo in another album."""

from __future__ import annotations

from pathlib import Path

from harness.three_sides import Flickr, picture, world_of

HERE = "Year 2019"


def test_a_photo_comes_home_to_the_album_that_has_a_place_here(tmp_path: Path) -> None:
    rule = ("-n", "Year {0}")
    with world_of(tmp_path, "flickr") as world:
        (flickr,) = world.remotes
        assert isinstance(flickr, Flickr)
        photo = flickr.add(f"{HERE}/a.jpg", picture("a"))
        # The album of the best ones bears no year.
        flickr.emulator.web.album("Best", [photo])
        ended = world.sync(*rule)
        assert ended.code == 0
        assert "no folder name leads to this album title" in ended.out
        assert list(world.local.photos().values()) == [picture("a")]
