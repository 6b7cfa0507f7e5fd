"""What was moved on the other side lands beside where it was, once and for all."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.command import run
from cli.conftest import World
from cli.trees import Photo, files


@pytest.mark.parametrize(
    ("before", "renamed", "after"),
    [
        (
            {"2019/Rome/a.jpg", "2019/Rome/_best/b.jpg", "2019/Oslo/c.jpg"},
            ("2019 - Rome", "2019 - Roma"),
            {"2019/Roma/a.jpg", "2019/Roma/_best/b.jpg", "2019/Oslo/c.jpg"},
        ),
        (
            {"Trip/a.jpg", "Trip/_best/a.jpg"},
            ("Trip", "Sea"),
            {"Sea/a.jpg", "Sea/_best/a.jpg"},
        ),
        (
            {"Trip/b.jpg", "Trip/_best/a.jpg"},
            ("Trip/a.jpg", "Trip/c.jpg"),
            {"Trip/b.jpg", "Trip/_best/c.jpg"},
        ),
    ],
)
def test_a_library_keeps_its_folders_when_an_album_is_renamed_there(
    world: World, before: set[str], renamed: tuple[str, str], after: set[str]
) -> None:
    for path in before:
        world.here(path, path.encode())
    assert world.sync("-m", "sync").code == 0
    contents = set(files(world.local).values())
    old, new = renamed
    (world.remote / old).rename(world.remote / new)
    assert world.sync("-m", "sync").code == 0
    assert files(world.local).keys() == after
    assert set(files(world.local).values()) == contents
    assert world.sync("-m", "sync", "-c", "7").steps == []


def test_a_photo_of_the_second_root_stays_there(world: World) -> None:
    one, two = world.top / "one", world.top / "two"
    Photo(b"1").write(one / "Oslo/a.jpg")
    Photo(b"2").write(two / "Rome/b.jpg")

    def sync(*argv: str | Path) -> list[str]:
        places = ("--home", world.home, "-d", one, "-d", two, "-m", "sync")
        result = run(*places, "-p", f"folder:{world.remote}", *argv)
        assert result.code == 0
        return result.steps

    sync()
    (world.remote / "Rome").rename(world.remote / "Roma")
    sync()
    assert files(one).keys() == {"Oslo/a.jpg"}
    assert files(two).keys() == {"Roma/b.jpg"}
    assert sync("-c", "7") == []
