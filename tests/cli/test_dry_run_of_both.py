"""What a dry run says of two services is what the run does: in numbers, and in calls."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from harness.flickr_world import FlickrWorld, jpeg
from harness.heads import Counts, count_done, read_head
from harness.worlds import WHEN

from cli.command import Result, run
from photosync.emulators.drive import DriveEmulator
from photosync.emulators.flickr import Fault, FlickrEmulator
from photosync.emulators.flickr import Settings as FlickrSettings
from photosync.services.auth.session import Session

PHOTOS = 12
DELETING = ("--allowDelete", "both", "--purge", "--max-delete", "100%")
SERVICES = ("drive", "flickr")


@dataclass(frozen=True, slots=True)
class Both:
    """Both services, a library and a home."""

    world: FlickrWorld
    drive: DriveEmulator

    def sync(self, *argv: str) -> Result:
        env = self.world.environment() | {"PHOTOSYNC_DRIVE_URL": self.drive.url}
        return run("-d", self.world.local, "-p", "both", "-m", "sync", *argv, env=env)

    def path(self, name: str) -> Path:
        return self.world.local / name

    def take_calls(self) -> dict[str, int]:
        """The calls to each service since this was last asked, the bytes of originals
        left out: they come from another host.
        """
        emulators = {"flickr": self.world.flickr, "drive": self.drive}
        found: dict[str, int] = {}
        for name, emulator in emulators.items():
            calls = Counter(emulator.calls)
            del calls["static"]
            found[name] = calls.total()
            emulator.traffic.reset()
        return found


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Both]:
    settings = FlickrSettings(hourly_quota=None)
    with (
        FlickrEmulator(tmp_path / "flickr", settings=settings) as flickr,
        DriveEmulator(tmp_path / "drive") as drive,
    ):
        world = FlickrWorld(tmp_path, flickr)
        world.sign_in()
        # With the wide scope an empty album may be removed there, too.
        token = drive.authorized_user(scopes=["https://www.googleapis.com/auth/drive"])
        Session(world.home).store("drive", drive.account, token)
        for number in range(PHOTOS):
            world.here(f"Trip {number % 2}/{number}.jpg", when=WHEN + 1000 * number)
        yield Both(world, drive)


def compare(both: Both, *argv: str) -> Counts:
    """Look, then run; return what was done, which must be what was shown."""
    dry = both.sync(*argv, "--test")
    assert dry.code == 0, dry.err
    shown, calls = read_head(dry.out)
    both.take_calls()
    wet = both.sync(*argv)
    assert wet.code == 0, wet.err
    done = count_done(wet.log)
    assert shown == done
    for service, made in both.take_calls().items():
        # It says "about".
        if made > 8:
            assert 0.7 * made - 3 <= calls[service] <= 1.4 * made + 3, (service, made)
    return done


def test_what_is_shown_is_what_is_done_and_takes_about_the_calls_that_were_said(
    both: Both,
) -> None:
    done = compare(both)
    for service in SERVICES:
        assert done[service, "UPLOAD_LOCAL"] == PHOTOS
        assert done[service, "UPDATE_ALBUM"] == 2

    here, web = both.world.here, both.world.flickr.web
    for number in range(1, PHOTOS, 2):
        here(f"Trip 1/{number}.jpg", jpeg("edited") + b"%d" % number, WHEN + 9e6)
    both.path("Trip 0").rename(both.path("Rome"))
    (album,) = web.titled("Trip 1")
    web.put_in(album, web.photo("from Flickr.jpg", jpeg("from Flickr")))
    done = compare(both)
    for service in SERVICES:
        assert done[service, "REPLACE_REMOTE_WITH_LOCAL"] == PHOTOS / 2
        assert done[service, "MOVE_REMOTE"] == PHOTOS / 2
    # What comes from Flickr goes on to Drive.
    assert done["flickr", "DOWNLOAD_REMOTE"] == done["drive", "UPLOAD_LOCAL"] == 1

    both.path("New").mkdir()
    for number in range(0, PHOTOS, 4):
        both.path(f"Rome/{number}.jpg").rename(both.path(f"New/{number}.jpg"))
    os.utime(both.path("Rome/2.jpg"), (WHEN + 10**7,) * 2)
    for path in both.path("Trip 1").iterdir():
        path.unlink()
    done = compare(both, *DELETING)
    for service in SERVICES:
        assert done[service, "MOVE_REMOTE"] == PHOTOS / 4
        assert done[service, "DELETE_REMOTE"] == PHOTOS / 2 + 1
        assert done[service, "REMOVE_ALBUM"] == 1
    assert done["drive", "UPDATE_REMOTE_METADATA"] == 1


def test_the_dates_that_flickr_has_to_be_told_are_counted(both: Both) -> None:
    # A messenger takes the date out of a photo, and leaves it in its name.
    for number in range(40):
        both.world.here(f"WhatsApp/IMG-20190401-WA{number:04}.jpg")
    told: list[str] = []
    both.world.flickr.traffic.listener = told.append
    compare(both)
    assert told.count("photos.setDates") == 40


def test_a_file_that_is_too_large_for_one_service_is_left_out_there_from_the_beginning(
    both: Both,
) -> None:
    both.world.flickr.settings.max_photo_bytes = 21_000_000
    os.truncate(both.world.here("Trip 0/large.jpg"), 22_000_000)
    done = compare(both)
    assert done["flickr", "UPLOAD_LOCAL"] == PHOTOS
    assert done["drive", "UPLOAD_LOCAL"] == PHOTOS + 1
    for argv in ((), ("--test",)):
        said = both.sync(*argv)
        assert "larger than the 21 MB that Flickr takes" in said.out
        assert said.code == 0
    assert both.world.flickr.calls["people.getLimits"] == 2


def test_an_original_that_flickr_withholds_is_shown_as_left_alone_as_the_run_leaves_it(
    both: Both,
) -> None:
    web = both.world.flickr.web
    web.change_account(pro=0)
    web.album("Rome", [web.photo("a.jpg", jpeg("a"), width=4000, height=3000)])
    assert compare(both)["flickr", "DOWNLOAD_REMOTE"] == 0
    for argv in (("--test",), ()):
        said = both.sync(*argv)
        assert "Flickr withholds the originals of free accounts" in said.out
        assert (said.code, said.err) == (0, "")
    # A lesser picture is better than none here, and is none to pass on.
    done = compare(both, "--largest")
    assert done["flickr", "DOWNLOAD_REMOTE"] == 1
    assert done["drive", "UPLOAD_LOCAL"] == 0


def test_what_does_not_fit_is_said_before_all_else_for_one_call_of_each_service(
    both: Both,
) -> None:
    size = sum(path.stat().st_size for path in both.path("Trip 0").iterdir())
    both.drive.settings.quota_limit = size
    both.world.flickr.web.change_account(pro=0)
    for number in range(50):
        both.world.here(f"Many/{number}.jpg")
    both.take_calls()
    dry = both.sync("--test")
    lines = [line for line in dry.out.splitlines() if line.startswith("! ")]
    assert len(lines) == len(SERVICES)
    said = "! Flickr has room for 50 more photos at most, and 62 are to be sent: "
    assert any(line.startswith(said) for line in lines)
    assert any(line.startswith("! Drive has ") for line in lines)
    assert dry.out.index(lines[-1]) < dry.out.index("What -m sync")
    assert both.drive.calls["about.get"] == 1
    assert both.world.flickr.calls["people.getUploadStatus"] == 1


def test_a_service_that_does_not_tell_its_room_is_asked_once(both: Both) -> None:
    both.drive.plan(Fault("about.get", "status", None, status=503))
    dry = both.sync("--test")
    assert dry.code == 0, dry.err
    assert read_head(dry.out)[0]["drive", "UPLOAD_LOCAL"] == PHOTOS
    assert both.drive.calls["about.get"] == 1
