from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Thread

import pytest
from requests.structures import CaseInsensitiveDict

from photosync.errors import Interrupted, RateLimited, Rejected, Transient
from photosync.services.http import (
    TIMEOUT,
    RetryPolicy,
    UnitQuota,
    read_retry_after,
)


class Resting(RetryPolicy):
    """Notes the waits instead of waiting."""

    def __init__(self, first_wait: float = 1.0, attempts: int = 6) -> None:
        super().__init__(first_wait, attempts)
        self.waits: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


class Failing:
    """A call that fails so often before it succeeds."""

    def __init__(self, times: int, error: Exception) -> None:
        self.calls = 0
        self._times = times
        self._error = error

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self._times:
            raise self._error
        return "done"


# -- patience
# ------------------------------------------------------------------------------


def test_a_passing_fault_is_tried_again_with_growing_waits() -> None:
    retry_policy = Resting(1.0)
    assert retry_policy.call(Failing(5, Transient("broken"))) == "done"
    assert len(retry_policy.waits) == 5
    for number, wait in enumerate(retry_policy.waits):
        assert 2**number <= wait <= 2**number + 1


def test_waits_do_not_grow_beyond_a_minute() -> None:
    retry_policy = Resting(8.0, attempts=12)
    assert retry_policy.call(Failing(11, Transient("broken"))) == "done"
    assert max(retry_policy.waits) <= 64 + 8


def test_the_last_error_is_raised_when_all_tries_failed() -> None:
    call = Failing(100, Transient("broken"))
    with pytest.raises(Transient, match="broken"):
        Resting().call(call)
    assert call.calls == 6


@pytest.mark.parametrize(
    "error", [Rejected("no"), Interrupted("stop"), ValueError("bug")]
)
def test_any_other_error_is_raised_at_once(error: Exception) -> None:
    call = Failing(100, error)
    retry_policy = Resting()
    with pytest.raises(type(error)):
        retry_policy.call(call)
    assert (call.calls, retry_policy.waits) == (1, [])


def test_a_retry_after_comes_first() -> None:
    retry_policy = Resting(1.0)
    assert retry_policy.call(Failing(2, RateLimited("slow", 7.0))) == "done"
    assert retry_policy.waits == [7.0, 7.0]
    retry_policy = Resting(1.0)
    retry_policy.call(Failing(1, RateLimited("slow")))
    assert 1.0 <= retry_policy.waits[0] <= 2.0


def test_an_interrupt_ends_a_wait_and_lets_none_begin() -> None:
    retry_policy = RetryPolicy(first_wait=60.0)
    raised: list[BaseException] = []

    def wait() -> None:
        try:
            retry_policy.call(Failing(9, Transient("broken")))
        except Interrupted as error:
            raised.append(error)

    thread = Thread(target=wait)
    thread.start()
    retry_policy.cancel()
    thread.join(30)
    assert not thread.is_alive()
    assert len(raised) == 1
    with pytest.raises(Interrupted):
        retry_policy.sleep(0)
    with pytest.raises(Interrupted):
        retry_policy.sleep(1000)


# -- the budget
# ----------------------------------------------------------------------------


def test_a_burst_is_free_and_then_units_are_earned() -> None:
    retry_policy = Resting()
    quota = UnitQuota(per_minute=6000, retry_policy=retry_policy)
    for _ in range(10):
        quota.spend(100)
    assert retry_policy.waits == []
    quota.spend(500)
    (wait,) = retry_policy.waits
    assert wait == pytest.approx(5.0, abs=2)


def test_all_threads_share_one_budget() -> None:
    retry_policy = Resting()
    quota = UnitQuota(per_minute=600, retry_policy=retry_policy)
    threads = [Thread(target=quota.spend, args=(50,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(retry_policy.waits) == pytest.approx([5, 10, 15, 20], abs=2)


def test_calls_that_cost_nothing_wait_for_nothing() -> None:
    retry_policy = Resting()
    quota = UnitQuota(per_minute=60, retry_policy=retry_policy)
    quota.spend(10)
    quota.spend(0)
    assert retry_policy.waits == []


def test_slowing_down_takes_the_burst_away() -> None:
    retry_policy = Resting()
    quota = UnitQuota(per_minute=6000, retry_policy=retry_policy)
    quota.slow_down()
    quota.spend(100)
    (wait,) = retry_policy.waits
    assert wait == pytest.approx(2.0, abs=1)


def test_a_budget_never_holds_more_than_ten_seconds_worth() -> None:
    retry_policy = Resting()
    quota = UnitQuota(per_minute=6_000_000, retry_policy=retry_policy)
    quota.spend(1)
    time.sleep(0.01)
    quota.spend(1_000_000)
    quota.spend(100_000)
    (wait,) = retry_policy.waits
    assert wait == pytest.approx(1.0, abs=0.9)


def test_no_connection_is_waited_for_longer_than_two_minutes() -> None:
    assert all(0 < seconds <= 120 for seconds in TIMEOUT)


# -- replies
# ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0.0), ("120", 120.0), ("", None), ("soon", None), ("-1", None)],
)
def test_retry_after_in_seconds(text: str, seconds: float | None) -> None:
    assert read_retry_after(CaseInsensitiveDict({"retry-after": text})) == seconds
    assert read_retry_after(CaseInsensitiveDict()) is None


def test_retry_after_as_a_date() -> None:
    now = datetime.now(tz=UTC)
    coming = format_datetime(now + timedelta(seconds=90), usegmt=True)
    gone = format_datetime(now - timedelta(seconds=90), usegmt=True)
    assert read_retry_after(
        CaseInsensitiveDict({"Retry-After": coming})
    ) == pytest.approx(90, abs=30)
    assert read_retry_after(CaseInsensitiveDict({"Retry-After": gone})) == 0.0
