"""What other users of a machine can read of a home, or have done by it."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from harness.drive_world import DriveWorld, world_below

from photosync.errors import Rejected
from photosync.history.storage.lock import hold_lock
from photosync.services.auth.session import Session
from photosync.services.http import RetryPolicy
from photosync.services.quotas import HourlyQuota

THEIRS = "what another user's file holds"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[DriveWorld]:
    yield from world_below(tmp_path)


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def sync(world: DriveWorld) -> tuple[int, str]:
    ended = world.run("-d", world.local, "-p", "drive", "-m", "sync")
    return ended.code, ended.err


def find_modes(folder: Path) -> dict[str, int]:
    """The modes of a folder and of all that is in it, by name."""
    found = {path.name: path for path in (folder, *folder.rglob("*"))}
    return {name: stat.S_IMODE(path.stat().st_mode) for name, path in found.items()}


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o277])
def test_a_home_is_for_its_owner_alone_whatever_the_umask(
    world: DriveWorld, mask: int
) -> None:
    world.here("Rome/a.jpg")
    with umask(mask):
        world.sign_in()
        assert sync(world) == (0, "")
        HourlyQuota(9, RetryPolicy(), world.home / "flickr-calls.json").save()
    modes = find_modes(world.home)
    assert modes.pop("home") == 0o700
    assert {"tokens.json", "state.sqlite", "lock", "flickr-calls.json"} <= set(modes)
    assert set(modes.values()) == {0o600}


def test_files_of_an_earlier_home_become_the_owners_alone(world: DriveWorld) -> None:
    world.sign_in()
    assert sync(world) == (0, "")
    for file in world.home.iterdir():
        file.chmod(0o644)
    assert sync(world) == (0, "")
    assert find_modes(world.home)["state.sqlite"] == 0o600


@pytest.mark.parametrize("name", ["lock", "state.sqlite"])
def test_a_link_in_the_place_of_a_file_is_named_and_not_written_through(
    world: DriveWorld, name: str
) -> None:
    world.sign_in()
    theirs = world.top / "theirs"
    theirs.write_text(THEIRS)
    (world.home / name).symlink_to(theirs)
    code, err = sync(world)
    assert f"{world.home / name} " in err
    assert "it is a link" in err
    assert code == 2
    assert theirs.read_text() == THEIRS
    assert stat.S_IMODE(theirs.stat().st_mode) & 0o044


def test_a_link_in_the_place_of_the_tokens_is_named_and_not_read(
    world: DriveWorld,
) -> None:
    world.sign_in()
    theirs = world.top / "theirs"
    (world.home / "tokens.json").rename(theirs)
    (world.home / "tokens.json").symlink_to(theirs)
    code, err = sync(world)
    assert code == 2
    assert f"{world.home}/tokens.json" in err
    assert "it is a link" in err


def test_a_link_in_the_place_of_what_is_written_anew_is_replaced(
    tmp_path: Path,
) -> None:
    theirs = tmp_path / "theirs"
    theirs.write_text(THEIRS)
    calls = tmp_path / "calls"
    calls.symlink_to(theirs)
    quota = HourlyQuota(9, RetryPolicy(), calls)
    quota.spend()
    quota.save()
    assert theirs.read_text() == THEIRS
    assert sum(json.loads(calls.read_text()).values()) == 1


def test_a_pipe_in_the_place_of_a_file_keeps_nobody_waiting(world: DriveWorld) -> None:
    world.sign_in()
    os.mkfifo(world.home / "lock")
    code, err = sync(world)
    assert (code, "no ordinary file" in err) == (2, True)
    (world.home / "lock").unlink()
    (world.home / "tokens.json").unlink()
    os.mkfifo(world.home / "tokens.json")
    code, err = sync(world)
    assert (code, "no ordinary file" in err) == (2, True)


def test_a_token_file_that_others_can_read_is_named_by_a_check(
    world: DriveWorld,
) -> None:
    world.sign_in()
    assert world.run("--check").code == 0
    tokens = world.home / "tokens.json"
    tokens.chmod(0o640)
    ended = world.run("--check")
    assert ended.code == 1
    assert f"{tokens} can be read by others; run: chmod 600 {tokens}" in ended.out


def test_a_lock_that_is_held_still_tells_by_whom(tmp_path: Path) -> None:
    with hold_lock(tmp_path / "home"):
        assert (tmp_path / "home/lock").read_text() == f"{os.getpid()}\n"
    assert Session(tmp_path / "home").services() == []


def lose_lock(home: Path) -> None:
    """Hold a lock whose file cannot be closed, as on a share that went away."""
    with hold_lock(home):
        for handle in Path("/proc/self/fd").iterdir():
            with suppress(OSError):
                if handle.samefile(home / "lock"):
                    os.close(int(handle.name))
        raise Rejected("what the run met")


def test_a_lock_on_a_share_that_went_away_hides_nothing(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="what the run met"):
        lose_lock(tmp_path)
