"""What a run takes, and where it does not fit, in words."""

from __future__ import annotations

import pytest

from photosync.cli.dry_run.forecasts import (
    describe_forecast,
    describe_shortages,
    format_hours,
)
from photosync.services.costs import Allowance, Room
from photosync.sync.forecast import Forecast

HOURLY = Allowance(3600, 3600, 3600, counts_calls=True)
MB = 10**6


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1, "1 min"),
        (3540, "59 min"),
        (3600, "1 h"),
        (5200, "1 h 30 min"),
        (36_000, "10 h"),
        (50_000, "14 h"),
    ],
)
def test_a_rough_time_is_told_roughly(seconds: float, text: str) -> None:
    assert format_hours(seconds) == text


@pytest.mark.parametrize(
    ("units", "left", "seconds"),
    [
        (3600, 3600, 0),
        (5400, 3600, 5400),
        (100, 100, 0),
        # Of this hour 3,500 are spent: what waits goes on when they are an hour old.
        (200, 100, 3700),
    ],
)
def test_a_quota_takes_time_only_for_what_is_not_left(
    units: float, left: float, seconds: float
) -> None:
    assert HOURLY._replace(left=left).compute_seconds(units) == seconds


@pytest.mark.parametrize(
    ("forecast", "lines"),
    [
        (
            Forecast("drive", 21 * MB, calls=5012, room=Room(900 * MB)),
            ["needs 21.0 MB, 900.0 MB free; about 5,100 calls"],
        ),
        (
            Forecast("flickr", calls=5183, seconds=5200, allowance=HOURLY),
            ["about 5,200 calls of 3,600 an hour: about 1 h 30 min"],
        ),
        (
            Forecast("flickr", calls=12, allowance=HOURLY._replace(left=90)),
            ["about 12 calls of 3,600 an hour, 90 left now"],
        ),
        (
            Forecast("/mnt/backup", 9 * MB, room=Room(10 * MB, 7), is_most=True),
            ["needs up to 9.0 MB, 10.0 MB free"],
        ),
        (
            Forecast("drive", calls=30, at_pace=5000),
            ["about 30 calls; about 1 h 30 min at the pace of the last long run"],
        ),
        (
            Forecast("drive", calls=900, max_calls=500),
            ["about 900 calls; --max-calls ends the run after 500"],
        ),
        # The quota takes longer than the line.
        (
            Forecast("flickr", calls=9000, seconds=9000, at_pace=60),
            ["about 9,000 calls: about 2 h 30 min"],
        ),
        # Nobody knows what is free, and a disk takes no calls.
        (Forecast("/mnt/backup", 9 * MB), []),
    ],
)
def test_what_a_run_takes_is_told_as_far_as_it_is_known(
    forecast: Forecast, lines: list[str]
) -> None:
    assert list(describe_forecast(forecast)) == lines


def test_what_fits_is_not_warned_of() -> None:
    rooms = [Room(), Room(5 * MB), Room(5 * MB, device=1), Room(photos=50)]
    fitting = [Forecast("a", 5 * MB, photos=50, room=room) for room in rooms]
    assert not list(describe_shortages(fitting))


def test_what_does_not_fit_is_told_with_what_to_do() -> None:
    drive = Forecast("drive", 6 * MB, room=Room(5 * MB, advice="buy some"))
    flickr = Forecast("flickr", photos=51, room=Room(photos=50, advice="it is free"))
    assert list(describe_shortages([drive, flickr])) == [
        "! Drive has 5.0 MB free, and 6.0 MB are to be sent: buy some",
        "! Flickr has room for 50 more photos at most, and 51 are to be sent: it is free",
    ]


def test_what_goes_to_one_disk_shares_its_room() -> None:
    here = Forecast("/photos", 3 * MB, room=Room(5 * MB, device=1))
    backup = Forecast("folder:/backup", 4 * MB, room=Room(5 * MB, device=1))
    other = backup.__class__("folder:/usb", 4 * MB, room=Room(5 * MB, device=2))
    (line,) = describe_shortages([here, backup, other])
    assert line.startswith(
        "! the disk of /photos and /backup has 5.0 MB free, and 7.0 MB"
    )
