"""Whatever a run waits for, a signal ends it within two seconds, and the next run
finishes the work.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from harness import drive_world, flickr_world, stalls
from harness.drive_world import DriveWorld
from harness.flickr_world import FlickrWorld, jpeg
from harness.shares import mounted_share
from PIL import Image

from cli.command import COMMAND, environment
from photosync.emulators.traffic import Fault, FaultKind, Traffic

SECONDS = 2.0
NOISE = 6.0
"""Seconds that a machine may take which does other things beside; a wait that hears no
signal takes a minute and more.
"""
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SAID = "photosync: interrupted; what is done stays done, the next run goes on\n"
LONG = {"Retry-After": "600"}
HERE = b"\xff\xd8\xff" + 6_000_000 * b"h"
THERE = jpeg("there") + 600_000 * b"t"
WANTED = {"Rome/here.jpg": HERE, "Oslo/there.jpg": THERE}


@contextmanager
def running(
    *argv: str | Path, env: dict[str, str], heeding: bool = True
) -> Iterator[subprocess.Popen[bytes]]:
    """The command in a process of its own, which heeds signals as at a terminal."""

    def prepare() -> None:
        # Whoever runs the tests in the background may have them ignored.
        for number in SIGNALS:
            signal.signal(number, signal.SIG_DFL if heeding else signal.SIG_IGN)

    with subprocess.Popen(
        [*COMMAND, *map(str, argv)],
        env=environment(env),
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=prepare,  # noqa: PLW1509 - it only sets signals
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def end(
    process: subprocess.Popen[bytes], *signals: signal.Signals, within: float = SECONDS
) -> None:
    """Send signals, some moments after each other, to a run that then ends in time."""
    process.send_signal(signals[0])
    for number in signals[1:]:
        time.sleep(0.2)
        process.send_signal(number)
    began = time.monotonic()
    _, err = process.communicate(timeout=stalls.PATIENCE)
    took = time.monotonic() - began
    assert process.returncode == 130
    # Why the service is waited for may have been said before.
    assert re.fullmatch(rf"(?:.*; goes on at .*\n)?{SAID}", err.decode())
    assert took < within + NOISE


@dataclass(frozen=True, slots=True)
class State:
    """A fault that a method of a service has, and with which words the run begins.

    `sent` counts the bytes of an answer after which it is in the state.
    """

    method: str
    kind: FaultKind
    argv: tuple[str, ...] = ()
    seconds: float = 0.0
    status: int = 503
    sent: int = 0

    @property
    def fault(self) -> Fault:
        return Fault(
            self.method,
            self.kind,
            None,
            seconds=self.seconds,
            status=self.status,
            headers=LONG,
        )

    def is_reached(self, traffic: Traffic) -> bool:
        is_called = traffic.calls[self.method] > 0
        return is_called and traffic.sent[self.method] >= self.sent


FLICKR = {
    "listing unanswered": State("photosets.getList", "stall"),
    "listing drips": State("photosets.getPhotos", "drip", seconds=0.1, sent=3),
    "upload stalls": State("upload", "stall"),
    "upload unanswered": State("upload", "stall_after"),
    "download stalls": State("static", "stall_midway", sent=200_000),
    "download drips": State("static", "drip", seconds=0.1, sent=3),
    "album not made": State("photosets.create", "stall"),
    "album made unanswered": State("photosets.create", "stall_after"),
    # A new album is made with all that is to be said of it.
    "look at the photo unanswered": State("photos.getInfo", "stall_after"),
    "waits to try again": State("upload", "status"),
    "waits at the listing": State("photosets.getList", "status", status=429),
}
DRIVE = {
    "token unanswered": State("oauth.token", "stall"),
    "listing unanswered": State("files.list", "stall"),
    "listing drips": State("files.list", "drip", seconds=0.1, sent=3),
    "upload stalls": State("upload.chunk", "stall"),
    "upload unanswered": State("upload.chunk", "stall_after"),
    "download stalls": State("files.download", "stall_midway", sent=200_000),
    "download drips": State("files.download", "drip", seconds=0.1, sent=3),
    "album not made": State("files.create", "stall"),
    "album update unanswered": State("files.update", "stall_after"),
    "waits to try again": State("upload.start", "status"),
    "waits at the listing": State("files.list", "status", status=429),
    "waits for the line": State(
        "files.download", "slow", ("--bwlimit", "1K"), sent=100_000
    ),
}


def choose_signal(states: dict[str, State], name: str) -> signal.Signals:
    return SIGNALS[list(states).index(name) % len(SIGNALS)]


@pytest.fixture
def flickr(tmp_path: Path) -> Iterator[FlickrWorld]:
    for world in flickr_world.world_below(tmp_path):
        world.here("Rome/here.jpg", HERE)
        photo = world.flickr.web.photo("there.jpg", THERE)
        world.flickr.web.album("Oslo", [photo])
        yield world


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[DriveWorld]:
    for world in drive_world.world_below(tmp_path):
        world.sign_in()
        world.here("Rome/here.jpg", HERE)
        world.there("Oslo/there.jpg", THERE)
        yield world


@pytest.mark.parametrize("name", FLICKR)
def test_a_run_with_flickr_ends_in_time(flickr: FlickrWorld, name: str) -> None:
    state, traffic = FLICKR[name], flickr.flickr.traffic
    traffic.plan(state.fault)
    argv = ("-d", flickr.local, "-p", "flickr", "-m", "sync")
    with running(*argv, *state.argv, env=flickr.environment()) as process:
        stalls.wait_until(process, lambda: state.is_reached(traffic))
        end(process, choose_signal(FLICKR, name))
    traffic.clear_faults()
    assert flickr.run(*argv).code == 0
    assert flickr.library() == flickr.photos() == WANTED
    assert flickr.loose() == []


@pytest.mark.parametrize("name", DRIVE)
def test_a_run_with_drive_ends_in_time(drive: DriveWorld, name: str) -> None:
    state, traffic = DRIVE[name], drive.drive.traffic
    traffic.plan(state.fault)
    if state.method == "oauth.token":
        drive.sign_in(expiry="2001-01-01T00:00:00Z")
    argv = ("-d", drive.local, "-p", "drive", "-m", "sync")
    with running(*argv, *state.argv, env=drive.environment()) as process:
        stalls.wait_until(process, lambda: state.is_reached(traffic))
        end(process, choose_signal(DRIVE, name))
    traffic.clear_faults()
    assert drive.run(*argv).code == 0
    assert drive.library() == drive.photos() == WANTED


def test_a_run_that_waits_for_the_next_hour_ends_in_time(flickr: FlickrWorld) -> None:
    used = json.dumps({int(time.time() // 60): 3_598})
    (flickr.home / "flickr-calls.json").write_text(used)
    argv = ("-d", flickr.local, "-p", "flickr", "-m", "sync")
    calls = flickr.flickr.traffic.calls
    with running(*argv, env=flickr.environment()) as process:
        stalls.wait_until(process, lambda: calls.total() > 1)
        end(process, signal.SIGTERM)


def test_a_run_that_shrinks_ends_in_time(drive: DriveWorld) -> None:
    (drive.local / "Rome/here.jpg").unlink()
    picture = drive.local / "Rome/large.png"
    Image.new("L", (9_000, 9_000)).save(picture, compress_level=1)
    argv = ("-d", drive.local, "-p", "drive", "--shrink", "2000")
    with running(*argv, env=drive.environment()) as process:
        stalls.wait_until(process, lambda: stalls.is_read_by_a_child(process, picture))
        end(process, signal.SIGHUP)


HANGS = """
import signal, time
from photosync.cli.signals import heed_signals

with heed_signals():
    while True:
        try:
            print(flush=True)
            time.sleep(60)
        except KeyboardInterrupt:
            pass
"""


@pytest.mark.parametrize(
    ("signals", "within"), [(SIGNALS[:1], SECONDS), ((SIGNALS[0], SIGNALS[0]), 0.8)]
)
def test_what_does_not_end_by_itself_is_ended_and_by_a_second_signal_at_once(
    signals: tuple[signal.Signals, ...], within: float
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HANGS], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        process.stdout.readline()
        end(process, *signals, within=within)


def test_what_is_ignored_stays_ignored(flickr: FlickrWorld) -> None:
    # `nohup photosync ... &`
    flickr.flickr.traffic.plan(Fault("photosets.getList", "slow", seconds=0.5))
    argv = ("-d", flickr.local, "-p", "flickr", "-m", "sync")
    calls = flickr.flickr.traffic.calls
    with running(*argv, env=flickr.environment(), heeding=False) as process:
        stalls.wait_until(process, lambda: calls["photosets.getList"] > 0)
        for number in SIGNALS:
            os.kill(process.pid, number)
        process.communicate(timeout=stalls.PATIENCE)
        assert process.returncode == 0
    assert flickr.library() == WANTED


def test_a_run_that_waits_for_a_share_that_is_mute_ends_in_time(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "share"
    (tmp_path / "b").mkdir()
    with mounted_share(folder) as share:
        argv = ("--home", tmp_path / "home", "-d", folder, "-p", f"folder:{tmp_path}/b")
        with running(*argv, env={}) as process:
            assert share.stdout
            assert share.stdout.readline() == b"mute\n"
            time.sleep(0.3)
            end(process, signal.SIGTERM)
