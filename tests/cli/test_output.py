"""What is said, to whom, and in which words."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from cli.command import COMMAND, environment, run
from cli.conftest import World


def test_the_version_is_that_of_the_package(world: World) -> None:
    result = run("--home", world.home, "--version")
    assert (result.code, result.out) == (0, f"photosync {version('photosync')}\n")


def test_the_installed_script_is_the_same_command() -> None:
    script = Path(sys.executable).with_name("photosync")
    if not script.exists():
        pytest.skip("photosync is not installed beside this Python")
    said = subprocess.run(
        [script, "--help"], check=True, capture_output=True, env=environment()
    )
    assert said.stdout.decode() == run("--help").out


def test_help_is_grouped_and_fits_eighty_columns() -> None:
    result = run("--help", env={"COLUMNS": "80"})
    assert (result.code, result.err) == (0, "")
    assert max(len(line) for line in result.out.splitlines()) <= 80
    for group in (
        "where:",
        "what is done:",
        "what is looked at:",
        "album names:",
        "examples:",
    ):
        assert f"\n{group}\n" in result.out
    assert run("-h", env={"COLUMNS": "80"}).out == result.out


@pytest.mark.parametrize("argv", [["--help"], ["--version"], ["--modes"]])
def test_help_starts_without_what_only_a_run_needs(argv: list[str]) -> None:
    said = subprocess.run(
        [*COMMAND, *argv],
        check=True,
        capture_output=True,
        env=environment({"PYTHONPROFILEIMPORTTIME": "1"}),
    )
    imported = {
        line.rpartition("|")[2].strip() for line in said.stderr.decode().splitlines()
    }
    assert "photosync.cli" in imported
    heavy = (
        "rich",
        "filelock",
        "sqlite3",
        "PIL",
        "asyncio",
        "ssl",
        "requests",
        "logging.handlers",
    )
    assert imported.isdisjoint(heavy)


def test_quiet_says_nothing_unless_something_went_wrong(world: World) -> None:
    world.here("album/photo.jpg")
    world.there("album/there.jpg")
    result = world.sync("-q")
    assert (result.code, result.out, result.err) == (0, "", "")
    world.here("album/closed.jpg").chmod(0)
    result = world.sync("--quiet", unprivileged=True)
    assert (result.code, result.out) == (1, "")
    assert result.err.count("\n") == 1
    assert "album/closed.jpg: permission denied" in result.err


def test_every_step_is_a_line_and_a_table_ends_the_run(world: World) -> None:
    world.here("album/photo.jpg", b"x" * 1500)
    world.there("album/there.jpg")
    for place in (world.here, world.there):
        place("album/same.jpg")
    service = f"folder:{world.remote}"
    result = world.sync("-v")
    assert result.out.splitlines()[:2] == [
        f"REPORT                    {service}  album/there.jpg  (REMOTE_ONLY)",
        f"UPLOAD_LOCAL              {service}  album/photo.jpg  (LOCAL_ONLY)",
    ]
    head, row = (line.split() for line in result.out.splitlines()[2:])
    assert head == ["uploaded", "reported", "same", "transferred"]
    assert row == [service, "1", "1", "1", "1.5", "kB"]


def on_a_terminal(world: World, *argv: str) -> str:
    """What a person sees: the output of a run whose standard output is a terminal."""
    ours, theirs = pty.openpty()
    places = [
        "--home",
        str(world.home),
        "-d",
        str(world.local),
        "-p",
        f"folder:{world.remote}",
    ]
    with subprocess.Popen(
        [*COMMAND, *places, *argv],
        stdout=theirs,
        stderr=subprocess.STDOUT,
        env=environment({"TERM": "xterm", "COLUMNS": "300"}),
    ) as process:
        os.close(theirs)
        seen = bytearray()
        # Linux answers with an error once nobody holds the other end.
        while chunk := _read(ours):
            seen += chunk
    os.close(ours)
    assert process.returncode == 0
    assert b"Traceback" not in seen
    return seen.decode()


def _read(handle: int) -> bytes:
    try:
        return os.read(handle, 65536)
    except OSError:
        return b""


def test_on_a_terminal_an_album_is_a_line_and_steps_are_told_if_asked(
    world: World,
) -> None:
    for number in range(3):
        world.here(f"one/{number}.jpg")
        world.here(f"evil \x1b]0;title\x07 [bold]/{number}.jpg")
    world.there("one/there.jpg")
    assert "LOCAL_ONLY" not in on_a_terminal(world, "-x", "1")
    plain = on_a_terminal(world, "--no-progress", "-x", "1")
    assert "\x1b" not in plain
    assert plain.count("(LOCAL_ONLY)") == 1
    seen = on_a_terminal(world, "-v", "-m", "sync")
    assert "one: 3 UPLOAD_LOCAL, 1 DOWNLOAD_REMOTE" in seen
    assert r"evil \x1b]0;title\x07 [bold]: 1 UPLOAD_LOCAL" in seen
    assert seen.count("(LOCAL_ONLY)") == 4
    assert "\x1b]0;" not in seen
    assert on_a_terminal(world, "-q") == ""


def test_a_log_tells_each_step_and_what_became_of_it(world: World) -> None:
    log = world.top / "log.txt"
    world.here("album/photo.jpg")
    world.here("album/two\nlines \udcff.jpg").chmod(0)
    argv = ("--log", log, "-q")
    assert world.sync(*argv, unprivileged=True).code == 1
    told = log.read_text()
    assert "INFO UPLOAD_LOCAL" in told
    assert "album/photo.jpg  (LOCAL_ONLY): done" in told
    assert (
        r"album/two\nlines \udcff.jpg  (LOCAL_ONLY): failed permission denied" in told
    )
    assert "\nlines" not in told
    assert (
        world.sync(
            *argv, env={"LC_ALL": "C", "PYTHONUTF8": "0"}, unprivileged=True
        ).code
        == 1
    )
    assert log.read_text().startswith(told)
    assert len(log.read_text()) > len(told)


def test_a_reader_that_goes_away_is_no_trouble(world: World) -> None:
    for number in range(3000):
        world.here(f"a rather long name for an album/{number}.jpg", b"")
    places = [
        "--home",
        str(world.home),
        "-d",
        str(world.local),
        "-p",
        f"folder:{world.remote}",
    ]
    with subprocess.Popen(
        [*COMMAND, *places, "--test"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 1
