"""The Python API: what a program of one's own can do with `import photosync`."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import assert_type

import pytest
from harness import command
from harness.drive_world import DriveWorld, world_below

import photosync
from cli.conftest import World
from photosync import (
    Actions,
    Comparisons,
    Outcome,
    PhotoSync,
    Plan,
    Result,
    Settings,
    Side,
    Step,
)
from photosync.compare.reading import Reading
from photosync.errors import AlreadyRunning, UsageError

README = Path(__file__).parents[2] / "README.md"
EXAMPLE = re.compile(r"<!-- api -->\n```python\n(.*?)```\n<!-- /api -->", re.DOTALL)


@pytest.fixture
def settings(world: World) -> Settings:
    return Settings(
        photosync.Home(world.home, world.home),
        roots=(str(world.local),),
        scope=(f"folder:{world.remote}",),
        mode="sync",
        allow_delete=frozenset({Side.REMOTE}),
    )


def exit_codes(world: World) -> list[int | None]:
    """How the runs ended, as the memory has it."""
    with sqlite3.connect(world.home / "state.sqlite") as db:
        return [
            code for (code,) in db.execute("SELECT exit_code FROM runs ORDER BY id")
        ]


def test_the_example_of_the_readme_works_as_it_stands(world: World) -> None:
    world.here("Rome/one.jpg")
    world.local.rename(world.top / "Photos")
    found = EXAMPLE.search(README.read_text())
    assert found is not None
    ended = subprocess.run(
        [sys.executable, "-c", found[1].replace("/mnt/backup", str(world.remote))],
        env=command.without_settings() | {"HOME": str(world.top)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == "UPLOAD_LOCAL Rome one.jpg\n"
    assert (world.remote / "Rome/one.jpg").read_bytes() == b"photo"


def test_albums_that_are_read_are_counted_without_the_folder_that_holds_them(
    world: World, settings: Settings
) -> None:
    world.here("Rome/one.jpg")
    world.here("Oslo/two.jpg")
    counts: dict[str, int] = {}

    def note(place: str, reading: Reading) -> None:
        counts[place] = reading.albums

    with PhotoSync.open(settings) as sync:
        sync.plan(note)
    assert counts[f"folder:{world.remote}"] == 2


def test_a_run_is_done_locked_remembered_and_ended(
    world: World, settings: Settings
) -> None:
    world.here("Rome/one.jpg")
    with PhotoSync.open(settings) as sync:
        plan = sync.plan()
        assert_type(plan, Plan)
        with pytest.raises(AlreadyRunning), PhotoSync.open(settings):
            pass
        outcomes = list(sync.run(plan))
        assert_type(outcomes, list[Outcome])
    (step,) = [outcome.step for outcome in outcomes if isinstance(outcome.step, Step)]
    assert (step.action, step.comparison) == (
        Actions.UPLOAD_LOCAL,
        Comparisons.LOCAL_ONLY,
    )
    assert exit_codes(world) == [0]
    # The memory is the one of the command line: what is gone here was deleted.
    (world.local / "Rome/one.jpg").unlink()
    world.here("Rome/two.jpg", b"another")
    with PhotoSync.open(settings) as sync:
        steps = {step.name: step.comparison for step in sync.plan().steps}
    assert steps["one.jpg"] is Comparisons.LOCAL_DELETED


def test_a_run_that_is_left_in_the_middle_is_remembered_as_interrupted(
    world: World, settings: Settings
) -> None:
    for number in range(30):
        world.here(f"Rome/{number}.jpg", b"%d" % number)
    with PhotoSync.open(replace(settings, transfers=1)) as sync:
        outcomes = sync.run(sync.plan())
        assert next(outcomes).result is Result.DONE
        outcomes.close()
    assert exit_codes(world) == [130]
    with PhotoSync.open(settings) as sync:
        assert {outcome.result for outcome in sync.run(sync.plan())} == {Result.DONE}
    assert len(list((world.remote / "Rome").iterdir())) == 30


def test_a_step_that_fails_is_the_exit_code_of_the_run(
    world: World, settings: Settings
) -> None:
    photo = world.here("Rome/one.jpg")
    with PhotoSync.open(settings) as sync:
        plan = sync.plan()
        photo.write_bytes(b"changed meanwhile")
        (outcome,) = sync.run(plan)
    assert outcome.result is Result.FAILED
    assert exit_codes(world) == [outcome.exit_code]


def test_a_dry_run_writes_nothing_and_carries_nothing_out(
    world: World, settings: Settings
) -> None:
    world.here("Rome/one.jpg")
    before = world.snapshot()
    with PhotoSync.open(replace(settings, test=True)) as sync:
        plan = sync.plan()
        with pytest.raises(UsageError, match="dry run"):
            next(sync.run(plan))
    assert [step.action for step in plan.steps] == [Actions.UPLOAD_LOCAL]
    assert world.snapshot() == before


def test_a_library_without_a_root_is_refused(world: World, settings: Settings) -> None:
    world.there("Rome/one.jpg")
    with (
        pytest.raises(UsageError, match="at least one folder"),
        PhotoSync.open(replace(settings, roots=())),
    ):
        pass


def test_what_is_wrong_with_the_memory_is_told(
    world: World, settings: Settings
) -> None:
    world.home.mkdir()
    (world.home / "state.sqlite").write_bytes(b"no database" * 100)
    told: list[str] = []
    with PhotoSync.open(settings, told.append):
        pass
    (line,) = told
    assert "is damaged and was set aside" in line


@pytest.fixture
def drive_world(tmp_path: Path) -> Iterator[DriveWorld]:
    for world in world_below(tmp_path):
        world.sign_in()
        yield world


def test_who_is_signed_in_can_be_asked(drive_world: DriveWorld) -> None:
    world = drive_world
    statuses = list(photosync.check(world.settings))
    assert {status.exit_code for status in statuses} == {0}
    assert [status.account for status in statuses] == [world.drive.account]
    (line,) = photosync.sign_out(world.settings)
    assert line == f"Drive: {world.drive.account} is signed out"
    assert {status.exit_code for status in photosync.check(world.settings)} == {3}


def test_signing_in_asks_whoever_the_program_names(tmp_path: Path) -> None:
    told: list[str] = []

    class Nobody:
        def tell(self, text: str) -> None:
            told.append(text)

        def ask(self, question: str) -> str:
            raise AssertionError(question)

    settings = Settings(photosync.Home(tmp_path, tmp_path), scope=("flickr",))
    with pytest.raises(photosync.PhotosyncError, match="key"):
        photosync.authorize(settings, Nobody())
    assert told == []


def test_every_name_of_the_api_is_there() -> None:
    for name in photosync.__all__:
        assert getattr(photosync, name) is not None
    assert set(photosync.__all__) <= set(dir(photosync))
    with pytest.raises(AttributeError, match="no attribute 'Photosync'"):
        photosync.Photosync  # type: ignore[attr-defined]  # noqa: B018


def test_importing_photosync_loads_nothing_else() -> None:
    code = (
        "import sys; import photosync; from photosync import __version__; "
        "print(*[name for name in sys.modules if name.startswith('photosync')])"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert said.stdout == "photosync\n"


def test_type_checkers_are_told_that_there_are_types() -> None:
    spec = find_spec("photosync")
    assert spec is not None
    assert spec.origin is not None
    assert (Path(spec.origin).parent / "py.typed").exists()


def test_names_of_files_that_are_read_as_another_text_are_refused(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "getfilesystemencoding", lambda: "iso8859-1")
    refusal = pytest.raises(UsageError, match="iso8859-1 here, not as UTF-8")
    with refusal, PhotoSync.open(settings):
        pass
