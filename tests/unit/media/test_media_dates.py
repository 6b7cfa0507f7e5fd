from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from harness.pictures import (
    bomb,
    box,
    exif,
    exiftool,
    image,
    needs_exiftool,
    needs_ffmpeg,
    needs_heif,
    picture,
    video,
)
from hypothesis import given
from hypothesis import strategies as st

from photosync.media import Moment, find_moment, find_taken, format_local_time
from photosync.media.blocks import Blocks
from photosync.media.taken import find_taken_in

WHEN = 1_500_000_000 * 10**9
EXIF = Moment("2024-01-31 12:34:56", 120, "exif", 780_000)
CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")


def of(path: Path, name: str = "a") -> Moment:
    return find_moment(str(path), WHEN, name)


def here(when: datetime) -> tuple[str, int]:
    """A moment by the clock of this machine, with its offset in minutes."""
    local = when.astimezone()
    offset = local.utcoffset() or timedelta()
    return f"{local:%Y-%m-%d %H:%M:%S}", int(offset.total_seconds() // 60)


# -- EXIF
# ----------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tif", "avif"])
def test_the_camera_says_when(tmp_path: Path, ending: str) -> None:
    path = picture(tmp_path / f"a.{ending}")
    assert of(path, "IMG_20230101_000000.jpg") == EXIF
    assert find_taken(str(path), WHEN) == EXIF.text


@needs_exiftool
def test_exiftool_agrees(tmp_path: Path) -> None:
    tags = exiftool(picture(tmp_path / "a.jpg"))
    assert tags["ExifIFD:DateTimeOriginal"] == EXIF.text.replace("-", ":")
    assert (tags["ExifIFD:OffsetTimeOriginal"], tags["ExifIFD:SubSecTimeOriginal"]) == (
        "+02:00",
        78,
    )


@needs_heif
@pytest.mark.parametrize("brand", [b"heic", b"heix", b"avci", b"mif3", b"XYZ1"])
def test_a_heic_says_when(tmp_path: Path, brand: bytes) -> None:
    path = picture(tmp_path / "a.heic")
    content = path.read_bytes()
    path.write_bytes(content[:8] + brand + content[12:])
    assert of(path) == EXIF


def tiff() -> bytes:
    """The EXIF block of a camera, which is a small TIFF file."""
    return exif().tobytes().removeprefix(b"Exif\0\0")


def raf() -> bytes:
    jpeg = io.BytesIO()
    image().save(jpeg, "JPEG", exif=exif())
    head = b"FUJIFILMCCD-RAW ".ljust(84, b"\0") + (148).to_bytes(4, "big")
    return head.ljust(148, b"\0") + jpeg.getvalue()


def cr3() -> bytes:
    inner = exif().get_ifd(0x8769)
    block = type(exif())()
    block.update({36867: inner[36867], 36881: inner[36881], 37521: inner[37521]})
    cmt2 = block.tobytes().removeprefix(b"Exif\0\0")
    blocks = box(b"CMT1", tiff()[:8] + bytes(8)) + box(b"CMT2", cmt2)
    return box(b"ftyp", b"crx \0\0\0\1") + box(b"moov", box(b"uuid", CANON + blocks))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(tiff(), id="DNG, NEF, ARW"),
        pytest.param(
            tiff()[:2] + (b"RO" if tiff()[:2] == b"II" else b"OR") + tiff()[4:],
            id="ORF",
        ),
        pytest.param(tiff()[:2] + b"U\0" + tiff()[4:], id="RW2"),
        pytest.param(raf(), id="RAF"),
        pytest.param(cr3(), id="CR3"),
    ],
)
def test_a_raw_picture_says_when(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "raw"
    path.write_bytes(content)
    assert of(path) == EXIF


@pytest.mark.parametrize(
    "wrong",
    [
        "0000:00:00 00:00:00",
        "2024:13:45 00:00:00",
        "1825:01:01 00:00:00",
        "2999:01:01 00:00:00",
        "    :  :     :  :  ",
        "yesterday",
        "2024:01:31 25:00:00",
        "2024:01:   12:34:56",
        "2024:01: 12:34:56",
        "2024:01:311",
    ],
)
def test_a_date_that_cannot_be_is_passed_over(tmp_path: Path, wrong: str) -> None:
    path = picture(tmp_path / "a.jpg", exif=exif(wrong))
    assert of(path) == Moment("2025-05-05 05:05:05", None, "exif")
    block = exif(wrong)
    del block[306]
    path = picture(tmp_path / "a.jpg", exif=block)
    assert of(path, "IMG_20230101_000000.jpg").text == "2023-01-01 00:00:00"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1985", "1985-01-01 00:00:00"),
        ("1985-06", "1985-06-01 00:00:00"),
        ("1985-06-15", "1985-06-15 00:00:00"),
        ("1985-06-15T12:34", "1985-06-15 12:34:00"),
        ("1985-13", ""),
        ("0000", ""),
        ("198", ""),
        ("19850615", ""),
    ],
)
def test_of_an_old_print_the_year_may_be_all_that_is_known(
    text: str, expected: str
) -> None:
    name = "http://ns.adobe.com/photoshop/1.0/"
    about = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    told = f'<r:Description xmlns:r="{about}" xmlns:p="{name}" p:DateCreated="{text}"/>'
    found = find_taken_in(Blocks(xmp=[told.encode()]))
    assert (found.text if found else "") == expected


def test_noughts_of_iptc_stand_for_what_is_not_known() -> None:
    clock = b"\x1c\2\x3c\0\x06123456"
    for date, expected in (
        (b"19850000", "1985-01-01 12:34:56"),
        (b"19850600", "1985-06-01 12:34:56"),
        (b"198506", ""),
        (b"00000000", ""),
    ):
        block = b"\x1c\2\x37\0" + bytes([len(date)]) + date + clock
        found = find_taken_in(Blocks(iptc=[block]))
        assert (found.text if found else "") == expected


def test_an_old_camera_writes_single_digits(tmp_path: Path) -> None:
    for text in ("2002: 1: 5  9: 3: 7", "2002:1:5 9:3:7"):
        path = picture(tmp_path / "a.jpg", exif=exif(text))
        assert of(path).text == "2002-01-05 09:03:07"


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("-03:30", -210),
        ("+14:00", 840),
        ("+99:99", None),
        ("   :  ", None),
        ("Z", None),
    ],
)
def test_the_offset_of_the_camera_is_known_or_not(
    tmp_path: Path, text: str, minutes: int | None
) -> None:
    assert of(picture(tmp_path / "a.jpg", exif=exif(offset=text))).offset == minutes


XMP_ALONE = (
    b'<r:Description xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    b'xmlns:p="http://ns.adobe.com/photoshop/1.0/" '
    b'p:DateCreated="2019-05-06T07:08:09"/>'
)


@pytest.mark.parametrize("kept", [0, 1, 100])
def test_a_jpeg_that_was_cut_off_says_all_that_stands_before(
    tmp_path: Path, kept: int
) -> None:
    path = picture(tmp_path / "a.jpg", exif=b"", xmp=XMP_ALONE)
    content = path.read_bytes()
    end = content.index(XMP_ALONE) + len(XMP_ALONE)
    path.write_bytes(content[: end + kept])
    assert of(path) == Moment("2019-05-06 07:08:09", None, "exif")


@pytest.mark.parametrize("between", [b"\xff", b"\xff\xff\xff", b"\0\0", b"x\xff\0y"])
def test_what_stands_between_the_segments_of_a_jpeg_is_passed_over(
    tmp_path: Path, between: bytes
) -> None:
    path = picture(tmp_path / "a.jpg")
    content = path.read_bytes()
    place = content.index(b"\xff\xe1")
    path.write_bytes(content[:place] + between + content[place:])
    assert of(path) == EXIF


def test_exif_that_one_segment_has_no_room_for_goes_on_in_the_next(
    tmp_path: Path,
) -> None:
    path = picture(tmp_path / "a.jpg")
    content = path.read_bytes()
    block = tiff()
    place = content.index(b"\xff\xe1")
    end = place + 2 + int.from_bytes(content[place + 2 : place + 4], "big")
    both = b"".join(
        b"\xff\xe1" + (8 + len(half)).to_bytes(2, "big") + b"Exif\0\0" + half
        for half in (block[:50], block[50:])
    )
    path.write_bytes(content[:place] + both + content[end:])
    assert of(path) == EXIF


# -- videos
# --------------------------------------------------------------------------------


@needs_ffmpeg
@pytest.mark.parametrize("ending", ["mov", "mp4", "m4v", "3gp"])
def test_the_header_of_a_video_says_when(tmp_path: Path, ending: str) -> None:
    stamp = ("-metadata", "creation_time=2024-01-31T11:34:56Z")
    path = video(tmp_path / f"a.{ending}", *stamp)
    text, offset = here(datetime(2024, 1, 31, 11, 34, 56, tzinfo=UTC))
    assert of(path) == Moment(text, offset, "video")


@needs_ffmpeg
def test_the_zone_of_an_apple_video_is_known(tmp_path: Path) -> None:
    stamp = ("-metadata", "com.apple.quicktime.creationdate=2024-01-31T12:34:56+0530")
    path = video(tmp_path / "a.mov", *stamp, "-movflags", "use_metadata_tags")
    assert of(path) == Moment("2024-01-31 12:34:56", 330, "video")


@needs_ffmpeg
@pytest.mark.parametrize("ending", ["mp4", "mkv", "avi"])
def test_a_video_without_a_date_goes_by_its_name(tmp_path: Path, ending: str) -> None:
    path = video(tmp_path / f"VID_20240131_123456.{ending}")
    assert find_moment(str(path), WHEN) == Moment("2024-01-31 12:34:56", None, "name")


def test_a_maker_that_writes_its_own_clock_is_not_shifted_by_a_zone(
    tmp_path: Path,
) -> None:
    seconds = (3_800_000_000).to_bytes(4, "big")
    header = box(b"mvhd", bytes(4) + 2 * seconds + bytes(90))
    content = box(b"ftyp", b"mp41") + box(b"moov", header)
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    assert of(path).offset is not None
    maker = box(b"udta", box(b"\xa9mak", b"\0\4\x15\xc7FLIR"))
    path.write_bytes(box(b"ftyp", b"mp41") + box(b"moov", header + maker))
    assert of(path) == Moment("2024-05-31 11:33:20", None, "video")


@pytest.mark.parametrize(
    ("shown", "decides"),
    [
        ("2024:05:31 13:33:20", True),
        ("2024:05:29 13:33:20", False),
        ("2024:13:31 13:33:20", False),
        ("2024:05:31", False),
    ],
)
def test_the_clock_of_a_camera_decides_about_the_zone_alone(
    tmp_path: Path, shown: str, *, decides: bool
) -> None:
    header = box(b"mvhd", bytes(4) + 2 * (3_800_000_000).to_bytes(4, "big") + bytes(90))
    maker = box(b"udta", box(b"NCDT", b"\0\0\0\x12" + shown.encode()))
    path = tmp_path / "a.mov"
    path.write_bytes(box(b"ftyp", b"qt  ") + box(b"moov", header + maker))
    found = of(path)
    assert (found.source, found.offset is None) == ("video", decides)
    if decides:
        assert found.text == "2024-05-31 13:33:20"


def test_a_zone_beside_the_header_decides(tmp_path: Path) -> None:
    day = box(b"\xa9day", b"\0\x18\0\0" + b"2024-01-31T12:34:56+0530")
    path = tmp_path / "a.mov"
    path.write_bytes(box(b"ftyp", b"qt  ") + box(b"moov", box(b"udta", day)))
    assert of(path) == Moment("2024-01-31 12:34:56", 330, "video")


@pytest.mark.parametrize("seconds", [0, 1, 2**31, 2**64 - 1])
def test_a_senseless_header_is_passed_over(tmp_path: Path, seconds: int) -> None:
    path = tmp_path / "a.mov"
    header = b"\1\0\0\0" + seconds.to_bytes(8, "big") + bytes(90)
    path.write_bytes(box(b"ftyp", b"qt  ") + box(b"moov", box(b"mvhd", header)))
    assert of(path).source == "file"


def test_of_a_video_only_the_header_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.mov"
    header = bytes(4) + (3_800_000_000).to_bytes(4, "big") + bytes(90)
    size = 8 * 2**40
    with path.open("wb") as file:
        file.write(b"\0\0\0\1mdat" + size.to_bytes(8, "big"))
        try:
            file.truncate(size)
        except OSError:
            pytest.skip("this disk holds no file of 50 TB")
        file.seek(size)
        file.write(box(b"moov", box(b"mvhd", header)))
    assert of(path).source == "video"


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="Linux counts reads")
@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tif", "avif"])
def test_of_a_large_picture_a_few_kilobytes_are_read(
    tmp_path: Path, ending: str
) -> None:
    path = picture(tmp_path / f"a.{ending}")
    with path.open("r+b") as file:
        file.truncate(60_000_000)
    of(path)
    before = count_bytes_read()
    assert of(path) == EXIF
    assert count_bytes_read() - before < 24_000


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="Linux counts reads")
def test_the_end_of_a_broken_jpeg_is_asked_for_once_or_twice(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"\xff\xd8\xff\xe0\0\4xxjunk")
    of(path)
    before = count_reads()
    assert of(path).source == "file"
    assert count_reads() - before < 10


def count_bytes_read() -> int:
    return int(Path("/proc/self/io").read_text().split()[1])


def count_reads() -> int:
    return int(Path("/proc/self/io").read_text().split()[5])


# -- names
# ---------------------------------------------------------------------------------

SECOND = "2024-01-31 12:34:56"
DAY = "2024-01-31 00:00:00"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("IMG_20240131_123456.jpg", SECOND),
        ("IMG_20240131_123456_1.jpg", SECOND),
        ("20240131_123456(0).jpg", SECOND),
        ("20240131123456.jpg", SECOND),
        ("2024-01-31 12.34.56.jpg", SECOND),
        ("2024-01-31T12:34:56.jpg", SECOND),
        ("Screenshot_2024-01-31-12-34-56.png", SECOND),
        ("Screenshot_20240131-123456_App.png", SECOND),
        ("Screen Shot 2024-01-31 at 12.34.56.png", SECOND),
        ("Screen Shot 2024-01-31 at 1.34.56 PM.png", "2024-01-31 13:34:56"),
        ("Screen Shot 2024-01-31 at 12.34.56 AM.png", "2024-01-31 00:34:56"),
        ("signal-2024-01-31-123456.jpg", SECOND),
        ("signal-2024-01-31-12-34-56-789.jpg", SECOND),
        ("WhatsApp Image 2024-01-31 at 12.34.56.jpeg", SECOND),
        ("photo_2024-01-31_12-34-56.jpg", SECOND),
        ("VID-20240131-WA0001.mp4", DAY),
        ("2024-01-31 99.99.99.jpg", DAY),
        ("2024.01.31 walk.jpg", DAY),
        ("Bildschirmfoto 2024-01-31 um 12.34.56.png", SECOND),
        ("Capture d\u2019\u00e9cran 2024-01-31 \u00e0 12.34.56.png", SECOND),
        ("N\u00e4ytt\u00f6kuva 2024-01-31 klo 12.34.56.png", SECOND),
        ("Skjermbilde 2024-01-31 kl. 12.34.56.png", SECOND),
        ("Capture d\u2019e\u0301cran 2024-01-31 a\u0300 12.34.56.png", SECOND),
        ("Captura de pantalla 2024-01-31 a la(s) 12.34.56.png", SECOND),
        ("photo_5@31-01-2024_12-34-56.jpg", SECOND),
        ("2024_0131_123456_001.MP4", SECOND),
        ("order 20241399 of 20240131.jpg", DAY),
    ],
)
def test_a_name_may_say_when(name: str, text: str) -> None:
    found = find_moment("/nowhere", WHEN, name)
    assert (found.text, found.offset, found.source) == (text, None, "name")


def test_facebook_names_what_it_saves_by_milliseconds() -> None:
    text, offset = here(datetime(2024, 1, 31, 12, 34, 56, tzinfo=UTC))
    found = find_moment("/nowhere", WHEN, "FB_IMG_1706704496000.jpg")
    assert found == Moment(text, offset, "name")


def test_a_pixel_names_its_photos_by_utc() -> None:
    text, offset = here(datetime(2024, 1, 31, 12, 34, 56, tzinfo=UTC))
    found = find_moment("/nowhere", WHEN, "PXL_20240131_123456789.jpg")
    assert found == Moment(text, offset, "name", 789_000)


@pytest.mark.parametrize(
    "name",
    [
        "DSC01234.jpg",
        "120240131.jpg",
        "2024013.jpg",
        "20241331_123456.jpg",
        "29990101.jpg",
        "2024-0131.jpg",
        "",
        "18991231.jpg",
    ],
)
def test_other_numbers_are_no_dates(name: str) -> None:
    assert find_moment("/nowhere/20240131", WHEN, name or "x").source == "file"


def test_a_name_that_tells_the_day_takes_the_hour_from_the_file() -> None:
    day, hour = format_local_time(WHEN).split()
    name = f"VID-{day.replace('-', '')}-WA0001.mp4"
    assert find_moment("/nowhere", WHEN, name).text == f"{day} {hour}"
    assert find_moment("/nowhere", WHEN, name).source == "name"


# -- the file itself
# -----------------------------------------------------------------------


def test_without_a_date_it_is_the_modification_time(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"photo")
    found = find_moment(str(path), WHEN + 5_000)
    assert (found.text, found.micros, found.source) == (
        format_local_time(WHEN),
        5,
        "file",
    )
    assert found.day == found.text[:10]


@pytest.mark.parametrize("modified_ns", [0, -(10**18), 10**28, -(10**28)])
def test_any_modification_time_has_a_text(modified_ns: int) -> None:
    assert len(find_moment("/nowhere", modified_ns, "a").text) == 19


def test_moments_come_in_order_of_the_fraction_too(tmp_path: Path) -> None:
    first, second = (Moment(SECOND, None, "exif", micros) for micros in (5, 40))
    assert first.order < second.order < Moment("2024-01-31 12:34:57", 0, "file").order


def test_a_broken_empty_or_huge_picture_goes_by_its_file(tmp_path: Path) -> None:
    content = picture(tmp_path / "a.jpg").read_bytes()
    for cut in (content[:40], content[:3], b""):
        (tmp_path / "b.jpg").write_bytes(cut)
        assert of(tmp_path / "b.jpg").source == "file"
    assert of(bomb(tmp_path / "a.png")).source == "file"
    assert of(tmp_path).source == "file"


def samples() -> list[bytes]:
    png, webp = io.BytesIO(), io.BytesIO()
    image().save(png, "PNG", exif=exif())
    image().save(webp, "WEBP", exif=exif())
    header = box(b"mvhd", bytes(4) + (3_800_000_000).to_bytes(4, "big") + bytes(90))
    keys = box(
        b"keys",
        bytes(4) + b"\0\0\0\1" + box(b"mdta", b"com.apple.quicktime.creationdate"),
    )
    values = box(
        b"ilst", box(b"\0\0\0\1", box(b"data", bytes(8) + b"2024-01-31T12:34:56+0530"))
    )
    mov = box(b"ftyp", b"qt  ") + box(b"moov", header + box(b"meta", keys + values))
    heic = box(b"ftyp", b"heic\0\0\0\0heic") + box(
        b"meta", bytes(4) + box(b"iinf", bytes(20))
    )
    return [
        tiff(),
        raf(),
        raf()[148:],
        cr3(),
        png.getvalue(),
        webp.getvalue(),
        mov,
        heic,
    ]


@given(
    content=st.sampled_from(samples()),
    cut=st.integers(0, 20_000),
    places=st.lists(st.tuples(st.integers(0, 3_000), st.integers(0, 255)), max_size=12),
    more=st.binary(max_size=64),
)
def test_no_bytes_are_too_strange(
    tmp_path_factory: pytest.TempPathFactory,
    content: bytes,
    cut: int,
    places: list[tuple[int, int]],
    more: bytes,
) -> None:
    broken = bytearray(content[:cut] + more)
    for place, byte in places:
        if place < len(broken):
            broken[place] = byte
    path = tmp_path_factory.getbasetemp() / "strange"
    path.write_bytes(broken)
    assert len(find_moment(str(path), WHEN, "a").text) == 19
