"""What a command imports: a NAS with a slow disk pays for each module at each run."""

from __future__ import annotations

import subprocess

import pytest

from cli.command import COMMAND, environment
from cli.conftest import World

LIBRARIES = {
    "PIL",
    "defusedxml",
    "exifread",
    "flickrapi",
    "google",
    "googleapiclient",
    "jinja2",
    "keyring",
    "oauthlib",
    "requests",
    "rich",
    "werkzeug",
}
OF_SOME_RUNS = {
    "asyncio",
    "email",
    "http",
    "logging.handlers",
    "multiprocessing",
    "photosync.cli.commands",
    "photosync.emulators",
    "photosync.history.undo",
    "photosync.media.films",
    "photosync.media.shrink",
    "ssl",
    "tomllib",
    "uuid",
    "xml",
}
OF_ALL_RUNS = {
    "dataclasses",
    "json",
    "logging",
    "pathlib",
    "photosync.model",
    "sqlite3",
}


def list_imports(*argv: str) -> set[str]:
    """Return the modules that a command imports, as Python itself names them."""
    said = subprocess.run(
        [*COMMAND, *argv],
        check=True,
        capture_output=True,
        env=environment({"PYTHONPROFILEIMPORTTIME": "1"}),
    )
    lines = said.stderr.decode().splitlines()
    imported = {line.rpartition("|")[2].strip() for line in lines}
    assert "photosync.cli.app" in imported
    return imported


@pytest.mark.parametrize("argv", [("--help",), ("--help", "all"), ("--version",)])
def test_help_imports_nothing_that_a_run_needs(argv: tuple[str, ...]) -> None:
    imported = list_imports(*argv)
    assert imported & (LIBRARIES | OF_SOME_RUNS | OF_ALL_RUNS) == set()


def test_the_tables_of_the_modes_need_no_library() -> None:
    assert list_imports("--modes") & LIBRARIES == set()


def test_a_run_between_folders_imports_nothing_that_other_runs_need(
    world: World,
) -> None:
    for make in (world.here, world.there):
        make("album/photo.jpg")
    places = ("--home", world.home, "-d", world.local, "-p", f"folder:{world.remote}")
    imported = list_imports(*map(str, places), "-m", "sync")
    assert imported & (LIBRARIES | OF_SOME_RUNS) == set()
    assert imported >= OF_ALL_RUNS
