"""What albums show besides their photos: order, date, description, cover; and
`--dateLimit`.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import pytest
from harness.photos_world import (
    KEEPING,
    SERVICES,
    aged,
    album_on_drive,
    album_on_flickr,
    calm,
    counted,
    drive_of,
    flickr_of,
    here,
    ids_in,
    shot,
    side,
    went_well,
)
from harness.pictures import (
    exif,
    exiftool,
    needs_exiftool,
    needs_ffmpeg,
    picture,
    video,
)
from harness.three_sides import Folder, World, world_of
from harness.three_sides import picture as unlike

from photosync.media import Moment, find_moment_in

FIRST, SECOND, THIRD = (
    "2019:05:01 10:00:00",
    "2019:05:02 10:00:00",
    "2019:05:03 10:00:00",
)
BEFORE = "2018:01:01 08:00:00"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An album whose names are in another order than its photos."""
    with world_of(tmp_path, *SERVICES) as world:
        shot(world, "Rome/c.jpg", FIRST)
        shot(world, "Rome/b.jpg", SECOND)
        shot(world, "Rome/a.jpg", THIRD)
        yield world


def when(text: str) -> float:
    """Seconds since the epoch of what the camera's clock said, were it the clock
    here.
    """
    return datetime.strptime(text, "%Y:%m:%d %H:%M:%S").astimezone().timestamp()


def dated(world: World) -> dict[str, float]:
    """The date of the album Rome on Drive and on the disk, in seconds since the
    epoch.
    """
    folder = side(world, "folder")
    assert isinstance(folder, Folder)
    on_drive = datetime.fromisoformat(album_on_drive(world, "Rome")["modifiedTime"])
    return {
        "folder": (folder.top / "Rome").stat().st_mtime,
        "drive": on_drive.timestamp(),
    }


def described(world: World) -> dict[str, str]:
    return {
        "drive": album_on_drive(world, "Rome").get("description", ""),
        "flickr": album_on_flickr(world, "Rome")["description"],
    }


# -- order and dates
# ---------------------------------------------------------------------------


def test_an_album_on_flickr_is_in_order_of_capture(world: World) -> None:
    went_well(world.sync())
    assert ids_in(world, "Rome") == ["c.jpg", "b.jpg", "a.jpg"]
    shot(world, "Rome/z.jpg", BEFORE)
    went_well(world.sync())
    assert ids_in(world, "Rome") == ["z.jpg", "c.jpg", "b.jpg", "a.jpg"]
    calm(world)


def test_an_album_in_order_is_not_touched_and_one_that_drifted_is_repaired(
    world: World,
) -> None:
    went_well(world.sync())
    shot(world, "Rome/d.jpg", "2019:05:04 10:00:00")
    calls = counted(world, "flickr", lambda: went_well(world.sync()))
    assert ids_in(world, "Rome") == ["c.jpg", "b.jpg", "a.jpg", "d.jpg"]
    assert "photosets.reorderPhotos" not in calls
    assert "photosets.editMeta" not in calls
    web, album = flickr_of(world).emulator.web, album_on_flickr(world, "Rome")["id"]
    web.arrange(album, web.photos_in(album)[::-1])
    shot(world, "Rome/e.jpg", "2019:05:05 10:00:00")
    calls = counted(world, "flickr", lambda: went_well(world.sync()))
    assert ids_in(world, "Rome") == ["c.jpg", "b.jpg", "a.jpg", "d.jpg", "e.jpg"]
    assert calls["photosets.reorderPhotos"] == 1


def test_an_album_is_dated_by_its_earliest_photo_on_drive_and_on_a_disk(
    world: World,
) -> None:
    went_well(world.sync())
    assert dated(world) == {"folder": when(FIRST), "drive": when(FIRST)}
    shot(world, "Rome/z.jpg", BEFORE)
    went_well(world.sync())
    assert dated(world) == {"folder": when(BEFORE), "drive": when(BEFORE)}
    calls = counted(world, "drive", lambda: calm(world))
    assert "files.update" not in calls
    assert dated(world) == {"folder": when(BEFORE), "drive": when(BEFORE)}


def test_a_photo_is_looked_into_for_its_date_as_it_is_sent_and_not_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_into: list[str] = []

    def find(file: BinaryIO, modified_ns: int, name: str) -> Moment:
        stack = {frame.function for frame in inspect.stack()}
        looked_into.append(f"{name} {'_upload' in stack}")
        return find_moment_in(file, modified_ns, name)

    monkeypatch.setattr("photosync.local.photos.find_moment_in", find)
    monkeypatch.setattr("photosync.local.photos._STILL_CHANGING_NS", -1)
    went_well(world.sync())
    assert sorted(set(looked_into)) == ["a.jpg True", "b.jpg True", "c.jpg True"]


@needs_exiftool
@needs_ffmpeg
def test_dates_come_from_exif_header_name_and_file_in_this_order(
    tmp_path: Path,
) -> None:
    with world_of(tmp_path, *SERVICES) as world:
        late = when("2022:01:01 00:00:00")
        told = "2013:03:03 03:03:03"
        both = aged(
            picture(here(world, "Rome/IMG_20150101_120000.jpg"), exif=exif(told)), late
        )
        header = ["-metadata", "creation_time=2014-02-03T04:05:06Z"]
        film = aged(video(here(world, "Rome/VID_20160101_120000.mp4"), *header), late)
        aged(picture(here(world, "Rome/IMG_20170101_120000.jpg"), exif=b""), late)
        aged(
            picture(here(world, "Rome/plain.jpg"), exif=b""),
            when("2012:01:01 00:00:00"),
        )
        assert exiftool(both)["ExifIFD:DateTimeOriginal"] == told
        assert exiftool(film)["QuickTime:CreateDate"] == "2014:02:03 04:05:06"
        went_well(world.sync("-f", "both"))
        assert ids_in(world, "Rome") == [
            "plain.jpg",
            "IMG_20150101_120000.jpg",
            "VID_20160101_120000.mp4",
            "IMG_20170101_120000.jpg",
        ]
        assert set(dated(world).values()) == {when("2012:01:01 00:00:00")}


# -- description and cover
# -----------------------------------------------------------------------


def test_albums_are_left_alone_on_request(world: World) -> None:
    began = datetime.now().astimezone().timestamp()
    went_well(world.sync("--noupdatealbummetadata"))
    assert described(world) == {"drive": "", "flickr": ""}
    assert min(dated(world).values()) >= began - 60
    web, album = flickr_of(world).emulator.web, album_on_flickr(world, "Rome")["id"]
    web.arrange(album, web.photos_in(album)[::-1])
    order = ids_in(world, "Rome")
    shot(world, "Rome/d.jpg", "2019:05:04 10:00:00")
    went_well(world.sync("--noupdatealbummetadata"))
    assert [name for name in ids_in(world, "Rome") if name != "d.jpg"] == order


def test_an_album_says_where_it_comes_from(world: World) -> None:
    went_well(world.sync())
    text = "synced from photos/Rome by photosync"
    assert described(world) == {"drive": text, "flickr": text}
    shot(world, "Rome/d.jpg", BEFORE)
    went_well(world.sync("--album-description", "Our {folder}, kept by Ada"))
    assert set(described(world).values()) == {"Our photos/Rome, kept by Ada"}


def test_an_album_says_by_ones_own_words_that_its_folder_has_another_name(
    world: World,
) -> None:
    words = ("--album-description", "Our {folder}, kept by Ada")
    went_well(world.sync(*words))
    here(world, "Rome").rename(here(world, "Rome in May"))
    shot(world, "Rome in May/d.jpg", BEFORE)
    went_well(world.sync(*words, "--replace", " in May|"))
    assert described(world) == dict.fromkeys(
        ("drive", "flickr"), "Our photos/Rome in May, kept by Ada"
    )


def test_an_album_may_say_nothing(world: World) -> None:
    went_well(world.sync("--album-description", ""))
    assert set(described(world).values()) == {""}


def test_what_a_person_wrote_under_an_album_and_its_cover_stay(world: World) -> None:
    went_well(world.sync())
    drive, web = drive_of(world).emulator.web, flickr_of(world).emulator.web
    drive.patch(album_on_drive(world, "Rome")["id"], description="Our first journey")
    album = album_on_flickr(world, "Rome")["id"]
    cover = int(web.photos_in(album)[1])
    web.edit_album(album, description="Our first journey", primary_photo=cover)
    shot(world, "Rome/d.jpg", BEFORE)
    went_well(world.sync())
    assert ids_in(world, "Rome")[0] == "d.jpg"
    assert set(described(world).values()) == {"Our first journey"}
    assert album_on_flickr(world, "Rome")["primary_photo"] == cover
    assert set(dated(world).values()) == {when(BEFORE)}


# -- --dateLimit
# ---------------------------------------------------------------------------------

LIMIT = ("--dateLimit", "2015-06-01")


@pytest.fixture(params=SERVICES)
def old_and_new(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A service, and photos of both sides of the limit of which only the camera
    tells.
    """
    with world_of(tmp_path, request.param) as world:
        shot(world, "Rome/old.jpg", "2015:05:31 23:59:59")
        shot(world, "Rome/new.jpg", "2015:06:01 00:00:00")
        yield world


def paths(world: World) -> list[str]:
    return sorted(world.remotes[0].photos())


def test_older_photos_are_not_sent(old_and_new: World) -> None:
    went_well(old_and_new.sync(*LIMIT))
    assert paths(old_and_new) == ["Rome/new.jpg"]
    calm(old_and_new, *LIMIT)
    went_well(old_and_new.sync())
    assert paths(old_and_new) == ["Rome/new.jpg", "Rome/old.jpg"]


def test_older_photos_are_not_brought_home(old_and_new: World) -> None:
    world = old_and_new
    old = picture(world.top / "x.jpg", exif=exif("2014:01:01 00:00:00")).read_bytes()
    world.remotes[0].add("Rome/old there.jpg", old)
    world.remotes[0].add("Rome/new there.jpg", unlike("there"))
    went_well(world.sync(*LIMIT))
    assert "Rome/new there.jpg" in world.local.photos()
    assert "Rome/old there.jpg" not in world.local.photos()
    calm(world, *LIMIT)
    assert "Rome/old there.jpg" in paths(world)


@pytest.mark.parametrize("mode", ["sync", "syncUpload", "repairUpload"])
def test_changing_the_limit_deletes_nothing(old_and_new: World, mode: str) -> None:
    world = old_and_new
    went_well(world.sync())
    before = world.local.photos(), world.remotes[0].photos()
    for limit in (
        LIMIT,
        (),
        ("--dateLimit", "2030-01-01"),
        LIMIT,
        ("--stateless", *LIMIT),
    ):
        ended = world.sync(*limit, mode=mode)
        assert (ended.code, ended.actions) == (0, []), limit
    assert (world.local.photos(), world.remotes[0].photos()) == before
    assert not world.local.trash()


def test_an_older_photo_deleted_or_edited_on_one_side_is_left_alone(
    old_and_new: World,
) -> None:
    world, remote = old_and_new, old_and_new.remotes[0]
    shot(world, "Rome/older.jpg", "2014:05:31 23:59:59")
    went_well(world.sync())
    world.local.delete("Rome/old.jpg")
    remote.delete("Rome/older.jpg")
    calm(world, *LIMIT)
    assert paths(world) == ["Rome/new.jpg", "Rome/old.jpg"]
    assert sorted(world.local.photos()) == ["Rome/new.jpg", "Rome/older.jpg"]


@pytest.mark.parametrize("service", KEEPING)
def test_a_limit_that_is_no_day_is_a_usage_error(tmp_path: Path, service: str) -> None:
    with world_of(tmp_path, service) as world:
        ended = world.sync("--dateLimit", "2015-13-01")
        assert ended.code == 2
        assert "'2015-13-01' is not a day like 2024-01-31" in ended.err
