"""What a command imports: a NAS with a slow disk pays for each module at each run."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from harness import drive_world, flickr_world

from cli.command import COMMAND, environment
from cli.conftest import World
from photosync.emulators.drive.identity import DRIVE

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
    "photosync.history.undo.undo",
    "photosync.media.films",
    "photosync.media.shrink.shrink",
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
OF_NO_HELP = {
    "inspect",
    "photosync.cli.answering",
    "shutil",
    "threading",
    "typing",
}
"""What would make up half of it."""


def list_imports(*argv: str, **variables: str) -> set[str]:
    """Return the modules that a command imports, as Python itself names them."""
    said = subprocess.run(
        [*COMMAND, *argv],
        check=True,
        capture_output=True,
        env=environment({"PYTHONPROFILEIMPORTTIME": "1"} | variables),
    )
    lines = said.stderr.decode().splitlines()
    imported = {line.rpartition("|")[2].strip() for line in lines}
    assert "photosync.cli.app" in imported
    return imported


@pytest.mark.parametrize("argv", [("--help",), ("--help", "all"), ("--version",)])
def test_help_imports_nothing_that_a_run_needs(argv: tuple[str, ...]) -> None:
    imported = list_imports(*argv)
    assert imported & (LIBRARIES | OF_SOME_RUNS | OF_ALL_RUNS | OF_NO_HELP) == set()


OF_A_RUN = {
    "photosync.execute",
    "photosync.local.explorer",
    "photosync.services.base",
    "photosync.sync.photosync",
}


@pytest.mark.parametrize("option", ["--modes", "--runs", "--last"])
def test_what_only_tells_needs_no_library_and_nothing_of_a_run(
    option: str, tmp_path: Path
) -> None:
    imported = list_imports("--home", str(tmp_path), option)
    assert imported & (LIBRARIES | OF_A_RUN) == set()


def test_a_run_between_folders_imports_nothing_that_other_runs_need(
    world: World,
) -> None:
    for make in (world.here, world.there):
        make("album/photo.jpg")
    places = ("--home", world.home, "-d", world.local, "-p", f"folder:{world.remote}")
    imported = list_imports(*map(str, places), "-m", "sync")
    assert imported & (LIBRARIES | OF_SOME_RUNS) == set()
    assert imported >= OF_ALL_RUNS


NO_SERVICES = {"PIL", "exifread", "jinja2", "keyring", "werkzeug"}
"""What a run with a service that finds nothing to do has no use for."""


def test_a_run_to_drive_imports_nothing_of_flickr_nor_of_signing_in(
    tmp_path: Path,
) -> None:
    for world in drive_world.world_below(tmp_path):
        world.sign_in(DRIVE)
        for make in (world.here, world.there):
            make("Rome/a.jpg", b"a")
        argv = ("-d", str(world.local), "-p", "drive", "-m", "sync")
        imported = list_imports(*argv, **world.environment())
        assert imported >= {"requests", "photosync.services.drive.listings.listing"}
        ours = {"photosync.services.flickr", "photosync.services.drive.calls.signin"}
        others = {
            "defusedxml",
            "flickrapi",
            "google_auth_oauthlib",
            # It only reads.
            "googleapiclient",
            "httplib2",
            "requests_oauthlib",
        }
        assert imported & (NO_SERVICES | others | ours) == set()


def test_a_run_to_flickr_imports_nothing_of_google(tmp_path: Path) -> None:
    for world in flickr_world.world_below(tmp_path):
        world.here("Rome/a.jpg")
        assert world.sync("-q") == 0
        argv = ("-d", str(world.local), "-p", "flickr", "-m", "sync")
        imported = list_imports(*argv, **world.environment())
        assert imported >= {"flickrapi", "photosync.services.flickr.listings.listing"}
        others = {"google", "googleapiclient", "photosync.services.drive"}
        assert imported & (NO_SERVICES | others) == set()
