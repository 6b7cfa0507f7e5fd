"""Photos of one album that lie in several folders: each keeps the name it once got, and
never takes that of another.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.three_sides import WHEN, World, picture, world_of

ONE, TWO, THREE = (picture(text) for text in ("one", "two", "three"))


@pytest.fixture(params=["folder", "drive", "flickr"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with world_of(tmp_path, request.param) as made:
        yield made


def put(world: World, path: str, data: bytes, hours: int = 0) -> None:
    file = world.local.top / path
    file.parent.mkdir(parents=True, exist_ok=True)
    world.local._write(file, data, WHEN + hours * 3600)


def there(world: World) -> dict[str, bytes]:
    return world.remotes[0].photos()


def test_a_photo_keeps_its_name_when_a_namesake_comes(world: World) -> None:
    put(world, "Trip/b.jpg", TWO)
    put(world, "Trip/_best/a.jpg", ONE)
    assert world.sync().code == 0
    before = world.remotes[0].ids()
    put(world, "Trip/a.jpg", THREE)
    assert world.sync().code == 0
    assert there(world) == {
        "Trip/a.jpg": ONE,
        "Trip/b.jpg": TWO,
        "Trip/Trip - a.jpg": THREE,
    }
    assert before.items() <= world.remotes[0].ids().items()
    assert world.sync().steps == []


def test_a_photo_keeps_its_name_when_a_namesake_goes(world: World) -> None:
    put(world, "Trip/a.jpg", ONE)
    put(world, "Trip/_best/a.jpg", TWO)
    put(world, "Trip/b.jpg", THREE)
    assert world.sync().code == 0
    (world.local.top / "Trip/a.jpg").unlink()
    assert world.sync().code == 0
    assert there(world) == {"Trip/_best - a.jpg": TWO, "Trip/b.jpg": THREE}
    assert world.sync().steps == []


def test_two_photos_that_claim_one_long_name_stay_two(world: World) -> None:
    put(world, "Trip/a.jpg", ONE)
    put(world, "Trip/_best/_best - b.jpg", TWO)
    put(world, "Trip/_best/_best/b.jpg", THREE)
    for _ in range(3):
        assert world.sync().code == 0
        assert sorted(there(world).values()) == sorted([ONE, TWO, THREE])
    world.remotes[0].add("Trip/_best - _best - b.jpg", picture("from a friend"))
    assert world.sync("--allowDelete", "neither").code == 0
    contents = [ONE, TWO, THREE, picture("from a friend")]
    assert sorted(there(world).values()) == sorted(contents)


@pytest.mark.parametrize("edit", ["replace", "metadata"])
def test_what_is_written_there_of_a_photo_bears_its_name_in_the_album(
    world: World, edit: str
) -> None:
    put(world, "Trip/a.jpg", ONE)
    put(world, "Trip/_best/a.jpg", TWO)
    assert world.sync().code == 0
    if edit == "replace":
        put(world, "Trip/_best/a.jpg", THREE, hours=1)
        assert world.sync().code == 0
    else:
        put(world, "Trip/_best/a.jpg", TWO, hours=1)
        assert world.sync("-c", "7", mode="repairUpload").code == 0
    assert there(world).keys() == {"Trip/a.jpg", "Trip/_best - a.jpg"}
    assert world.sync().steps == []
    (world.local.top / "Trip/_best/a.jpg").unlink()
    assert world.sync().code == 0
    assert there(world) == {"Trip/a.jpg": ONE}


def test_where_memory_is_lost_a_long_name_is_known_again(world: World) -> None:
    put(world, "Trip/a.jpg", ONE)
    put(world, "Trip/_best/a.jpg", TWO)
    assert world.sync().code == 0
    (world.local.top / "Trip/a.jpg").unlink()
    world.sync()
    world.forget()
    assert world.sync().code == 0
    assert there(world) == {"Trip/_best - a.jpg": TWO}
    put(world, "Trip/_best/a.jpg", THREE, hours=1)
    assert world.sync().code == 0
    assert there(world) == {"Trip/_best - a.jpg": THREE}
    assert world.sync().steps == []


def test_of_two_spellings_the_one_that_came_first_keeps_the_name(world: World) -> None:
    put(world, "Trip/e\u0301.jpg", ONE)
    assert world.sync().code == 0
    put(world, "Trip/\xe9.jpg", TWO)
    for _ in range(2):
        result = world.sync()
        assert result.code == 1
        assert "\xe9.jpg: another file of this album has the same name" in result.err
        assert list(there(world).values()) == [ONE]
    (world.local.top / "Trip/\xe9.jpg").rename(world.local.top / "Trip/b.jpg")
    assert world.sync().code == 0
    assert sorted(there(world).values()) == sorted([ONE, TWO])
