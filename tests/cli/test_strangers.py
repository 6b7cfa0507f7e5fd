"""Two photos that meet for the first time under one name: equal, or a conflict."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.three_sides import WHEN, Remote, World, picture, world_of

A = "Rome/IMG_1.jpg"
HOUR = 3600
MODES = ["upload", "download", "sync"]


@pytest.fixture(params=["folder", "drive", "flickr"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with world_of(tmp_path, request.param) as world:
        yield world


def photos(world: World) -> list[dict[str, bytes]]:
    return [world.local.photos(), *(remote.photos() for remote in world.remotes)]


def verdict(remote: Remote) -> str:
    # Of what a person sent there Flickr tells neither date nor size nor MD5.
    return "UNKNOWN" if remote.service == "flickr" else "CONFLICT"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("later", [-HOUR, HOUR])
@pytest.mark.parametrize("data", [picture("IMG_2"), picture("a far longer one")])
def test_of_two_unrelated_photos_neither_is_overwritten(
    world: World, mode: str, later: int, data: bytes
) -> None:
    (remote,) = world.remotes
    world.local.add(A, picture("IMG_1"), WHEN + later)
    remote.add(A, data)
    before = photos(world)
    for _ in range(2):
        ended = world.sync(mode=mode)
        service = remote.service.partition(":")[0]
        assert ended.steps == [f"{service} REPORT {verdict(remote)} {A}"]
        assert (ended.code, ended.err) == (0, "")
    assert photos(world) == before


@pytest.mark.parametrize("service", ["folder", "drive"])
def test_two_unrelated_photos_may_both_be_kept(tmp_path: Path, service: str) -> None:
    ours, theirs = picture("IMG_1"), picture("IMG_2")
    with world_of(tmp_path, service) as world:
        world.local.add(A, ours, WHEN + HOUR)
        world.remotes[0].add(A, theirs)
        for _ in range(2):
            assert world.sync("--override", "CONFLICT=KEEP_BOTH").code == 0
        here = world.local.photos()
        assert here == world.remotes[0].photos()
        assert sorted(here.values()) == sorted([ours, theirs])
        assert here[A] == ours


@pytest.mark.parametrize("asked", ["1", "2", "3"])
def test_what_was_once_found_to_differ_is_not_taken_for_equal(
    tmp_path: Path, asked: str
) -> None:
    with world_of(tmp_path, "drive") as world:
        # Of one date and one size, and other bytes.
        world.local.add(A, picture("IMG_1"), WHEN)
        world.remotes[0].add(A, picture("IMG_2"))
        assert world.sync("-c", "4").steps == [f"drive REPORT CONFLICT {A}"]
        assert world.sync("-c", asked).steps == [f"drive REPORT CONFLICT {A}"]


@pytest.mark.parametrize("forgets", [False, True])
def test_of_two_services_with_other_bytes_one_is_not_equal(
    tmp_path: Path, *, forgets: bool
) -> None:
    with world_of(tmp_path, "drive", "flickr") as world:
        drive, flickr = world.remotes
        flickr_alone = World(tmp_path, (flickr,))
        world.local.add(A, picture("IMG_1"), WHEN)
        for _ in range(2):
            assert flickr_alone.sync().code == 0
        if forgets:
            world.forget()
        # Of the date and the size of the file here.
        drive.add(A, picture("IMG_2"))
        before = photos(world)
        for _ in range(2):
            assert world.sync().steps == [f"drive REPORT CONFLICT {A}"]
        # A delete on Flickr must not reach the other photo.
        flickr.delete(A)
        world.sync()
        assert drive.photos() == before[1]
