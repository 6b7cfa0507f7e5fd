"""--json tells scripts what happens, one JSON object a line."""

from __future__ import annotations

import io
import json
import os
import signal
import time
from contextlib import redirect_stdout
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from cli.command import Result, refused
from cli.conftest import World
from cli.test_signals import running
from cli.trees import files as files_of
from photosync.cli import events
from photosync.cli.events import Events
from photosync.config.settings import Settings
from photosync.model import Wait

SCHEMA = json.loads((files("photosync.cli") / "events.schema.json").read_text())
PLAN = json.loads((files("photosync.plan") / "plan.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def read(out: str) -> list[Any]:
    lines = [json.loads(line) for line in out.splitlines()]
    for line in lines:
        VALIDATOR.validate(line)
    return lines


def kinds(lines: list[Any]) -> list[str]:
    return [line["event"] for line in lines]


def told(result: Result) -> list[Any]:
    """The events of a run, from its start to a summary with its exit code."""
    lines = read(result.out)
    assert (lines[0]["event"], lines[0]["version"]) == ("start", 1)
    assert (lines[-1]["event"], lines[-1]["exit_code"]) == ("summary", result.code)
    return lines


def test_a_dry_run_and_a_run_tell_the_same_plan(world: World) -> None:
    world.here("album/a.jpg")
    looked = world.sync("--json", "-t")
    assert kinds(told(looked)) == ["start", "plan", "step", "summary"]
    assert "nothing was changed" in looked.err
    ran = told(world.sync("--json"))
    assert kinds(ran) == ["start", "plan", "step", "outcome", "outcome", "summary"]
    assert ran[2]["step"] == told(looked)[2]["step"]
    mine = ran[-1]["services"][f"folder:{world.remote}"]
    assert (mine["done"]["UPLOAD_LOCAL"], mine["bytes"]) == (1, 5)
    quiet = world.sync("--json", "-q")
    assert kinds(told(quiet)) == ["start", "plan", "summary"]
    assert quiet.err == ""


def test_the_start_names_what_the_run_uses(world: World) -> None:
    world.here("album/a.jpg")
    (start, *_) = told(world.sync("--json", "-t"))
    assert start["roots"] == [str(world.local)]
    assert start["services"] == [f"folder:{world.remote}"]


def test_what_failed_is_an_outcome_and_a_line_for_people(world: World) -> None:
    world.here("album/closed.jpg").chmod(0)
    result = world.sync("--json", unprivileged=True)
    lines = told(result)
    (failed,) = (line for line in lines if line.get("result") == "failed")
    assert (failed["album"], failed["name"]) == ("album", "closed.jpg")
    assert "permission denied" in failed["reason"]
    assert "album/closed.jpg: permission denied" in result.err
    assert result.code == 1


def test_a_plan_that_is_applied_tells_what_is_stale(world: World) -> None:
    kept, changed = world.here("album/a.jpg"), world.here("album/b.jpg")
    plan = world.top / "plan"
    assert world.sync("-t", "--plan", plan).code == 0
    changed.write_bytes(b"edited")
    result = world.sync("--json", "--apply", plan)
    lines = told(result)
    assert (lines[0]["command"], result.code) == ("apply", 1)
    (warning,) = (line for line in lines if line["event"] == "warning")
    assert "b.jpg" in warning["subject"]
    assert warning["failed"]
    (step,) = (line["step"] for line in lines if line["event"] == "step")
    assert step["name"] == kept.name


def test_why_a_run_ends_early_is_told(world: World) -> None:
    world.here("album/a.jpg")
    world.here("album/b.jpg")
    lines = told(world.sync("--json", "--apply", world.top / "none"))
    assert kinds(lines) == ["start", "error", "summary"]
    argv = ("--home", world.home, "-d", world.local, "-p", f"folder:{world.remote}")
    rests = ("--json", "--transfers", "1", "--wait", "60")
    with running(*argv, *rests, env={}) as process:
        assert process.stdout
        said = iter(process.stdout.readline, b"")
        assert any(b'"outcome"' in line for line in said)
        process.send_signal(signal.SIGINT)
        rest = read(process.stdout.read().decode())
        assert process.wait() == 130
    assert kinds(rest) == ["error", "summary"]
    assert rest[-1]["exit_code"] == 130


def test_a_name_that_is_no_utf_8_is_spelled_out(world: World) -> None:
    name = os.fsdecode(b"caf\xe9.jpg")
    world.here(f"album/{name}")
    result = world.sync("--json", "-t")
    result.out.encode("utf-8")
    names = [line["step"]["name"] for line in told(result) if "step" in line]
    assert names == [r"caf\udce9.jpg"]


def test_a_wait_is_told_once() -> None:
    now = time.time()
    out = io.StringIO()
    with redirect_stdout(out):
        events.begin_events(Settings())
        display = Events(quiet=True)
        for _ in range(2):
            display.show_wait(Wait("drive", "the network is lost", now, now + 60))
        events.end_events(0)
    assert kinds(read(out.getvalue())) == ["start", "wait", "summary"]


def test_a_reader_that_is_gone_does_not_stop_the_work(world: World) -> None:
    def close_output() -> None:
        reading, writing = os.pipe()
        os.dup2(writing, 1)
        os.close(reading)

    world.here("album/a.jpg")
    result = world.sync("--json", before=close_output)
    assert result.code == 1
    assert list(files_of(world.remote)) == ["album/a.jpg"]


@pytest.mark.parametrize("option", ["check", "runs", "review"])
def test_what_is_no_run_is_refused(world: World, option: str) -> None:
    refused(
        world.sync("--json", f"--{option}"),
        f"--json tells of a run, and --{option} is none; drop --json",
    )


@pytest.mark.parametrize(
    ("given", "key"),
    [
        (("--report", "page.html"), "report"),
        (("-t", "--plan", "plan.json"), "plan"),
        (("--apply", "plan.json"), "apply"),
        (("--copies", "2"), "copies"),
    ],
)
def test_what_only_a_run_has_is_refused_of_another_command(
    world: World, given: tuple[str, ...], key: str
) -> None:
    refused(
        world.sync("--undo", *given),
        f"--{key} tells of a run, and --undo is none; drop --{key}",
    )


def test_a_review_counts_no_copies(world: World) -> None:
    refused(
        world.sync("-m", "report", "--copies", "2", "--review"),
        "--copies tells of a run, and --review is none; drop --copies",
    )


def test_a_setting_for_all_runs_leaves_other_commands_alone(world: World) -> None:
    assert world.sync("--modes", env={"PHOTOSYNC_JSON": "true"}).code == 0


def test_a_step_is_told_as_a_saved_plan_has_it() -> None:
    for name, description in PLAN["$defs"].items():
        assert SCHEMA["$defs"][name] == description
