"""The demo runs both services; together, neither stops the other."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from harness.flickr_world import FlickrWorld
from harness.worlds import make_file

from cli.command import Result, run
from photosync.emulators.drive import DriveEmulator
from photosync.emulators.flickr import Fault, FlickrEmulator
from photosync.emulators.flickr import Settings as FlickrSettings
from photosync.services.auth.session import Session

PHOTOS = 60


def demo(home: Path, *argv: str | Path) -> Result:
    return run("--home", home, "--demo", *argv)


def test_the_demo_fills_both_services_and_follows_edits_on_each_side(
    tmp_path: Path,
) -> None:
    first = demo(tmp_path, "-m", "sync")
    assert (first.code, first.err) == (0, "")
    for service in ("Flickr", "Drive"):
        assert re.search(rf"^{service} +{PHOTOS} ", first.out, re.MULTILINE), first.out
    second = demo(tmp_path, "-m", "sync")
    assert (second.code, second.actions) == (0, [])
    edit_all_sides(tmp_path / "demo")
    third = demo(tmp_path, "-m", "sync")
    assert third.code == 0, third.err
    # What came home from Flickr went on to Drive in the same run.
    assert any(
        line.startswith("UPLOAD_LOCAL") and "on Flickr.jpg" in line
        for line in third.steps
    )
    assert demo(tmp_path, "-m", "sync").actions == []
    check_all_sides(tmp_path / "demo")


def edit_all_sides(place: Path) -> None:
    library = place / "Photos"
    edited = next((library / "2024/Winter walk").glob("*.jpg"))
    edited.write_bytes(edited.read_bytes() + b"edited")
    os.utime(edited, (1_760_000_000, 1_760_000_000))
    make_file(
        library / "2026/New/here.jpg",
        (library / "2023/Lisbon/IMG_0001.jpg").read_bytes(),
    )
    with FlickrEmulator(place / "flickr") as flickr:
        web = flickr.web
        (album,) = web.titled("2023 - Lisbon")
        web.edit(web.photos_in(album)[0], title="A title of my own")
        web.put_in(album, web.photo("on Flickr.jpg", b"\xff\xd8\xff on Flickr"))
        (photo,) = web.named("IMG_0020.png")
        web.edit(photo["id"], title="")


def check_all_sides(place: Path) -> None:
    library = place / "Photos"
    here = {
        f"{' - '.join(path.relative_to(library).parts[:-1])}/{path.name}": path.read_bytes()
        for path in library.rglob("*")
        if path.is_file() and ".photosync-trash" not in path.parts
    }
    assert here["2023 - Lisbon/on Flickr.jpg"] == b"\xff\xd8\xff on Flickr"
    with FlickrEmulator(place / "flickr") as flickr:
        web = flickr.web
        contents = sorted(
            web.content(photo)
            for album in web.all_albums()
            for photo in web.photos_in(album["id"])
        )
    assert contents == sorted(here.values())
    with DriveEmulator(place / "drive", account="demo@photosync.example") as drive:
        files = [
            file
            for file in drive.web.everything()
            if file["mimeType"].startswith("image")
        ]
        stored = sorted(
            drive.web.content(file["id"]) for file in files if not file["trashed"]
        )
    assert stored == sorted(here.values())


@dataclass(frozen=True, slots=True)
class Both:
    """Both services, a library and a home."""

    world: FlickrWorld
    drive: DriveEmulator

    def sync(self, *argv: str) -> Result:
        env = self.world.environment() | {"PHOTOSYNC_DRIVE_URL": self.drive.url}
        return run("-d", self.world.local, "-p", "both", "-m", "sync", *argv, env=env)

    def on_drive(self) -> list[str]:
        files = self.drive.web.everything()
        return sorted(
            file["name"] for file in files if file["mimeType"] == "image/jpeg"
        )


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Both]:
    with (
        FlickrEmulator(
            tmp_path / "flickr", settings=FlickrSettings(hourly_quota=None)
        ) as flickr,
        DriveEmulator(tmp_path / "drive") as drive,
    ):
        world = FlickrWorld(tmp_path, flickr)
        world.sign_in()
        Session(world.home).store("drive", drive.account, drive.authorized_user())
        for name in ("a.jpg", "b.jpg", "c.jpg"):
            world.here(f"Rome/{name}")
        yield Both(world, drive)


def test_both_are_filled_and_stand_side_by_side_in_the_summary(both: Both) -> None:
    result = both.sync()
    assert result.code == 0, result.err
    assert len(both.world.photos()) == len(both.on_drive()) == 3
    assert re.search(r"^Flickr +3 ", result.out, re.MULTILINE)
    assert re.search(r"^Drive +3 ", result.out, re.MULTILINE)
    assert both.sync().actions == []


@pytest.mark.parametrize("after", [0, 6])
def test_a_failing_flickr_does_not_stop_drive(both: Both, after: int) -> None:
    both.world.flickr.plan(Fault("*", "html", None, after=after, status=503))
    result = both.sync()
    assert result.code == 1
    assert both.on_drive() == ["a.jpg", "b.jpg", "c.jpg"]
    assert re.search(r"^Drive +3 ", result.out, re.MULTILINE), result.out
    assert "lickr" in result.err
    both.world.flickr.traffic.clear_faults()
    assert both.sync().code == 0
    assert len(both.world.photos()) == 3


@pytest.mark.parametrize("after", [0, 4])
def test_a_failing_drive_does_not_stop_flickr(both: Both, after: int) -> None:
    both.drive.plan(Fault("*", "status", None, after=after, status=503))
    result = both.sync()
    assert result.code == 1
    assert len(both.world.photos()) == 3
    assert re.search(r"^Flickr +3 ", result.out, re.MULTILINE), result.out
    both.drive.traffic.clear_faults()
    assert both.sync().code == 0
    assert both.on_drive() == ["a.jpg", "b.jpg", "c.jpg"]


def test_a_full_flickr_does_not_stop_drive(both: Both) -> None:
    both.world.flickr.plan(Fault("upload", "fail", None, code=6))
    result = both.sync()
    assert result.code == 1
    assert both.on_drive() == ["a.jpg", "b.jpg", "c.jpg"]
    assert re.search(r"^Flickr .*", result.out, re.MULTILINE)


def test_a_withdrawn_flickr_does_not_stop_drive(both: Both) -> None:
    both.world.flickr.grants.revoke_everything()
    result = both.sync()
    assert result.code == 3
    assert "photosync -a -p flickr" in result.err
    assert both.on_drive() == ["a.jpg", "b.jpg", "c.jpg"]


def test_tokens_of_both_are_kept_in_one_file(both: Both) -> None:
    content = json.loads((both.world.home / "tokens.json").read_text())
    assert set(content) == {"flickr", "drive"}
