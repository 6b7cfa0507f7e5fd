"""--copies: which photos have fewer proven copies than wanted."""

from __future__ import annotations

import pytest

from cli.command import Result, refused, run
from cli.conftest import World


def start(world: World, *words: str) -> Result:
    places = ("--home", world.home, "-d", world.local, "-p", f"folder:{world.remote}")
    return run(*places, *words)


def ask(world: World, wanted: int, *words: str) -> Result:
    return start(world, "-m", "report", "--copies", str(wanted), *words)


def make_equal(world: World) -> None:
    for name in "ab":
        world.here(f"Rome/{name}.jpg", name.encode())
    for _ in range(2):
        assert start(world, "-m", "upload", "-c", "7").code == 0


@pytest.mark.parametrize("dry", [(), ("--test",)])
def test_photos_with_too_few_copies_are_listed_by_album(
    world: World, dry: tuple[str, ...]
) -> None:
    make_equal(world)
    said = ask(world, 2, *dry)
    assert (said.code, said.err) == (0, "")
    assert "Every photo here has at least 2 proven copies." in said.out
    said = ask(world, 3, *dry)
    assert said.code == 1
    assert "2 photos with fewer than 3 proven copies" in said.out
    assert f"  Rome: 2 photos\n    a.jpg: here, {world.remote}\n" in said.out


def test_what_was_deleted_there_since_is_no_copy(world: World) -> None:
    make_equal(world)
    (world.remote / "Rome" / "b.jpg").unlink()
    for _ in range(2):
        said = ask(world, 2)
        assert said.code == 1
        assert "1 photo with fewer than 2 proven copies" in said.out
        assert "    b.jpg: only here\n" in said.out


def test_equal_dates_and_sizes_prove_nothing(world: World) -> None:
    world.here("Rome/a.jpg", b"a")
    world.there("Rome/a.jpg", b"a")
    said = ask(world, 2)
    assert said.code == 1
    assert f"    a.jpg: here; not proven on {world.remote}\n" in said.out
    assert ask(world, 2, "-c", "7").code == 0


def test_an_album_that_cannot_be_listed_proves_nothing(world: World) -> None:
    make_equal(world)
    closed = world.remote / "Rome"
    closed.chmod(0)
    places = ("--home", world.home, "-d", world.local, "-p", f"folder:{world.remote}")
    said = run(*places, "-m", "report", "--copies", "2", "--test", unprivileged=True)
    closed.chmod(0o755)
    assert said.code == 1
    assert "2 photos with fewer than 2 proven copies" in said.out


def test_a_run_that_does_something_is_not_asked(world: World) -> None:
    world.here("Rome/a.jpg")
    text = "--copies looks only: use it with -m report, without --override"
    refused(start(world, "-m", "upload", "--copies", "2"), text)
    assert not list(world.remote.glob("*/*"))
