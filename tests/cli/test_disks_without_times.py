"""Disks that let nobody set the date of a file, or tell it by another clock, and
libraries that got new dates: photos are taken, and nothing passes for edited.
"""

from __future__ import annotations

import os
from typing import Any

import pytest

from cli.conftest import World
from cli.trees import NEWER, Photo, files
from photosync.compare.changes import is_shifted
from photosync.model import LocalStat

SYNC = ("-m", "sync", "--allowDelete", "both", "--max-delete", "100%")
HOUR = 3600 * 10**9
NOON = 1_500_000_000 * 10**9


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch, world: World) -> World:
    """Both folders on a share of another owner."""

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(1, "Operation not permitted")

    world.here("Rome/here.jpg", b"from here")
    world.there("Rome/there.jpg", b"from there")
    world.here("Rome/both.jpg", b"both")
    monkeypatch.setattr(os, "utime", refuse)
    return world


def test_photos_are_taken_where_nobody_may_set_dates_and_that_is_said_once(
    strict: World,
) -> None:
    result = strict.sync(*SYNC)
    assert (result.code, result.err) == (0, "")
    text = "its disk lets nobody set the date of a file"
    assert [line.partition(": ")[0] for line in result.out.split("\n") if text in line]
    assert result.out.count(text) == 2
    for _ in range(2):
        again = strict.sync(*SYNC)
        assert (again.code, again.steps) == (0, [])
        assert text not in again.out
    here, there = files(strict.local), files(strict.remote)
    assert {name: one.data for name, one in here.items()} == {
        name: one.data for name, one in there.items()
    }


def test_edits_and_deletes_are_seen_there_as_anywhere(strict: World) -> None:
    assert strict.sync(*SYNC).code == 0
    (strict.local / "Rome/there.jpg").unlink()
    (strict.remote / "Rome/here.jpg").write_bytes(b"edited")
    result = strict.sync(*SYNC)
    assert result.done("DELETE_REMOTE") == ["Rome/there.jpg"]
    assert result.done("DOWNLOAD_REMOTE") == ["Rome/here.jpg"]
    assert strict.sync(*SYNC).steps == []


def test_equal_bytes_of_another_date_are_agreed_on_there(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.here("Rome/a.jpg", b"photo")
    assert world.sync(*SYNC).code == 0
    Photo(b"photo", modified_ns=NEWER).write(world.local / "Rome/a.jpg")
    monkeypatch.setattr(os, "utime", _refuse)
    assert world.sync(*SYNC).code == 0
    assert world.sync(*SYNC).steps == []


def _refuse(*_: Any, **__: Any) -> None:
    raise OSError(95, "Operation not supported")


@pytest.mark.parametrize(
    ("now", "shifted"),
    [
        (LocalStat(5, NOON + HOUR, NOON + HOUR), True),
        (LocalStat(5, NOON - 14 * HOUR, NOON - 14 * HOUR), True),
        # Further than there are time zones.
        (LocalStat(5, NOON + 15 * HOUR, NOON + 15 * HOUR), False),
        (LocalStat(5, NOON, NOON), False),
        # Half an hour later, and an hour later and something.
        (LocalStat(5, NOON + HOUR // 2, NOON + HOUR // 2), False),
        (LocalStat(5, NOON + HOUR + 1, NOON + HOUR + 1), False),
        (LocalStat(6, NOON + HOUR, NOON + HOUR), False),
        # A disk that knows when something was done to a file.
        (LocalStat(5, NOON + HOUR, NOON + 2 * HOUR), False),
        (LocalStat(5, NOON + HOUR, None), False),
    ],
)
def test_whole_hours_are_no_change_on_disks_that_keep_the_clock_on_the_wall(
    now: LocalStat, *, shifted: bool
) -> None:
    assert is_shifted(LocalStat(5, NOON, NOON), now) is shifted
