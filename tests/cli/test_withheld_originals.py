"""What Flickr converts or does not hand out is no copy, and comes home from Drive."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from harness.three_sides import Flickr, World, picture, world_of

from photosync.emulators.traffic import Fault
from photosync.history.storage.database import FILE
from photosync.history.storage.schema import MIGRATIONS

TIFF = b"II*\0\x08\0\0\0\0\0\0\0\0\0"
PHOTOS = {"Rome/a.jpg": picture("a"), "Rome/b.tif": TIFF}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with world_of(tmp_path, "flickr", "drive") as world:
        for path, data in PHOTOS.items():
            world.local.add(path, data)
        yield world


def make_free(world: World) -> None:
    flickr = world.remotes[0]
    assert isinstance(flickr, Flickr)
    flickr.emulator.web.change_account(pro=0)


def buy_new_computer(world: World) -> World:
    """The same accounts, no memory and an empty library."""
    new = World(world.top / "new", world.remotes)
    new.home.mkdir(parents=True)
    for file in ("tokens.json", "client_secrets.json", "config.toml"):
        if (world.home / file).exists():
            shutil.copy2(world.home / file, new.home / file)
    return new


@pytest.mark.parametrize("is_free", [False, True])
def test_what_flickr_does_not_give_back_comes_home_from_drive(
    world: World, *, is_free: bool
) -> None:
    if is_free:
        make_free(world)
    assert world.sync().code == 0
    new = buy_new_computer(world)
    dry = new.sync("--test", "-v")
    assert "download from Drive    Rome/b.tif" in dry.out
    ended = new.sync()
    assert (ended.code, new.local.photos()) == (0, PHOTOS)
    assert new.sync().actions == []
    # Both services are known to have it: deleted here, neither brings it back.
    new.local.delete("Rome/b.tif")
    for _ in range(2):
        new.sync()
        assert sorted(new.local.photos()) == ["Rome/a.jpg"]


@pytest.mark.parametrize("is_free", [False, True])
def test_what_flickr_does_not_give_back_is_not_saved_there(
    world: World, *, is_free: bool
) -> None:
    if is_free:
        make_free(world)
    only_flickr = World(world.top, world.remotes[:1])
    lost = sorted(PHOTOS) if is_free else ["Rome/b.tif"]
    card = world.top / "card"
    shutil.copytree(world.local.top, card)
    # It holds from the first run on, and is not forgotten when nothing is to do.
    for _ in range(2):
        assert only_flickr.sync().code == 0
        said = only_flickr.sync("--copies", "2", mode="report", allow="")
        doubts = said.out.count("here; not given back as it is by Flickr")
        assert (said.code, doubts) == (1, len(lost))
    shutil.rmtree(world.local.top / "Rome")
    said = only_flickr.sync("--is-saved", str(card))
    assert said.code == 1
    named = [line for line in said.out.splitlines() if line.startswith("nowhere else:")]
    assert named == [f"nowhere else: {card}/{path}" for path in lost]


@pytest.mark.parametrize("is_replaced", [False, True])
def test_what_is_sent_to_who_knows_what_account_is_no_copy_until_a_run_has_looked(
    world: World, *, is_replaced: bool
) -> None:
    only_flickr = World(world.top, world.remotes[:1])
    (flickr,) = only_flickr.remotes
    assert isinstance(flickr, Flickr)
    make_free(world)
    here, away, card = world.local.top / "Rome", world.top / "Rome", world.top / "card"
    if is_replaced:
        assert only_flickr.sync().code == 0
        world.local.edit("Rome/a.jpg", picture("edited"))
    else:
        silent = Fault("people.getUploadStatus", "status", None, status=503)
        flickr.emulator.traffic.plan(silent)
    assert only_flickr.sync().code == 0
    shutil.copytree(here, card)
    here.rename(away)
    said = only_flickr.sync("--is-saved", str(card))
    assert said.out.count("nowhere else:") == 2


def forget_what_is_given_back(world: World) -> None:
    """Let the memory be that of a photosync which noted nothing of that."""
    (state,) = world.home.rglob(FILE)
    with closing(sqlite3.connect(state)) as db, db:
        db.execute("UPDATE history SET remote = json_remove(remote, '$[14]')")
        # What later ones have added since.
        db.execute("DROP TABLE looks")
        db.execute("ALTER TABLE runs DROP COLUMN unreached")
        (before,) = (n for n, script in enumerate(MIGRATIONS) if "'$[14]'" in script)
        db.execute(f"PRAGMA user_version = {before}")


def test_what_an_earlier_memory_tells_of_flickr_is_no_copy_until_a_run_has_looked(
    world: World,
) -> None:
    only_flickr = World(world.top, world.remotes[:1])
    here, away, card = world.local.top / "Rome", world.top / "Rome", world.top / "card"
    shutil.copytree(world.local.top, card)
    assert only_flickr.sync().code == 0
    forget_what_is_given_back(only_flickr)
    told: list[int] = []
    for _ in range(2):
        here.rename(away)
        said = only_flickr.sync("--is-saved", str(card))
        told.append(said.out.count("nowhere else:"))
        away.rename(here)
        ended = only_flickr.sync()
        assert (ended.code, ended.actions) == (0, [])
    assert told == [2, 1]
