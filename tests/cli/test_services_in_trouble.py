"""A service that is out of order for hours, or full: said once, and the others go on."""

from __future__ import annotations

import json
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from harness.three_sides import Drive, Flickr, World, picture, run_here, world_of

from photosync.cli.run import synchronise
from photosync.config.settings import Home, Settings
from photosync.emulators.drive import DriveEmulator
from photosync.emulators.traffic import Fault

UPLOAD = {"drive": "files.create", "flickr": "upload"}
NAME = {"drive": "Drive", "flickr": "Flickr"}
TRIES = 6
AT_ONCE = 4
ONE_BY_ONE = ("--transfers", "1")


@pytest.fixture(params=UPLOAD)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A service beside a folder, and thirty photos for both."""
    with world_of(tmp_path, request.param, "folder") as world:
        for number in range(30):
            world.local.add(f"Rome/{number:02}.jpg", picture(f"{number}"))
        yield world


def service_of(world: World) -> Drive | Flickr:
    remote = world.remotes[0]
    assert isinstance(remote, Drive | Flickr)
    return remote


def plan(world: World, *faults: Fault) -> None:
    service_of(world).emulator.traffic.plan(*faults)


def out_of_order(world: World, times: int | None = None, after: int = 0) -> Fault:
    return Fault(UPLOAD[service_of(world).service], "status", times, after, status=503)


def said(world: World, text: str) -> str:
    return f"{NAME[service_of(world).service]}: {text}"


def test_a_service_out_of_order_is_tried_with_few_photos_and_the_others_go_on(
    world: World,
) -> None:
    if isinstance(service_of(world), Drive):
        # An album that is to be made is tried once for all who need it.
        service_of(world).add("Rome/00.jpg", picture("0"))
    first = out_of_order(world)
    plan(world, first)
    ended = world.sync(mode="upload")
    assert ended.code == 1
    service = service_of(world)
    calls = service.emulator.traffic.calls[first.method]
    # Five and those on their way beside them, then one after each of three rests.
    assert 8 * TRIES <= calls <= 11 * TRIES
    stops = [line for line in ended.err.splitlines() if "left for the next run" in line]
    name = NAME[service.service]
    text = f"{name} is out of order (status 503), again and again"
    assert stops == [f"{text}; the rest is left for the next run"]
    assert len(world.remotes[1].photos()) == 30
    service.emulator.traffic.clear_faults()
    assert world.sync(mode="upload").code == 0
    assert service.photos() == world.local.photos()


def test_a_service_that_comes_back_while_it_rests_gets_all_the_others(
    world: World,
) -> None:
    plan(world, out_of_order(world, times=6 * TRIES))
    ended = world.sync(*ONE_BY_ONE, mode="upload")
    assert ended.code == 1
    assert "left for the next run" not in ended.err
    assert len(service_of(world).photos()) == 24


def test_a_full_account_is_one_line(world: World) -> None:
    service = service_of(world)
    if isinstance(service, Drive):
        service.emulator.settings.quota_limit = 1
        text = "the Google account is full"
    else:
        plan(world, Fault("upload", "fail", None, code=6))
        text = "the Flickr account takes no more photos"
    ended = world.sync(mode="upload")
    assert ended.code == 1
    end = "see photosync --check; the rest is left for the next run"
    assert ended.err.splitlines() == [said(world, f"{text}; {end}")]
    assert len(world.remotes[1].photos()) == 30
    quiet = world.sync("-q", mode="upload")
    assert (quiet.code, quiet.err, quiet.out) == (1, ended.err, "")


def test_after_750_gigabytes_of_a_day_only_uploads_wait_for_the_next(
    tmp_path: Path,
) -> None:
    with world_of(tmp_path, "drive") as world:
        drive = service_of(world)
        assert isinstance(drive, Drive)
        for number in range(4):
            world.local.add(f"Rome/{number}.jpg", picture(f"{number}"))
            drive.add(f"Oslo/{number}.jpg", picture(f"there {number}"))
        world.local.add("Large/large.mp4", bytes(6_000_000))
        drive.emulator.settings.daily_upload_limit = 1
        ended = world.sync("--format", "both")
        assert ended.code == 1
        text = (
            "Google takes 750 GB a day, and today's are used up; uploads go on "
            "tomorrow; the rest is left for the next run"
        )
        assert ended.err.splitlines() == [said(world, text)]
        assert len(world.local.photos()) == 4 + 1 + 4
        # One try of each that was on its way.
        assert drive.emulator.traffic.calls["files.create"] <= 4 + 2
        drive.emulator.settings.daily_upload_limit = 10**9
        assert world.sync("--format", "both").code == 0
        assert drive.photos() == world.local.photos()


@pytest.mark.parametrize(
    ("service", "method", "before"),
    # Drive at times answers for many albums with nothing: each is asked for alone then.
    [("drive", "files.list", 4), ("flickr", "photosets.getPhotos", 2)],
)
def test_of_hundreds_of_albums_that_cannot_be_listed_only_five_are_tried(
    tmp_path: Path, service: str, method: str, before: int
) -> None:
    with world_of(tmp_path, service, "folder") as world:
        for number in range(12):
            service_of(world).add(f"Rome {number}/a.jpg", picture(f"{number}"))
        world.local.add("Oslo/b.jpg", picture("b"))
        emulator = service_of(world).emulator
        emulator.traffic.plan(Fault(method, "status", None, before, status=503))
        if isinstance(emulator, DriveEmulator):
            emulator.settings.grouped_parents_bug = True
        ended = world.sync()
        assert ended.code == 1
        text = f"{NAME[service]} is out of order (status 503), again and again"
        assert [line for line in ended.err.splitlines() if text in line] != []
        # Those on their way when the fifth failed come on top.
        tried = (emulator.traffic.calls[method] - before) / TRIES
        assert 5 <= tried <= 5 + AT_ONCE - 1
        assert len(world.remotes[1].photos()) == 1


# -- a service that nobody reaches
# -----------------------------------------------------------------------------


@pytest.fixture
def nowhere() -> Iterator[str]:
    """An address at which nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


@pytest.mark.parametrize("gone", ["drive", "flickr"])
def test_a_service_that_is_not_reached_holds_no_other_up_and_loses_nothing(
    tmp_path: Path, nowhere: str, gone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world_of(tmp_path, "drive", "flickr") as world:
        missing, other = sorted(world.remotes, key=lambda one: one.service != gone)
        world.local.add("Rome/a.jpg", picture("a"))
        world.local.add("Rome/b.jpg", picture("b"))
        assert world.sync().code == 0
        world.local.add("Rome/c.jpg", picture("c"))
        other.delete("Rome/a.jpg")
        with monkeypatch.context() as away:
            away.setenv(f"PHOTOSYNC_{gone.upper()}_URL", nowhere)
            ended = world.sync()
        assert ended.code == 1
        assert f"{NAME[gone]} comes next" in ended.out.splitlines()
        assert f"{NAME[gone]} was not reached" in ended.out
        assert set(other.photos()) == {"Rome/b.jpg", "Rome/c.jpg"}
        assert set(missing.photos()) == {"Rome/a.jpg", "Rome/b.jpg"}
        assert world.sync().code == 0
        assert missing.photos() == other.photos() == world.local.photos()


@pytest.mark.parametrize("slow", ["drive", "flickr"])
@pytest.mark.parametrize("kind", ["rest", "mute"])
def test_a_service_that_keeps_a_run_waiting_comes_after_the_others(
    tmp_path: Path, slow: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world_of(tmp_path, "drive", "flickr") as world:
        late, other = sorted(world.remotes, key=lambda one: one.service != slow)
        assert isinstance(late, Drive | Flickr)
        world.local.add("Rome/a.jpg", picture("a"))
        world.local.add("Rome/b.jpg", picture("b"))
        assert world.sync().code == 0
        world.local.add("Rome/c.jpg", picture("c"))
        other.delete("Rome/a.jpg")
        (world.local.top / "notes.pdf").touch()
        if kind == "mute":
            fault = Fault("*", "stall")
            # Long enough for a busy machine: the other service has to answer within it.
            monkeypatch.setenv("PHOTOSYNC_ANSWER_WITHIN", "2")
        else:
            headers = {"Retry-After": "1"}
            fault = Fault("*", "status", status=429, headers=headers)
        late.emulator.traffic.plan(fault)
        report = tmp_path / "report.json"
        ended = world.sync("--report", str(report))
        assert ended.code == 0
        # The first run ends before the second one asks for what it knows nothing of.
        first, second = ended.out.split(f"{NAME[slow]} comes next")
        assert "it comes after the others" in first
        assert late.photos() == other.photos() == world.local.photos()
        assert set(late.photos()) == {"Rome/b.jpg", "Rome/c.jpg"}
        last = run_here(["--home", str(world.home), "--last"]).out
        assert f"{NAME[slow]} comes next" in last
        assert last.count("Done in") == 2
        assert "left for the next run" not in second
        assert ended.out.count("of another kind left out") == 1
        check_report(report)


def test_what_is_shown_kept_or_counted_is_one_plan(
    tmp_path: Path, nowhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world_of(tmp_path, "drive", "folder") as world:
        monkeypatch.setenv("PHOTOSYNC_DRIVE_URL", nowhere)
        for words in (
            ("--test",),
            ("--max-calls", "9"),
            ("--verify", "100%"),
            ("-m", "report"),
        ):
            ended = world.sync(*words)
            assert ended.code == 1, words
            assert "comes next" not in ended.out, words
            assert "Drive was not reached" in ended.out, words


def test_nothing_comes_after_the_others_once_the_time_of_the_run_is_over(
    tmp_path: Path, nowhere: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with world_of(tmp_path, "drive", "flickr") as world:
        world.local.add("Rome/a.jpg", picture("a"))
        _, flickr = world.remotes
        assert isinstance(flickr, Flickr)
        settings = Settings(
            Home(world.home, world.home),
            (str(world.local.top),),
            ("drive", "flickr"),
            drive_url=nowhere,
            flickr_url=flickr.emulator.url,
            max_duration=0.001,
        )
        # Drive may be gone each night, while Flickr takes all of the time.
        assert synchronise(replace(settings, quiet=True)) == 1
        said = capsys.readouterr()
        assert said.out == ""
        assert "Drive kept this run waiting, and its time is over" in said.err
        assert "the next run looks there" in said.err


def check_report(report: Path) -> None:
    """What was done stands in the one report, on whichever side it was."""
    told = json.loads(report.read_text())
    assert {step["result"] for step in told["steps"]} == {"done"}
    assert {step["service"] for step in told["steps"]} == {"drive", "flickr"}
    assert all(one["reached"] for one in told["services"].values())
    assert len(told["problems"]) == 1


def test_a_disk_is_copied_to_before_a_service_is_waited_for(
    tmp_path: Path, nowhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world_of(tmp_path, "drive", "folder") as world:
        world.local.add("Rome/a.jpg", picture("a"))
        monkeypatch.setenv("PHOTOSYNC_DRIVE_URL", nowhere)
        ended = world.sync()
        assert ended.code == 1
        assert "Drive comes next" in ended.out
        assert world.remotes[1].photos() == world.local.photos()


# -- files that a service does not take
# -----------------------------------------------------------------------------


@pytest.fixture
def with_refused(tmp_path: Path) -> Iterator[World]:
    """Flickr, which does not know a film for one; it would be sent every night."""
    with world_of(tmp_path, "flickr", "folder") as world:
        world.local.add("Rome/a.jpg", picture("a"))
        world.local.add("Rome/film.mp4", b"no film that Flickr knows")
        yield world


FILMS = ("--format", "both")


def test_a_refused_file_is_sent_once_and_then_left_alone(with_refused: World) -> None:
    traffic = service_of(with_refused).emulator.traffic
    first = with_refused.sync(*FILMS)
    assert first.code == 1
    assert "Rome/film.mp4: Flickr does not take this kind of file" in first.err
    traffic.reset()
    for argv in (FILMS, (*FILMS, "-t"), FILMS):
        later = with_refused.sync(*argv)
        assert (later.code, later.err) == (0, "")
        assert "Rome/film.mp4" in later.out
        assert "Flickr does not take this kind of file; tried again when" in later.out
    assert traffic.calls["upload"] == 0
    assert "Rome/film.mp4" in with_refused.remotes[1].photos()


def test_a_refused_file_is_tried_again_when_it_changed(with_refused: World) -> None:
    assert with_refused.sync(*FILMS).code == 1
    with_refused.local.edit("Rome/film.mp4", b"\0\0\0\x18ftypisom" + bytes(100))
    assert with_refused.sync(*FILMS).code == 0
    assert "Rome/film.mp4" in service_of(with_refused).photos()


def test_a_refused_file_is_tried_again_under_other_terms(with_refused: World) -> None:
    flickr = service_of(with_refused)
    assert isinstance(flickr, Flickr)
    assert with_refused.sync(*FILMS).code == 1
    flickr.emulator.traffic.reset()
    flickr.emulator.web.change_account(pro=False)
    assert with_refused.sync(*FILMS).code == 1
    assert flickr.emulator.traffic.calls["upload"] == 1


def test_a_refused_file_is_tried_again_after_four_weeks(with_refused: World) -> None:
    assert with_refused.sync(*FILMS).code == 1
    with closing(sqlite3.connect(with_refused.state)) as db, db:
        db.execute("UPDATE refused SET moment = moment - 27 * 86400")
    assert with_refused.sync(*FILMS).code == 0
    with closing(sqlite3.connect(with_refused.state)) as db, db:
        db.execute("UPDATE refused SET moment = moment - 2 * 86400")
    assert with_refused.sync(*FILMS).code == 1


def test_a_file_beyond_the_limit_of_the_account_costs_no_failure_a_night(
    with_refused: World,
) -> None:
    with_refused.local.delete("Rome/film.mp4")
    flickr = service_of(with_refused)
    assert isinstance(flickr, Flickr)
    flickr.emulator.settings.max_photo_bytes = 1000
    with_refused.local.add("Rome/large.jpg", picture("b") + bytes(2000))
    assert with_refused.sync().code == 1
    ended = with_refused.sync()
    assert (ended.code, ended.err) == (0, "")
    assert "large.jpg" in ended.out
    flickr.emulator.settings.max_photo_bytes = 10_000
    assert with_refused.sync().code == 0
    assert "Rome/large.jpg" in flickr.photos()


def test_of_many_albums_that_are_not_listed_for_one_reason_three_are_named(
    tmp_path: Path,
) -> None:
    with world_of(tmp_path, "drive") as world:
        for number in range(12):
            service_of(world).add(f"Rome {number}/a.jpg", picture(f"{number}"))
        # All albums are asked for in one call, after the base folder is found.
        plan(world, Fault("files.list", "status", None, 3, status=503))
        ended = world.sync()
        assert ended.code == 1
        text = "Drive is out of order (status 503); left alone"
        *named, rest = ended.err.splitlines()
        assert named == [f"Drive Rome {number}: {text}" for number in range(3)]
        assert rest == f"... and 9 more: {text}"
        assert len(world.sync("-v").err.splitlines()) == 12
