"""What is said, to whom, and in which words."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from harness import command
from harness.pseudo_terminal import pseudo_terminal

from cli.command import COMMAND, environment, run
from cli.conftest import World
from cli.trees import files
from photosync.config.options import OPTIONS


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
    result = run("--help", "all", env={"COLUMNS": "80"})
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
    assert run("-h", "all", env={"COLUMNS": "80"}).out == result.out


@pytest.mark.parametrize("words", [(), ("all",)])
def test_on_the_screen_of_a_phone_only_what_is_typed_is_longer(
    words: tuple[str, ...],
) -> None:
    lines = run("--help", *words, env={"COLUMNS": "40"}).out.splitlines()
    long = [line for line in lines if len(line) > 40]
    assert all(line.startswith(("  photosync ", "  -", "usage:")) for line in long)
    assert lines[-1].endswith("interrupted")


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
    lines = [line.strip() for line in world.sync().out.splitlines()]
    assert lines[0] == f"+ upload to {world.remote} album/photo.jpg  (new here)"
    assert lines[1].startswith("Done in ")
    head, row = (re.split("  +", line) for line in lines[3:5])
    assert head == ["uploaded", "equal", "left alone", "transferred"]
    assert row == [str(world.remote), "1", "1", "1", "1.5 kB"]
    assert lines[6:] == [
        f"! 1 photo left alone on {world.remote}: only there",
        "album/there.jpg",
        "-> -m download brings it, -m sync both ways",
    ]


def test_many_photos_of_an_album_are_one_line_and_each_is_one_if_asked(
    world: World,
) -> None:
    for number in range(20):
        world.here(f"Rome/{number:02}.jpg", b"x" * 100 + b"%d" % number)
    world.here("Oslo/a.jpg")
    told = [line for line in world.sync("-t", "-v").out.splitlines() if "Rome/" in line]
    assert len(told) == 20
    lines = world.sync().out.splitlines()
    assert lines[0] == f"+ upload to {world.remote} Oslo/a.jpg  (new here)"
    assert lines[1] == f"+ upload to {world.remote} Rome  (20 photos, 2.0 kB)"
    assert lines[2].startswith("Done in ")


def test_one_reason_is_told_once_with_three_names(world: World) -> None:
    for number in range(8):
        world.here(f"album/{number}.jpg").chmod(0)
        world.there(f"album/there {number}.jpg")
    result = world.sync(unprivileged=True)
    assert result.code == 1
    told = result.err.splitlines()[:-1]
    assert len(told) == 3
    for line in told:
        assert line.startswith(f"failed: upload to {world.remote}  album/")
        assert ".jpg: permission denied" in line
    assert result.err.splitlines()[-1].startswith("... and 5 more on ")
    assert "8 photos left alone" in result.out
    assert "album/there 2.jpg and 5 more" in result.out
    assert result.log.count("INFO failed UPLOAD_LOCAL") == 8


def test_nothing_to_do_is_one_line(world: World) -> None:
    for number in range(2):
        world.here(f"album/{number}.jpg", b"%d" % number)
    assert world.sync().code == 0
    line = f"Nothing to do: 2 photos equal on {world.remote}."
    assert world.sync().out == f"{line}\n"
    assert world.sync("-t").out == f"{line} (dry run: nothing was changed)\n"


def test_differences_are_an_exit_code_where_that_is_asked_for(world: World) -> None:
    asked = ("--fail-on-differences", "--dry-run")
    world.here("album/0.jpg")
    assert (world.sync("-t").code, world.sync(*asked).code) == (0, 1)
    assert world.sync("--fail-on-differences", "-m", "report").code == 1
    # A run that makes the sides equal has nothing to complain of.
    assert world.sync("--fail-on-differences").code == 0
    assert world.sync(*asked).code == 0
    world.there("album/1.jpg")
    assert world.sync(*asked).code == 1


@pytest.mark.parametrize("breaks_after", [0, 1, 2])
def test_a_terminal_that_breaks_ends_no_run(world: World, breaks_after: int) -> None:
    for number in range(20):
        world.here(f"Rome/{number}.jpg")
    place = f"folder:{world.remote}"
    ended = command.run_at_terminal(
        ["--home", world.home, "-d", world.local, "-p", place],
        environment(),
        breaks_after=breaks_after,
    )
    assert ended.code == 0
    assert files(world.remote) == files(world.local)
    assert "what you see of the run broke" in ended.out
    assert "unforeseen" in ended.log
    assert "Done in" in ended.out
    assert "Traceback" not in ended.out


def on_a_terminal(world: World, *argv: str, **variables: str) -> str:
    """What a person sees: the output of a run whose standard output is a terminal."""
    places = [
        "--home",
        str(world.home),
        "-d",
        str(world.local),
        "-p",
        f"folder:{world.remote}",
    ]
    with pseudo_terminal() as terminal:
        ended = subprocess.run(
            [*COMMAND, *places, *argv],
            stdout=terminal.theirs,
            stderr=subprocess.STDOUT,
            env=environment({"TERM": "xterm", "COLUMNS": "300"} | variables),
            check=False,
        )
    assert ended.returncode == 0
    assert "Traceback" not in terminal.see()
    return terminal.see()


def test_on_a_terminal_an_album_is_a_line_and_steps_are_told_if_asked(
    world: World,
) -> None:
    for number in range(3):
        world.here(f"one/{number}.jpg")
        world.here(f"evil \x1b]0;title\x07 [bold]/{number}.jpg")
    world.there("one/there.jpg")
    assert "(new here)" not in on_a_terminal(world, "-x", "1")
    plain = on_a_terminal(world, "--no-progress", "-x", "1", NO_COLOR="1")
    assert "\x1b" not in plain
    assert plain.count("(new here)") == 1
    looked = on_a_terminal(world, "-t", "-m", "sync", NO_COLOR="1")
    assert re.search(r"\+ upload one +\d photos? .* new here", looked)
    assert r"upload evil \x1b]0;title\x07 [bold]" in looked
    seen = on_a_terminal(world, "-v", "-m", "sync")
    assert r"evil \x1b]0;title\x07 [bold]/" in seen
    assert seen.count("(new here)") == 4
    assert "\x1b]0;" not in seen
    assert on_a_terminal(world, "-q") == ""


def test_on_a_terminal_the_marks_of_all_screens_are_in_colour(world: World) -> None:
    world.here("album/photo.jpg")
    world.there("album/there.jpg")
    green, yellow = "\x1b[32m+\x1b[0m ", "\x1b[33m!\x1b[0m "
    looked = on_a_terminal(world, "-t")
    assert f"\n  {green}upload album" in looked
    assert f"\n{yellow}1 photo left alone" in looked
    # Told above the bars, and by the end.
    seen = on_a_terminal(world, "-v")
    assert f"{green}upload to {world.remote} album/photo.jpg" in seen
    assert f"\n{yellow}1 photo left alone" in seen
    assert f"\n{yellow}1 photo left alone" in on_a_terminal(world, "--last")


def test_a_log_tells_each_step_and_what_became_of_it(world: World) -> None:
    log = world.top / "log.txt"
    world.here("album/photo.jpg")
    world.here("album/two\nlines \udcff.jpg").chmod(0)
    argv = ("--log", log, "-q")
    assert world.sync(*argv, unprivileged=True).code == 1
    told = log.read_text()
    assert "INFO done UPLOAD_LOCAL" in told
    assert "album/photo.jpg  (LOCAL_ONLY)\n" in told
    assert "INFO failed UPLOAD_LOCAL" in told
    assert r"album/two\nlines \udcff.jpg  (LOCAL_ONLY): permission denied" in told
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


def test_help_shows_what_most_people_need_and_all_on_request() -> None:
    short = run("-h").out
    shown = [option for option in OPTIONS if option.common]
    assert 12 <= len(shown) <= 18
    everything = run("--help", "all", env={"COLUMNS": "80"}).out
    for option in OPTIONS:
        flag = re.compile(rf"^  .*--{option.key}\b(?!-)", re.MULTILINE)
        assert bool(flag.search(everything)) is not option.hidden, option.key
        assert bool(flag.search(short)) or not option.common, option.key
    assert "--retry-wait" not in everything
    assert "--max-delete" not in short
    assert all(len(line) <= 80 for line in everything.splitlines())
