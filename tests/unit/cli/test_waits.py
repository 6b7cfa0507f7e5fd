"""A wait is told once, with its reason and its end."""

from __future__ import annotations

import math
import time

import pytest

from photosync.cli.progress.display import Lines
from photosync.cli.progress.waits import Waits, describe_wait
from photosync.model import Wait

NOW = time.time()
HOUR = Wait("flickr", "the calls of this hour are used up", NOW, NOW + 1500)
LOST = Wait(
    "drive", "Google cannot be reached", NOW - 5, NOW + 295, attempt=3, gives_up=True
)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands still: these waits are of now."""
    monkeypatch.setattr(time, "time", lambda: NOW)


def moved(wait: Wait, seconds: float, **more: object) -> Wait:
    values = {name: getattr(wait, name) for name in Wait.__slots__}
    values |= {"since": wait.since + seconds, "until": wait.until + seconds}
    return Wait(**{**values, **more})


def test_a_long_wait_is_told_with_its_reason_and_its_end() -> None:
    clock = time.strftime("%H:%M", time.localtime(HOUR.until))
    said = f"Flickr: the calls of this hour are used up; goes on at {clock}"
    assert Waits().note(HOUR) == said
    clock = time.strftime("%H:%M", time.localtime(LOST.until))
    said = f"Drive: Google cannot be reached; trying until {clock}"
    assert Waits().note(LOST) == said


@pytest.mark.parametrize(
    ("service", "text"),
    [
        ("flickr", "Flickr cannot be reached"),
        ("folder:/mnt/b", "/mnt/b: the disk is full"),
    ],
)
def test_a_name_that_stands_there_already_is_not_said_twice(
    service: str, text: str
) -> None:
    assert describe_wait(Wait(service, text, NOW, NOW + 90)).startswith(f"{text}; ")


def test_the_end_of_a_short_wait_has_seconds_and_a_far_one_a_day() -> None:
    soon = moved(HOUR, 0, until=NOW + 30)
    assert describe_wait(soon).endswith(time.strftime(":%S", time.localtime(NOW + 30)))
    far = moved(HOUR, 0, until=NOW + 90_000)
    assert time.strftime("%Y-%m-%d", time.localtime(NOW + 90_000)) in describe_wait(far)


def test_a_short_wait_is_not_worth_a_line() -> None:
    assert Waits().note(moved(HOUR, 0, until=NOW + 9)) == ""
    assert Waits().note(moved(LOST, 0, since=time.time())) == ""


def test_what_sixteen_threads_and_each_try_wait_for_is_one_wait() -> None:
    waits = Waits()
    assert waits.note(HOUR)
    for number in range(16):
        assert waits.note(moved(HOUR, number * 0.1)) == ""
    assert waits.note(LOST)
    assert waits.note(moved(LOST, 0, attempt=4)) == ""
    other = moved(HOUR, 0, reason="no answer yet")
    assert waits.note(other)
    assert waits.note(HOUR) == waits.note(other) == ""


def test_another_reason_another_service_and_a_later_wait_are_told_anew() -> None:
    waits = Waits()
    assert waits.note(HOUR)
    assert waits.note(moved(HOUR, 0, service="drive"))
    assert waits.note(moved(HOUR, 1501))
    assert waits.note(moved(HOUR, 0, reason="Flickr asks for fewer calls"))


def test_only_what_goes_on_for_a_while_is_shown_as_running() -> None:
    waits = Waits()
    waits.note(HOUR)
    waits.note(LOST)
    assert waits.find_running("drive") == LOST
    assert waits.find_running("flickr") is None
    waits.end("drive")
    assert waits.find_running("drive") is None
    waits.note(moved(LOST, -400))
    assert waits.find_running("drive") is None


@pytest.mark.parametrize("quiet", [True, False])
def test_quiet_says_nothing_of_waits_but_the_log_does(
    quiet: bool,  # noqa: FBT001 - a row of the table
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    Lines(quiet=quiet).show_wait(HOUR)
    assert ("this hour" in capsys.readouterr().err) is not quiet
    assert "waiting: Flickr: the calls of this hour" in caplog.text


def test_what_is_waited_for_without_an_end_is_told_once() -> None:
    disk = Wait("/mnt/nas", "no answer from the disk yet", NOW - 20, math.inf)
    waits = Waits()
    assert waits.note(disk) == "/mnt/nas: no answer from the disk yet; waiting for it"
    assert waits.note(disk) == ""
