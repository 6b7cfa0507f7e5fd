"""--max-duration, --max-calls: what runs may end, nothing more begins there."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from harness.three_sides import Drive, Flickr, picture, world_of

from cli.command import refused
from cli.conftest import World
from photosync.config.converters import duration, patience
from photosync.config.settings import Settings
from photosync.errors import UsageError


@pytest.mark.parametrize("service", ["folder", "drive", "flickr"])
def test_a_run_ends_in_time_and_the_next_does_the_rest(
    tmp_path_factory: pytest.TempPathFactory, service: str
) -> None:
    with world_of(tmp_path_factory.mktemp("time"), service) as world:
        for number in range(30):
            world.local.add(f"Rome/{number:02}.jpg", picture(f"{number}"))
        slow = ("-w", "0.2", "--max-duration", "2s")
        ended = world.sync(*slow)
        assert (ended.code, ended.err) == (0, "")
        # On a busy machine looking around may take all of the time.
        sent = len(world.remotes[0].photos())
        assert sent < 30
        assert f"{30 - sent} left for the next run" in ended.out
        assert len(ended.actions) == sent
        # Whatever was sent is in its album and known: nothing is sent twice.
        rest = world.sync()
        assert (rest.code, len(rest.actions)) == (0, 30 - sent)
        assert world.remotes[0].photos() == world.local.photos()
        assert world.sync().steps == []


def test_nothing_is_deleted_after_the_time_is_over(world: World) -> None:
    for number in range(4):
        world.here(f"album/{number}.jpg", b"%d" % number)
        world.there(f"album/there {number}.jpg")
    ended = world.sync(
        *("-m", "syncUpload", "--allowDelete", "remote", "--purge"),
        *("-w", "1", "--max-duration", "2s"),
    )
    assert (ended.code, ended.err) == (0, "")
    assert ended.done("DELETE_REMOTE") == []
    assert len(list(world.remote.glob("album/there *"))) == 4


def test_what_has_to_be_waited_for_longer_than_that_is_left_at_once(
    tmp_path: Path,
) -> None:
    with world_of(tmp_path, "flickr", "folder") as world:
        world.local.add("Rome/1.jpg", picture("1"))
        # Enough calls are left to look around, and then none for an hour.
        used = json.dumps({int(time.time() // 60): 3_596})
        (world.home / "flickr-calls.json").write_text(used)
        ended = world.sync("--max-duration", "30m")
        assert (ended.code, len(world.remotes[1].photos())) == (0, 1)
        assert "1 left for the next run" in ended.out
        assert ended.err == (
            "Flickr: the calls of this hour are used up, for longer than this run may "
            "take; the rest is left for the next run\n"
        )
        # Now the album cannot even be looked at.
        assert world.sync("--max-duration", "30m").code == 1


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("90s", 90),
        ("45m", 2700),
        ("2h", 7200),
        ("1H30m", 5400),
        ("1d", 86400),
        ("1.5h", 5400),
        ("2.0", 2),
    ],
)
def test_times_are_read(text: str, seconds: float) -> None:
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["0.001", "3650d", "1.5h"])
def test_a_time_that_was_read_is_the_same_when_it_is_read_again(text: str) -> None:
    assert Settings(max_duration=duration(text)).max_duration == duration(text)


@pytest.mark.parametrize(
    "text",
    ["", "0", "0s", "-1", "m", "1w", "1 h", "1.h", "1h x", "20000d", "0.0000001s"],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a time like"):
        duration(text)


@pytest.mark.parametrize(
    ("text", "seconds"), [("0", 0), ("0.0", 0), ("0s", 0), ("5m", 300)]
)
def test_a_network_may_be_waited_for_not_at_all(text: str, seconds: float) -> None:
    assert patience(text) == seconds


def test_a_wrong_time_is_answered_with_one_line(world: World) -> None:
    refused(
        world.sync("--max-duration", "soon"),
        "--max-duration: 'soon' is not a time like 90s, 45m, 2h or 1h30m",
    )


def test_the_rate_of_all_transfers_has_a_limit(world: World) -> None:
    for number in range(4):
        world.here(f"album/{number}.jpg", bytes([number]) * 50_000)
    begin = time.monotonic()
    assert world.sync("--bwlimit", "100K").code == 0
    assert time.monotonic() - begin >= 1.8
    assert len(list(world.remote.glob("album/*.jpg"))) == 4


@pytest.mark.parametrize("service", ["drive", "flickr"])
def test_after_so_many_calls_nothing_more_begins_there_and_other_services_go_on(
    tmp_path: Path, service: str
) -> None:
    with world_of(tmp_path, service, "folder") as world:
        remote = world.remotes[0]
        assert isinstance(remote, Drive | Flickr)
        for number in range(30):
            world.local.add(f"Rome/{number:02}.jpg", picture(f"{number}"))
        ended = world.sync("--max-calls", "12", "--transfers", "2")
        assert (ended.code, ended.err) == (0, "")
        sent = len(remote.photos())
        assert 0 < sent < 14
        assert f"{30 - sent} left for the next run" in ended.out
        assert len(world.remotes[1].photos()) == 30
        assert sum(remote.emulator.traffic.calls.values()) < 12 + 12
        assert world.sync().code == 0
        assert remote.photos() == world.local.photos()


def test_a_run_whose_disk_is_lost_ends_with_one_line_that_names_it() -> None:
    leave = (
        "from photosync.cli.failures import log_to\n"
        "from photosync.cli.run import leave_lost_disk\n"
        "with log_to(None): leave_lost_disk('/mnt/nas')"
    )
    ended = subprocess.run(
        [sys.executable, "-c", leave], check=False, capture_output=True
    )
    assert (ended.returncode, ended.stdout.decode()) == (1, "")
    assert ended.stderr.decode() == (
        "photosync: /mnt/nas: no answer from its disk, and the time of this run is over; "
        "what is done stays done, the next run goes on\n"
    )
