"""The hourly budget of calls: shared by threads, remembered by the next run, forgotten
in time.
"""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Timer

import pytest

from photosync.errors import Interrupted
from photosync.services.http import RetryPolicy
from photosync.services.quotas import HourlyQuota


def minute() -> int:
    return int(time.time() // 60)


def test_threads_share_one_budget(tmp_path: Path) -> None:
    retry_policy = RetryPolicy()
    quota = HourlyQuota(100, retry_policy, None)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: quota.spend(), range(100)))
    assert quota.left == 0


def test_a_used_up_budget_waits_until_the_run_is_to_end() -> None:
    retry_policy = RetryPolicy()
    quota = HourlyQuota(1, retry_policy, None)
    quota.spend()
    timer = Timer(0.05, retry_policy.cancel)
    timer.start()
    with pytest.raises(Interrupted):
        quota.spend()
    assert quota.left == 0


def test_the_next_run_remembers_what_was_used(tmp_path: Path) -> None:
    path = tmp_path / "calls.json"
    first = HourlyQuota(10, RetryPolicy(), path)
    for _ in range(4):
        first.spend()
    first.save()
    assert HourlyQuota(10, RetryPolicy(), path).left == 6


def test_what_is_older_than_an_hour_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "calls.json"
    used = {minute() - 62: 5, minute() - 30: 2, minute(): 1}
    path.write_text(json.dumps(used))
    quota = HourlyQuota(10, RetryPolicy(), path)
    assert quota.left == 7
    quota.save()
    assert str(minute() - 62) not in json.loads(path.read_text())


def test_a_call_may_be_made_once_the_oldest_minute_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "calls.json"
    path.write_text(json.dumps({minute() - 62: 3600}))
    HourlyQuota(3600, RetryPolicy(), path).spend()


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"a": 1}', '{"1": "x"}', "null", '{"1": null}']
)
def test_a_file_that_cannot_be_read_counts_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "calls.json"
    path.write_text(text)
    assert HourlyQuota(10, RetryPolicy(), path).left == 10


def test_a_time_to_come_after_the_clock_was_set_back_counts_nothing(
    tmp_path: Path,
) -> None:
    path = tmp_path / "calls.json"
    path.write_text(json.dumps({minute() + 10_000: 10}))
    HourlyQuota(10, RetryPolicy(), path).spend()


def test_a_clock_that_is_set_back_in_mid_run_keeps_nobody_waiting_for_years(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    policy = Noting()
    quota = HourlyQuota(2, policy, None)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 10**9)
    quota.spend()
    quota.spend()
    monkeypatch.setattr(time, "time", lambda: now)
    assert quota.left == 0
    with pytest.raises(Interrupted):
        quota.spend()
    assert policy.waits == [pytest.approx(3660, abs=60)]
    monkeypatch.setattr(time, "time", lambda: now + 3700)
    quota.spend()


class Noting(RetryPolicy):
    """Notes how long was to be waited, and does not."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def wait(self, seconds: float, reason: str) -> None:
        self.waits.append(seconds)
        raise Interrupted(reason)


def test_after_a_refusal_everybody_rests() -> None:
    retry_policy = RetryPolicy(0.05)
    quota = HourlyQuota(10, retry_policy, None)
    quota.slow_down()
    begin = time.monotonic()
    quota.spend()
    assert time.monotonic() - begin > 0.02


def test_a_place_that_cannot_be_written_to_stops_nobody(tmp_path: Path) -> None:
    quota = HourlyQuota(10, RetryPolicy(), tmp_path / "missing" / "calls.json")
    quota.spend()
    quota.save()
