"""The rate holds for all transfers together, by the time of day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pytest

from photosync.config.converters import timetable
from photosync.errors import Interrupted, UsageError
from photosync.execute.bandwidth import Bandwidth
from photosync.model import Timetable


@dataclass
class Clock:
    """A clock that goes on only while somebody sleeps."""

    seconds: float = 0.0
    hour: int = 12

    def read(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def now(self) -> datetime:
        return datetime(2026, 1, 1, self.hour, 30)  # noqa: DTZ001


def line(clock: Clock, rates: Timetable) -> Bandwidth:
    return Bandwidth(rates, clock.read, clock.sleep, clock.now)


def go_on() -> None:
    """The run goes on."""


@pytest.mark.parametrize("chunk", [1, 1000, 65536, 1_000_000])
def test_the_rate_is_exact_over_many_chunks(chunk: int) -> None:
    clock = Clock()
    bandwidth = line(clock, ((0, 100_000.0),))
    for _ in range(50):
        bandwidth.spend(chunk, go_on)
    assert clock.seconds == pytest.approx(50 * chunk / 100_000, rel=0.001)


def test_an_idle_line_saves_nothing_up() -> None:
    clock = Clock()
    bandwidth = line(clock, ((0, 1000.0),))
    bandwidth.spend(1000, go_on)
    clock.seconds += 3600
    begun = clock.seconds
    bandwidth.spend(5000, go_on)
    assert clock.seconds - begun == pytest.approx(5)


@pytest.mark.parametrize(
    ("hour", "seconds"), [(7, 0), (8, 10), (12, 10), (22, 10), (23, 0), (0, 0)]
)
def test_the_time_of_day_decides(hour: int, seconds: float) -> None:
    clock = Clock(hour=hour)
    line(clock, timetable("08:00,1K 23:00,off")).spend(10 * 1024, go_on)
    assert clock.seconds == pytest.approx(seconds)


def test_a_run_that_is_to_end_does_not_wait() -> None:
    def stop() -> None:
        raise Interrupted("interrupted")

    clock = Clock()
    with pytest.raises(Interrupted):
        line(clock, ((0, 1.0),)).spend(1000, stop)
    assert clock.seconds < 1


@pytest.mark.parametrize(
    ("text", "rates"),
    [
        ("2M", ((0, 2 * 1024**2),)),
        ("512", ((0, 512 * 1024),)),
        ("1.5k", ((0, 1536),)),
        ("100B", ((0, 100),)),
        ("off", ((0, 0),)),
        ("23:00,off 8:05,1M", ((485, 1024**2), (1380, 0))),
    ],
)
def test_rates_are_read(text: str, rates: Timetable) -> None:
    assert timetable(text) == rates


@pytest.mark.parametrize(
    "text", ["", "0", "fast", "-1M", "24:00,1M", "08:00 1M", "8,1M"]
)
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a rate like 2M"):
        timetable(text)
