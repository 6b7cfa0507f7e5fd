"""`--shrink`: what arrives is smaller and says all the same; what is compared is the
original.
"""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harness.photos_world import (
    KEEPING,
    SMALL,
    brought,
    calm,
    file_of,
    here,
    shot,
    side,
    went_well,
)
from harness.pictures import (
    exif,
    exiftool,
    needs_exiftool,
    needs_ffmpeg,
    needs_heif,
    retag,
    video,
)
from harness.three_sides import World, world_of
from PIL import Image, ImageCms

CAMERA = (800, 600)
SIZES = {"ImageWidth", "ImageHeight", "ExifImageWidth", "ExifImageHeight"}
PATH = "Rome/a.jpg"


@pytest.fixture(params=KEEPING)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """One service and one photo with all that a camera and a person say of it."""
    with world_of(tmp_path, request.param) as world:
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        shot(
            world,
            PATH,
            size=CAMERA,
            exif=exif(size=CAMERA),
            icc_profile=profile,
            quality=95,
        )
        yield world


def there(world: World, path: str = PATH) -> bytes:
    return world.remotes[0].photos()[path]


def size_of(data: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(data)) as image:
        return image.size


def said(path: Path) -> dict[str, Any]:
    """All that a picture says of itself but for sizes."""
    tags = exiftool(
        path, "-XMP:all", "-EXIF:all", "-ICC_Profile:all", "-IPTC:all", "-Comment"
    )
    del tags["SourceFile"]
    return {
        name: value for name, value in tags.items() if name.split(":")[1] not in SIZES
    }


@needs_exiftool
def test_a_smaller_copy_says_all_that_its_original_says(
    world: World, tmp_path: Path
) -> None:
    original = here(world, PATH)
    retag(original, "-XMP:Title=Hällo", "-IPTC:Keywords=one", "-Comment=hello")
    went_well(world.sync("--shrink", "640"))
    assert size_of(there(world)) == (640, 480)
    copy = file_of(world, world.remotes[0].service, PATH, tmp_path)
    before, after = said(original), said(copy)
    assert after == before
    assert len(before) > 40
    kept = exiftool(copy)
    assert kept["IFD0:Orientation"] == 6
    assert kept["Composite:GPSLatitude"] == pytest.approx(48.135138, abs=1e-5)
    assert kept["ICC_Profile:ProfileDescription"]
    assert (kept["ExifIFD:ExifImageWidth"], kept["ExifIFD:ExifImageHeight"]) == (
        640,
        480,
    )


@pytest.mark.parametrize("service", KEEPING)
def test_without_a_number_it_is_2048_pixels(tmp_path: Path, service: str) -> None:
    with world_of(tmp_path, service, apart=True) as world:
        shot(world, PATH, size=(2400, 1800), quality=95)
        shot(world, "Rome/upright.jpg", size=(1200, 2400), quality=95)
        small = shot(world, "Rome/small.jpg", size=(2048, 1024)).read_bytes()
        went_well(world.sync("--shrink"))
        assert size_of(there(world)) == (2048, 1536)
        assert size_of(there(world, "Rome/upright.jpg")) == (1024, 2048)
        assert there(world, "Rome/small.jpg") == small
        calm(world, "--shrink")


@pytest.mark.parametrize("service", KEEPING)
def test_the_quality_can_be_chosen(tmp_path: Path, service: str) -> None:
    sizes = []
    for quality in ("10", "95"):
        with world_of(tmp_path / quality, service) as world:
            shot(world, PATH, size=CAMERA, quality=95, exif=b"")
            went_well(world.sync("--shrink", "400", "--shrink-quality", quality))
            sizes.append(len(there(world)))
    assert sizes[0] < sizes[1]


def test_a_second_run_does_nothing_whatever_is_compared(world: World) -> None:
    shot(world, "Rome/b.png", size=CAMERA)
    went_well(world.sync("--shrink", SMALL))
    copies = world.remotes[0].photos()
    assert size_of(copies["Rome/b.png"]) == (32, 24)
    for attributes in "1234567":
        calm(world, "--shrink", SMALL, "-c", attributes)
        calm(world, "--shrink", SMALL, "-c", attributes, "--stateless")
        calm(world, "-c", attributes, mode="syncUpload")
        calm(world, "-c", attributes, "--stateless", mode="download")
    world.forget()
    calm(world, "--shrink", SMALL, "-c", "7", mode="syncUpload")
    assert world.remotes[0].photos() == copies


def test_smaller_copies_come_home_into_an_empty_folder(world: World) -> None:
    shot(world, "Rome/b.png", size=CAMERA)
    went_well(world.sync("--shrink", SMALL))
    shutil.rmtree(world.local.top / "Rome")
    world.forget()
    ended = went_well(world.sync())
    assert "2 photos to come home as smaller copies, as --shrink sent" in ended.out
    assert world.local.photos() == world.remotes[0].photos()
    assert size_of(world.local.photos()[PATH]) == (32, 24)
    for attributes in ("3", "7"):
        calm(world, "-c", attributes)
        calm(world, "--shrink", SMALL, "-c", attributes)


@pytest.mark.parametrize("attributes", ["3", "7"])
def test_a_smaller_copy_never_takes_the_place_of_the_original(
    world: World, attributes: str
) -> None:
    went_well(world.sync("--shrink", SMALL))
    original = here(world, PATH)
    for text in ("", "edited"):
        if text:
            append(original, text)
        before = original.read_bytes()
        for more in ([], ["--stateless"]):
            ended = world.sync("-c", attributes, *more, mode="download")
            assert (ended.code, ended.actions) == (0, []), ended.out
            assert original.read_bytes() == before
            told = "only a smaller copy is there" in ended.out
            # With memory it is known that the file here is the newer one.
            assert told == bool(text and more)
    assert not world.local.trash()


def append(path: Path, text: str) -> None:
    """An edit that only the size and the hash tell of."""
    status = path.stat()
    path.write_bytes(path.read_bytes() + text.encode())
    os.utime(path, (status.st_atime, status.st_mtime))


def test_an_edit_of_the_original_sends_a_new_copy(world: World) -> None:
    went_well(world.sync("--shrink", SMALL))
    old, ids = there(world), world.remotes[0].ids()
    shot(world, PATH, size=(600, 900))
    world.local.touch(PATH)
    ended = went_well(world.sync("--shrink", SMALL))
    assert [step.split()[1] for step in ended.actions] == ["REPLACE_REMOTE_WITH_LOCAL"]
    assert size_of(there(world)) == (21, 32)
    assert there(world) != old
    assert world.remotes[0].ids() == ids
    calm(world, "--shrink", SMALL, "-c", "7")
    calm(world, "--shrink", SMALL, "-c", "7", "--stateless")


def test_a_photo_that_was_moved_here_moves_there_and_is_not_sent(world: World) -> None:
    went_well(world.sync("--shrink", SMALL))
    copy = there(world)
    world.local.move(PATH, "Paris")
    ended = went_well(world.sync("--shrink", SMALL))
    assert [step.split()[1] for step in ended.actions] in (["MOVE_REMOTE"], [])
    assert world.remotes[0].photos() == {"Paris/a.jpg": copy}
    calm(world, "--shrink", SMALL, "-c", "7")


def test_what_the_originals_replaced_is_whole_again_without_the_option(
    world: World,
) -> None:
    went_well(world.sync("--shrink", SMALL))
    calm(world)
    shot(world, PATH, size=(600, 900))
    world.local.touch(PATH)
    went_well(world.sync())
    assert world.remotes[0].photos() == world.local.photos()
    calm(world, "-c", "7")


@needs_heif
@needs_ffmpeg
def test_every_kind_arrives_as_the_service_likes(world: World) -> None:
    service = world.remotes[0].service
    film = brought(world, video(world.top / "film.mp4"), "Rome/film.mp4").read_bytes()
    for name in ("b.png", "c.heic", "d.tif", "e.webp"):
        shot(world, f"Rome/{name}", size=CAMERA)
    shot(world, "Rome/f.gif", size=CAMERA, exif=b"")
    ended = went_well(world.sync("--shrink", SMALL, "-f", "both"))
    # GIF, HEIC, TIFF and WebP: on Drive a file has the name of what it is.
    whole = "photos were sent whole: a smaller copy would be of another kind"
    counts = {"drive": f"Drive: 4 {whole}", "flickr": "Flickr: 1 photo was sent whole"}
    assert counts[service] in ended.out
    assert size_of(there(world)) == size_of(there(world, "Rome/b.png")) == (32, 24)
    assert there(world, "Rome/film.mp4") == film
    for name in ("c.heic", "d.tif", "e.webp"):
        if service == "flickr":
            assert max(size_of(there(world, f"Rome/{name}"))) == 32
        else:
            assert (
                there(world, f"Rome/{name}") == here(world, f"Rome/{name}").read_bytes()
            )
    calm(world, "--shrink", SMALL, "-f", "both", "-c", "7")
    calm(world, "--shrink", SMALL, "-f", "both", "-c", "7", "--stateless")


@pytest.mark.parametrize("beside", [(), ("drive",)])
def test_with_a_folder_it_is_refused_in_one_line(
    tmp_path: Path, beside: tuple[str, ...]
) -> None:
    with world_of(tmp_path, "folder", *beside) as world:
        shot(world, PATH, size=CAMERA)
        for more in ([], ["--test"]):
            ended = world.sync("--shrink", *more)
            assert ended.code == 2
            assert ended.out == ""
            (line,) = ended.err.splitlines()
            assert "--shrink" in line
            assert "leave --shrink out" in line
        assert not any(remote.photos() for remote in world.remotes)


def test_what_was_transferred_are_the_bytes_of_the_copies(world: World) -> None:
    ended = went_well(world.sync("--shrink", SMALL))
    service = world.remotes[0].service
    size = len(there(world))
    assert (
        f"counts {service}: 1 uploaded, 0 equal, {size} bytes transferred" in ended.log
    )


def test_both_services_get_their_copies_in_one_run(tmp_path: Path) -> None:
    with world_of(tmp_path, *KEEPING) as world:
        shot(world, PATH, size=CAMERA)
        went_well(world.sync("--shrink", SMALL))
        for service in KEEPING:
            assert size_of(side(world, service).photos()[PATH]) == (32, 24)
        calm(world, "--shrink", SMALL, "-c", "7")
        assert not list((world.home / "shrunk").glob("*/*"))


@pytest.mark.parametrize(
    ("reduced", "others"),
    [
        ("drive", "flickr"),
        ("flickr", "drive"),
        ("drive", "folder"),
        ("flickr", "folder"),
    ],
)
def test_what_comes_home_is_the_original_where_one_service_has_it(
    tmp_path: Path, reduced: str, others: str
) -> None:
    with world_of(tmp_path, reduced, others) as world:
        original = shot(world, PATH, size=CAMERA).read_bytes()
        went_well(World(tmp_path, (side(world, reduced),)).sync("--shrink", SMALL))
        went_well(World(tmp_path, (side(world, others),)).sync())
        calm(world, "-c", "7")
        there = {one.service: one.photos() for one in world.remotes}
        shutil.rmtree(world.local.top / "Rome")
        world.forget()
        went_well(world.sync())
        assert world.local.photos() == {PATH: original}
        for mode in ("sync", "syncUpload", "download"):
            calm(world, "-c", "7", mode=mode)
        assert {one.service: one.photos() for one in world.remotes} == there


def test_what_comes_home_from_one_service_goes_on_to_the_other_as_a_copy(
    tmp_path: Path,
) -> None:
    with world_of(tmp_path, *KEEPING) as world:
        data = shot(world, PATH, size=CAMERA).read_bytes()
        world.local.delete(PATH)
        side(world, "drive").add(PATH, data)
        went_well(world.sync("--shrink", SMALL))
        assert world.local.photos() == side(world, "drive").photos() == {PATH: data}
        assert size_of(side(world, "flickr").photos()[PATH]) == (32, 24)
        calm(world, "--shrink", SMALL, "-c", "7")


@pytest.mark.parametrize("service", KEEPING)
def test_what_stays_behind_is_told_once_with_a_count(
    tmp_path: Path, service: str
) -> None:
    with world_of(tmp_path, service) as world:
        claim = b'<x:xmpmeta xmlns:x="adobe:ns:meta/" xmlns:G="http://ns.google.com/'
        claim += b'photos/1.0/camera/" G:MotionPhoto="1"/>'
        for number in range(5):
            path = shot(world, f"Rome/{number}.jpg", size=CAMERA, xmp=claim)
            path.write_bytes(path.read_bytes() + bytes(5000))
        ended = went_well(world.sync("--shrink", SMALL))
        (line,) = [one for one in ended.out.splitlines() if "moving part" in one]
        assert line.startswith(
            f"{service.title()}: 5 smaller copies are without the moving part (Rome/"
        )
        assert line.endswith(" and 2 more)")
        assert "moving part" not in world.sync("--shrink", SMALL).out


@needs_heif
def test_what_flickr_takes_only_as_a_smaller_copy_is_refused_with_the_reason(
    tmp_path: Path,
) -> None:
    with world_of(tmp_path, "flickr") as world:
        path = shot(world, "Rome/a.avif", size=CAMERA)
        content = path.read_bytes()
        place = content.index(b"nclx") + 4
        # BT.2020 and PQ.
        path.write_bytes(content[:place] + b"\0\x09\0\x10" + content[place + 4 :])
        ended = world.sync("--shrink", SMALL)
        assert ended.code == 1
        assert "takes no .avif file" in ended.err
        assert "HDR" in ended.err
        # Nobody wants to hear of it every night.
        ended = world.sync("--shrink", SMALL, "-q")
        assert (ended.code, ended.err) == (0, "")
