from __future__ import annotations

from pathlib import Path

import pytest
from harness.pictures import bomb, needs_ffmpeg, needs_heif, picture, video
from hypothesis import given
from hypothesis import strategies as st

from photosync.media import (
    Kind,
    detect_format,
    detect_kind,
    endings_of,
    find_mismatch,
    is_raw,
    is_sidecar,
    kind_of,
    recognise_format,
)
from photosync.media.kinds import RAW

NAMED_BY_CAMERAS = {
    Kind.PHOTO: """
        HIF MPO jfif jxl CRW PEF SRW NRW RWL 3FR SR2 SRF ERF KDC DCR MOS MEF X3F MRW IIQ
        jp2 psd insp
    """,
    Kind.VIDEO: "insv m2t vob mod tod 3gpp mxf LRV",
}
OF_CAMERAS = [
    (ending, kind)
    for kind, endings in NAMED_BY_CAMERAS.items()
    for ending in endings.split()
]


def test_no_ending_promises_both_a_photo_and_a_video() -> None:
    photos, videos = endings_of(Kind.PHOTO), endings_of(Kind.VIDEO)
    assert not photos & videos
    assert photos | videos == endings_of(Kind.BOTH)
    assert photos >= RAW
    assert kind_of("A.JPG") is Kind.PHOTO
    assert kind_of(".jpg") is kind_of("jpg") is kind_of("a.txt") is Kind.NONE


@pytest.mark.parametrize(("ending", "kind"), OF_CAMERAS)
def test_what_cameras_write_is_a_photo_or_a_video(ending: str, kind: Kind) -> None:
    assert kind_of(f"IMG_1.{ending}") is kind_of(f"img_1.{ending.lower()}") is kind


def test_raw_pictures_and_sidecars_are_known_by_their_names() -> None:
    assert is_raw("a.CR2")
    assert not is_raw("a.jpg")
    assert is_sidecar("a.jpg.XMP")
    assert is_sidecar("a.aae")
    assert not is_sidecar(".xmp")
    assert kind_of("a.xmp") is Kind.NONE


@pytest.mark.parametrize("ending", ["jpg", "png", "gif", "bmp", "tif", "webp", "avif"])
def test_a_picture_is_known_by_its_bytes(tmp_path: Path, ending: str) -> None:
    path = picture(tmp_path / f"a.{ending}")
    assert detect_kind(str(path)) is Kind.PHOTO
    assert find_mismatch(str(path), path.name) == ""
    assert "but holds a picture in" in find_mismatch(str(path), "a.mkv")


@needs_heif
def test_a_heic_named_jpg_is_named(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.heic")
    assert find_mismatch(str(path), "a.HEIF") == ""
    assert (
        find_mismatch(str(path), "a.JPG")
        == "is named .jpg but holds a picture in HEIC format"
    )


@needs_ffmpeg
@pytest.mark.parametrize(
    "ending",
    ["mov", "mp4", "3gp", "avi", "mkv", "mpg", "mts", "m2ts", "wmv", "flv", "ogv"],
)
def test_a_video_is_known_by_its_bytes(tmp_path: Path, ending: str) -> None:
    path = video(tmp_path / f"a.{ending}")
    assert detect_kind(str(path)) is Kind.VIDEO
    assert find_mismatch(str(path), path.name) == ""
    assert "but holds a video in" in find_mismatch(str(path), "a.jpg")


# The first bytes of real files, where nothing at hand makes them.
HEADS = {
    b"II*\0\x10\0\0\0CR\2\0": ("CR2", "a.cr2"),
    b"II*\0\x08\0\0\0": ("TIFF", "a.nef"),
    b"MM\0*\0\0\0\x08": ("TIFF", "a.dng"),
    b"IIRO\x08\0\0\0": ("ORF", "a.orf"),
    b"IIU\0\x18\0\0\0": ("RW2", "a.rw2"),
    b"FUJIFILMCCD-RAW 0201": ("RAF", "a.raf"),
    b"\0\0\0\x18ftypcrx \0\0\0\1crx isom": ("CR3", "a.cr3"),
    b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic": ("HEIC", "a.heic"),
    b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf": ("AVIF", "a.avif"),
    b"\0\0\0\x14ftypqt  \0\0\0\0qt  ": ("QuickTime", "a.mp4"),
    b"\0\0\0\x08wide\0\0\0\0mdat": ("QuickTime", "a.mov"),
    b"\0\0\0\x20ftypisom\0\0\2\0": ("MP4", "a.mov"),
    b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\1\x42\x82\x84webm": ("WebM", "a.mkv"),
    b"GIF89a": ("GIF", "a.gif"),
    b"II\x1a\0\0\0HEAPCCDR": ("CRW", "a.crw"),
    b"FOVb\0\0\2\0": ("X3F", "a.x3f"),
    b"\0MRM\0\1\2\3": ("MRW", "a.mrw"),
    b"\0\0\0\x0cJXL \r\n\x87\n": ("JPEG XL", "a.jxl"),
    b"\xff\x0a\xfa\x1f": ("JPEG XL", "a.jxl"),
    b"\0\0\0\x0cjP  \r\n\x87\n": ("JPEG 2000", "a.jp2"),
    b"8BPS\0\1": ("Photoshop", "a.psd"),
    b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01": ("MXF", "a.mxf"),
    b"\xff\xd8\xff\xe0\0\x10JFIF": ("JPEG", "a.jfif"),
    b"\0\0\1\xba\x44": ("MPEG", "a.mod"),
}


@pytest.mark.parametrize("head", HEADS)
def test_a_format_is_known_by_its_first_bytes(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(head)
    found = detect_format(str(path))
    name, right = HEADS[head]
    assert found
    assert found.name == name
    assert find_mismatch(str(path), right) == ""
    assert find_mismatch(str(path), "a.png").endswith(f"in {name} format")


def boxed(major: bytes, *compatible: bytes) -> bytes:
    brands = b"".join(compatible)
    size = (16 + len(brands)).to_bytes(4, "big")
    return size + b"ftyp" + major + b"\0\0\0\0" + brands + b"\0\0\0\x08mdat"


BRANDS = [
    ((b"heic", b"mif1", b"heic"), "HEIC"),
    ((b"heix", b"mif1", b"heix", b"miaf"), "HEIC"),
    ((b"avci", b"mif1", b"avci"), "HEIC"),
    ((b"j2ki",), "HEIC"),
    ((b"jpeg",), "HEIC"),
    ((b"vvic", b"miaf"), "HEIC"),
    ((b"mif3",), "HEIC"),
    ((b"msf1", b"isom", b"hevc"), "HEIC"),
    ((b"mif1", b"miaf", b"avif"), "AVIF"),
    ((b"avis", b"msf1"), "AVIF"),
    ((b"heic", b"mif1", b"avif"), "HEIC"),
    # A maker's own brand before those of all others.
    ((b"XYZ1", b"isom", b"mif1"), "HEIC"),
    ((b"mp42", b"isom", b"heic"), "HEIC"),
    ((b"isom", b"avif"), "AVIF"),
    ((b"crx ", b"crx ", b"isom"), "CR3"),
    ((b"qt  ",), "QuickTime"),
    ((b"3gp5", b"isom"), "3GP"),
    ((b"mp42", b"mp41", b"isom"), "MP4"),
    ((b"XAVC", b"mp42"), "MP4"),
    ((b"M4V ", b"M4A "), "MP4"),
]


@pytest.mark.parametrize(("brands", "name"), BRANDS)
def test_one_brand_of_images_makes_a_picture(
    brands: tuple[bytes, ...], name: str
) -> None:
    found = recognise_format(boxed(*brands))
    assert found
    assert found.name == name
    is_picture = name in {"HEIC", "AVIF", "CR3"}
    assert found.kind is (Kind.PHOTO if is_picture else Kind.VIDEO)


def test_brands_that_nobody_knows_leave_nothing_out(tmp_path: Path) -> None:
    path = tmp_path / "a.heic"
    path.write_bytes(boxed(b"new1", b"new2"))
    assert detect_kind(str(path)) is Kind.NONE
    assert find_mismatch(str(path), "a.heic") == find_mismatch(str(path), "a.mp4") == ""


def test_what_lies_behind_the_brands_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(boxed(b"isom", b"mp41") + b"avifheic")
    assert detect_kind(str(path)) is Kind.VIDEO


def test_what_is_not_known_is_no_mismatch(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"BMW is no bitmap")
    assert detect_kind(str(path)) is Kind.NONE
    assert find_mismatch(str(path), "a.jpg") == ""
    assert find_mismatch(str(picture(tmp_path / "b.jpg")), "b.txt") == ""
    assert find_mismatch(str(tmp_path / "missing.jpg"), "missing.jpg") == ""
    assert detect_format(str(tmp_path)) is None


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.touch()
    assert (
        find_mismatch(str(path), "a.jpg")
        == "is named .jpg but is empty: it has no bytes"
    )
    assert detect_kind(str(path)) is Kind.NONE


def test_a_huge_picture_is_told_by_its_head_alone(tmp_path: Path) -> None:
    assert find_mismatch(str(bomb(tmp_path / "a.png")), "a.jpg").endswith(
        "in PNG format"
    )


@given(head=st.sampled_from([b"", *HEADS]), rest=st.binary(max_size=300))
def test_no_bytes_are_too_strange(
    tmp_path_factory: pytest.TempPathFactory, head: bytes, rest: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "strange"
    path.write_bytes(head + rest)
    detect_kind(str(path))
    for ending in ("jpg", "dng", "mov", "mkv", "txt"):
        find_mismatch(str(path), f"a.{ending}")
