from __future__ import annotations

import io
import os
import resource
import sys
from pathlib import Path
from typing import Any

import pytest
from harness.library import in_child
from harness.pictures import (
    MAKER_NOTE,
    bomb,
    exif,
    exiftool,
    image,
    needs_exiftool,
    needs_ffmpeg,
    needs_heif,
    picture,
    retag,
    video,
)
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms
from PIL.JpegImagePlugin import get_sampling

from photosync.errors import NotFound, Rejected, SideError
from photosync.media.shrink.shrink import shrink
from photosync.media.shrink.smaller import Shrunk, Whole, is_name_of

BIG = (400, 250)
SIZES = {"ImageWidth", "ImageHeight", "ExifImageWidth", "ExifImageHeight"}


def small(path: Path, pixels: int = 100, quality: int = 90) -> Shrunk:
    found = shrink(str(path), str(path.with_name("copy")), pixels, quality)
    assert isinstance(found, Shrunk)
    with Image.open(found.path) as copy:
        assert copy.size == (found.width, found.height)
    return found


def whole(path: Path, pixels: int = 100) -> str:
    """Why a picture is used as it is."""
    found = shrink(str(path), str(path.with_name("copy")), pixels)
    assert isinstance(found, Whole)
    assert not list(path.parent.glob("copy*"))
    return found.reason


def opened(copy: Shrunk) -> Image.Image:
    with Image.open(copy.path) as found:
        found.load()
        return found


def said(path: Path | str) -> dict[str, Any]:
    """All that a picture says of itself but for sizes, and what tells of the file
    alone.
    """
    tags = exiftool(
        path, "-XMP:all", "-EXIF:all", "-ICC_Profile:all", "-IPTC:all", "-Comment"
    )
    del tags["SourceFile"]
    return {
        name: value for name, value in tags.items() if name.split(":")[1] not in SIZES
    }


# -- what is kept
# --------------------------------------------------------------------------


@needs_exiftool
def test_a_jpeg_says_all_that_its_original_said(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    path = picture(tmp_path / "a.jpg", BIG, exif=exif(size=BIG), icc_profile=profile)
    retag(
        path,
        "-XMP:Title=Hällo",
        "-IPTC:Keywords=one",
        "-IPTC:Keywords=two",
        "-Comment=hello",
    )
    retag(path, "-UserComment=Grüße", "-LensInfo=24 70 2.8 4", "-EXIF:ImageWidth=400")
    before, copy = said(path), small(path)
    assert said(copy.path) == before
    assert len(before) > 40
    after = exiftool(copy.path)
    assert (after["ExifIFD:ExifImageWidth"], after["ExifIFD:ExifImageHeight"]) == (
        100,
        62,
    )
    assert after["IFD0:ImageWidth"] == 100
    assert after["IFD0:Orientation"] == 6


def test_maker_notes_go_over_byte_for_byte(tmp_path: Path) -> None:
    copy = opened(small(picture(tmp_path / "a.jpg", BIG)))
    assert copy.getexif().get_ifd(0x8769)[37500] == MAKER_NOTE


@needs_exiftool
@pytest.mark.parametrize("ending", ["png", "webp", "tif", "avif"])
def test_other_pictures_say_what_their_originals_said(
    tmp_path: Path, ending: str
) -> None:
    path = picture(tmp_path / f"a.{ending}", BIG)
    retag(path, "-XMP:Title=Hällo")
    block, copy = said(picture(tmp_path / "a.jpg", BIG)), said(small(path).path)
    # The pixels of a TIFF are turned already when they are read. An AVIF tells in a box
    # of its own that it lies on its side, and its copy in EXIF.
    turned = {"IFD0:Orientation"} if ending == "tif" else set()
    expected = {name for name in block if name not in turned} | {"XMP-dc:Title"}
    assert {name: copy.get(name) for name in expected} == {
        name: {**block, "XMP-dc:Title": "Hällo"}[name] for name in expected
    }


def test_a_tiff_in_lab_becomes_rgb_without_its_profile(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    path = tmp_path / "a.tif"
    image(size=BIG).convert("LAB").save(path, icc_profile=profile)
    copy = opened(small(path))
    assert (copy.mode, copy.info.get("icc_profile")) == ("RGB", None)


def test_an_avif_without_exif_still_says_that_it_lies_on_its_side(
    tmp_path: Path,
) -> None:
    lying = Image.Exif()
    lying[274] = 6
    copy = opened(small(picture(tmp_path / "a.avif", BIG, exif=lying)))
    assert dict(copy.getexif()) == {274: 6}


@needs_heif
@needs_exiftool
def test_a_heic_becomes_a_jpeg(tmp_path: Path) -> None:
    copy = small(picture(tmp_path / "a.heic", BIG))
    tags = exiftool(copy.path)
    assert tags["File:FileType"] == "JPEG"
    assert tags["ExifIFD:DateTimeOriginal"] == "2024:01:31 12:34:56"
    assert round(tags["GPS:GPSLatitude"], 3) == 48.135
    assert copy.ending == ".jpg"


@pytest.mark.parametrize("subsampling", [0, 1, 2])
def test_a_jpeg_keeps_its_subsampling(tmp_path: Path, subsampling: int) -> None:
    path = picture(tmp_path / "a.jpg", BIG, subsampling=subsampling)
    assert get_sampling(opened(small(path))) == subsampling


def test_the_quality_can_be_chosen(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.jpg", BIG)
    sizes = [
        Path(small(path, quality=quality).path).stat().st_size for quality in (30, 95)
    ]
    assert sizes[0] < sizes[1]


def test_the_texts_of_a_png_are_kept(tmp_path: Path) -> None:
    path = retag(
        picture(tmp_path / "a.png", BIG), "-PNG:Author=Zoë", "-XMP:Title=Hällo"
    )
    assert {"Author", "XML:com.adobe.xmp"} <= opened(small(path)).info.keys()


# -- sizes and kinds
# -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "wanted"),
    [
        ((400, 250), (100, 62)),
        ((250, 400), (62, 100)),
        ((101, 101), (100, 100)),
        ((1000, 2), (100, 1)),
        ((3, 900), (1, 100)),
    ],
)
def test_the_longer_side_is_as_asked(
    tmp_path: Path, size: tuple[int, int], wanted: tuple[int, int]
) -> None:
    copy = small(picture(tmp_path / "a.jpg", size))
    assert (copy.width, copy.height) == wanted


@pytest.mark.parametrize("ending", ["jpg", "png", "gif", "bmp", "tif", "webp"])
def test_what_is_not_larger_is_used_as_it_is(tmp_path: Path, ending: str) -> None:
    path = picture(tmp_path / f"a.{ending}", (100, 60))
    assert whole(path) == ""


@pytest.mark.parametrize(
    ("ending", "becomes", "fits"),
    [
        ("jpg", "JPEG", True),
        ("png", "PNG", True),
        ("gif", "PNG", False),
        ("bmp", "JPEG", False),
        ("tif", "JPEG", False),
        ("webp", "JPEG", False),
    ],
)
def test_each_format_becomes_one_that_every_service_takes(
    tmp_path: Path, ending: str, becomes: str, *, fits: bool
) -> None:
    copy = small(picture(tmp_path / f"a.{ending}", BIG))
    assert opened(copy).format == becomes
    assert is_name_of(f"A.{ending.upper()}", copy.ending) == fits


def test_a_jpeg_has_many_endings() -> None:
    assert is_name_of("a.JPE", ".jpg")
    assert not is_name_of("a", ".jpg")


def test_a_misnamed_picture_is_shrunk_as_what_it_is(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png", BIG).rename(tmp_path / "a.jpg")
    copy = small(path)
    assert opened(copy).format == "PNG"
    assert copy.ending == ".png"


@pytest.mark.parametrize("ending", ["gif", "webp", "png", "tif"])
def test_several_pictures_in_one_file_are_left_as_they_are(
    tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"a.{ending}"
    image(size=BIG).save(
        path, save_all=True, append_images=[image("1", BIG).convert("RGB")]
    )
    assert whole(path) == "several pictures in one file"


def test_a_jpeg_of_a_phone_with_a_second_picture_is_shrunk(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    image(size=BIG).save(
        path, "MPO", save_all=True, append_images=[image(size=(40, 25))]
    )
    assert opened(small(path)).format == "JPEG"


def test_raw_pictures_are_left_as_they_are(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.tif", BIG).rename(tmp_path / "a.dng")
    assert whole(path) == "RAW pictures are not made smaller"


@needs_ffmpeg
def test_videos_are_left_as_they_are(tmp_path: Path) -> None:
    path = video(tmp_path / "a.mov")
    assert whole(path) == ""


@pytest.mark.parametrize(
    ("mode", "ending", "becomes"),
    [
        ("1", "png", "L"),
        ("L", "jpg", "L"),
        ("LA", "png", "LA"),
        ("P", "png", "RGB"),
        ("P", "gif", "RGB"),
        ("RGBA", "png", "RGBA"),
        ("RGBA", "webp", "RGB"),
        ("RGBA", "tif", "RGB"),
        ("LA", "tif", "L"),
        ("CMYK", "jpg", "CMYK"),
        ("CMYK", "tif", "CMYK"),
        ("LAB", "tif", "RGB"),
    ],
)
def test_every_mode_is_handled(
    tmp_path: Path, mode: str, ending: str, becomes: str
) -> None:
    path = tmp_path / f"a.{ending}"
    if mode == "LAB":
        Image.new("LAB", BIG, (128, 128, 128)).save(path)
    else:
        image("RGB" if mode == "P" else mode, BIG).convert(mode).save(path)
    copy = opened(small(path))
    # A picture without colours may be read and written as grey.
    assert copy.mode == becomes or (copy.mode, becomes) == ("L", "RGB")
    with Image.open(path) as original:
        whole = original.convert("RGB").resize(copy.size).getpixel((50, 31))
    found = copy.convert("RGB").getpixel((50, 31))
    assert isinstance(whole, tuple)
    assert isinstance(found, tuple)
    assert all(abs(a - b) < 12 for a, b in zip(whole, found, strict=True))


@pytest.mark.parametrize("ending", ["png", "tif"])
def test_sixteen_bits_become_eight(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    Image.new("I;16", BIG, 0x8000).save(path)
    copy = opened(small(path))
    assert (copy.mode, copy.getpixel((5, 5))) == ("L", 128)


def test_what_is_transparent_becomes_white_in_a_jpeg(tmp_path: Path) -> None:
    path = tmp_path / "a.webp"
    Image.new("RGBA", BIG, (0, 0, 0, 0)).save(path, lossless=True)
    assert opened(small(path)).getpixel((5, 5)) == (255, 255, 255)


def test_a_transparent_palette_stays_transparent(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    Image.new("P", BIG, 1).save(path, transparency=1)
    assert opened(small(path)).convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]


# -- what cannot be shrunk
# -----------------------------------------------------------------


def test_a_broken_or_truncated_picture_is_used_whole(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.jpg", BIG)
    path.write_bytes(path.read_bytes()[:-500])
    assert whole(path) == "broken or cut short"
    path.write_bytes(b"\xff\xd8\xffphoto")
    assert whole(path) == "no picture in it can be read"


def test_an_empty_file_is_no_news(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.touch()
    assert whole(path) == ""


@pytest.mark.parametrize("side", [60_000, 14_143])
def test_a_huge_picture_is_not_opened(tmp_path: Path, side: int) -> None:
    assert "more than 200 megapixels" in whole(bomb(tmp_path / "a.png", side))


def test_a_heic_without_its_library_is_used_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.heic"
    path.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0heic")
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    assert whole(path).endswith(f": {sys.executable} -m pip install pillow-heif")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="there is no /proc")
def test_a_picture_for_which_there_is_no_memory_is_used_whole(tmp_path: Path) -> None:
    path = bomb(tmp_path / "a.png", 10_000)

    def work() -> str:
        used = (
            int(Path("/proc/self/statm").read_text().split()[0])
            * resource.getpagesize()
        )
        resource.setrlimit(resource.RLIMIT_AS, (used + 2**27, used + 2**27))
        return whole(path)

    assert in_child(work) == "there is too little memory"


def test_fractions_are_used_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    Image.new("F", BIG, 0.5).save(path)
    assert whole(path) == "pixels that are fractions"


def test_a_missing_picture_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        shrink(str(tmp_path / "a.jpg"), str(tmp_path / "copy"), 100)


def test_a_target_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.jpg", BIG)
    with pytest.raises(SideError):
        shrink(str(path), str(tmp_path / "missing" / "copy"), 100)


def samples() -> list[bytes]:
    found = []
    for kind in ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP"):
        stream = io.BytesIO()
        image(size=(40, 25)).save(stream, kind, exif=exif())
        found.append(stream.getvalue())
    return found


@given(
    content=st.sampled_from(samples()),
    cut=st.integers(0, 10_000),
    places=st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 255)), max_size=12),
)
def test_no_bytes_are_too_strange(
    tmp_path_factory: pytest.TempPathFactory,
    content: bytes,
    cut: int,
    places: list[tuple[int, int]],
) -> None:
    broken = bytearray(content[:cut])
    for place, byte in places:
        if place < len(broken):
            broken[place] = byte
    path = tmp_path_factory.getbasetemp() / "strange"
    path.write_bytes(broken)
    found = shrink(str(path), str(path.with_name("copy")), 20)
    assert isinstance(found, Shrunk | Whole)


@pytest.mark.parametrize("kind", ["pipe", "link"])
def test_what_takes_the_place_of_a_picture_is_neither_awaited_nor_followed(
    tmp_path: Path, kind: str
) -> None:
    secret = picture(tmp_path / "secret.jpg", BIG)
    path = tmp_path / "a.jpg"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(secret)
    with pytest.raises(Rejected):
        shrink(str(path), str(tmp_path / "copy"), 100)
    assert not list(tmp_path.glob("copy*"))
