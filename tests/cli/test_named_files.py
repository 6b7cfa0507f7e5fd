"""What is named for a plan, a report or a log may be mistyped: nothing hangs, and nothing
is lost.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cli.command import refused
from cli.conftest import World
from photosync.cli.log import LogFile, open_log

PHOTO = b"\xff\xd8\xff\xe0\0\x10JFIF a photo"


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


@pytest.fixture
def large(tmp_path: Path) -> Iterator[Path]:
    """A film of some gigabytes, which takes no room on the disk."""
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(3_000_000_000)
    yield path
    path.unlink()


@pytest.mark.parametrize("name", ["pipe", "large", "/dev/zero", "/dev/null"])
@pytest.mark.usefixtures("pipe", "large")
def test_what_is_no_plan_is_neither_waited_for_nor_read_as_a_whole(
    world: World, name: str
) -> None:
    world.here("album/a.jpg")
    path = world.top / name
    refused(
        world.sync("--apply", path), f"--apply: {path} is no plan that --plan wrote"
    )


def test_a_plan_that_is_too_large_is_refused(world: World, large: Path) -> None:
    with large.open("r+b") as file:
        file.write(b'{"version": 1')
    refused(
        world.sync("--apply", large),
        f"--apply: {large} is no plan that --plan wrote: it is far too large",
    )


def test_a_plan_may_come_through_a_pipe(world: World, pipe: Path) -> None:
    world.here("album/a.jpg")
    plan = world.top / "plan"
    assert world.sync("-t", "--plan", plan).code == 0
    # Whoever wrote is gone by then, and what was written waits in the pipe.
    held = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    os.write(held, plan.read_bytes())
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    os.close(held)
    applied = world.sync("--apply", pipe)
    os.close(reader)
    assert (applied.code, (world.remote / "album/a.jpg").exists()) == (0, True)


@pytest.mark.parametrize("option", ["--plan", "--log"])
def test_a_photo_is_not_written_over(world: World, option: str) -> None:
    photo = world.here("album/a.jpg", PHOTO)
    what = option.removeprefix("--")
    refused(
        world.sync("-t", option, photo),
        f"{option}: {photo} is there and is no {what}; name another file",
    )
    assert photo.read_bytes() == PHOTO


@pytest.mark.parametrize("option", ["--plan", "--report"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jpg.json", b'{\n  "title": "a.jpg",\n  "version": "1"}'),
        ("a.html", b"<!doctype html><title>A web page that somebody kept</title>"),
        ("other.json", b'{"version": 1, "mode": "sync"}'),
    ],
)
def test_neither_a_sidecar_nor_a_page_is_written_over(
    world: World, option: str, name: str, content: bytes
) -> None:
    path = world.here(f"album/{name}", content)
    what = option.removeprefix("--")
    refused(
        world.sync("-t", option, path),
        f"{option}: {path} is there and is no {what}; name another file",
    )
    assert path.read_bytes() == content


@pytest.mark.parametrize("name", ["report.html", "report.json"])
def test_a_report_is_written_over_an_older_one(world: World, name: str) -> None:
    world.here("album/a.jpg")
    report = world.top / name
    assert world.sync("-t", "--report", report).code == 0
    first = report.read_bytes()
    world.here("album/b.jpg")
    assert world.sync("-t", "--report", report).code == 0
    assert report.read_bytes() != first
    refused(
        world.sync("-t", "--plan", report),
        f"--plan: {report} is there and is no plan; name another file",
    )


@pytest.mark.parametrize("content", [b"<x:xmpmeta/>", b'\xef\xbb\xbf \n{"title": 1}'])
def test_no_log_is_written_at_the_end_of_a_sidecar(
    world: World, content: bytes
) -> None:
    sidecar = world.here("album/a.xmp", content)
    refused(
        world.sync("-t", "--log", sidecar),
        f"--log: {sidecar} is there and is no log; name another file",
    )
    assert sidecar.read_bytes() == content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 5000,
        b"\0" * 300 + b"2026-01-01 03:00:00,000 INFO photosync\n",
        b"2026-01-01 03:00:00,000 INFO photosync\n" + b"\0" * 300 + b"2026-01-02 \n",
        b"what the NAS logs \xff\n",
    ],
    ids=["empty", "zeros", "zeros first", "zeros amid", "another program's"],
)
def test_a_log_goes_on_after_the_power_failed(world: World, content: bytes) -> None:
    log = world.top / "log"
    log.write_bytes(content)
    assert world.sync("-t", "--log", log).code == 0
    assert log.read_bytes().startswith(content)


@pytest.mark.parametrize(
    ("name", "rotates"), [("log", True), ("/dev/stderr", False), ("/dev/null", False)]
)
def test_only_a_file_of_its_own_rotates(
    tmp_path: Path, name: str, *, rotates: bool
) -> None:
    with closing(open_log(str(tmp_path / name))) as handler:
        assert isinstance(handler, LogFile)
        assert bool(handler.maxBytes) == rotates


def test_a_plan_whose_keys_were_sorted_is_applied(world: World) -> None:
    for name in "abc":
        world.here(f"album/{name}.jpg")
    plan = world.top / "plan"
    assert world.sync("-t", "--plan", plan).code == 0
    plan.write_text(json.dumps(json.loads(plan.read_bytes()), sort_keys=True, indent=4))
    applied = world.sync("--apply", plan)
    assert (applied.code, (world.remote / "album/a.jpg").exists()) == (0, True)


def test_a_plan_is_written_over_an_older_one_and_a_log_goes_on(world: World) -> None:
    world.here("album/a.jpg")
    for name in ("plan", "log"):
        path = world.top / name
        assert world.sync("-t", f"--{name}", path).code == 0
        size = path.stat().st_size
        assert world.sync("-t", f"--{name}", path).code == 0
        assert path.stat().st_size == (size if name == "plan" else 2 * size)


@pytest.mark.parametrize("option", ["--plan", "--log"])
def test_a_pipe_that_nobody_reads_is_said_and_not_waited_for(
    world: World, pipe: Path, option: str
) -> None:
    refused(
        world.sync("-t", option, pipe),
        f"{option}: {pipe} cannot be written (it is a pipe, and nobody reads from it)",
    )


@pytest.mark.parametrize("option", ["--plan", "--report"])
def test_a_place_that_cannot_be_written_is_told_before_anything_is_read(
    world: World, option: str
) -> None:
    closed = world.top / "closed.json"
    closed.mkdir()
    # The library is not there, which is what reading it would tell.
    argv = ("-d", world.top / "away", "-t", option)
    refused(
        world.sync(*argv, closed),
        f"{option}: {closed} cannot be written (Is a directory)",
    )
    below = world.top / "no" / "plan.json"
    refused(
        world.sync(*argv, below),
        f"{option}: {below} cannot be written (No such file or directory)",
    )
    closed.chmod(0o500)
    below = closed / "plan.json"
    ended = world.sync(*argv, below, unprivileged=True)
    assert (
        ended.err
        == f"photosync: {option}: {below} cannot be written (Permission denied)\n"
    )


def test_settings_and_keys_are_taken_from_ordinary_files_only(
    world: World, pipe: Path, large: Path
) -> None:
    config = world.home / "config.toml"
    world.home.mkdir()
    config.symlink_to(pipe)
    refused(world.sync(), f"{config}: cannot be read (it is no ordinary file)")
    config.unlink()
    config.symlink_to(large)
    refused(world.sync(), f"{config}: cannot be read (it is far too large)")
    config.unlink()
    ended = world.sync("-a", "-p", "drive", "--client-secrets", large)
    assert f"{large}: cannot be read (it is far too large)" in ended.err + ended.out
