"""A folder to copy to that is not there: new, or its disk is not mounted."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from harness import command

from cli.command import environment, refused
from cli.conftest import World
from cli.trees import files

QUESTION = "Is a disk not mounted? Make it new? [y/N]"


def at_terminal(world: World, typed: str, *argv: str) -> command.Ended:
    place = f"folder:{world.remote}"
    places: list[str | Path] = ["--home", world.home, "-d", world.local, "-p", place]
    return command.run_at_terminal([*places, *argv], environment(), typed)


@pytest.fixture
def new(world: World) -> World:
    """A library, and a place to copy to that is not there."""
    world.here("album/photo.jpg")
    world.remote.rmdir()
    return world


def test_a_person_agrees_before_a_folder_is_made(new: World) -> None:
    ended = at_terminal(new, "y\n")
    assert f"{new.remote} is not there. {QUESTION}" in ended.out
    assert ended.code == 0
    assert files(new.remote) == files(new.local)
    # Now it is there, and nothing is asked.
    assert QUESTION not in at_terminal(new, "").out


@pytest.mark.parametrize("answer", ["\n", "n\n", "what?\n", "\x04"])
def test_what_is_no_yes_makes_nothing(new: World, answer: str) -> None:
    ended = at_terminal(new, answer)
    assert ended.code == 2
    assert f"mkdir {shlex.quote(str(new.remote))}" in ended.out
    assert not new.remote.exists()


def test_in_cron_nothing_is_made_and_one_line_says_what_to_type(new: World) -> None:
    place, path = f"folder:{new.remote}", shlex.quote(str(new.remote))
    said = (
        f"-p {place}: no such folder; is its disk mounted? To begin a new copy there: "
        f"mkdir {path}"
    )
    refused(new.sync("-q"), said)
    assert not new.remote.exists()
    new.remote.mkdir()
    assert new.sync("-q").code == 0
    assert files(new.remote) == files(new.local)


def test_a_dry_run_asks_nothing_makes_nothing_and_says_that_it_is_not_there(
    new: World,
) -> None:
    ended = at_terminal(new, "y\n", "--test")
    assert QUESTION not in ended.out
    assert f"{new.remote}: is not there" in " ".join(ended.out.split())
    assert ended.code == 0
    assert not new.remote.exists()


def test_a_disk_that_was_known_is_asked_for_and_not_made_anew(new: World) -> None:
    assert at_terminal(new, "y\n").code == 0
    for entry in sorted(new.remote.rglob("*"), reverse=True):
        entry.rmdir() if entry.is_dir() else entry.unlink()
    new.remote.rmdir()
    ended = at_terminal(new, "y\n")
    assert ended.code == 5
    assert QUESTION not in ended.out
    assert "is its disk mounted?" in ended.out
    assert not new.remote.exists()


def test_of_a_relative_path_it_is_told_where_it_leads(new: World) -> None:
    places: list[str | Path] = ["--home", new.home, "-d", new.local]
    # The command stands in the root of the disk.
    place = [*places, "-p", "folder:new folder"]
    ended = command.run_at_terminal(place, environment(), "n\n")
    assert f"/new folder is not there. {QUESTION}" in ended.out
    assert "mkdir '/new folder'" in ended.out
