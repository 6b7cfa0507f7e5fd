"""--quiet, night after night: what needs a person is told once, and each week again."""

from __future__ import annotations

import sqlite3

import pytest

from cli.command import Result
from cli.conftest import World
from cli.trees import WHEN
from photosync.history.storage.database import FILE

DAY = 24 * 60 * 60


def night(world: World, *argv: str) -> Result:
    return world.sync("-m", "sync", "-q", *argv)


def pass_days(world: World, days: float) -> None:
    """The nights go by: what was told is so much older."""
    with sqlite3.connect(world.home / FILE) as db:
        db.execute("UPDATE told SET moment = moment - ?", [int(days * DAY)])
    db.close()


@pytest.fixture
def conflict(world: World) -> World:
    """A photo that was edited on both sides."""
    world.here("album/a.jpg")
    world.here("album/b.jpg")
    assert world.sync("-m", "sync").code == 0
    world.here("album/a.jpg", b"edited here", modified_ns=WHEN + 10**12)
    world.there("album/a.jpg", b"edited there, too", modified_ns=WHEN + 2 * 10**12)
    return world


def test_a_conflict_is_told_once_and_again_after_a_week(conflict: World) -> None:
    first = night(conflict)
    assert (first.code, first.out) == (0, "")
    assert first.err.startswith("! 1 photo left alone")
    assert "album/a.jpg" in first.err
    assert "--override CONFLICT=KEEP_BOTH" in first.err
    assert night(conflict).err == ""
    pass_days(conflict, 5)
    assert night(conflict).err == ""
    # Cron began this run a minute earlier than the first one.
    pass_days(conflict, 2 - 1 / 1440)
    assert night(conflict).err == first.err
    assert night(conflict).err == ""


def test_what_comes_back_after_it_was_settled_is_news(conflict: World) -> None:
    assert "left alone" in night(conflict).err
    assert night(conflict, "--override", "CONFLICT=KEEP_BOTH").err == ""
    conflict.here("album/a.jpg", b"once more", modified_ns=WHEN + 3 * 10**12)
    conflict.there("album/a.jpg", b"once more, there", modified_ns=WHEN + 4 * 10**12)
    assert "album/a.jpg" in night(conflict).err


def test_a_new_one_is_told_without_those_that_were(conflict: World) -> None:
    night(conflict)
    conflict.here("album/b.jpg", b"edited here", modified_ns=WHEN + 10**12)
    conflict.there("album/b.jpg", b"edited there, too", modified_ns=WHEN + 2 * 10**12)
    said = night(conflict).err
    assert "! 1 photo left alone" in said
    assert "album/b.jpg" in said


def test_cron_lines_with_other_filters_each_tell_once(conflict: World) -> None:
    other = ("-s", "*.png")
    assert "left alone" in night(conflict).err
    assert "left alone" in night(conflict, *other).err
    assert night(conflict).err == night(conflict, *other).err == ""


def test_what_a_terminal_showed_is_not_mailed_the_same_night(conflict: World) -> None:
    assert "left alone" in conflict.sync("-m", "sync").out
    assert night(conflict).err == ""


def test_a_delete_that_is_not_permitted_is_told_once(world: World) -> None:
    for number in range(3):
        world.here(f"album/{number}.jpg", b"photo %d" % number)
    assert night(world).err == ""
    (world.local / "album" / "0.jpg").unlink()
    said = night(world)
    assert (said.code, said.out) == (0, "")
    assert "album/0.jpg" in said.err
    assert "--allowDelete" in said.err
    assert night(world).err == ""


def test_what_the_mode_means_is_not_mailed(world: World) -> None:
    world.here("album/a.jpg")
    world.there("album/b.jpg")
    assert world.sync("-q").err == ""


def test_a_disk_that_is_away_for_a_night_makes_no_news(conflict: World) -> None:
    night(conflict)
    conflict.remote.chmod(0)
    away = conflict.sync("-m", "sync", "-q", unprivileged=True)
    assert away.code == 1
    conflict.remote.chmod(0o755)
    assert night(conflict).err == ""


def test_without_memory_it_is_told_each_time(conflict: World) -> None:
    night(conflict)
    said = [night(conflict, "--stateless", "-c", "5").err for _ in range(2)]
    assert said[0] == said[1]


def test_the_log_has_each_run_from_its_command_to_its_end(conflict: World) -> None:
    log = conflict.top / "log"
    for _ in range(2):
        night(conflict, "--log", str(log))
    lines = log.read_text().splitlines()
    assert sum("-m sync -q" in line for line in lines) == 2
    assert sum("1 equal, 1 left alone" in line for line in lines) == 2
    assert sum("REPORT" in line for line in lines) == 2
    assert sum("ended with exit code 0" in line for line in lines) == 2
