"""`--demo`: everything can be tried without an account, on a machine that knows nothing
of it.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from harness import command
from harness.worlds import Result
from PIL import Image

from cli.command import refused, run
from photosync.emulators.drive import DriveEmulator, WebUser
from photosync.naming import TRASH

JPEG_DATE = 36867


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the demo ran once; what it said is in `said` there."""
    home = tmp_path_factory.mktemp("demo") / "home"
    result = demo(home)
    assert result.code == 0, result.err
    (home / "said").write_text(result.out)
    return home


@pytest.fixture
def home(tried: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    copy = tmp_path / "home"
    subprocess.run(["cp", "-a", str(tried), str(copy)], check=True)
    return copy


def demo(home: Path, *argv: str, **env: str) -> Result:
    """Run the demo of Drive alone."""
    words = ("--demo", "-p", "drive", "-m", "sync", *argv)
    ours = command.without_settings() | {"PHOTOSYNC_HOME": str(home)}
    result = Result(*command.run(words, ours, env))
    assert "Traceback" not in result.err
    return result


NOTHING = "Nothing to do: {} photos equal on Drive.\n"


def test_the_events_of_the_demo_name_its_photos_and_services(home: Path) -> None:
    said = demo(home, "--json", "-t")
    start, *_, summary = map(json.loads, said.out.splitlines())
    assert start["roots"] == [str(home / "demo" / "Photos")]
    assert start["services"] == ["drive"]
    assert summary["event"] == "summary"


def run_alone(result: Result) -> str:
    """What the run says, between the greeting and what to try next."""
    _, run = result.out.split("\n\n", 1)
    return run.split("\nTry next:")[0]


def table(result: Result) -> dict[str, str]:
    """The summary's row for Drive by the names of its columns."""
    head, row = (
        re.split(r"  +", line.strip()) for line in run_alone(result).splitlines()[-2:]
    )
    assert row[0] == "Drive"
    return dict(zip(head, row[1:], strict=True))


@contextmanager
def drive_of(home: Path) -> Iterator[WebUser]:
    """Somebody at work in the web interface between two runs."""
    account = "demo@photosync.example"
    with DriveEmulator(home / "demo" / "drive", account=account) as drive:
        yield drive.web


def library(home: Path) -> dict[str, bytes]:
    top = home / "demo" / "Photos"
    found = (
        path for path in top.rglob("*") if path.is_file() and TRASH not in path.parts
    )
    return {str(path.relative_to(top)): path.read_bytes() for path in found}


def albums(home: Path) -> dict[str, list[bytes]]:
    with drive_of(home) as web:
        (base,) = web.children()
        folders = {folder["name"]: folder["id"] for folder in web.children(base["id"])}
        assert len(folders) == len(web.children(base["id"]))
        return {
            title: sorted(
                web.content(file["id"])
                for file in web.children(folder)
                if not file["trashed"]
            )
            for title, folder in folders.items()
        }


def test_the_first_run_uploads_the_library_and_says_so(tried: Path) -> None:
    said = Result(0, (tried / "said").read_text(), "")
    assert said.out.count("+ upload to Drive") == 4
    summary = table(said)
    assert summary["uploaded"] == "60"
    assert summary["equal"] == "0"
    here = library(tried)
    assert len(here) == 60
    assert len(set(here.values())) == 60
    there = albums(tried)
    assert {title: len(photos) for title, photos in there.items()} == {
        "2023 - Lisbon": 15,
        "2024 - Winter walk": 15,
        "2025 - Birthday": 18,
        "2025 - Zoë's garden": 12,
    }
    assert sorted(photo for photos in there.values() for photo in photos) == sorted(
        here.values()
    )


def test_the_library_is_of_real_photos_with_dates(tried: Path) -> None:
    kinds = set()
    for path in (tried / "demo" / "Photos").rglob("*.*"):
        with Image.open(path) as image:
            image.load()
            kinds.add(image.format)
            taken = image.getexif().get_ifd(0x8769)[JPEG_DATE]
            moment = datetime.strptime(taken, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
            assert moment.timestamp() == path.stat().st_mtime
    assert kinds == {"JPEG", "PNG"}


def test_the_second_run_does_nothing(home: Path) -> None:
    before = albums(home)
    result = demo(home)
    assert result.code == 0, result.err
    # A library that was copied is another one, which is said first.
    assert run_alone(result).endswith(NOTHING.format(60))
    assert albums(home) == before


def test_after_an_upgrade_the_demo_begins_anew_and_refuses_nothing(home: Path) -> None:
    with closing(sqlite3.connect(home / "demo/drive/drive.sqlite")) as old:
        old.execute("PRAGMA user_version = 1")
    result = demo(home)
    assert (result.code, result.err) == (0, "")
    assert re.search(r"Drive +60 ", result.out)
    assert run_alone(demo(home)) == NOTHING.format(60)


def test_changes_on_either_side_reach_the_other(home: Path) -> None:
    # A library that was copied is another one: its first run finds all equal.
    assert demo(home).code == 0
    photos = home / "demo" / "Photos"
    edited = photos / "2025" / "Birthday" / "IMG_0031.jpg"
    edited.write_bytes(edited.read_bytes() + b"edited")
    new = photos / "2026" / "New" / "a.jpg"
    new.parent.mkdir(parents=True)
    new.write_bytes(b"new here")
    with drive_of(home) as web:
        (base,) = web.children()
        folder = next(
            f for f in web.children(base["id"]) if f["name"] == "2024 - Winter walk"
        )
        web.file("there.jpg", b"new there", folder["id"])
    result = demo(home)
    assert result.code == 0, result.err
    summary = table(result)
    assert (summary["uploaded"], summary["replaced"], summary["downloaded"]) == (
        "1",
        "1",
        "1",
    )
    assert summary["equal"] == "59"
    assert (photos / "2024" / "Winter walk" / "there.jpg").read_bytes() == b"new there"
    there = albums(home)
    assert edited.read_bytes() in there["2025 - Birthday"]
    assert there["2026 - New"] == [b"new here"]
    assert run_alone(demo(home)) == NOTHING.format(62)


def test_a_dry_run_shows_everything_and_changes_nothing(tmp_path: Path) -> None:
    result = demo(tmp_path / "home", "-t")
    assert result.code == 0
    assert result.out.count("+ upload to Drive") == 60
    assert "would do (nothing was changed):" in result.out
    assert re.search(r"Drive +\+ upload +60 photos +1\.\d MB", result.out)
    with drive_of(tmp_path / "home") as web:
        assert web.everything() == []


def test_a_library_of_ones_own_can_be_tried(tmp_path: Path) -> None:
    photo = tmp_path / "mine" / "Zoo" / "a.jpg"
    photo.parent.mkdir(parents=True)
    photo.write_bytes(b"mine")
    result = demo(tmp_path / "home", "-d", str(tmp_path / "mine"))
    assert result.code == 0, result.err
    assert f" --demo -d {tmp_path}/mine -m sync\n" in result.out
    assert albums(tmp_path / "home") == {"Zoo": [b"mine"]}
    assert not (tmp_path / "home" / "demo" / "Photos").exists()


@pytest.mark.parametrize("name", ["no_proxy", "NO_PROXY"])
def test_a_proxy_does_not_come_between(home: Path, name: str) -> None:
    nobody = "http://127.0.0.1:9"
    proxies = dict.fromkeys(("http_proxy", "HTTP_PROXY", "ALL_PROXY"), nobody)
    result = demo(home, **proxies, **{name: "example.com"})
    # A library that was copied is another one, which is said first.
    assert run_alone(result).endswith(NOTHING.format(60)), result.err


def test_the_home_of_the_real_services_is_left_alone(home: Path) -> None:
    assert sorted(path.name for path in home.iterdir()) == ["demo", "said"]
    told = demo(home, "--check").out
    assert "\nDrive    demo@photosync.example   signed in, works\n" in told


def test_it_greets_and_names_what_to_try_next(tried: Path, home: Path) -> None:
    said = (tried / "said").read_text()
    assert "demo: no account needed, nothing leaves this computer.\n" in said
    assert f"Made 60 photos in 4 albums: {tried}/demo/Photos\n" in said
    again = demo(home).out
    assert f"The photos are in {home}/demo/Photos\n" in again
    for text in (said, again):
        _, tips = text.split("Try next:\n")
        # In a checkout that is not installed, the way to it is what to type.
        typed = re.findall(r"^  (\S*photosync) -", tips, re.MULTILINE)
        assert len(typed) == 3
        assert all(map(shutil.which, typed))
        assert " --demo -m sync\n" in tips
        photo = re.search(r"^  rm (.*)$", tips, re.MULTILINE)
        assert photo
        assert Path(photo[1]).is_file()


def test_the_demo_of_a_quiet_person_says_nothing(home: Path) -> None:
    assert demo(home, "-q").out == ""


def test_what_to_try_next_names_the_home_that_was_given(home: Path) -> None:
    ours = command.without_settings()
    words = ("--demo", "--home", home, "-p", "drive", "-t")
    result = command.run(words, ours)
    assert f"photosync --demo --home {home} -m sync\n" in result.out


def test_the_demo_needs_no_signing_in(tmp_path: Path) -> None:
    refused(
        run("--demo", "-a", "--home", tmp_path),
        "--demo is signed in by itself; leave it out to sign in yourself",
    )
