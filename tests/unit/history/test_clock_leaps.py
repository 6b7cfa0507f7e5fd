"""A clock that leapt ahead makes nothing old."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from photosync.config.settings import Home, Settings
from photosync.errors import UsageError
from photosync.history.journal.clock_leaps import Leap, find_leap
from photosync.history.journal.journal import Journal
from photosync.history.journal.refused_runs import note_refused_run, read_refused_runs
from photosync.history.storage.database import Database

DAY = 86_400
YEAR = 365 * DAY
NOW = 1_800_000_000
LEAPT = NOW + 10 * YEAR


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path) as opened:
        yield opened


def begin_runs(database: Database, *moments: int) -> None:
    rows = [(moment, "library", "sync") for moment in moments]
    insert = "INSERT INTO runs (began, library, mode) VALUES (?, ?, ?)"
    database.write([(insert, rows)])


@pytest.mark.parametrize(
    ("runs", "now", "leap"),
    [
        pytest.param([], NOW, None, id="the first run"),
        pytest.param([NOW - DAY], NOW, None, id="each night"),
        pytest.param([NOW - 100 * DAY], NOW, None, id="a long summer"),
        pytest.param(
            [NOW - YEAR, NOW - DAY], NOW, (NOW - YEAR, NOW - DAY), id="a year"
        ),
        pytest.param([NOW], LEAPT, (NOW, LEAPT), id="it leaps"),
        pytest.param(
            [NOW, LEAPT], LEAPT + DAY, (NOW, LEAPT), id="the night after it leapt"
        ),
        pytest.param([NOW, LEAPT], LEAPT + 31 * DAY, None, id="it is right after all"),
        pytest.param(
            [NOW - DAY, NOW, LEAPT], NOW + DAY, None, id="somebody set it right"
        ),
        pytest.param([NOW, NOW + 1], 1_000, None, id="it begins in 1970"),
    ],
)
def test_half_a_year_between_two_runs_is_a_leap_for_a_month(
    database: Database, runs: list[int], now: int, leap: tuple[int, int] | None
) -> None:
    begin_runs(database, *runs)
    assert find_leap(database, now) == (Leap(*leap) if leap else None)


def test_nothing_is_forgotten_by_a_clock_that_leapt(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = NOW
    monkeypatch.setattr(time, "time", lambda: float(clock))
    journal = Journal(database)

    def run() -> list[int]:
        journal.end_run(journal.begin_run("library", "sync"), 0)
        return [found.id for found in reversed(journal.read_runs())]

    assert run() == [1]
    clock = LEAPT
    assert run() == [1, 2]
    clock = LEAPT + DAY
    assert run() == [1, 2, 3]
    clock = LEAPT + 31 * DAY
    assert run() == [2, 3, 4]


def test_no_refused_run_is_forgotten_by_a_clock_that_leapt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = NOW
    monkeypatch.setattr(time, "time", lambda: float(clock))
    settings = Settings(Home(tmp_path, tmp_path), roots=("/photos",))
    with Database(tmp_path) as database:
        begin_runs(database, NOW)
    note_refused_run(settings, UsageError("no such folder"))
    clock = LEAPT
    note_refused_run(settings, UsageError("no such folder either"))
    with Database(tmp_path) as database:
        refused = [one.reason for one in read_refused_runs(database)]
    assert refused == ["no such folder either", "no such folder"]


def test_why_nothing_is_emptied_names_both_days_and_the_end() -> None:
    noon = 1_796_040_000
    assert Leap(noon, noon + 400 * DAY).describe() == (
        "not emptied, as the clock went from 2026-11-30 to 2028-01-04 between two runs; "
        "if it is right, what is old goes from 2028-02-03 on"
    )
