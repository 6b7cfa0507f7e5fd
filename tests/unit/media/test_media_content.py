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
)

PHOTOS = "jpg jpeg jpe png gif bmp tif tiff webp heic heif avif dng cr2 cr3 nef arw raf orf rw2"
VIDEOS = (
    "mov mp4 m4v avi mkv webm 3gp 3g2 mts m2ts mpg mpeg mpe wmv asf flv qt divx ogv"
)


def test_each_ending_promises_a_photo_or_a_video() -> None:
    assert endings_of(Kind.PHOTO) == set(PHOTOS.split())
    assert endings_of(Kind.VIDEO) == set(VIDEOS.split())
    assert kind_of("A.JPG") is Kind.PHOTO
    assert kind_of(".jpg") is kind_of("jpg") is kind_of("a.txt") is Kind.NONE


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
