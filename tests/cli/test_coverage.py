"""-m report: which albums are whole on which side."""

from __future__ import annotations

from cli.command import Result, run
from cli.conftest import World


def report(world: World, *words: str) -> Result:
    places = ("--home", world.home, "-d", world.local, "-p", f"folder:{world.remote}")
    return run(*places, "-m", "report", *words)


def make_albums(world: World) -> None:
    for number in range(20):
        for place in (world.here, world.there):
            place(f"equal {number:02}/a.jpg")
    world.here("Rome/a.jpg")
    world.here("Rome/b.jpg")
    world.there("Rome/c.jpg")
    world.there("Oslo/c.jpg")
    world.here("a very long name of an album, longer than any screen " * 3 + "/a.jpg")


def test_albums_that_differ_are_a_row_and_the_others_one_line(world: World) -> None:
    make_albums(world)
    for words in ((), ("--test",)):
        said = report(world, *words)
        lines = said.out.splitlines()
        rows = [line.split(maxsplit=2) for line in lines]
        assert ["Rome", "2", "2 missing, 1 only there"] in rows
        assert ["Oslo", "0", "1 only there"] in rows
        assert "20 albums equal everywhere: 20 photos" in lines
        assert any("..." in line and line.endswith("1 missing") for line in lines)
        assert "equal 07" not in said.out


def test_each_album_is_a_row_with_verbose(world: World) -> None:
    make_albums(world)
    rows = [line.split() for line in report(world, "-v").out.splitlines()]
    assert ["equal", "07", "1", "equal"] in rows


def test_nothing_is_told_of_equal_albums(world: World) -> None:
    world.here("Rome/a.jpg")
    world.there("Rome/a.jpg")
    assert len(report(world).out.splitlines()) == 1
