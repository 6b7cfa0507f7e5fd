"""Guards that see under any rules: filters and naming that change, and folders that the
naming rules leave without a title.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.three_sides import World, picture, world_of

PHOTOS = tuple(f"Rome/{number:02}.jpg" for number in range(25))
OTHERS = tuple(f"Oslo/{number:02}.jpg" for number in range(25))
MORE = ("--max-delete", "100%")
NO_ROME = ("-n", "{0}", "--replace", "^Rome$|")
MIRRORS = ("sync", "syncUpload", "repairUpload")


@pytest.fixture(params=["folder", "drive", "flickr"])
def side(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A library and each kind of service, nothing on either."""
    with world_of(tmp_path, request.param) as world:
        yield world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Two albums, equal on both sides."""
    with world_of(tmp_path, "folder") as world:
        for path in (*PHOTOS, *OTHERS):
            world.local.add(path, picture(path))
        assert world.sync().code == 0
        yield world


# -- folders without a title
# ----------------------------------------------------------


@pytest.mark.parametrize("mode", MIRRORS)
def test_a_folder_without_a_title_is_not_gone(side: World, mode: str) -> None:
    for path in ("Rome/a.jpg", "Oslo/b.jpg"):
        side.local.add(path, picture(path))
    assert side.sync().code == 0
    ended = side.sync(*NO_ROME, *MORE, mode=mode)
    assert ended.code == 1
    assert "Rome: the naming rules leave no album title; change them" in ended.err
    assert ended.actions == []
    assert sorted(side.remotes[0].photos()) == ["Oslo/b.jpg", "Rome/a.jpg"]
    assert side.sync().steps == []


@pytest.mark.parametrize("mode", MIRRORS)
def test_nor_is_its_part_of_an_album_that_other_folders_fill_too(
    side: World, mode: str
) -> None:
    for path in ("Rome/a.jpg", "Oslo/b.jpg"):
        side.local.add(path, picture(path))
    trip = ("-n", "{0}", "--replace", "Rome|Trip", "--namingextract", "Oslo|Trip")
    assert side.sync(*trip).code == 0
    assert len(side.remotes[0].photos()) == 2
    # Of the album Trip the half that lies in Rome has no title now.
    ended = side.sync("-n", "{0}", "--replace", "Rome|", *trip[4:], *MORE, mode=mode)
    assert (ended.code, ended.actions) == (1, [])
    assert len(side.remotes[0].photos()) == 2


# -- rules that change
# ----------------------------------------------------------------


def lose(world: World, paths: tuple[str, ...]) -> None:
    for path in paths:
        world.local.delete(path)


def test_two_schedules_do_not_blind_each_other_to_a_lost_root(world: World) -> None:
    assert world.sync("--exclude", "Oslo").code == 0
    lose(world, (*PHOTOS[1:], *OTHERS))
    for argv in (("--exclude", "Oslo"), ()):
        refused = world.sync(*argv, *MORE)
        assert refused.code == 5, argv
        assert "is the right disk mounted?" in refused.err
    assert len(world.remotes[0].photos()) == 50


def test_each_set_of_rules_has_its_own_measure(world: World) -> None:
    # What memory does not know of is counted all the same.
    assert world.sync("--exclude", "Oslo").code == 0
    world.forget_baselines()
    lose(world, (*PHOTOS, *OTHERS[1:]))
    for argv, held in ((("--exclude", "Oslo"), 25), ((), 50)):
        refused = world.sync(*argv, *MORE, mode="syncUpload")
        assert refused.code == 5, argv
        assert f"held {held} at the last run" in refused.err


def test_what_we_deleted_under_other_rules_is_no_loss(world: World) -> None:
    assert world.sync("--exclude", "Oslo").code == 0
    lose(world, (*PHOTOS[1:], *OTHERS))
    assert world.sync(*MORE, "--accept", "lost-photos").code == 0
    assert list(world.remotes[0].photos()) == [PHOTOS[0]]
    # The service lost them by our own hand.
    ended = world.sync("--exclude", "Oslo", "--accept", "lost-photos")
    assert (ended.code, ended.err) == (0, "")


@pytest.mark.parametrize(
    "argv",
    [("--exclude", "^nothing$"), ("-f", "both"), ("-n", "{0}"), ("-n", "X {0}")],
)
def test_the_first_run_under_other_rules_sees_a_lost_root(
    world: World, argv: tuple[str, ...]
) -> None:
    lose(world, (*PHOTOS, *OTHERS))
    refused = world.sync(*argv, *MORE)
    assert refused.code == 5
    assert len(world.remotes[0].photos()) == 50


@pytest.mark.parametrize(
    "argv", [("--exclude", "^nothing$"), ("-f", "both"), ("-n", "{0}")]
)
def test_and_an_emptied_service(world: World, argv: tuple[str, ...]) -> None:
    for path in (*PHOTOS, *OTHERS):
        world.remotes[0].delete(path)
    refused = world.sync(*argv, *MORE)
    assert refused.code == 5
    assert len(world.local.photos()) == 50
