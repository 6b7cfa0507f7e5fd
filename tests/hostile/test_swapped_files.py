"""Files and folders that somebody exchanges between the look at them and their use."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from cli.conftest import World
from cli.trees import NEWER, Photo, files, parts, snapshot

import photosync
from photosync import Outcome, PhotoSync, Result, Settings, Side, Step


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.local.mkdir()
    world.remote.mkdir()
    return world


@pytest.fixture
def settings(world: World) -> Settings:
    return Settings(
        photosync.Home(world.home, world.home),
        roots=(str(world.local),),
        scope=(f"folder:{world.remote}",),
        mode="sync",
        allow_delete=frozenset({Side.LOCAL, Side.REMOTE}),
    )


def run(settings: Settings, exchange: Callable[[], object]) -> list[Outcome]:
    """What became of the steps of a plan after something was exchanged."""
    with PhotoSync.open(settings) as sync:
        plan = sync.plan()
        exchange()
        return [one for one in sync.run(plan) if isinstance(one.step, Step)]


def failed(outcomes: list[Outcome]) -> bool:
    return bool(outcomes) and all(one.result is not Result.DONE for one in outcomes)


@pytest.fixture
def secrets(world: World) -> Path:
    """Files outside of both sides that look like the photos in them."""
    folder = world.top / "secrets"
    for name in ("a.jpg", "b.jpg"):
        Photo(b"secret").write(folder / name)
    return folder


def put_pipe(photo: Path) -> None:
    photo.unlink()
    os.mkfifo(photo)


def put_link(photo: Path) -> None:
    photo.unlink()
    photo.symlink_to(photo.parents[2] / "secrets" / photo.name)


def put_linked_folder(photo: Path) -> None:
    photo.parent.rename(photo.parents[2] / "moved away")
    photo.parent.symlink_to(photo.parents[2] / "secrets")


EXCHANGES = [put_pipe, put_link, put_linked_folder]


@pytest.mark.parametrize("exchange", EXCHANGES)
@pytest.mark.parametrize("side", ["local", "remote"])
def test_what_takes_the_place_of_a_photo_is_never_sent(
    world: World,
    settings: Settings,
    secrets: Path,
    side: str,
    exchange: Callable[[Path], None],
) -> None:
    place = getattr(world, side)
    other = world.remote if side == "local" else world.local
    photo = place / "album/a.jpg"
    # Of the same size and time as the secret: nothing else tells them apart.
    Photo(b"public").write(photo)
    before = snapshot(secrets)
    assert failed(run(settings, lambda: exchange(photo)))
    assert files(other) == {}
    assert parts(other) == []
    assert snapshot(secrets) == before


@pytest.mark.parametrize("side", ["local", "remote"])
def test_nothing_is_written_into_a_folder_that_became_a_link(
    world: World, settings: Settings, secrets: Path, side: str
) -> None:
    place = getattr(world, side)
    other = world.remote if side == "local" else world.local
    Photo(b"photo").write(place / "album/b.jpg")
    Photo(b"new").write(other / "album/new.jpg")
    Photo(b"photo").write(other / "album/b.jpg")
    before = snapshot(secrets)
    outcomes = run(settings, lambda: put_linked_folder(place / "album/b.jpg"))
    assert failed(outcomes)
    assert "album is a link or no folder; left alone" in outcomes[0].reason
    assert snapshot(secrets) == before


@pytest.mark.parametrize("side", ["local", "remote"])
@pytest.mark.parametrize("change", ["delete", "edit", "move"])
def test_nothing_behind_a_link_is_deleted_replaced_or_moved(
    world: World, settings: Settings, secrets: Path, side: str, change: str
) -> None:
    place = getattr(world, side)
    other = world.remote if side == "local" else world.local
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        world.here(f"album/{name}", b"secret" if name == "a.jpg" else name.encode())
    assert world.sync("-m", "sync").code == 0
    photo = other / "album/a.jpg"
    if change == "delete":
        photo.unlink()
    elif change == "edit":
        Photo(b"edited", NEWER).write(photo)
    else:
        photo.rename(other / "album/d.jpg")
    before = snapshot(secrets)
    outcomes = run(settings, lambda: put_linked_folder(place / "album/a.jpg"))
    assert failed(outcomes)
    assert snapshot(secrets) == before
