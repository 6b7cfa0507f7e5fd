"""Every kind of photo and video goes where it can; what cannot, is named and disturbs
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.photos_world import (
    KEEPING,
    SERVICES,
    SMALL,
    aged,
    brought,
    calm,
    file_of,
    here,
    shot,
    side,
    went_well,
)
from harness.pictures import (
    bomb,
    exif,
    exiftool,
    needs_exiftool,
    needs_ffmpeg,
    needs_heif,
    picture,
    video,
)
from harness.three_sides import World, world_of

from photosync.media.kinds import RAW

PHOTOS = ("a.jpg", "a.jpeg", "b.png", "c.gif", "d.bmp", "e.tif", "e.tiff", "f.webp")
VIDEOS = (
    "a.mp4",
    "b.mov",
    "c.m4v",
    "d.avi",
    "e.mkv",
    "f.webm",
    "g.3gp",
    "h.mts",
    "i.mpg",
)
_CODECS = {
    ".webm": ["-c:v", "libvpx"],
    ".3gp": ["-c:v", "mpeg4"],
    ".mts": ["-f", "mpegts"],
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with world_of(tmp_path, *SERVICES) as world:
        yield world


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photo and a video of each kind."""
    folder = tmp_path_factory.mktemp("media")
    for name in PHOTOS:
        plain = name.endswith((".gif", ".bmp"))
        picture(folder / name, exif=b"" if plain else exif())
    for name in VIDEOS:
        video(folder / name, *_CODECS.get(Path(name).suffix, []))
    return folder


def names(world: World, service: str) -> set[str]:
    return {path.partition("/")[2] for path in side(world, service).photos()}


@needs_ffmpeg
@pytest.mark.parametrize("service", SERVICES)
def test_photos_videos_or_both_are_sent_and_the_others_left_alone(
    tmp_path: Path, media: Path, service: str
) -> None:
    with world_of(tmp_path, service) as world:
        for file in media.iterdir():
            brought(world, file, f"Rome/{file.name}")
        went_well(world.sync())
        assert names(world, service) == set(PHOTOS)
        went_well(world.sync("-f", "video"))
        assert names(world, service) == {*PHOTOS, *VIDEOS}
        for kind in ("photo", "video", "both"):
            calm(world, "-f", kind)
        converted = (
            {"d.bmp", "e.tif", "e.tiff", "f.webp"} if service == "flickr" else ()
        )
        there = side(world, service).photos()
        for file in media.iterdir():
            if file.name not in converted:
                assert there[f"Rome/{file.name}"] == file.read_bytes(), file.name


@needs_heif
@pytest.mark.parametrize("service", SERVICES)
def test_a_heic_is_a_photo(tmp_path: Path, service: str) -> None:
    with world_of(tmp_path, service) as world:
        shot(world, "Rome/a.heic")
        went_well(world.sync())
        assert names(world, service) == {"a.heic"}
        calm(world)


def test_raw_pictures_are_named_for_flickr_before_anything_is_sent(
    world: World,
) -> None:
    paths = sorted(f"Rome/{ending}.{ending.upper()}" for ending in RAW)
    for path in paths:
        here(world, path).write_bytes(b"II*\0 raw " + path.encode())
    shot(world, "Rome/a.jpg")
    looked = world.sync("--test")
    for path in paths:
        assert f"flickr REPORT LOCAL_ONLY {path}" in looked.steps
    assert "Flickr takes no .nef files" in looked.out
    assert not side(world, "drive").photos()
    went_well(world.sync())
    assert sorted(side(world, "drive").photos()) == sorted([*paths, "Rome/a.jpg"])
    assert side(world, "drive").photos() == side(world, "folder").photos()
    assert names(world, "flickr") == {"a.jpg"}
    again = world.sync()
    assert again.actions == []
    assert len(again.steps) == len(paths)
    quiet = world.sync("--skip-unsupported")
    assert (quiet.code, quiet.steps, quiet.err) == (0, [], "")


def test_a_picture_of_another_format_than_its_name_is_told_of_and_sent(
    world: World,
) -> None:
    data = picture(world.top / "a.png").read_bytes()
    here(world, "Rome/a.jpg").write_bytes(data)
    ended = went_well(world.sync())
    assert "Rome/a.jpg: is named .jpg but holds a picture in PNG format" in ended.out
    for service in SERVICES:
        assert side(world, service).photos() == {"Rome/a.jpg": data}
    assert went_well(world.sync()).actions == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_picture_of_another_format_than_its_name_comes_home(
    tmp_path: Path, service: str
) -> None:
    with world_of(tmp_path, service) as world:
        shot(world, "Rome/other.jpg")
        misnamed = here(world, "Rome/a.jpg")
        data = picture(world.top / "a.png").read_bytes()
        misnamed.write_bytes(data)
        went_well(world.sync())
        misnamed.unlink()
        world.forget()
        went_well(world.sync())
        assert misnamed.read_bytes() == data
        calm(world)


def test_an_avif_is_named_for_flickr_before_anything_is_sent(world: World) -> None:
    shot(world, "Rome/a.avif")
    ended = went_well(world.sync())
    assert "flickr REPORT LOCAL_ONLY Rome/a.avif" in ended.steps
    assert "Flickr takes no .avif files" in ended.out
    assert [names(world, service) for service in SERVICES] == [
        {"a.avif"},
        {"a.avif"},
        set(),
    ]
    calm(world, "--skip-unsupported")


def test_an_avif_goes_to_flickr_as_a_smaller_copy(tmp_path: Path) -> None:
    with world_of(tmp_path, "flickr") as world:
        shot(world, "Rome/a.avif", size=(640, 480))
        went_well(world.sync("--shrink", SMALL))
        assert names(world, "flickr") == {"a.avif"}
        calm(world, "--shrink", SMALL)


@needs_ffmpeg
def test_a_video_named_like_a_photo_is_left_out_unless_videos_are_wanted(
    world: World,
) -> None:
    film = video(world.top / "film.mp4").rename(here(world, "Rome/film.jpg"))
    ended = went_well(world.sync("-f", "photo"))
    assert ended.actions == []
    (line,) = [one for one in ended.out.splitlines() if "left out by -f" in one]
    assert "is named .jpg but holds a video in MP4 format; left out by -f" in line
    assert "Drive" in line
    assert "Flickr" in line
    assert not any(side(world, service).photos() for service in SERVICES)
    ended = went_well(world.sync("-f", "both"))
    assert "Rome/film.jpg: is named .jpg but holds a video" in ended.out
    for service in SERVICES:
        assert side(world, service).photos() == {"Rome/film.jpg": film.read_bytes()}
    calm(world, "-f", "both")


def test_a_photo_named_like_a_video_is_left_out_where_videos_are_wanted(
    world: World,
) -> None:
    picture(world.top / "a.jpg").rename(here(world, "Rome/a.mp4"))
    ended = went_well(world.sync("-f", "video"))
    assert ended.actions == []
    (line,) = [one for one in ended.out.splitlines() if "left out by -f" in one]
    assert "is named .mp4 but holds a picture in JPEG format; left out by -f" in line
    assert "Drive" in line
    assert "Flickr" in line
    went_well(world.sync("-f", "both"))
    assert [names(world, service) for service in SERVICES] == [{"a.mp4"}] * 3


def broken_pictures(world: World) -> Path:
    """Some that nobody can open, and one good picture among them."""
    good = shot(world, "Rome/good.jpg")
    here(world, "Rome/zero.jpg").touch()
    here(world, "Rome/cut.jpg").write_bytes(good.read_bytes()[:-400])
    here(world, "Rome/noise.jpg").write_bytes(
        b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4
    )
    here(world, "Rome/text.png").write_text("This is no picture.")
    bomb(here(world, "Rome/bomb.png"))
    return good


def test_broken_pictures_are_sent_as_they_are_and_the_empty_one_is_named(
    world: World,
) -> None:
    broken_pictures(world)
    ended = world.sync()
    assert ended.code == 1
    assert sorted(ended.err.splitlines()) == [
        "failed: upload to Flickr  Rome/text.png: Flickr does not take this kind of file",
        (
            "failed: upload to Flickr  Rome/zero.jpg: the file is empty, "
            "which Flickr does not take"
        ),
    ]
    # Nobody wants to hear of it every night.
    ended = world.sync("-q")
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    ended = world.sync()
    assert (ended.code, ended.err) == (0, "")
    assert "the file is empty, which Flickr does not take; tried again" in ended.out
    library = world.local.photos()
    assert side(world, "folder").photos() == side(world, "drive").photos() == library
    del library["Rome/zero.jpg"], library["Rome/text.png"]
    assert side(world, "flickr").photos() == library


@pytest.mark.parametrize("service", KEEPING)
def test_broken_pictures_that_cannot_be_shrunk_are_sent_whole_and_told_once(
    tmp_path: Path, service: str
) -> None:
    with world_of(tmp_path, service) as world:
        good = broken_pictures(world)
        here(world, "Rome/text.png").unlink()
        here(world, "Rome/zero.jpg").unlink()
        ended = world.sync("--shrink", SMALL)
        assert ended.code == 0
        told = [line for line in ended.out.splitlines() if "sent whole" in line]
        assert sorted(told) == [
            f"{service.title()}: 1 photo was sent whole: broken or cut short (Rome/cut.jpg)",
            (
                f"{service.title()}: 1 photo was sent whole: more than 200 megapixels are not "
                "safe to open (Rome/bomb.png)"
            ),
            (
                f"{service.title()}: 1 photo was sent whole: no picture in it can be read "
                "(Rome/noise.jpg)"
            ),
        ]
        library = world.local.photos()
        sent = side(world, service).photos()
        assert sent.keys() == library.keys()
        different = {path for path in sent if sent[path] != library[path]}
        assert different == {"Rome/good.jpg"}
        assert len(sent["Rome/good.jpg"]) < good.stat().st_size
        assert "sent whole" not in world.sync("--shrink", SMALL).out


@needs_exiftool
@needs_ffmpeg
def test_a_video_keeps_its_header_on_every_side(world: World, tmp_path: Path) -> None:
    when = ["-metadata", "creation_time=2020-02-03T04:05:06Z"]
    film = aged(video(here(world, "Rome/film.mp4"), *when))
    world.sync("-f", "both")
    for service in SERVICES:
        found = exiftool(file_of(world, service, "Rome/film.mp4", tmp_path))
        assert found["QuickTime:CreateDate"] == "2020:02:03 04:05:06"
        assert found["QuickTime:CreateDate"] == exiftool(film)["QuickTime:CreateDate"]
