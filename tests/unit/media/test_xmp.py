from __future__ import annotations

import os
from pathlib import Path

import pytest
from harness.pictures import bomb, exif, exiftool, needs_exiftool, picture, retag
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from photosync.disk.root import Root
from photosync.errors import Rejected
from photosync.media import xmp
from photosync.media.carried import select_missing
from photosync.media.xmp import is_ours, path_for, render
from photosync.model import PhotoMetadata as StatKey

BY = "https://creativecommons.org/licenses/by/4.0/"
FACTS = StatKey(
    'A "title" <b> & 😀',
    "One line\nand another, 'quoted'",
    ("zoo", "Zoë's garden", "a, b; c", "x<y"),
    "2024-01-31 12:34:56",
    "second",
    "CC BY 4.0",
    BY,
    "https://www.flickr.com/photos/1@N01/2/",
)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return picture(tmp_path / "a.jpg", exif=b"")


def sidecar(photo: Path) -> Path:
    return Path(path_for(str(photo)))


def write(photo: str, facts: StatKey) -> bool:
    folder, _, file = photo.rpartition("/")
    with Root(folder).open_folder(folder) as opened:
        return xmp.write(opened, file, facts)


# -- writing
# -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["pipe", "link"])
def test_what_is_no_file_in_the_place_of_a_sidecar_is_left_alone(
    photo: Path, kind: str
) -> None:
    outside = photo.with_name("outside")
    outside.write_bytes(b"of somebody else")
    if kind == "pipe":
        os.mkfifo(sidecar(photo))
    else:
        sidecar(photo).symlink_to(outside)
    with pytest.raises(Rejected, match=r"link|no ordinary file"):
        write(str(photo), FACTS)
    assert outside.read_bytes() == b"of somebody else"


@needs_exiftool
def test_exiftool_reads_every_fact(photo: Path) -> None:
    assert write(str(photo), FACTS)
    tags = exiftool(sidecar(photo))
    assert tags["XMP-dc:Title"] == FACTS.title
    assert tags["XMP-dc:Description"] == FACTS.description
    assert tuple(tags["XMP-dc:Subject"]) == FACTS.tags
    assert tags["XMP-exif:DateTimeOriginal"] == "2024:01:31 12:34:56"
    assert tags["XMP-xmp:CreateDate"] == "2024:01:31 12:34:56"
    assert tags["XMP-photoshop:DateCreated"] == "2024:01:31 12:34:56"
    assert tags["XMP-cc:License"] == tags["XMP-xmpRights:WebStatement"] == BY
    assert tags["XMP-xmpRights:UsageTerms"] == "CC BY 4.0"
    assert tags["XMP-dc:Source"] == FACTS.source
    assert tags["XMP-xmp:CreatorTool"].startswith("photosync")
    assert exiftool(sidecar(photo), "-validate", "-warning", "-error").keys() <= {
        "SourceFile",
        "ExifTool:Validate",
    }


@needs_exiftool
@pytest.mark.parametrize(
    ("granularity", "text"), [("second", "2024:01:31 12:34:56"), ("month", "2024:01")]
)
def test_a_date_says_no_more_than_is_known(
    photo: Path, granularity: str, text: str
) -> None:
    metadata = StatKey(taken="2024-01-31 12:34:56", granularity=granularity)  # type: ignore[arg-type]
    write(str(photo), metadata)
    assert exiftool(sidecar(photo))["XMP-exif:DateTimeOriginal"] == text


@needs_exiftool
def test_a_date_may_be_a_year(photo: Path) -> None:
    write(str(photo), StatKey(taken="1969-01-01 00:00:00", granularity="year"))
    assert str(exiftool(sidecar(photo))["XMP-exif:DateTimeOriginal"]) == "1969"


@needs_exiftool
def test_what_no_xml_can_hold_is_left_out(photo: Path) -> None:
    write(
        str(photo),
        StatKey("a\x00b\x1b[31m\ud800\ufffe", "one\r\ntwo\rthree\ttab", ("\x07",)),
    )
    tags = exiftool(sidecar(photo))
    assert tags["XMP-dc:Title"] == "ab[31m"
    assert tags["XMP-dc:Description"] == "one\ntwo\nthree\ttab"
    assert "XMP-dc:Subject" not in tags


@needs_exiftool
def test_a_very_long_text_is_kept_whole(photo: Path) -> None:
    text = "😀é<>&" * 20_000
    write(str(photo), StatKey("t", text))
    assert exiftool(sidecar(photo))["XMP-dc:Description"] == text


def test_the_sidecar_is_found_by_the_whole_name(photo: Path) -> None:
    write(str(photo), FACTS)
    assert sorted(path.name for path in photo.parent.iterdir()) == [
        "a.jpg",
        "a.jpg.xmp",
    ]


def test_nothing_to_say_makes_no_sidecar(photo: Path) -> None:
    assert not write(str(photo), StatKey())
    assert not write(str(photo), StatKey(source="https://www.flickr.com/photos/1/2"))
    assert not sidecar(photo).exists()


def test_equal_facts_are_written_once(photo: Path) -> None:
    assert write(str(photo), FACTS)
    before = sidecar(photo).stat()
    assert not write(str(photo), FACTS)
    after = sidecar(photo).stat()
    # Not the time of access: it was read to know that it is equal.
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_our_own_sidecar_is_brought_up_to_date(photo: Path) -> None:
    write(str(photo), FACTS)
    assert write(str(photo), StatKey("another"))
    assert sidecar(photo).read_bytes() == render(StatKey("another"))


@pytest.mark.parametrize(
    "content", [b"", b"<x:xmpmeta/>", render(FACTS).replace(b"zoo", b"ZOO")]
)
def test_a_sidecar_of_another_program_is_never_overwritten(
    photo: Path, content: bytes
) -> None:
    sidecar(photo).write_bytes(content)
    assert not write(str(photo), FACTS)
    assert sidecar(photo).read_bytes() == content


def test_a_title_that_looks_like_our_mark_changes_nothing(photo: Path) -> None:
    mark = "<xmp:CreatorTool>photosync</xmp:CreatorTool>"
    assert is_ours(render(StatKey(mark, mark)))


TEXTS = st.text(max_size=20)


@given(
    st.builds(
        StatKey, TEXTS, TEXTS, st.lists(TEXTS, max_size=3).map(tuple), licence_url=TEXTS
    )
)
def test_any_text_can_be_written_and_known_again(metadata: StatKey) -> None:
    assert is_ours(render(metadata))
    assert not is_ours(render(metadata) + b" ")


# -- what the file says itself
# ---------------------------------------------------------------


@needs_exiftool
@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tif"])
def test_what_the_file_says_in_xmp_is_not_needed(tmp_path: Path, ending: str) -> None:
    photo = picture(tmp_path / f"b.{ending}")
    write(str(photo), FACTS)
    retag(photo, "-tagsFromFile", str(sidecar(photo)), "-XMP:all")
    assert select_missing(str(photo), FACTS) == StatKey()
    other = StatKey("Other", tags=("zoo", "new"), taken="2023-01-01 00:00:00")
    assert select_missing(str(photo), other) == other


@needs_exiftool
def test_what_the_file_says_in_iptc_is_not_needed(photo: Path) -> None:
    tags = (
        "-IPTC:ObjectName=Hällo",
        "-IPTC:Caption-Abstract=Grüße",
        "-IPTC:Keywords=é",
    )
    retag(photo, "-codedcharacterset=utf8", *tags)
    assert select_missing(str(photo), StatKey("Hällo", "Grüße", ("é",))) == StatKey()


@needs_exiftool
def test_what_the_file_says_in_exif_is_not_needed(photo: Path) -> None:
    retag(photo, "-XPTitle=Hällo", "-ImageDescription=Grüße", "-XPKeywords=é;two words")
    assert (
        select_missing(str(photo), StatKey("Hällo", "Grüße", ("two words", "é")))
        == StatKey()
    )


def test_the_date_of_the_camera_is_not_needed(photo: Path) -> None:
    assert select_missing(str(photo), FACTS).taken
    picture(photo, exif=exif())
    assert not select_missing(str(photo), FACTS).taken
    month = StatKey(taken="2024-01-01 00:00:00", granularity="month")
    assert not select_missing(str(photo), month)


def test_a_title_that_is_the_name_is_not_needed(tmp_path: Path) -> None:
    photo = picture(tmp_path / "AC%2FDC.jpg")
    for title in ("AC%2FDC", "AC%2FDC.jpg", "AC/DC.jpg"):
        assert not select_missing(str(photo), StatKey(title))


def test_a_broken_empty_misnamed_or_huge_picture_says_nothing(tmp_path: Path) -> None:
    photo = tmp_path / "a.jpg"
    for content in (
        b"",
        b"photo",
        picture(photo).read_bytes()[:50],
        b"\xff\xd8\xff\xe1\xff\xff",
    ):
        photo.write_bytes(content)
        assert select_missing(str(photo), FACTS) == FACTS
    assert select_missing(str(bomb(photo)), FACTS) == FACTS
    assert select_missing(str(tmp_path / "missing.jpg"), FACTS) == FACTS


def test_hostile_xmp_is_not_believed(photo: Path) -> None:
    levels = "".join(
        f'<!ENTITY {b} "{f"&{a};" * 9}">'
        for a, b in zip("abcdefgh", "bcdefghi", strict=False)
    )
    xmp = f'<!DOCTYPE x [<!ENTITY a "aaaaaaaaa">{levels}]><x>&i;</x>'
    picture(photo, xmp=xmp.encode())
    assert select_missing(str(photo), FACTS).title == FACTS.title


def test_texts_of_a_png_and_the_comment_of_a_gif_are_not_told_again(
    tmp_path: Path,
) -> None:
    texts = PngInfo()
    texts.add_text("Title", "A walk")
    texts.add_itxt("Description", "im Grünen")
    png = picture(tmp_path / "b.png", pnginfo=texts)
    assert select_missing(str(png), StatKey("A walk", "im Grünen")) == StatKey()
    gif = tmp_path / "b.gif"
    Image.new("L", (8, 8)).save(gif, comment=b"on the lake")
    assert select_missing(str(gif), StatKey("", "on the lake")) == StatKey()
    assert select_missing(str(gif), StatKey("", "new")) == StatKey("", "new")
