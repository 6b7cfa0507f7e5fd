"""The details of a photo in the sidecars of other programs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from harness.pictures import exiftool, needs_exiftool
from hypothesis import given
from hypothesis import strategies as st

from photosync.errors import Rejected
from photosync.media.details import fold_keyword, is_same_text
from photosync.media.packets import NAMES
from photosync.media.sidecars import edit_sidecar, find_sidecars, read_sidecar
from photosync.media.xmp import clean_text
from photosync.model.details import Details, DetailsEdit

DARKTABLE = b"""<?xml version="1.0" encoding="UTF-8"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 4.4.0-Exiv2">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:exif="http://ns.adobe.com/exif/1.0/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:darktable="http://darktable.sf.net/"
    exif:GPSLatitude="48,51.493800N"
    exif:GPSLongitude='2,17.670000E'
    xmp:Rating="4"
    darktable:note="a > b"
    darktable:xmp_version="5">
   <darktable:history>
    <rdf:Seq>
     <rdf:li darktable:num="0" darktable:params="gz02eJxjY"/>
    </rdf:Seq>
   </darktable:history>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
"""
DIGIKAM = """<?xpacket begin='\ufeff' id='W5M0MpCehiHzreSzNTczkc9d'?>
<x:xmpmeta xmlns:x='adobe:ns:meta/'>
<!-- kept by hand -->
<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>
 <rdf:Description rdf:about='' xmlns:dc='http://purl.org/dc/elements/1.1/'
   xmlns:digiKam='http://www.digikam.org/ns/1.0/'
   xmlns:lr='http://ns.adobe.com/lightroom/1.0/'>
  <dc:title>
   <rdf:Alt>
    <rdf:li xml:lang='x-default'>Dusk &amp; dawn</rdf:li>
    <rdf:li xml:lang='en-US'>Dusk &amp; dawn</rdf:li>
    <rdf:li xml:lang='de-DE'>D\u00e4mmerung</rdf:li>
   </rdf:Alt>
  </dc:title>
  <dc:subject>
   <rdf:Bag>
    <rdf:li>Rome</rdf:li>
    <rdf:li>river</rdf:li>
   </rdf:Bag>
  </dc:subject>
  <digiKam:TagsList>
   <rdf:Seq>
    <rdf:li>Places/Italy/Rome</rdf:li>
    <rdf:li>river</rdf:li>
   </rdf:Seq>
  </digiKam:TagsList>
  <lr:hierarchicalSubject>
   <rdf:Bag>
    <rdf:li>Places|Italy|Rome</rdf:li>
   </rdf:Bag>
  </lr:hierarchicalSubject>
 </rdf:Description>
 <rdf:Description rdf:about='' xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmp:Rating='3'/>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end='w'?>""".encode()
BARE = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF '
    b'xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<r:Description r:about=""/></r:RDF></x:xmpmeta>'
)
SIDECARS = {"darktable": DARKTABLE, "digiKam": DIGIKAM, "bare": BARE}
INSIDE = Details("inside", "told inside", "", ("kite", "sea"))
EIFFEL = "48.858230 2.294500"


# -- which sidecar
# -------------------------------------------------------------------------------------

PLACES: dict[tuple[str, ...], dict[str, str]] = {
    ("a.JPG", "a.xmp"): {"a.JPG": "a.xmp"},
    ("a.JPG", "a.JPG.xmp"): {"a.JPG": "a.JPG.xmp"},
    ("a.jpg", "A.JPG.XMP"): {"a.jpg": "A.JPG.XMP"},
    # The name of one file says more than that of all.
    ("a.JPG", "a.JPG.xmp", "a.xmp"): {"a.JPG": "a.JPG.xmp"},
    # Lightroom's is about the raw picture, and the photo made of it with it.
    ("a.CR3", "a.JPG", "a.xmp"): {"a.JPG": "a.xmp", "a.CR3": "a.xmp"},
    # darktable's is about this file alone.
    ("a.CR3", "a.CR3.xmp", "a.JPG"): {"a.CR3": "a.CR3.xmp"},
    # The film of a Live Photo is not what its picture's sidecar describes.
    ("a.HEIC", "a.MOV", "a.xmp"): {"a.HEIC": "a.xmp"},
    # An edited version has its own, which says nothing of the original.
    ("IMG_1234.HEIC", "IMG_E1234.JPG", "IMG_E1234.xmp"): {
        "IMG_E1234.JPG": "IMG_E1234.xmp"
    },
    ("IMG_1234.HEIC", "IMG_E1234.JPG", "IMG_1234.xmp"): {
        "IMG_1234.HEIC": "IMG_1234.xmp"
    },
    ("a.jpg", "a-edited.jpg", "a-edited.xmp", "a.xmp"): {
        "a.jpg": "a.xmp",
        "a-edited.jpg": "a-edited.xmp",
    },
    ("PXL_1.RAW-01.COVER.jpg", "PXL_1.RAW-02.ORIGINAL.dng", "PXL_1.xmp"): {
        "PXL_1.RAW-01.COVER.jpg": "PXL_1.xmp",
        "PXL_1.RAW-02.ORIGINAL.dng": "PXL_1.xmp",
    },
    (
        "PXL_1.RAW-01.COVER.jpg",
        "PXL_1.RAW-02.ORIGINAL.dng",
        "PXL_1.RAW-02.ORIGINAL.xmp",
    ): {"PXL_1.RAW-02.ORIGINAL.dng": "PXL_1.RAW-02.ORIGINAL.xmp"},
    # Nobody knows which of the two.
    ("a.JPG", "a.PNG", "a.xmp"): {},
    ("a.JPG", "a.aae"): {},
    ("a.JPG", "b.xmp"): {},
}


@pytest.mark.parametrize("names", PLACES)
def test_a_sidecar_is_found_by_both_spellings(names: tuple[str, ...]) -> None:
    assert find_sidecars(names) == PLACES[names]


# -- reading
# -------------------------------------------------------------------------------------


def test_what_the_sidecar_does_not_mention_the_file_tells() -> None:
    found = read_sidecar(DARKTABLE, INSIDE)
    assert found == Details("inside", "told inside", EIFFEL, ("kite", "sea"))


def test_what_the_sidecar_tells_counts() -> None:
    found = read_sidecar(DIGIKAM, INSIDE)
    assert found == Details("Dusk & dawn", "told inside", "", ("Rome", "river"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no XML",
        b"<a/>",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + BARE,
        BARE.decode().encode("utf-16"),
        b"<x>" * 500,
    ],
)
def test_what_is_no_xmp_is_left_alone(content: bytes) -> None:
    with pytest.raises(Rejected, match="left alone"):
        read_sidecar(content, INSIDE)


# -- writing
# -------------------------------------------------------------------------------------

EDITS = {
    "title": DetailsEdit((("title", "A <b> & 'c'"),)),
    "description": DetailsEdit((("description", "Two\nlines"),)),
    "position": DetailsEdit((("position", "-33.856784 151.215297"),)),
    "keywords": DetailsEdit((), ("Zo\xeb & co", "kite"), ("ROME",)),
    "all": DetailsEdit(
        (("title", "t"), ("description", "d"), ("position", EIFFEL)), ("new",), ("sea",)
    ),
    "nothing left": DetailsEdit(
        (("title", ""), ("description", ""), ("position", "")),
        (),
        ("Rome", "river", "kite", "sea"),
    ),
}


@pytest.mark.parametrize("program", SIDECARS)
@pytest.mark.parametrize("edit", EDITS)
def test_what_is_written_is_read_again(program: str, edit: str) -> None:
    before = read_sidecar(SIDECARS[program], INSIDE)
    written = edit_sidecar(SIDECARS[program], EDITS[edit], INSIDE)
    after, texts = read_sidecar(written, INSIDE), dict(EDITS[edit].texts)
    assert after.title == texts.get("title", before.title)
    assert after.description == texts.get("description", before.description)
    assert after.position == texts.get("position", before.position)
    removed = {fold_keyword(one) for one in EDITS[edit].removed}
    kept = [one for one in before.keywords if fold_keyword(one) not in removed]
    new = [one for one in EDITS[edit].added if one not in kept]
    assert after.keywords == (*kept, *new)


@pytest.mark.parametrize("program", SIDECARS)
def test_nothing_to_write_changes_no_byte(program: str) -> None:
    assert edit_sidecar(SIDECARS[program], DetailsEdit(), INSIDE) == SIDECARS[program]


@pytest.mark.parametrize("program", ["darktable", "digiKam"])
@pytest.mark.parametrize("edit", EDITS)
def test_what_others_keep_there_stays_byte_for_byte(program: str, edit: str) -> None:
    content = SIDECARS[program]
    written = edit_sidecar(content, EDITS[edit], INSIDE)
    for line in content.splitlines():
        is_ours = re.search(rb"rdf:li>|GPSL|dc:|xml:lang|Alt|Bag", line)
        assert is_ours or line in written


def test_a_keyword_goes_into_the_lists_that_digikam_and_lightroom_read_first() -> None:
    written = edit_sidecar(DIGIKAM, EDITS["keywords"], INSIDE).decode()
    assert written.count("Zo\xeb &amp; co") == 3
    assert "Italy" not in written
    # What stands above a keyword is another keyword.
    other = DetailsEdit((), (), ("Italy",))
    assert edit_sidecar(DIGIKAM, other, INSIDE) == DIGIKAM


def test_a_title_keeps_its_other_languages() -> None:
    written = edit_sidecar(DIGIKAM, EDITS["title"], INSIDE).decode()
    assert "D\xe4mmerung" in written
    assert written.count("A &lt;b&gt; &amp; 'c'") == 2


QUALIFIED = DIGIKAM.replace(
    b">Rome</rdf:li>",
    b"><rdf:Description><rdf:value>Rome</rdf:value>"
    b"<xmp:note xmlns:xmp='x'>1</xmp:note></rdf:Description></rdf:li>",
    1,
)


def test_a_text_may_stand_among_remarks_about_it() -> None:
    assert read_sidecar(QUALIFIED, INSIDE) == read_sidecar(DIGIKAM, INSIDE)
    edit = DetailsEdit((), (), ("Rome",))
    edited = edit_sidecar(QUALIFIED, edit, INSIDE)
    assert "Rome" not in read_sidecar(edited, INSIDE).keywords
    assert b"xmp:note" not in edited


EMPTY_ITEM = '<rdf:li xml:lang="x-default"/>'


@pytest.mark.parametrize("default", [EMPTY_ITEM, EMPTY_ITEM[:-2] + "></rdf:li>"])
@pytest.mark.parametrize("other", ["<rdf:li xml:lang='de'/>", "<rdf:li>Abend</rdf:li>"])
def test_an_empty_title_is_filled_and_other_languages_stay(
    default: str, other: str
) -> None:
    frame = (
        f'<rdf:RDF xmlns:rdf="{NAMES["rdf"]}"><rdf:Description xmlns:dc="{NAMES["dc"]}">'
        "<dc:title><rdf:Alt>{}</rdf:Alt></dc:title></rdf:Description></rdf:RDF>"
    )
    before = frame.format(default + other).encode()
    written = edit_sidecar(before, DetailsEdit((("title", "Dusk"),)), INSIDE).decode()
    filled = '<rdf:li xml:lang="x-default">Dusk</rdf:li>'
    assert written == frame.format(filled + other)


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=20)


@given(
    title=TEXTS.map(clean_text),
    keywords=st.lists(TEXTS.map(clean_text).filter(fold_keyword), max_size=3),
    latitude=st.floats(-90, 90),
    longitude=st.floats(-180, 180),
    program=st.sampled_from(sorted(SIDECARS)),
)
def test_any_text_comes_through(
    title: str,
    keywords: list[str],
    latitude: float,
    longitude: float,
    program: str,
) -> None:
    position = f"{latitude:.6f} {longitude:.6f}"
    edit = DetailsEdit((("title", title), ("position", position)), tuple(keywords))
    found = read_sidecar(edit_sidecar(SIDECARS[program], edit, INSIDE), INSIDE)
    assert found.title == title
    assert is_same_text("position", found.position, position)
    known = {fold_keyword(one) for one in found.keywords}
    assert known >= {fold_keyword(one) for one in keywords}


@needs_exiftool
@pytest.mark.parametrize("program", SIDECARS)
def test_exiftool_reads_the_same(program: str, tmp_path: Path) -> None:
    file = tmp_path / "a.xmp"
    edit = DetailsEdit(
        (("title", "A <b> & c"), ("position", "-33.856784 151.215297")), ("Zo\xeb",)
    )
    file.write_bytes(edit_sidecar(SIDECARS[program], edit, INSIDE))
    found = exiftool(file)
    assert found["XMP-dc:Title"] == "A <b> & c"
    assert "Zo\xeb" in found["XMP-dc:Subject"]
    place = exiftool(file, "-n")
    assert float(place["XMP-exif:GPSLatitude"]) == pytest.approx(-33.856784, abs=1e-6)
    assert float(place["XMP-exif:GPSLongitude"]) == pytest.approx(151.215297, abs=1e-6)
    warned = exiftool(file, "-validate", "-warning", "-error")
    assert warned.keys() <= {"SourceFile", "ExifTool:Validate"}


# -- what is one text
# -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a", "a "),
        ("a  b", " a b"),
        ("a & b", "a &amp; b"),
        ("a <i>b</i>", "a b"),
        ("e\u0301", "\xe9"),
        ("x" * 300, "x" * 255),
    ],
)
def test_what_a_service_does_to_a_title_is_no_edit(one: str, other: str) -> None:
    assert is_same_text("title", one, other)
    assert is_same_text("title", other, one)


@pytest.mark.parametrize(
    ("one", "other"), [("a", "A"), ("a", ""), ("x" * 30, "x" * 25)]
)
def test_what_a_person_does_to_a_title_is(one: str, other: str) -> None:
    assert not is_same_text("title", one, other)
    assert not is_same_text("title", other, one)


@pytest.mark.parametrize(
    ("keyword", "folded"),
    [
        ("Rom im Mai", "romimmai"),
        ("St. Peter's", "stpeters"),
        ("Zo\xeb", "zo\xeb"),
        ("Geo:Lat=48.5", "geo:lat=485"),
        ("\u65e5\u672c", "\u65e5\u672c"),
        ("!?", ""),
    ],
)
def test_spellings_of_a_keyword_are_one(keyword: str, folded: str) -> None:
    assert fold_keyword(keyword) == folded
