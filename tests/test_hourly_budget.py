"""The hourly budget of calls: shared by threads, remembered by the next run, forgotten in time."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Timer

import pytest

from photosync.errors import Interrupted
from photosync.wire import HourlyBudget, Patience


def minute() -> int:
    return int(time.time() // 60)


def test_threads_share_one_budget(tmp_path: Path) -> None:
    patience = Patience()
    budget = HourlyBudget(100, patience, None)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: budget.spend(), range(100)))
    assert budget.left == 0


def test_a_used_up_budget_waits_until_the_run_is_to_end() -> None:
    patience = Patience()
    budget = HourlyBudget(1, patience, None)
    budget.spend()
    timer = Timer(0.05, patience.interrupt)
    timer.start()
    with pytest.raises(Interrupted):
        budget.spend()
    assert budget.left == 0


def test_the_next_run_remembers_what_was_used(tmp_path: Path) -> None:
    path = tmp_path / "calls.json"
    first = HourlyBudget(10, Patience(), path)
    for _ in range(4):
        first.spend()
    first.keep()
    assert HourlyBudget(10, Patience(), path).left == 6


def test_what_is_older_than_an_hour_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "calls.json"
    used = {minute() - 62: 5, minute() - 30: 2, minute(): 1}
    path.write_text(json.dumps(used))
    budget = HourlyBudget(10, Patience(), path)
    assert budget.left == 7
    budget.keep()
    assert str(minute() - 62) not in json.loads(path.read_text())


def test_a_call_may_be_made_once_the_oldest_minute_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "calls.json"
    path.write_text(json.dumps({minute() - 62: 3600}))
    HourlyBudget(3600, Patience(), path).spend()


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 1}', '{"1": "x"}', "null", '{"1": null}'])
def test_a_file_that_cannot_be_read_counts_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "calls.json"
    path.write_text(text)
    assert HourlyBudget(10, Patience(), path).left == 10


def test_a_time_to_come_after_the_clock_was_set_back_counts_nothing(tmp_path: Path) -> None:
    path = tmp_path / "calls.json"
    path.write_text(json.dumps({minute() + 10_000: 10}))
    HourlyBudget(10, Patience(), path).spend()


def test_after_a_refusal_everybody_rests() -> None:
    patience = Patience(0.05)
    budget = HourlyBudget(10, patience, None)
    budget.slow_down()
    begin = time.monotonic()
    budget.spend()
    assert time.monotonic() - begin > 0.02


def test_a_place_that_cannot_be_written_to_stops_nobody(tmp_path: Path) -> None:
    budget = HourlyBudget(10, Patience(), tmp_path / "missing" / "calls.json")
    budget.spend()
    budget.keep()
