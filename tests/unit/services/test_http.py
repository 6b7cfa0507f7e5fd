from __future__ import annotations

import errno
import itertools
import math
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.client import RemoteDisconnected
from threading import Event, Thread, Timer

import pytest
import requests
import urllib3
from requests.structures import CaseInsensitiveDict

from photosync.errors import (
    Interrupted,
    Mute,
    PutOff,
    RateLimited,
    Rejected,
    ServiceRefused,
    SideError,
    TimeOver,
    Transient,
    Unreachable,
)
from photosync.model import Wait
from photosync.services.headers import read_retry_after
from photosync.services.http import (
    TIMEOUT,
    RetryPolicy,
)
from photosync.services.network import LONE_PATIENCE, Network
from photosync.services.quotas import UnitQuota
from photosync.services.unreachable import explain_unreachable
from photosync.services.web import SafeSession

BOTH = ("drive", "flickr")


class Resting(RetryPolicy):
    """Notes the waits, and what is told of them, instead of waiting."""

    def __init__(
        self,
        first_wait: float = 1.0,
        attempts: int = 6,
        patience: float = 300.0,
        until: float = math.inf,
    ) -> None:
        self.waits: list[float] = []
        self.told: list[Wait] = []
        self.network = Network(
            patience, self.told.append, clock=lambda: sum(self.waits), until=until
        )
        super().__init__(first_wait, attempts, service="drive", network=self.network)

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


GONE = Unreachable(
    "Drive cannot be reached: there is no way to it; is there a network?"
)


def test_a_network_that_is_gone_is_waited_for() -> None:
    policy = Resting()
    assert policy.call(Failing(15, GONE)) == "done"
    assert max(policy.waits) == 15
    assert 120 < sum(policy.waits) < 200


def test_a_network_that_stays_away_ends_the_service_in_time_and_the_next_call_at_once() -> (
    None
):
    policy = Resting(patience=300)
    with pytest.raises(ServiceRefused, match="cannot be reached"):
        policy.call(Failing(1000, GONE))
    assert sum(policy.waits) == pytest.approx(300)
    policy.waits.append(1)
    again = Failing(1000, GONE)
    with pytest.raises(ServiceRefused):
        policy.call(again)
    assert again.calls == 1


def test_with_no_patience_a_network_that_is_gone_is_not_waited_for() -> None:
    policy = Resting(patience=0)
    call = Failing(1, Unreachable("gone"))
    with pytest.raises(ServiceRefused, match="gone"):
        policy.call(call)
    assert (call.calls, policy.waits) == (1, [])


def test_what_is_mute_is_asked_as_often_as_the_call_wants() -> None:
    call = Failing(9, Mute("mute"))
    with pytest.raises(Mute):
        Resting().call(call, mute_attempts=1)
    assert call.calls == 1


@pytest.mark.parametrize(
    ("answered", "calls", "error"),
    [
        pytest.param(["drive", "flickr"], 3, Mute, id="a hiccup"),
        pytest.param(["flickr"], 1, ServiceRefused, id="others answer, it never did"),
        pytest.param([], 3, Mute, id="nobody answers"),
    ],
)
def test_a_service_that_was_mute_all_the_time_keeps_nobody_waiting_for_long(
    answered: list[str], calls: int, error: type[SideError]
) -> None:
    policy = Resting()
    for service in answered:
        policy.network.note_answer(service)
    call = Failing(9, Mute("mute"))
    with pytest.raises(error, match="mute"):
        policy.call(call)
    assert call.calls == calls


def test_a_service_that_is_mute_is_told_with_the_time_that_nothing_came(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seconds = itertools.count(0, 30)
    monkeypatch.setattr(time, "monotonic", lambda: next(seconds))
    policy = Resting()
    with pytest.raises(Mute):
        policy.call(Failing(9, Mute("mute")))
    first, second = policy.told
    assert first.until - first.since > 30
    # It is one wait, however often it is tried.
    assert second.since <= first.until


@pytest.mark.parametrize(
    "error", [RateLimited("busy", 600), Unreachable("gone"), Transient("broken")]
)
def test_no_wait_goes_on_after_the_time_of_the_run(error: SideError) -> None:
    policy = Resting(until=10.0)
    with pytest.raises(TimeOver, match="for longer than this run may take"):
        policy.call(Failing(99, error))
    assert sum(policy.waits) < 10
    assert all(told.until - told.since < 10 or told.gives_up for told in policy.told)


def test_nor_does_that_for_a_quota_or_for_what_another_thread_was_asked() -> None:
    policy = Resting(until=1000.0)
    with pytest.raises(TimeOver, match="used up, for longer than"):
        policy.wait(3600, "the calls of this hour are used up")
    assert (policy.waits, policy.told) == ([], [])
    policy.wait(120, "the calls of this minute are used up")
    assert policy.waits == [120]


def test_a_service_that_alone_is_gone_is_soon_given_up() -> None:
    policy = Resting(patience=300)

    def attempt() -> str:
        policy.network.note_answer("flickr")
        raise GONE

    told = "^Drive cannot be reached: there is no way to it; others are reached$"
    with pytest.raises(Unreachable, match=told):
        policy.call(attempt)
    assert sum(policy.waits) == pytest.approx(LONE_PATIENCE)
    for wait in policy.told[1:]:
        assert wait.until - wait.since == pytest.approx(LONE_PATIENCE)
    # Each photo that is left asks once more.
    again = Failing(1000, GONE)
    with pytest.raises(Unreachable):
        policy.call(again)
    assert again.calls == 1


def test_who_was_answered_before_the_network_went_tells_nothing_of_it() -> None:
    policy = Resting(patience=300)
    policy.call(lambda: "done")
    # Photos that were on their way beside this one.
    policy.network.note_answer("flickr")
    with pytest.raises(ServiceRefused):
        policy.call(Failing(1000, GONE))
    assert sum(policy.waits) == pytest.approx(300)


def test_its_own_answers_do_not_make_a_service_alone() -> None:
    policy = Resting(patience=300)
    policy.network.note_answer("flickr")
    assert policy.call(Failing(3, GONE)) == "done"
    with pytest.raises(ServiceRefused):
        policy.call(Failing(1000, GONE))


@pytest.mark.parametrize("answers", ["before", "after"])
def test_a_service_that_is_not_reached_lets_others_go_first_and_is_asked_once_more(
    answers: str,
) -> None:
    policy = Resting(patience=300)
    with policy.network.asking_around(BOTH):
        if answers == "before":
            policy.network.note_answer("flickr")
        with pytest.raises(Unreachable):
            policy.call(Failing(1000, GONE))
        assert policy.waits == []
        if answers == "after":
            policy.network.note_answer("flickr")
    policy.waits.append(100)
    with pytest.raises(Unreachable):
        policy.call(Failing(1000, GONE))
    assert sum(policy.waits) == pytest.approx(100 + LONE_PATIENCE)


def test_who_is_asked_ahead_is_put_off_until_all_were_asked() -> None:
    network = Network()
    network.begin_asking_around(BOTH)
    assert network.is_put_off("drive")
    with network.asking_around(BOTH):
        assert network.is_put_off("drive")
    assert not network.is_put_off("drive")


@pytest.mark.parametrize("seconds", [LONE_PATIENCE, LONE_PATIENCE + 1])
def test_a_service_that_asks_for_a_long_rest_lets_others_go_first(
    seconds: float,
) -> None:
    policy = Resting()
    call = Failing(1, RateLimited("too many calls", seconds))
    with policy.network.asking_around(BOTH):
        if seconds > LONE_PATIENCE:
            with pytest.raises(PutOff, match="too many calls"):
                policy.call(call)
            assert policy.network.find_put_off("drive")
            assert policy.waits == []
    # What it asked for holds all the same, in the run after this one, too.
    assert policy.network.find_put_off("drive") is None
    policy.call(call)
    assert policy.waits == [seconds]
    assert [wait.reason for wait in policy.told] == ["too many calls"]


def test_the_hour_of_one_service_is_not_waited_for_before_the_others() -> None:
    policy = Resting()
    with policy.network.asking_around(BOTH), pytest.raises(PutOff, match="used up"):
        policy.wait(3600, "the calls of this hour are used up")
    policy.wait(3600, "the calls of this hour are used up")
    assert policy.waits == [3600]


def test_one_that_is_mute_is_tried_once_before_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seconds = itertools.count(0, LONE_PATIENCE)
    monkeypatch.setattr(time, "monotonic", lambda: next(seconds))
    policy = Resting()
    policy.network.note_answer("flickr")
    call = Failing(1, Mute("mute"))
    with policy.network.asking_around(BOTH), pytest.raises(PutOff, match="mute"):
        policy.call(call)
    assert (call.calls, policy.call(call)) == (1, "done")


def test_who_is_alone_is_waited_for_at_once() -> None:
    policy = Resting()
    with policy.network.asking_around(["drive"]):
        policy.wait(3600, "the calls of this hour are used up")
    assert policy.waits == [3600]


def test_where_nobody_is_reached_one_patience_serves_all_of_them() -> None:
    policy = Resting(patience=300)
    other = RetryPolicy(service="flickr", network=policy.network)
    with policy.network.asking_around(BOTH):
        for one in (policy, other):
            with pytest.raises(Unreachable):
                one.call(Failing(1000, GONE))
    with pytest.raises(ServiceRefused):
        policy.call(Failing(1000, GONE))
    assert sum(policy.waits) == pytest.approx(300)
    call = Failing(1000, GONE)
    with pytest.raises(ServiceRefused):
        other.call(call)
    assert call.calls == 1


def test_who_was_reached_already_is_waited_for_amid_its_listing() -> None:
    policy = Resting(patience=300)
    with policy.network.asking_around(BOTH):
        policy.call(lambda: "the albums")
        assert policy.call(Failing(15, GONE)) == "done"


def test_after_an_answer_there_is_patience_again() -> None:
    policy = Resting(patience=300)
    assert policy.call(Failing(15, GONE)) == "done"
    assert policy.call(Failing(15, GONE)) == "done"
    assert sum(policy.waits) > 300


def test_a_wait_for_the_network_is_told_with_its_end() -> None:
    policy = Resting(patience=300)
    policy.call(Failing(9, GONE))
    assert {wait.reason for wait in policy.told} == {str(GONE)}
    assert [wait.attempt for wait in policy.told] == list(range(1, 10))
    for wait in policy.told:
        assert wait.gives_up
        assert wait.until - wait.since == pytest.approx(300)


def test_what_a_service_asks_of_one_thread_all_wait_for() -> None:
    policy = Resting()
    with pytest.raises(Rejected):
        policy.call(_refuse_after(RateLimited("too many calls", 500)))
    assert policy.waits == [500]
    (told,) = policy.told
    assert (told.reason, told.gives_up) == ("too many calls", False)
    assert told.until - told.since == pytest.approx(500)


def test_a_service_that_asks_for_a_pause_again_and_again_is_left_in_peace() -> None:
    policy = Resting()
    text = "too many calls for the next 7 minutes, after 14 minutes of waiting"
    with pytest.raises(ServiceRefused, match=text):
        policy.call(Failing(99, RateLimited("too many calls", 400)))
    assert policy.waits == [400, 400]


def test_who_ends_all_waits_lets_others_say_first_what_they_are_saying() -> None:
    told: list[Wait] = []
    begins, goes_on = Event(), Event()

    def tell(wait: Wait) -> None:
        begins.set()
        goes_on.wait(10)
        told.append(wait)

    def wait_long() -> None:
        with suppress(Interrupted):
            policy.wait(60, "too many calls")

    policy = RetryPolicy(network=Network(on_wait=tell))
    waiting = Thread(target=wait_long)
    waiting.start()
    assert begins.wait(10)
    Timer(0.05, goes_on.set).start()
    policy.cancel()
    assert [wait.reason for wait in told] == ["too many calls"]
    waiting.join(10)


def test_a_wait_of_another_thread_holds() -> None:
    policy = Resting()

    def attempt() -> str:
        # Another thread is refused meanwhile.
        if not policy.waits:
            with pytest.raises(Rejected):
                policy.call(_refuse_after(RateLimited("too many calls", 90)))
        return "done"

    assert policy.call(attempt) == "done"
    assert policy.call(lambda: "done") == "done"
    assert policy.waits == [90]


def _refuse_after(error: Exception) -> Callable[[], str]:
    errors = iter([error, Rejected("no")])

    def attempt() -> str:
        raise next(errors)

    return attempt


def test_waits_do_not_grow_beyond_a_minute() -> None:
    retry_policy = Resting(8.0, attempts=12)
    assert retry_policy.call(Failing(11, Transient("broken"))) == "done"
    assert max(retry_policy.waits) <= 64 + 8


def test_the_last_error_is_raised_when_all_tries_failed() -> None:
    call = Failing(100, Transient("broken"))
    with pytest.raises(Transient, match="broken"):
        Resting().call(call)
    assert call.calls == 6


def test_a_limit_of_calls_is_waited_out_for_two_minutes() -> None:
    call, retry_policy = Failing(100, RateLimited("slow")), Resting()
    with pytest.raises(RateLimited):
        retry_policy.call(call)
    assert 120 <= sum(retry_policy.waits) <= 300
    assert Resting().call(Failing(7, RateLimited("slow"))) == "done"


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
    # Some ask for no seconds at all, for ever.
    with pytest.raises(RateLimited):
        Resting(1.0).call(Failing(1000, RateLimited("slow", 0.0)))
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


class Time(RetryPolicy):
    """A clock that only waits move on."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


class Google:
    """Counts the units that arrive, each call some time after it was sent."""

    def __init__(self, per_minute: float) -> None:
        self._per_minute = per_minute
        self._arrived: list[tuple[float, float]] = []

    def take(self, now: float, units: float) -> bool:
        """Whether a call that arrives now is within the last 60 seconds' limit."""
        last_minute = [spent for at, spent in self._arrived if at > now - 60]
        if sum(last_minute) + units > self._per_minute:
            return False
        self._arrived.append((now, units))
        return True


def quota_of(per_minute: float) -> tuple[UnitQuota, Time]:
    clock = Time()
    return UnitQuota(per_minute, clock, clock, least=1000), clock


def test_what_a_minute_permits_is_spent_at_once_and_the_rest_a_minute_later() -> None:
    quota, clock = quota_of(6000)
    for _ in range(6):
        quota.spend(1000)
    assert clock.waits == []
    clock.now += 40
    quota.spend(1)
    assert clock.waits == pytest.approx([21])
    quota.spend(5999)
    assert len(clock.waits) == 1


def test_only_as_much_is_waited_for_as_one_more_call_needs() -> None:
    quota, clock = quota_of(300)
    for _ in range(3):
        quota.spend(100)
        clock.now += 10
    quota.spend(50)
    assert clock.waits == pytest.approx([31])
    quota.spend(50)
    quota.spend(50)
    assert clock.waits == pytest.approx([31, 10])


def test_two_thousand_downloads_take_a_minute_and_none_is_refused() -> None:
    quota, clock = quota_of(325_000)
    google = Google(325_000)
    began = clock.now
    delays = itertools.cycle([0.05, 0.9, 0.2])
    for _ in range(2000):
        quota.spend(200)
        assert google.take(clock.now + next(delays), 200)
        # Sixteen transfers at 50 ms a call.
        clock.now += 0.05 / 16
    assert clock.now - began <= 66


def test_two_thousand_uploads_never_wait() -> None:
    quota, clock = quota_of(325_000)
    for _ in range(2000):
        quota.spend(50)
    assert clock.waits == []


def test_without_a_limit_nothing_waits_till_the_service_refuses() -> None:
    quota, clock = quota_of(math.inf)
    for _ in range(8000):
        quota.spend(200)
    assert clock.waits == []
    quota.slow_down()
    quota.spend(200)
    assert sum(clock.waits) == pytest.approx(61)


def test_all_threads_share_one_quota() -> None:
    quota, clock = quota_of(600)
    threads = [Thread(target=quota.spend, args=(50,)) for _ in range(13)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clock.now >= 1000 + 60


def test_calls_that_cost_nothing_wait_for_nothing() -> None:
    quota, clock = quota_of(60)
    quota.spend(60)
    quota.spend(0)
    assert clock.waits == []


def test_a_call_that_costs_more_than_a_minute_permits_is_made_after_all() -> None:
    quota, clock = quota_of(60)
    quota.spend(10)
    quota.spend(1000)
    assert clock.waits == pytest.approx([61])


def test_after_a_refusal_all_rest_and_less_is_spent_for_some_minutes() -> None:
    quota, clock = quota_of(8000)
    quota.spend(4000)
    # All calls that were on their way are refused, and count as one refusal.
    for _ in range(16):
        quota.slow_down()
    quota.spend(1)
    assert clock.waits[0] == pytest.approx(1)
    clock.now += 61
    clock.waits.clear()
    quota.spend(3000)
    assert clock.waits == []
    quota.spend(1)
    assert sum(clock.waits) == pytest.approx(61)
    clock.now += 180
    clock.waits.clear()
    quota.spend(8000)
    assert clock.waits == []


@pytest.mark.parametrize("per_minute", [16_000, math.inf])
def test_however_often_it_is_refused_a_run_goes_on(per_minute: float) -> None:
    quota, clock = quota_of(per_minute)
    for _ in range(50):
        quota.slow_down()
        clock.now += 2
    quota.spend(1000)
    assert clock.waits == []


def test_no_connection_is_waited_for_longer_than_two_minutes() -> None:
    assert all(0 < seconds <= 120 for seconds in TIMEOUT)


def test_who_refuses_us_is_not_told_as_one_who_does_not_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(requests.ConnectionError) as refused, SafeSession() as session:
        session.get(f"http://127.0.0.1:{port}/", timeout=5)
    assert "no way to it" in str(explain_unreachable("Drive", refused.value))


def test_a_service_that_hangs_up_behind_a_proxy_is_no_proxy_that_refuses() -> None:
    def told(reason: Exception) -> SideError:
        proxy = urllib3.exceptions.ProxyError("Unable to connect to proxy", reason)
        return explain_unreachable("Drive", requests.exceptions.ProxyError(proxy))

    hung_up = told(RemoteDisconnected("Remote end closed connection"))
    assert (type(hung_up), "broke off" in str(hung_up)) == (Transient, True)
    refused = told(OSError("Tunnel connection failed: 403 Forbidden"))
    assert (type(refused), "proxy" in str(refused)) == (Unreachable, True)


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
    # The clock here may be wrong, and that of a service is not.
    there = now - timedelta(days=400)
    headers = {"Date": format_datetime(there, usegmt=True)}
    headers["Retry-After"] = format_datetime(there + timedelta(minutes=2), usegmt=True)
    assert read_retry_after(CaseInsensitiveDict(headers)) == 120


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        (TimeoutError("timed out"), Mute),
        # The system found out that nobody is at the other end.
        (TimeoutError(errno.ETIMEDOUT, "Connection timed out"), Transient),
    ],
)
def test_a_line_that_is_dead_is_no_service_that_is_mute(
    cause: TimeoutError, kind: type[SideError]
) -> None:
    lost = urllib3.exceptions.ReadTimeoutError(None, "", "Read timed out.")  # type: ignore[arg-type]
    lost.__cause__ = cause
    assert type(explain_unreachable("Flickr", requests.ReadTimeout(lost))) is kind


@pytest.mark.parametrize("proxy", ["nonsense:x", "::::", "socks5://localhost:9"])
def test_a_proxy_that_cannot_be_used_is_named_and_not_waited_for(
    proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("https_proxy", proxy)
    with pytest.raises(requests.RequestException) as caught:
        SafeSession().get("https://photosync.invalid/")
    told = explain_unreachable("Flickr", caught.value)
    assert isinstance(told, ServiceRefused)
    assert "HTTPS_PROXY cannot be used" in str(told)
