from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photosync.media.related import group_names


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


NAMES = st.builds(
    "{}.{}".format,
    st.sampled_from(["a", "A", "b", "a.jpg", "\xe9", "e\u0301", ""]),
    st.sampled_from(
        ["jpg", "JPG", "heic", "png", "cr2", "DNG", "mov", "mp4", "xmp", "aae", "txt"]
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
