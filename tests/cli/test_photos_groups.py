"""Photos with their RAW files and sidecars; and what Flickr knows of a photo coming
home.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.photos_world import (
    SERVICES,
    calm,
    file_of,
    flickr_of,
    here,
    shot,
    side,
    went_well,
)
from harness.pictures import exiftool, needs_exiftool, retag
from harness.three_sides import Ended, Flickr, World, world_of

from photosync.model import LocalPhoto
from photosync.services.flickr.records import tags

LEADER = "IMG_1.JPG"
COMPANIONS = ("IMG_1.DNG", "IMG_1.JPG.xmp", "IMG_1.aae", "IMG_1.xmp")
OTHERS = ("IMG_2.DNG", "IMG_2.JPG", "IMG_2.xmp")
XMP = '<x:xmpmeta xmlns:x="adobe:ns:meta/">%s</x:xmpmeta>'
QUIET = "--skip-unsupported"


def fill(world: World) -> None:
    """A photo with all that belongs to it, and another one with its own."""
    for number, name in enumerate((*COMPANIONS, *OTHERS)):
        here(world, f"Rome/{name}").write_text(XMP % name)
        if name.endswith("JPG"):
            shot(world, f"Rome/{name}", size=(64 + number, 48))
        if name.endswith("DNG"):
            here(world, f"Rome/{name}").write_bytes(b"II*\0" + name.encode())
    shot(world, f"Rome/{LEADER}", "2020:02:02 02:02:02")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """All sides, which agree."""
    with world_of(tmp_path, *SERVICES) as world:
        fill(world)
        went_well(world.sync(QUIET))
        yield world


def everything(album: str, *names: str) -> list[str]:
    return [f"{album}/{name}" for name in names]


def check(world: World, *paths: str) -> None:
    """The library and what keeps all of it hold just these, Flickr what it can."""
    expected = sorted([*paths, *everything("Rome", *OTHERS)])
    assert sorted(world.local.photos()) == expected
    for service in ("folder", "drive"):
        assert side(world, service).photos() == world.local.photos(), service
    photos = [path for path in expected if path.endswith(".JPG")]
    assert sorted(side(world, "flickr").photos()) == photos
    calm(world, QUIET)
    calm(world, QUIET, "-c", "7")


def test_sidecars_go_to_drive_and_folder_and_silently_not_to_flickr(
    tmp_path: Path,
) -> None:
    with world_of(tmp_path, *SERVICES) as world:
        fill(world)
        looked = world.sync("--test")
        ended = went_well(world.sync())
        for said in (looked, ended):
            about = [one for one in said.out.splitlines() if "flickr" in one]
            assert not [one for one in about if "xmp" in one or "aae" in one]
            assert "flickr REPORT LOCAL_ONLY Rome/IMG_1.DNG" in said.steps
        check(world, *everything("Rome", LEADER, *COMPANIONS))


def test_what_belongs_to_a_photo_that_flickr_moved_goes_along(world: World) -> None:
    before = {
        side(world, "drive").ids()[f"Rome/{one}"] for one in (LEADER, *COMPANIONS)
    }
    side(world, "flickr").move(f"Rome/{LEADER}", "Paris")
    went_well(world.sync(QUIET))
    check(world, *everything("Paris", LEADER, *COMPANIONS))
    ids = side(world, "drive").ids()
    assert {ids[f"Paris/{one}"] for one in (LEADER, *COMPANIONS)} == before


def renamed_there(world: World, path: str, name: str) -> None:
    """Another photosync, of another library, gave the photo another name."""
    flickr = flickr_of(world)
    photo, web = flickr.ids()[path], flickr.emulator.web
    kept = tags.parse_tags(" ".join(web.raw_tags(photo)))
    assert kept
    facts = LocalPhoto(name, "", name, kept.size, kept.modified_ns)
    web.set_tags(photo, tags.format_tags(facts, kept.md5).split())
    web.edit(photo, title=name)


def test_what_belongs_to_a_photo_that_flickr_renamed_gets_its_new_stem(
    world: World,
) -> None:
    renamed_there(world, f"Rome/{LEADER}", "Dusk.JPG")
    went_well(world.sync(QUIET))
    new = ("Dusk.JPG", "Dusk.DNG", "Dusk.JPG.xmp", "Dusk.aae", "Dusk.xmp")
    check(world, *everything("Rome", *new))
    assert XMP % "IMG_1.JPG.xmp" in world.local.photos()["Rome/Dusk.JPG.xmp"].decode()
    assert world.local.photos()["Rome/Dusk.DNG"] == b"II*\0IMG_1.DNG"


def test_what_belongs_to_a_photo_that_flickr_deleted_is_deleted(world: World) -> None:
    lost = {
        path: data for path, data in world.local.photos().items() if "IMG_1" in path
    }
    side(world, "flickr").delete(f"Rome/{LEADER}")
    told = went_well(world.sync(QUIET, "--allowDelete", "neither"))
    assert told.actions == []
    went_well(world.sync(QUIET))
    check(world)
    assert world.local.trash() == sorted(lost.values())


def test_with_flickr_alone_the_others_follow_in_the_same_run(tmp_path: Path) -> None:
    with world_of(tmp_path, "flickr") as world:
        fill(world)
        went_well(world.sync(QUIET))
        side(world, "flickr").move(f"Rome/{LEADER}", "Paris")
        went_well(world.sync(QUIET))
        expected = [
            *everything("Paris", LEADER, *COMPANIONS),
            *everything("Rome", *OTHERS),
        ]
        assert sorted(world.local.photos()) == sorted(expected)
        calm(world, QUIET)


PHONES = (
    # What leads, and what belongs to it.
    ("PXL_1.RAW-01.COVER.jpg", "PXL_1.RAW-02.ORIGINAL.dng"),
    ("IMG_1234.JPG", "IMG_E1234.JPG", "IMG_O1234.AAE"),
    ("b(1).jpg", "b-edited(1).jpg", "b.jpg.supplemental-metadata(1).json"),
    ("c.jpg", "c.jpg.json", "c.xmp", "c.CR3", "c.CR3.xmp"),
)


def fill_from_phones(world: World) -> None:
    for size, name in enumerate((name for group in PHONES for name in group), 50):
        if name.lower().endswith("jpg"):
            shot(world, f"Rome/{name}", size=(size, 40))
        else:
            head = "II*\0" if name[-3:] in {"dng", "CR3"} else ""
            here(world, f"Rome/{name}").write_text(head + name)
    here(world, "Rome/package.json").write_text("nobody's business")


@pytest.mark.parametrize("service", SERVICES)
def test_what_phones_and_takeout_put_beside_a_photo_goes_along_with_one_service(
    tmp_path: Path, service: str
) -> None:
    with world_of(tmp_path, service) as world:
        fill_from_phones(world)
        ended = went_well(world.sync(QUIET))
        assert "1 file of another kind left out (.json 1)" in ended.out
        for leader, *_ in PHONES:
            side(world, service).move(f"Rome/{leader}", "Paris")
        went_well(world.sync(QUIET))
        photos = {path.rpartition("/")[2]: path for path in world.local.photos()}
        del photos["package.json"]
        assert set(photos.values()) == {
            f"Paris/{name}" for group in PHONES for name in group
        }
        there = side(world, service).photos()
        assert {path.partition("/")[0] for path in there} == {"Paris"}
        if service != "flickr":
            assert set(there) == set(photos.values())
        calm(world, QUIET)


@pytest.mark.parametrize("service", ["drive", "folder"])
def test_sidecars_of_a_photo_deleted_on_one_service_go_with_it(
    tmp_path: Path, service: str
) -> None:
    with world_of(tmp_path, service) as world:
        for name in ("a.jpg", "b.jpg", "c.jpg"):
            shot(world, f"Rome/{name}", size=(60 + ord(name[0]), 40))
        others = ("a.jpg.json", "a.aae", "a.xmp", "b.dng", "b.xmp", "c.xmp")
        for name in others:
            head = "II*\0" if name.endswith("dng") else ""
            here(world, f"Rome/{name}").write_text(head + name)
        went_well(world.sync(QUIET))
        side(world, service).delete("Rome/a.jpg")
        side(world, service).delete("Rome/b.jpg")
        went_well(world.sync(QUIET))
        # The edits of a RAW picture stay with it.
        left = everything("Rome", "b.dng", "b.xmp", "c.jpg", "c.xmp")
        for one in (world.local, side(world, service)):
            assert sorted(one.photos()) == left
        calm(world, QUIET)


@pytest.mark.parametrize("service", SERVICES)
def test_an_edited_version_is_not_lost_with_its_original(
    tmp_path: Path, service: str
) -> None:
    with world_of(tmp_path, service) as world:
        shot(world, "Rome/IMG_1234.JPG")
        shot(world, "Rome/IMG_E1234.JPG", size=(70, 50))
        shot(world, "Rome/other.jpg", size=(71, 50))
        went_well(world.sync(QUIET))
        side(world, service).delete("Rome/IMG_1234.JPG")
        went_well(world.sync(QUIET))
        for one in (world.local, side(world, service)):
            assert sorted(one.photos()) == ["Rome/IMG_E1234.JPG", "Rome/other.jpg"]
        calm(world, QUIET)


LIVE = ("-f", "both", QUIET)


@pytest.fixture
def live(tmp_path: Path) -> Iterator[World]:
    """A Live Photo and one of the ordinary kind, on both services."""
    with world_of(tmp_path, "flickr", "drive") as world:
        shot(world, "Rome/IMG_7.JPG", "2020:02:02 02:02:02")
        here(world, "Rome/IMG_7.MOV").write_bytes(
            b"\0\0\0\x14ftypqt  \0\0\0\0qt  " + b"x" * 99
        )
        shot(world, "Rome/other.JPG", "2020:02:03 02:02:02", size=(66, 48))
        went_well(world.sync(*LIVE))
        yield world


@pytest.mark.parametrize("service", ["flickr", "drive"])
def test_a_moving_part_that_the_service_still_has_is_not_deleted_with_its_photo(
    live: World, service: str
) -> None:
    side(live, service).delete("Rome/IMG_7.JPG")
    went_well(live.sync(*LIVE, "--allowDelete", "both"))
    for one in (live.local, side(live, "drive"), side(live, "flickr")):
        assert sorted(one.photos()) == ["Rome/IMG_7.MOV", "Rome/other.JPG"]
    calm(live, *LIVE)


@pytest.mark.parametrize("service", ["flickr", "drive"])
def test_a_live_photo_deleted_with_its_moving_part_goes_everywhere(
    live: World, service: str
) -> None:
    side(live, service).delete("Rome/IMG_7.JPG")
    side(live, service).delete("Rome/IMG_7.MOV")
    went_well(live.sync(*LIVE, "--allowDelete", "both"))
    for one in (live.local, side(live, "drive"), side(live, "flickr")):
        assert list(one.photos()) == ["Rome/other.JPG"]
    calm(live, *LIVE)


@pytest.mark.parametrize("service", SERVICES)
def test_with_one_service_that_holds_both_the_raw_picture_stays(
    tmp_path: Path, service: str
) -> None:
    with world_of(tmp_path, service) as world:
        fill(world)
        went_well(world.sync(QUIET))
        raw = world.local.photos()["Rome/IMG_1.DNG"]
        side(world, service).delete(f"Rome/{LEADER}")
        went_well(world.sync(QUIET))
        assert f"Rome/{LEADER}" not in world.local.photos()
        # On Flickr it exists nowhere else, in a folder or on Drive it is still there.
        assert world.local.photos()["Rome/IMG_1.DNG"] == raw
        calm(world, QUIET)


def test_a_raw_picture_that_a_filter_hides_is_not_deleted_with_its_photo(
    world: World,
) -> None:
    hidden = (QUIET, "--skipserver", "*.DNG")
    side(world, "flickr").delete(f"Rome/{LEADER}")
    went_well(world.sync(*hidden))
    for service in ("folder", "drive"):
        assert f"Rome/{LEADER}" not in side(world, service).photos()
        assert "Rome/IMG_1.DNG" in side(world, service).photos()
    assert "Rome/IMG_1.DNG" in world.local.photos()


def test_of_two_cameras_in_one_album_the_raw_picture_of_the_other_stays(
    tmp_path: Path,
) -> None:
    with world_of(tmp_path, *SERVICES) as world:
        fill(world)
        camera = tmp_path / "camera"
        (camera / "Rome").mkdir(parents=True)
        own = world.local.top / "Rome/IMG_1.DNG"
        own.rename(camera / "Rome/IMG_1.DNG")
        roots = (QUIET, "-d", str(camera))
        went_well(world.sync(*roots))
        side(world, "flickr").delete(f"Rome/{LEADER}")
        went_well(world.sync(*roots))
        assert f"Rome/{LEADER}" not in world.local.photos()
        assert (camera / "Rome/IMG_1.DNG").exists()
        calm(world, *roots)


@pytest.mark.parametrize("service", ["flickr", "drive"])
def test_a_live_photo_moves_with_its_moving_part(live: World, service: str) -> None:
    side(live, service).move("Rome/IMG_7.JPG", "Paris")
    went_well(live.sync(*LIVE))
    expected = ["Paris/IMG_7.JPG", "Paris/IMG_7.MOV", "Rome/other.JPG"]
    for one in (live.local, side(live, "drive"), side(live, "flickr")):
        assert sorted(one.photos()) == expected
    calm(live, *LIVE)


def test_a_moving_part_that_changed_here_stays_where_it_is(live: World) -> None:
    side(live, "flickr").delete("Rome/IMG_7.JPG")
    edited = here(live, "Rome/IMG_7.MOV")
    edited.write_bytes(edited.read_bytes() + b"edited")
    went_well(live.sync(*LIVE, "--allowDelete", "both"))
    assert sorted(live.local.photos()) == ["Rome/IMG_7.MOV", "Rome/other.JPG"]


def test_what_is_moved_and_renamed_here_moves_everywhere(world: World) -> None:
    before = side(world, "drive").ids()
    for name in (LEADER, *COMPANIONS):
        path = f"Rome/{name}"
        world.local.rename(path, name.replace("IMG_1", "Dawn"))
        world.local.move(path.replace("IMG_1", "Dawn"), "Oslo")
    ended = went_well(world.sync(QUIET))
    assert {step.split()[1] for step in ended.actions} == {"MOVE_REMOTE"}
    check(
        world,
        *everything(
            "Oslo", *(n.replace("IMG_1", "Dawn") for n in (LEADER, *COMPANIONS))
        ),
    )
    assert set(side(world, "drive").ids().values()) == set(before.values())


# -- --sidecars
# ----------------------------------------------------------------------------------

TITLE = "Abend am Fluß 🌅"
TEXT = "Zwei Zeilen\n<&> und “Anführung”"
TAGS = ["Rom im Mai", "🍕 pizza", "plain"]
LICENCE = "https://creativecommons.org/licenses/by-sa/2.0/"


def told(flickr: Flickr, path: str) -> None:
    """What a person writes about a photo on the site."""
    photo, web = flickr.ids()[path], flickr.emulator.web
    web.edit(photo, title=TITLE, description=TEXT, license="5")
    web.edit(photo, taken="2016-07-08 09:10:11", taken_unknown=0)
    web.add_tags(photo, *TAGS)


def emptied(world: World) -> None:
    shutil.rmtree(world.local.top / "Rome")
    world.forget()


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[World]:
    """A photo on Flickr of which only Flickr knows anything, and which is not here."""
    with world_of(tmp_path, *SERVICES) as world:
        shot(world, "Rome/a.jpg", exif=b"")
        only_flickr(world)
        told(flickr_of(world), "Rome/a.jpg")
        emptied(world)
        yield world


def alone(world: World) -> World:
    """The same library, with Flickr alone."""
    return World(world.top, (flickr_of(world),))


def only_flickr(world: World, *argv: str) -> Ended:
    """A run with Flickr alone."""
    return went_well(alone(world).sync(*argv))


@needs_exiftool
def test_what_flickr_knows_of_a_photo_comes_home_beside_it(plain: World) -> None:
    only_flickr(plain, "--sidecars")
    assert sorted(plain.local.photos()) == ["Rome/a.jpg", "Rome/a.jpg.xmp"]
    found = exiftool(here(plain, "Rome/a.jpg.xmp"))
    assert found["XMP-dc:Title"] == TITLE
    assert found["XMP-dc:Description"] == TEXT
    assert found["XMP-dc:Subject"] == TAGS
    assert found["XMP-exif:DateTimeOriginal"].startswith("2016:07:08 09:10:11")
    assert found["XMP-cc:License"] == LICENCE
    assert found["XMP-xmpRights:UsageTerms"] == "Attribution-ShareAlike License"
    assert not [name for name in found if "photosync:" in str(found[name])]


def test_a_sidecar_goes_on_to_drive_and_folder_and_not_to_flickr(plain: World) -> None:
    photos = side(plain, "flickr").photos()
    only_flickr(plain, "--sidecars")
    only_flickr(plain, "--sidecars")
    calm(alone(plain))
    went_well(plain.sync("--sidecars"))
    for service in ("folder", "drive"):
        assert side(plain, service).photos() == plain.local.photos()
    assert sorted(side(plain, "flickr").photos()) == ["Rome/a.jpg"]
    assert side(plain, "flickr").photos() == photos
    calm(plain, "--sidecars")


def test_without_the_option_there_is_no_sidecar(plain: World) -> None:
    only_flickr(plain)
    assert list(plain.local.photos()) == ["Rome/a.jpg"]


@needs_exiftool
def test_what_the_file_says_itself_is_not_written_again(tmp_path: Path) -> None:
    with world_of(tmp_path, "flickr") as world:
        photo = shot(world, "Rome/a.jpg", "2016:07:08 09:10:11")
        own = [f"-XMP-dc:Subject={tag}" for tag in TAGS]
        text = TEXT.replace("\n", "&#xa;").replace("<&>", "&lt;&amp;&gt;")
        retag(
            photo, "-E", f"-XMP-dc:Title={TITLE}", f"-XMP-dc:Description={text}", *own
        )
        retag(photo, f"-XMP-cc:License={LICENCE}")
        assert exiftool(photo)["XMP-dc:Description"] == TEXT
        shot(world, "Rome/b.jpg", exif=b"")
        went_well(world.sync())
        told(flickr_of(world), "Rome/a.jpg")
        emptied(world)
        went_well(world.sync("--sidecars"))
        assert "Rome/a.jpg.xmp" not in world.local.photos()
        assert not here(world, "Rome/a.jpg.xmp").exists()


@needs_exiftool
def test_only_what_the_file_lacks_is_written(tmp_path: Path) -> None:
    with world_of(tmp_path, "flickr") as world:
        retag(
            shot(world, "Rome/a.jpg", "2016:07:08 09:10:11"), f"-XMP-dc:Title={TITLE}"
        )
        went_well(world.sync())
        told(flickr_of(world), "Rome/a.jpg")
        emptied(world)
        went_well(world.sync("--sidecars"))
        found = exiftool(here(world, "Rome/a.jpg.xmp"))
        assert "XMP-dc:Title" not in found
        assert "XMP-exif:DateTimeOriginal" not in found
        assert found["XMP-dc:Subject"] == TAGS
        calm(world, "--sidecars")


def test_a_sidecar_of_another_program_is_never_overwritten(plain: World) -> None:
    foreign = here(plain, "Rome/a.jpg.xmp")
    foreign.write_text(XMP % "mine")
    only_flickr(plain, "--sidecars")
    assert foreign.read_text() == XMP % "mine"
    assert "Rome/a.jpg" in plain.local.photos()
    ended = alone(plain).sync("--sidecars")
    assert (ended.code, ended.actions) == (0, [])
    assert "its details cannot be read" in ended.out + ended.err
    assert foreign.read_text() == XMP % "mine"


@needs_exiftool
def test_a_sidecar_can_be_read_after_a_run_of_its_own_process(
    plain: World, tmp_path: Path
) -> None:
    apart = World(plain.top, plain.remotes, apart=True)
    went_well(apart.sync("--sidecars"))
    # What one run brings home it cannot have sent on.
    went_well(apart.sync("--sidecars"))
    for service in ("folder", "drive"):
        copy = file_of(plain, service, "Rome/a.jpg.xmp", tmp_path)
        assert exiftool(copy)["XMP-dc:Title"] == TITLE
