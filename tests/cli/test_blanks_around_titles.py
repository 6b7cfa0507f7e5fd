"""A blank that a phone writes after the title of an album is no part of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness.three_sides import picture, world_of


@pytest.mark.parametrize("service", ["folder", "drive", "flickr"])
def test_an_album_is_the_same_with_a_blank_after_its_title(
    tmp_path: Path, service: str
) -> None:
    with world_of(tmp_path, service) as world:
        (remote,) = world.remotes
        world.local.add("Rome/a.jpg", picture("a"))
        remote.add("New /b.jpg", picture("b"))
        assert world.sync().code == 0
        assert sorted(world.local.photos()) == ["New/b.jpg", "Rome/a.jpg"]
        remote.rename_album("Rome", "Rome ")
        world.local.add("Rome/c.jpg", picture("c"))
        world.local.add("New/d.jpg", picture("d"))
        assert world.sync().code == 0
        ended = world.sync("--audit")
        assert (ended.code, ended.actions) == (0, [])
        # No second album was made beside the one with the blank.
        found = sorted(path.replace(" /", "/") for path in remote.photos())
        assert found == sorted(world.local.photos())
        assert len({path.partition("/")[0] for path in remote.photos()}) == 2
        assert len(found) == 4
