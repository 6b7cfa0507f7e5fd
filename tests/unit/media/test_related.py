from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photosync.media.related import group_names, rename_follower

LONG = "Screenshot_20220207_102421_com.snapchat.androi"
LONG_45 = f"{LONG[:-5]}.jpg"
LONG_46 = f"{LONG[:-4]}.jpg"
UMLAUTS, DECOMPOSED = "\xfc" * 50, "u\u0308" * 50


@pytest.mark.parametrize(
    ("names", "together"),
    [
        ("a.jpg b.jpg", {}),
        ("a.jpg a.cr2", {"a.jpg": ("a.cr2",)}),
        ("IMG_1.CR2 img_1.jpg", {"img_1.jpg": ("IMG_1.CR2",)}),
        ("a.heic a.dng", {"a.heic": ("a.dng",)}),
        ("a.heic a.mov", {"a.heic": ("a.mov",)}),
        ("a.JPG a.MOV", {"a.JPG": ("a.MOV",)}),
        ("a.jpg a.mp4 a.dng a.xmp", {"a.jpg": ("a.dng", "a.mp4", "a.xmp")}),
        ("a.png a.mov", {}),
        ("a.jpg a.avi", {}),
        ("a.jpg a.mov a.mp4", {}),
        ("a.cr2 a.mov", {}),
        ("a.jpg a.cr2 a.dng", {}),
        ("a.jpg a.heic a.mov a.cr2", {}),
        ("a.jpg a.xmp", {"a.jpg": ("a.xmp",)}),
        ("a.jpg a.jpg.xmp", {"a.jpg": ("a.jpg.xmp",)}),
        ("a.jpg a.aae A.JPG.XMP", {"a.jpg": ("a.aae", "A.JPG.XMP")}),
        ("a.jpg a.cr2 a.cr2.xmp", {"a.jpg": ("a.cr2", "a.cr2.xmp")}),
        ("a.cr2 a.xmp", {"a.cr2": ("a.xmp",)}),
        ("a.mov a.mov.xmp", {"a.mov": ("a.mov.xmp",)}),
        ("a.jpg a.png a.xmp", {}),
        ("a.jpg a.png a.png.xmp", {"a.png": ("a.png.xmp",)}),
        ("a.xmp", {}),
        ("a.xmp a.aae", {}),
        ("a.txt a.xmp", {}),
        ("a.jpg ab.xmp", {}),
        ("a.jpg A.jpg a.xmp", {}),
        # Pixel
        (
            "PXL_1.RAW-01.COVER.jpg PXL_1.RAW-02.ORIGINAL.dng",
            {"PXL_1.RAW-01.COVER.jpg": ("PXL_1.RAW-02.ORIGINAL.dng",)},
        ),
        (
            "PXL_1.RAW-01.MP.COVER.jpg PXL_1.RAW-02.ORIGINAL.dng PXL_1.mp4",
            {
                "PXL_1.RAW-01.MP.COVER.jpg": (
                    "PXL_1.mp4",
                    "PXL_1.RAW-02.ORIGINAL.dng",
                )
            },
        ),
        (
            "PXL_1.PORTRAIT-01.COVER.jpg PXL_1.PORTRAIT-02.ORIGINAL.jpg",
            {"PXL_1.PORTRAIT-01.COVER.jpg": ("PXL_1.PORTRAIT-02.ORIGINAL.jpg",)},
        ),
        (
            "PXL_1.RAW-02.ORIGINAL.dng PXL_1.RAW-02.ORIGINAL.dng.xmp",
            {"PXL_1.RAW-02.ORIGINAL.dng": ("PXL_1.RAW-02.ORIGINAL.dng.xmp",)},
        ),
        ("PXL_1.BURST-01.COVER.jpg PXL_1.BURST-02.jpg", {}),
        ("PXL_1.MP.jpg PXL_1.MP~2.jpg", {"PXL_1.MP.jpg": ("PXL_1.MP~2.jpg",)}),
        (
            "PXL_1.MP.jpg PXL_1.MP PXL_1.MP.json PXL_1.MP.jpg.json",
            {"PXL_1.MP.jpg": ("PXL_1.MP", "PXL_1.MP.jpg.json", "PXL_1.MP.json")},
        ),
        ("PXL_1.jpg PXL_2.jpg", {}),
        ("PHOTO.JPG PHOTO~1.JPG", {}),
        ("MVIMG_1.jpg MVIMG_1.mp4", {"MVIMG_1.jpg": ("MVIMG_1.mp4",)}),
        # iPhone
        (
            "IMG_1234.HEIC IMG_E1234.JPG IMG_O1234.AAE IMG_1234.AAE IMG_1234.MOV",
            {
                "IMG_1234.HEIC": (
                    "IMG_1234.AAE",
                    "IMG_1234.MOV",
                    "IMG_E1234.JPG",
                    "IMG_O1234.AAE",
                )
            },
        ),
        (
            "IMG_E1234.JPG IMG_E1234.MOV IMG_1234.AAE",
            {"IMG_E1234.JPG": ("IMG_1234.AAE", "IMG_E1234.MOV")},
        ),
        ("IMG_1234.JPG IMG_1234.PNG IMG_E1234.JPG", {}),
        ("IMG_1234.JPG IMG_E1235.JPG", {}),
        ("IMG_EINS.JPG IMG_INS.JPG", {}),
        # Google Takeout
        ("a.jpg a-edited.jpg", {"a.jpg": ("a-edited.jpg",)}),
        ("a.mp4 a-edited.mp4", {"a.mp4": ("a-edited.mp4",)}),
        (
            "a.jpg a(1).jpg a-bearbeitet(1).jpg",
            {"a(1).jpg": ("a-bearbeitet(1).jpg",)},
        ),
        ("a-edited.jpg", {}),
        ("a.jpg a.jpg.json", {"a.jpg": ("a.jpg.json",)}),
        (
            "a.jpg a.jpg.supplemental-metadata.json",
            {"a.jpg": ("a.jpg.supplemental-metadata.json",)},
        ),
        (
            "a.jpg a.jpg.supplemental-meta.json",
            {"a.jpg": ("a.jpg.supplemental-meta.json",)},
        ),
        (
            "a.jpg a(1).jpg a.jpg(1).json a.jpg.json",
            {"a.jpg": ("a.jpg.json",), "a(1).jpg": ("a.jpg(1).json",)},
        ),
        (
            "a(2).mp4 a.mp4.supplemental-metadata(2).json",
            {"a(2).mp4": ("a.mp4.supplemental-metadata(2).json",)},
        ),
        ("a.jpg a.json b.jpg.json a.jpg.info.json", {}),
        # of which nothing but 46 letters stands before `.json` and its number
        (
            f"{LONG_45} {LONG_45}..json {LONG_46} {LONG_46}.json",
            {LONG_45: (f"{LONG_45}..json",), LONG_46: (f"{LONG_46}.json",)},
        ),
        (f"{LONG}id.jpg {LONG}.json", {f"{LONG}id.jpg": (f"{LONG}.json",)}),
        (
            f"{LONG}id.jpg {LONG}id(1).jpg {LONG}id-edited(1).jpg {LONG}(1).json {LONG}.json",
            {
                f"{LONG}id.jpg": (f"{LONG}.json",),
                f"{LONG}id(1).jpg": (f"{LONG}(1).json", f"{LONG}id-edited(1).jpg"),
            },
        ),
        (
            f"{LONG[:-4]}.jpeg {LONG[:-4]}(2).jpeg {LONG[:-4]}.jpe(2).json",
            {f"{LONG[:-4]}(2).jpeg": (f"{LONG[:-4]}.jpe(2).json",)},
        ),
        (f"{LONG}id.jpg {LONG}ic.jpg {LONG}.json", {}),
        # and of an edited version 51
        (
            f"{LONG}.jpg {LONG}-.jpg {LONG}(2).jpg {LONG}-(2).jpg {LONG}.json",
            {
                f"{LONG}.jpg": (f"{LONG}-.jpg", f"{LONG}.json"),
                f"{LONG}(2).jpg": (f"{LONG}-(2).jpg",),
            },
        ),
        (
            f"{LONG[:-3]}.jpg {LONG[:-3]}-bea.jpg {LONG[:-3]}-x.jpg",
            {f"{LONG[:-3]}.jpg": (f"{LONG[:-3]}-bea.jpg",)},
        ),
        ("a.jpg a-bea.jpg", {}),
        (f"{LONG}id.jpg {LONG}i.json {LONG[:-1]}.json", {}),
        (
            f"{UMLAUTS}.jpg {DECOMPOSED[:92]}.json",
            {f"{UMLAUTS}.jpg": (f"{DECOMPOSED[:92]}.json",)},
        ),
        # cameras
        ("C0001.MP4 C0001M01.XML", {"C0001.MP4": ("C0001M01.XML",)}),
        ("C0001.MP4 C0002M01.XML C0001.XML", {}),
        ("MVI_1.AVI MVI_1.THM", {"MVI_1.AVI": ("MVI_1.THM",)}),
        (
            "GX010001.MP4 GL010001.LRV GX010001.THM GX020001.MP4",
            {"GX010001.MP4": ("GL010001.LRV", "GX010001.THM")},
        ),
        ("GX010001.MP4 GH010001.MP4 GL010001.LRV", {}),
        ("GX010001.MP4 010001.jpg", {}),
        ("GOPR0001.MP4 GOPR0001.LRV", {"GOPR0001.MP4": ("GOPR0001.LRV",)}),
        ("GX010001.JPG GL010001.JPG", {}),
        (
            "DJI_1.MP4 DJI_1.LRF DJI_1.SRT",
            {"DJI_1.MP4": ("DJI_1.LRF", "DJI_1.SRT")},
        ),
        # darktable and Lightroom
        (
            "x.jpg x.cr3 x.xmp x.CR3.xmp",
            {"x.jpg": ("x.cr3", "x.CR3.xmp", "x.xmp")},
        ),
        ("x.cr3 x.xmp x.CR3.xmp", {"x.cr3": ("x.CR3.xmp", "x.xmp")}),
    ],
)
def test_what_belongs_together(
    names: str, together: dict[str, tuple[str, ...]]
) -> None:
    alone = set(names.split()) - set(together)
    alone -= {name for others in together.values() for name in others}
    assert group_names(names.split()) == together | dict.fromkeys(alone, ())


def test_both_forms_of_an_umlaut_are_one_stem() -> None:
    composed, decomposed = (
        unicodedata.normalize(form, "\xfc.jpg") for form in ("NFC", "NFD")
    )
    raw = decomposed.replace("jpg", "CR2")
    assert group_names([composed, raw]) == {composed: (raw,)}


STEMS = """
    a A b a.jpg \xe9 a-edited a(1) a.jpg(1) a.jpg.supplemental-metadata
    IMG_1234 IMG_E1234 IMG_O1234 PXL_1 PXL_1.RAW-01.COVER PXL_1~2
    GX010001 GL010001 C0001 C0001M01 Screenshot_20220207_102421_com.snapchat.androi
    Screenshot_20220207_102421_com.snapchat.android
"""
NAMES = st.builds(
    "{}.{}".format,
    st.sampled_from([*STEMS.split(), "", "e\u0301"]),
    st.sampled_from(
        [
            "jpg",
            "JPG",
            "heic",
            "png",
            "cr2",
            "DNG",
            "mov",
            "mp4",
            "xmp",
            "aae",
            "txt",
            "json",
            "xml",
            "thm",
            "LRV",
        ]
    ),
)


@given(st.lists(NAMES, max_size=15), st.randoms())
def test_every_name_is_in_one_group_whatever_the_order(
    names: list[str], chance: random.Random
) -> None:
    found = group_names(names)
    members = [*found, *(name for others in found.values() for name in others)]
    assert sorted(members) == sorted(set(names))
    chance.shuffle(names)
    assert list(group_names(names).items()) == list(found.items())


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("a.cr2", "a.jpg", "b.jpg", "b.cr2"),
        ("A.CR2", "a.jpg", "b.jpg", "b.CR2"),
        ("a.jpg.xmp", "a.jpg", "b.jpg", "b.jpg.xmp"),
        ("a.jpg.json", "a.jpg", "b.jpg", "b.jpg.json"),
        ("a.jpg(1).json", "a(1).jpg", "b.jpg", "b.jpg.json"),
        (f"{LONG}.json", f"{LONG}id.jpg", "b.jpg", "b.jpg.json"),
        ("C0001M01.XML", "C0001.MP4", "b.MP4", "bM01.XML"),
        ("GL010001.LRV", "GX010001.MP4", "b.MP4", "b.LRV"),
        ("a-edited.jpg", "a.jpg", "b.jpg", "b-edited.jpg"),
        ("a-edited(1).jpg", "a(1).jpg", "b.jpg", "b-edited.jpg"),
        ("IMG_E1234.JPG", "IMG_1234.HEIC", "Dusk.HEIC", "Dusk-edited.JPG"),
        ("IMG_O1234.AAE", "IMG_1234.HEIC", "Dusk.HEIC", "IMG_O1234.AAE"),
        (
            "PXL_1.RAW-02.ORIGINAL.dng",
            "PXL_1.RAW-01.COVER.jpg",
            "Dusk.jpg",
            "Dusk.dng",
        ),
    ],
)
def test_a_follower_is_renamed_so_that_it_still_follows(
    name: str, old: str, new: str, expected: str
) -> None:
    assert group_names([old, name])[old] == (name,)
    assert rename_follower(name, old, new) == expected
    if expected != name:
        assert group_names([new, expected])[new] == (expected,)
